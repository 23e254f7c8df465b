/** Parsing from a base: the same tree as from nothing where the code is whole, and one that depends on the two texts alone. */
import { strict as assert } from 'node:assert';
import { type FlatTree, NODE_ERROR } from '../../../src/core/syntax/flatTree.ts';
import { TreeSitterParser } from '../../../src/node/treeSitter/treeSitterParser.ts';
import { runtime } from './parserFixture.ts';

const BASE = Array.from(
  { length: 60 },
  (_, i) => `export function f${i}(a: number) {\n  return a + ${i}; // żółć 🜁\n}\n`,
).join('\n');
const at = BASE.indexOf('  return a + 30');
const insert = (text: string) => BASE.slice(0, at) + text + BASE.slice(at);

function shape({ size, kind, flags, startIndex, endIndex, end }: FlatTree) {
  return [kind, flags, startIndex, endIndex, end].map((values) => [...values.subarray(0, size)]);
}

describe('parsing from a base', () => {
  it('gives the tree that parsing from nothing gives', async () => {
    const parser = new TreeSitterParser(runtime);
    for (const text of [insert('  if (a > 1) { call(`🜁`); }\n'), insert(''), BASE.replace('a + 30', 'b')]) {
      const fresh = await new TreeSitterParser(runtime).parse('typescript', text);
      assert.deepEqual(shape(await parser.parse('typescript', text, BASE)), shape(fresh));
    }
  });

  it('depends on the base and the text alone, whatever was parsed in between, errors included', async () => {
    const broken = insert('  if (a { call(;\n');
    const first = await new TreeSitterParser(runtime).parse('typescript', broken, BASE);
    assert.ok(first.flags.some((flags) => (flags & NODE_ERROR) !== 0));
    const parser = new TreeSitterParser(runtime);
    await parser.parse('typescript', insert('  const half = (\n'), BASE);
    await parser.parse('python', 'a = 1\n', 'a = \n');
    await parser.parse('typescript', 'let other = 1;', 'let other;');
    assert.deepEqual(shape(await parser.parse('typescript', broken, BASE)), shape(first));
  });
});
