/** The wasm serialiser against the public cursor, on real and broken files of every language, and on trees beyond any stack. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import treeSitter = require('web-tree-sitter');

import type { LanguageId } from '../../../src/core/languages.ts';
import { walkTree } from '../../../src/node/treeSitter/cursorWalk.ts';
import { differingArray, TreeSerializer } from '../../../src/node/treeSitter/treeSerializer.ts';
import { TreeSitterParser } from '../../../src/node/treeSitter/treeSitterParser.ts';
import { TreeSitterRuntime } from '../../../src/node/treeSitter/treeSitterRuntime.ts';
import { projectRoot } from '../../projectRoot.ts';
import { assets, runtime } from './parserFixture.ts';

/** This project's own TypeScript, and what real Python, Rust, Go and JavaScript the installed packages and fixtures hold. */
function realFiles(): { language: LanguageId; path: string }[] {
  const found: { language: LanguageId; path: string }[] = [];
  const fixtures = join(projectRoot, 'test/fixtures/syntax');
  for (const name of readdirSync(fixtures))
    found.push({ language: name.split('.')[0] as LanguageId, path: join(fixtures, name) });
  const add = (folder: string, extension: string, language: LanguageId, limit: number) => {
    const names = (readdirSync(join(projectRoot, folder), { recursive: true }) as string[])
      .filter((name) => name.endsWith(extension))
      .sort();
    for (const name of names.slice(0, limit)) found.push({ language, path: join(projectRoot, folder, name) });
  };
  add('src', '.ts', 'typescript', 60);
  add('src', '.ts', 'tsx', 10);
  add('node_modules/mocha/lib', '.js', 'javascript', 20);
  return found;
}

/** Ways in which people and tools leave files behind. */
const DAMAGE: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.slice(0, text.length * 0.6),
  (text) => text.slice(text.length / 3),
  (text) => text.replace(/[({[]/g, (bracket, at: number) => (at % 3 ? bracket : '')),
  (text) => text.replace(/\n/g, '\r\n'),
  (text) => `\ufeff${text.replace(/e/g, '🜁')}`,
  (text) => text.replace(/["'`]/g, (quote, at: number) => (at % 2 ? quote : '')),
];

describe('tree serialiser', () => {
  const parser = { current: undefined as treeSitter.Parser | undefined };
  let serializer: TreeSerializer;

  before(async () => {
    serializer = new TreeSerializer(await runtime.instance(), join(assets.grammars, 'serializeTree.wasm'));
    parser.current = new treeSitter.Parser();
  });

  async function check(language: LanguageId, text: string, what: string): Promise<number> {
    const { language: native, grammar } = await runtime.language(language);
    const own = parser.current as treeSitter.Parser;
    own.setLanguage(native);
    const tree = own.parse(text) as treeSitter.Tree;
    const flat = serializer.serialize(tree, grammar);
    assert.equal(differingArray(flat, walkTree(tree, grammar)), undefined, what);
    assert.equal(flat.hasErrors, tree.rootNode.hasError, what);
    tree.delete();
    return flat.size;
  }

  it('equals the cursor walk on whole and damaged files of every language', async () => {
    const seen = new Map<LanguageId, number>();
    for (const { language, path } of realFiles()) {
      const text = readFileSync(path, 'utf8').slice(0, 20_000);
      for (const [index, damage] of DAMAGE.entries()) {
        const nodes = await check(language, damage(text), `${path} damaged by ${index}`);
        seen.set(language, (seen.get(language) ?? 0) + nodes);
      }
    }
    assert.deepEqual([...seen.keys()].sort(), runtime.entries.map(({ id }) => id as string).sort());
    for (const [language, nodes] of seen) assert.ok(nodes > 3000, language);
  });

  it('equals it on nothing, on white space and on a single error', async () => {
    for (const { id } of runtime.entries)
      for (const text of ['', '\n \n', ')', '\0', 'x']) await check(id, text, `${id} ${text}`);
  });

  it('follows nesting deeper than its first stack, which grows', async () => {
    const deep = 20_000;
    const { language, grammar } = await runtime.language('javascript');
    const own = parser.current as treeSitter.Parser;
    own.setLanguage(language);
    const tree = own.parse(`${'['.repeat(deep)}${']'.repeat(deep)}`) as treeSitter.Tree;
    const flat = serializer.serialize(tree, grammar);
    tree.delete();
    const arrays = flat.kind.reduce((count, kind) => count + (grammar.kindNames[kind] === 'array' ? 1 : 0), 0);
    assert.equal(arrays, deep);
    assert.equal(flat.end[0], flat.size);
  });

  it('is left out where it cannot be loaded, with one line in the log', async () => {
    const warnings: string[] = [];
    const crippled = new TreeSitterRuntime({ ...assets, grammars: join(assets.grammars) });
    Object.defineProperty(crippled, 'grammarsFolder', { value: '/nowhere' });
    const fallback = new TreeSitterParser(crippled, { warn: (message) => void warnings.push(message) });
    const tree = await fallback.parse('python', 'f(1)\n');
    await fallback.parse('python', 'g(1)\n');
    assert.ok(tree.size > 5);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] as string, /fast tree reader is off for python/);
  });
});
