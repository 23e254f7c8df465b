/** The context provider on a repository of hand-made facts: what it finds, and that it stays put. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LodestoneError } from '../../../src/base/errors.ts';
import type { LanguageId } from '../../../src/core/languages.ts';
import type { Attractor } from '../../../src/core/mining/attractor.ts';
import { CallEmbedding } from '../../../src/core/retrieval/callEmbedding.ts';
import { type ContextInput, createContextProvider } from '../../../src/core/retrieval/contextProvider.ts';
import { parseWeights } from '../../../src/core/retrieval/model.ts';
import { idf } from '../../../src/core/retrieval/neighbours.ts';
import { createRetrievalIndex, type RetrievalIndex } from '../../../src/core/retrieval/retrievalIndex.ts';
import type { FileFacts } from '../../../src/core/syntax/facts.ts';
import { projectRoot } from '../../projectRoot.ts';
import { attractor, serviceRepository, sketch } from './handmade.ts';

const weights = parseWeights(JSON.parse(readFileSync(join(projectRoot, 'src/data/retrieval/weights.json'), 'utf8')));
const embedding = new CallEmbedding(readFileSync(join(projectRoot, 'src/data/retrieval/embedding.json'), 'utf8'));

function fill(index: RetrievalIndex, files = serviceRepository()): void {
  for (const { path, language, facts } of files) index.set(path, { language, facts, trees: new Uint8Array() });
}

function providerOf(index: RetrievalIndex, attractors: readonly Attractor[] = []) {
  return createContextProvider({
    index,
    weights,
    embedding,
    attractors: () => attractors,
    lineComment: (language) => (language === 'python' ? '#' : '//'),
  });
}

/** A new file with an empty handler: nothing of its calls is there to copy. */
function newFile(name = 'createRefund', extra: Partial<ContextInput> = {}): ContextInput {
  const file = sketch('src/refund/refund.controller.ts', {
    functions: [{ name, parameters: ['req: Request', 'res: Response'], calls: [] }],
  });
  return { ...file, line: 2, ...extra };
}

const words = (block: string) => new Set(block.match(/[A-Za-z_]\w*/g) ?? []);

/** The first name is listed, and the second not before it. */
function assertBefore(order: readonly string[], first: string, second: string): void {
  assert.ok(order.includes(first) && !order.slice(0, order.indexOf(first)).includes(second), order.join(' '));
}

