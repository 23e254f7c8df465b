import { strict as assert } from 'node:assert';
import { LodestoneError } from '../../../src/base/errors.ts';
import { Breather } from '../../../src/base/progress.ts';
import { decodeAnalysis, encodeAnalysis } from '../../../src/core/indexing/analysisCodec.ts';
import { BackgroundModel, packBackground, patternHash, unpackBackground } from '../../../src/core/mining/background.ts';
import { digestFile } from '../../../src/core/mining/digestFile.ts';
import { buildForest, type FileTrees } from '../../../src/core/mining/forest.ts';
import { LabelTable } from '../../../src/core/mining/labelTable.ts';
import { decodeMiningTrees, type MiningTrees } from '../../../src/core/mining/miningTrees.ts';
import { wilsonLowerBound } from '../../../src/core/mining/wilson.ts';
import { analyse } from './mineTexts.ts';

/** The forest as indented labels. */
function outline(trees: MiningTrees): string[] {
  const ends: number[] = [];
  return Array.from(trees.label, (label, node) => {
    while (ends.length > 0 && (ends.at(-1) as number) <= node) ends.pop();
    const line = `${' '.repeat(ends.length)}${trees.labels[label]}`;
    ends.push(node + (trees.size[node] as number));
    return line;
  });
}

async function treesOf(path: string, text: string): Promise<MiningTrees> {
  return decodeMiningTrees((await analyse(path, text)).trees);
}

describe('forest', () => {
  it('links every node to the one around it, however deep it lies', async () => {
    const table = new LabelTable();
    const block = table.intern('block');
    const depth = 1000;
    const chain = Array.from({ length: depth }, (_, node) => depth - node);
    const column = Int32Array.from(chain, (_, node) => node + 1);
    const trees: FileTrees = {
      ...{ path: 'deep.ts', label: new Int32Array(depth).fill(block), size: Int32Array.from(chain) },
      ...{ line: column, span: new Int32Array(depth), variables: new Uint16Array(0), variableStart: Int32Array.of(0) },
      ...{ functionNodes: new Int32Array(0), functionFacts: new Int32Array(0), statementNodes: new Int32Array(0) },
      ...{ slotNodes: new Int32Array(0), slots: new Int32Array(0) },
    };
    const clock = { now: () => 0, yieldNow: async () => undefined };
    const { forest } = await buildForest([trees], table, 1, new Breather(clock, () => undefined));
    assert.equal(forest.count, depth);
    assert.deepEqual(
      [...forest.parent],
      chain.map((_, node) => node - 1),
    );
    assert.deepEqual(
      [...forest.firstChild],
      chain.map((_, node) => (node === depth - 1 ? -1 : node + 1)),
    );
  });
});

describe('mining trees', () => {
  it('drops local names and literals and keeps APIs, keys and imports', async () => {
    const trees = await treesOf(
      'a.ts',
      `import Joi from 'joi';
const schema = Joi.object().keys({ body: Joi.string().min(3) });
`,
    );
    assert.deepEqual(outline(trees), [
      'declare',
      ' chain .keys',
      '  call Joi.object',
      '  args',
      '   object',
      '    key body',
      '     chain .min',
      '      call Joi.string',
      '      args',
      '       number',
    ]);
  });

  it('is the same for renamed variables', async () => {
    const python = (name: string) => `def read(path):
    with open(path) as ${name}:
        return json.load(${name})
`;
    assert.deepEqual(outline(await treesOf('a.py', python('handle'))), outline(await treesOf('a.py', python('f'))));
  });

  it('links functions to facts and statements to their variables, in all six languages', async () => {
    const samples: Record<string, string> = {
      'a.ts': 'function f(a: number) {\n  const b = g(a);\n  h(b);\n}\n',
      'a.tsx': 'function F() {\n  const b = useThing();\n  return <Box value={b} />;\n}\n',
      'a.js': 'function f(a) {\n  const b = g(a);\n  h(b);\n}\n',
      'a.py': 'def f(a):\n    b = g(a)\n    h(b)\n',
      'a.rs': 'fn f(a: Thing) {\n    let b = g(a);\n    h(b);\n}\n',
      'a.go': 'package p\n\nfunc f(a int) {\n\tb := g(a)\n\th(b)\n}\n',
    };
    for (const [path, text] of Object.entries(samples)) {
      const trees = await treesOf(path, text);
      assert.deepEqual([...trees.functionFacts], [0], path);
      assert.equal(trees.statementNodes.length, 2, path);
      const of = (statement: number) =>
        new Set(trees.variables.slice(trees.variableStart[statement], trees.variableStart[statement + 1]));
      assert.ok(
        [...of(0)].some((variable) => of(1).has(variable)),
        `${path}: the two statements share b`,
      );
    }
  });

  it('survives nesting that would overflow a stack', async () => {
    const deep = `x = ${'['.repeat(400)}${']'.repeat(400)}\n`;
    assert.ok((await treesOf('a.py', deep)).label.length > 10);
  });

  it('refuses bytes of another version or cut short', async () => {
    const { trees } = await analyse('a.py', 'def f(a):\n    return g(a)\n');
    for (const bytes of [new Uint8Array(), Uint8Array.of(99, ...trees.slice(1)), trees.slice(0, trees.length - 3)])
      assert.throws(
        () => decodeMiningTrees(bytes),
        (error) => error instanceof LodestoneError && error.code === 'badData',
      );
  });
});