describe('context', () => {
  it('recovers the calls of a function that is not written yet from akin functions elsewhere', () => {
    const index = createRetrievalIndex();
    fill(index);
    const report = providerOf(index).context(newFile());
    for (const name of ['validateBody', 'insertOne', 'writeTrail', 'status']) {
      assert.ok(words(report.considerBlock).has(name), `${name} is missing in:\n${report.considerBlock}`);
    }
    const order = report.apis.map(({ name }) => name);
    assertBefore(order, 'insertOne', 'removeOne');
    assert.match(report.seed, /^\/\/ uses [\w.]+\(\), /);
  });

  it('ranks by what the function at the cursor is called', () => {
    const index = createRetrievalIndex();
    fill(index);
    const order = providerOf(index)
      .context(newFile('deleteRefund'))
      .apis.map(({ name }) => name);
    assertBefore(order, 'removeOne', 'insertOne');
  });

  it('gives the same bytes whatever the order in which files came and went', () => {
    const files = serviceRepository();
    const forward = createRetrievalIndex();
    fill(forward, files);
    const backward = createRetrievalIndex();
    fill(backward, [sketch('src/z.ts', { functions: [{ name: 'z', calls: ['zed', 'zap'] }] })]);
    fill(backward, [...files].reverse());
    fill(backward, files.slice(2, 4));
    backward.delete('src/z.ts');
    assert.deepEqual(providerOf(backward).context(newFile()), providerOf(forward).context(newFile()));
  });

  it('a delete undoes a set', () => {
    const index = createRetrievalIndex();
    fill(index);
    const before = providerOf(index).context(newFile());
    const extra = sketch('src/refund/service.ts', {
      functions: [{ name: 'createBonus', calls: ['grantBonus', 'writeTrail'] }],
    });
    fill(index, [extra]);
    index.delete(extra.path);
    index.delete('src/never/there.ts');
    assert.deepEqual(providerOf(index).context(newFile()), before);
    assert.equal(index.size, 6);
  });

  it('keeps its bytes when an unrelated file is saved, and changes when a relevant one is', () => {
    const index = createRetrievalIndex();
    fill(index);
    fill(index, [sketch('tools/report.ts', { functions: [{ name: 'printReport', calls: ['formatTable'] }] })]);
    const before = providerOf(index).context(newFile()).considerBlock;
    fill(index, [
      sketch('tools/report.ts', { functions: [{ name: 'printReport', calls: ['formatTable', 'openPager'] }] }),
    ]);
    fill(index, [
      sketch('tools/report.py', { language: 'python', functions: [{ name: 'create_x', calls: ['go', 'run'] }] }),
    ]);
    assert.equal(providerOf(index).context(newFile()).considerBlock, before);
    const related = ['user', 'order', 'invoice'].map((noun) =>
      sketch(`src/${noun}/${noun}.extra.controller.ts`, {
        functions: [
          { name: `create${noun}Again`, parameters: ['req: Request', 'res: Response'], calls: ['chargeQuota'] },
        ],
      }),
    );
    fill(index, related);
    const after = providerOf(index).context(newFile()).considerBlock;
    assert.ok(!before.includes('chargeQuota') && after.includes('chargeQuota'), after);
  });

  it('keeps to the byte limit with text of several bytes a letter, and says how many it used', () => {
    const index = createRetrievalIndex();
    const files = serviceRepository().map(({ path }) =>
      sketch(path, {
        functions: [
          {
            name: 'createПользователь',
            parameters: ['req: Request'],
            calls: ['проверить', '保存する', 'записать', 'готово'],
          },
        ],
      }),
    );
    fill(index, files);
    for (const bytes of [1, 12, 40, 100, 300, 1536]) {
      const report = providerOf(index).context(newFile('createЗаказ', { bytes }));
      assert.equal(Buffer.byteLength(report.considerBlock), report.bytes);
      assert.ok(report.bytes <= bytes, `${report.bytes} > ${bytes}`);
      assert.ok(bytes < 100 || report.considerBlock.includes('保存する'), report.considerBlock);
    }
  });

  it('shows real signatures and real snippets as comments, and drops what looks like a key', () => {
    const index = createRetrievalIndex();
    fill(index);
    fill(index, [
      sketch('src/audit/trail.ts', {
        functions: [
          {
            name: 'writeTrail',
            calls: [],
            signature: 'export async function writeTrail(event: TrailEvent): Promise<void>',
          },
        ],
      }),
    ]);
    const mined = attractor({
      id: 'trail',
      apis: ['repository.insertOne', 'writeTrail'],
      snippets: [
        {
          path: 'src/user/user.controller.ts',
          line: 2,
          endLine: 5,
          text: 'await repository.insertOne(body);\nconst apiKey = "sk-live-0123456789abcdefghij";\nconst m = "<|fim_middle|>\u202e";\nawait writeTrail({ kind });',
        },
      ],
      antipatterns: [{ id: 'a', summary: 'changing rows without a trail' }],
    });
    const { considerBlock, attractors } = providerOf(index, [mined]).context(newFile());
    assert.deepEqual(attractors, ['trail']);
    assert.ok(considerBlock.includes('//   await repository.insertOne(body);'), considerBlock);
    assert.ok(considerBlock.includes('avoid: changing rows without a trail'));
    assert.ok(
      !considerBlock.includes('sk-live') && !considerBlock.includes('fim_middle') && !considerBlock.includes('\u202e'),
    );
    for (const line of considerBlock.split('\n')) assert.ok(line.startsWith('// '), line);
    const plain = providerOf(index).context(newFile());
    assert.ok(plain.considerBlock.includes('writeTrail(event: TrailEvent): Promise<void>'), plain.considerBlock);
    const listed = plain.apis.find(({ name }) => name === 'writeTrail');
    assert.equal(listed?.path, 'src/audit/trail.ts');
  });

  it('gives calls alone in a small block, real signatures too in a larger one, and real code where there are few calls', () => {
    const index = createRetrievalIndex();
    fill(index);
    const trail = {
      name: 'writeTrail',
      calls: [],
      signature: 'export async function writeTrail(event: TrailEvent): Promise<void>',
    };
    fill(index, [sketch('src/audit/trail.ts', { functions: [trail] })]);
    for (const bytes of [70, 128, 320, 639, 640, 1536]) {
      const { considerBlock } = providerOf(index).context(newFile('createRefund', { bytes }));
      if (bytes >= 640) assert.match(considerBlock, /^\/\/ .*\w+\(\w+: \w+.*\)/m, `${bytes}:\n${considerBlock}`);
      for (const call of considerBlock.split('calls: ')[1]?.split(' ') ?? [])
        assert.match(call, /^[\w.]*\w(,\w+)*$/, considerBlock);
      assert.ok(Buffer.byteLength(considerBlock) <= bytes);
    }
    const callsOnly = createRetrievalIndex();
    fill(
      callsOnly,
      ['a', 'b', 'c', 'd'].map((name) =>
        sketch(`src/${name}.ts`, {
          functions: [{ name: `create${name}`, signature: '', calls: ['insertOne', 'status'] }],
        }),
      ),
    );
    const code = { path: 'src/a.ts', line: 2, endLine: 2, text: 'await rows.insertOne(body);' };
    const mined = attractor({ id: 'insert', apis: ['rows.insertOne', 'status'], snippets: [code] });
    const small = providerOf(callsOnly, [mined]).context(newFile('createRefund', { bytes: 120 }));
    assert.deepEqual(small.attractors, ['insert'], small.considerBlock);
    assert.ok(small.considerBlock.includes('await rows.insertOne(body);') && small.bytes <= 120, small.considerBlock);
  });

  it('writes calls as the repository does: receivers together, constructors, elements, macros and single letters', () => {
    const index = createRetrievalIndex();
    const calls = ['db.find', 'db.save', 'audit', 't'];
    const kinds = (facts: FileFacts): FileFacts => ({
      ...facts,
      calls: facts.calls.map((call) =>
        call.name === 'audit' ? { ...call, name: 'Audit', callee: 'Audit', kind: 'new' as const } : call,
      ),
    });
    for (const noun of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const { path, language, facts } = sketch(`src/${noun}.ts`, {
        functions: [
          { name: `create${noun}`, parameters: ['req: Request'], calls: noun < 'c' ? [...calls, 'q'] : calls },
        ],
      });
      index.set(path, { language, facts: kinds(facts), trees: new Uint8Array() });
    }
    const { considerBlock } = providerOf(index).context(newFile('createRefund'));
    assert.equal(considerBlock, '// calls: Audit,t,q db.find,save');
  });

  it("shows no namesake's signature: what is imported from elsewhere, or called on what is not known, is another's", () => {
    const withOwner = (resolved: string, module: string) => {
      const index = createRetrievalIndex();
      fill(index, [
        sketch('pkg/client.go', {
          language: 'go',
          functions: [{ name: 'New', signature: 'func New(url string) *Client', calls: [] }],
        }),
      ]);
      for (const noun of ['a', 'b', 'c', 'd', 'e', 'f']) {
        const { path, language, facts } = sketch(`cmd/${noun}/run.go`, {
          language: 'go',
          imports: [{ module, names: ['*'] }],
          functions: [{ name: `Run${noun}`, parameters: ['ctx: Context'], calls: [`${module.split('/').at(-1)}.New`] }],
        });
        const calls = facts.calls.map((call) => ({ ...call, resolved }));
        index.set(path, { language, facts: { ...facts, calls }, trees: new Uint8Array() });
      }
      const target = sketch('cmd/z/run.go', {
        language: 'go',
        functions: [{ name: 'RunZ', parameters: ['ctx: Context'], calls: [] }],
      });
      return providerOf(index).context({ ...target, line: 2 });
    };
    const own = withOwner('example.org/shop/pkg.New', 'example.org/shop/pkg');
    assert.ok(own.considerBlock.includes('// func New(url string) *Client'), own.considerBlock);
    assert.equal(own.apis[0]?.path, 'pkg/client.go');
    const foreign = withOwner('errors.New', 'errors');
    assert.equal(foreign.considerBlock, '// calls: errors.New');
    assert.deepEqual([foreign.apis[0]?.signature, foreign.apis[0]?.path], ['errors.New()', '']);

    const methods = createRetrievalIndex();
    fill(methods);
    const declares = { name: 'map', container: 'Atlas', signature: 'map(region: Region): Sheet', calls: [] };
    fill(methods, [sketch('src/atlas.ts', { functions: [declares] })]);
    fill(
      methods,
      ['x', 'y', 'z'].map((name) =>
        sketch(`src/${name}.ts`, {
          functions: [{ name: `create${name}`, parameters: ['req: Request'], calls: ['rows.map'] }],
        }),
      ),
    );
    const mapped = providerOf(methods).context(newFile('createRefund'));
    assert.ok(!mapped.considerBlock.includes('Sheet'), mapped.considerBlock);
  });

  it('leaves out what the place cannot call: what another Go package keeps to itself', () => {
    const inBlock = (language: 'go' | 'typescript', folder: string, packages = 1) => {
      const index = createRetrievalIndex();
      for (const [at, noun] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
        const { path, facts } = sketch(`pkg${at % packages || ''}/${noun}.x`, {
          language,
          functions: [
            { name: `create${noun}`, parameters: ['req: Request'], calls: ['fillLedger', 'audit.write'] },
            { name: 'fillLedger', calls: [], signature: 'fillLedger(row)' },
          ],
        });
        const functions = facts.functions.map((fact) => ({
          ...fact,
          exported: fact.name !== 'fillLedger',
        }));
        index.set(path, { language, facts: { ...facts, functions }, trees: new Uint8Array() });
      }
      const target = sketch(`${folder}/z.x`, {
        language,
        functions: [{ name: 'createZ', parameters: ['req: Request'], calls: [] }],
      });
      const { considerBlock } = providerOf(index).context({ ...target, line: 2 });
      assert.ok(considerBlock.includes('audit.write'), considerBlock);
      return considerBlock.includes('fillLedger');
    };
    // What six files each declare for themselves, a seventh will: elsewhere it is only unlikely.
    assert.deepEqual([inBlock('go', 'pkg'), inBlock('go', 'cmd'), inBlock('typescript', 'src')], [true, false, true]);
    assert.ok(inBlock('go', 'cmd', 3), 'what each of three packages keeps to itself, a fourth will have');
  });

  it('takes a name of this file for one of the repository where other languages call it, and not where nobody does', () => {
    const index = createRetrievalIndex();
    fill(index);
    const named = () => {
      const target = sketch('src/refund/refund.controller.ts', {
        functions: [
          { name: 'flipRefund', parameters: ['rows: Rows'], calls: [] },
          { name: 'flipOrder', parameters: ['rows: Rows'], calls: ['transpose'] },
        ],
      });
      return words(providerOf(index).context({ ...target, line: 2 }).considerBlock).has('transpose');
    };
    assert.ok(!named());
    for (const plot of ['bars', 'lines']) {
      const { path, language, facts } = sketch(`scripts/${plot}.py`, {
        language: 'python',
        functions: [{ name: `plot_${plot}`, calls: ['np.transpose'] }],
      });
      index.set(path, { language, facts, trees: new Uint8Array() });
    }
    assert.ok(named());
  });

  it('says the same after any number of saves of the same file', () => {
    const once = createRetrievalIndex();
    fill(once);
    const often = createRetrievalIndex();
    // Enough dead routines to fill the lists that are read, far from the limit at which the index is built anew.
    for (let save = 0; save < 1200; save++) fill(often);
    assert.deepEqual(providerOf(often).context(newFile()), providerOf(once).context(newFile()));
  });

  it('weighs a token the same however many other files there are', () => {
    for (const documents of [400, 401, 410, 1000, 1010]) assert.equal(idf(documents, 9), idf(documents + 1, 9));
  });

  it('gives a repository without patterns of its own a curated example, marked so, and yields to mined ones', () => {
    const curated = attractor({
      id: 'router',
      name: 'Group routes in a router',
      kind: 'curated',
      apis: ['express.Router', 'router.get'],
      snippets: [],
      example: "const router = express.Router();\nrouter.get('/:id', show);\n",
      provenance: 'curated',
    });
    const file = sketch('src/routes.ts', { imports: [{ module: 'express', names: ['express'] }], functions: [] });
    const input = { ...file, line: 1 };
    const empty = createRetrievalIndex();
    const { considerBlock, attractors } = providerOf(empty, [curated]).context(input);
    assert.equal(
      considerBlock,
      "// Group routes in a router (curated)\n//   const router = express.Router();\n//   router.get('/:id', show);",
    );
    assert.deepEqual(attractors, ['router']);
    const other = sketch('src/plain.ts', { imports: [{ module: 'node:fs', names: ['fs'] }], functions: [] });
    assert.equal(providerOf(empty, [curated]).context({ ...other, line: 1 }).considerBlock, '');
    const index = createRetrievalIndex();
    fill(index);
    const code = { path: 'src/user/user.controller.ts', line: 2, endLine: 2, text: 'await writeTrail(event);' };
    const mined = attractor({ id: 'trail', apis: ['writeTrail'], snippets: [code] });
    const both = { ...newFile(), facts: { ...newFile().facts, imports: file.facts.imports } };
    assert.deepEqual(providerOf(index, [curated, mined]).context(both).attractors, ['trail']);
  });

  it("shows no test's code outside tests", () => {
    const index = createRetrievalIndex();
    fill(index);
    const snippet = (path: string) => ({ path, line: 2, endLine: 2, text: `await repository.insertOne('${path}');` });
    const apis = ['repository.insertOne', 'writeTrail'];
    const both = attractor({ id: 'b', apis, snippets: [snippet('test/user.test.ts'), snippet('src/far/user.ts')] });
    const block = providerOf(index, [both]).context(newFile()).considerBlock;
    assert.ok(block.includes('src/far/user.ts') && !block.includes('test/user.test.ts'), block);
    const tested = attractor({ id: 't', apis, snippets: [snippet('test/user.test.ts')] });
    assert.deepEqual(providerOf(index, [tested]).context(newFile()).attractors, []);
  });

  it('answers for an empty index, an empty file, a cursor outside any function and a line beyond the end', () => {
    const empty = createRetrievalIndex();
    assert.equal(providerOf(empty).context(newFile()).considerBlock, '');
    const index = createRetrievalIndex();
    fill(index);
    const blank = sketch('src/blank.ts', { functions: [] });
    assert.ok(providerOf(index).context({ ...blank, line: 1 }).considerBlock.length > 0);
    assert.ok(providerOf(index).context(newFile('createX', { line: 9 })).considerBlock.length > 0);
    assert.deepEqual(
      providerOf(index).context(newFile('createX', { line: 1_000_000 })),
      providerOf(index).context(newFile('createX', { line: 9 })),
    );
  });

  it('reads the header being typed where nothing parses', () => {
    const index = createRetrievalIndex();
    fill(index);
    const broken = {
      ...sketch('src/x.ts', { functions: [] }),
      text: 'export async function deleteRefund(req',
      line: 1,
    };
    const order = providerOf(index)
      .context(broken)
      .apis.map(({ name }) => name);
    assertBefore(order, 'removeOne', 'insertOne');
  });

  it('refuses other languages and positions below 1 with advice', () => {
    const provider = providerOf(createRetrievalIndex());
    const code = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        assert.ok(error instanceof LodestoneError && error.advice);
        return error.code;
      }
      return 'none';
    };
    assert.equal(
      code(() => provider.context({ ...newFile(), language: 'cobol' as LanguageId })),
      'unsupportedLanguage',
    );
    assert.equal(
      code(() => provider.context(newFile('x', { line: 0 }))),
      'badArguments',
    );
    assert.equal(
      code(() => provider.context(newFile('x', { line: Number.NaN }))),
      'badArguments',
    );
    assert.equal(
      code(() => provider.context(newFile('x', { column: 0 }))),
      'badArguments',
    );
    assert.equal(
      code(() => provider.context(newFile('x', { bytes: -5 }))),
      'badArguments',
    );
    assert.equal(
      code(() => parseWeights({ schemaVersion: 2 })),
      'badData',
    );
  });
});