describe('file digest', () => {
  it('is the same from a worker’s sketch and from what the store keeps, in all six languages', async () => {
    const samples: Record<string, string> = {
      'a.ts': `import { get as fetchIt, type T } from './api';
/** Documented. */
export async function f(a: T): Promise<void> {
  try {
    const b = await fetchIt(a, '${'x'.repeat(60)}');
    this.x(1, b, new Thing({ ${'k'.repeat(47)}🜁: 1 }));
  } catch {}
}
`,
      'a.tsx': 'export const F = () => <Box value={use(1)} other="a">text</Box>;\n',
      'a.js': 'const a = require("a");\nmodule.exports = () => a.b(1).c(d, 2);\n',
      'a.py':
        'import os\n\n@decorated(1)\nclass A(Base):\n    def f(self):\n        raise ValueError(os.path.join(a, "b"))\n',
      'a.rs':
        'use std::fs;\npub fn f(a: Thing) -> Result<()> {\n    let b = fs::read(a)?;\n    println!("{}", b);\n}\n',
      'a.go':
        'package p\n\nimport "fmt"\n\nfunc (s *S) F(a int) error {\n\tb, err := fmt.Println(a)\n\tif err != nil {\n\t\treturn err\n\t}\n\treturn h(b)\n}\n',
    };
    const tables = { sketched: [new LabelTable(), new LabelTable()], stored: [new LabelTable(), new LabelTable()] };
    for (const [path, text] of Object.entries(samples)) {
      const { language, facts, trees, sketch } = await analyse(path, text);
      assert.ok(sketch);
      const stored = decodeAnalysis(encodeAnalysis({ facts, trees }));
      const [labels, names] = tables.sketched as [LabelTable, LabelTable];
      const one = digestFile(path, { language, facts, trees, sketch }, labels, names);
      const [storedLabels, storedNames] = tables.stored as [LabelTable, LabelTable];
      const two = digestFile(path, stored, storedLabels, storedNames);
      assert.ok(one.trees.label.length > 3 && one.calls.length > 0, path);
      assert.deepEqual(one, two, path);
      assert.deepEqual(labels.names, storedLabels.names, path);
      assert.deepEqual(names.names, storedNames.names, path);
    }
  });
});

describe('background table', () => {
  it('comes back from its packed form within a fifth, and refuses another version', () => {
    const counts = new Map([10, 1000, 50_000].map((count) => [patternHash('go', `label ${count}`), count]));
    const table = unpackBackground(packBackground({ functions: { go: 60_000 }, counts }));
    for (const [hash, count] of counts) assert.ok(Math.abs((table.counts.get(hash) as number) / count - 1) < 0.2);
    for (const hash of [...counts.keys()].flatMap((known) => [known - 1, known + 1]).concat(0, 0xffffffff))
      assert.equal(table.counts.get(hash), undefined);
    assert.throws(() => unpackBackground('{"magic":"other"}\n'), { code: 'badData' });
  });

  it('gives rare labels more bits than common ones', () => {
    const counts = new Map([
      [patternHash('go', 'call rare'), 3],
      [patternHash('go', 'return'), 50_000],
    ]);
    const model = new BackgroundModel({ functions: { go: 60_000 }, counts }, 'go');
    assert.ok(model.labelBits('return') < 1);
    assert.ok(model.labelBits('call rare') > 12);
    assert.ok(model.labelBits('call never') > model.labelBits('call rare'));
  });
});

describe('Wilson bound', () => {
  it('agrees with the published values', () => {
    assert.ok(Math.abs(wilsonLowerBound(10, 10) - 0.7225) < 0.001);
    assert.ok(Math.abs(wilsonLowerBound(90, 100) - 0.8256) < 0.001);
    assert.equal(wilsonLowerBound(0, 0), 0);
  });
});
