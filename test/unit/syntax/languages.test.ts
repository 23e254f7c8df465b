/** What grammars/ ships: every language complete, with provenance, and the serialiser built from the source beside it. */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANGUAGE_IDS } from '../../../src/core/languages.ts';
import { loadFactQueries } from '../../../src/node/treeSitter/factQueryFiles.ts';
import { projectRoot } from '../../projectRoot.ts';
import { assets, parser, runtime } from './parserFixture.ts';

describe('grammars', () => {
  it('lists every language once, and no extension twice', () => {
    assert.deepEqual(
      runtime.entries.map(({ id }) => id),
      [...LANGUAGE_IDS],
    );
    const extensions = runtime.entries.flatMap((entry) => entry.extensions);
    assert.equal(new Set(extensions).size, extensions.length);
  });

  for (const id of LANGUAGE_IDS) {
    it(`${id} loads, compiles its queries and parses`, async () => {
      const loaded = await runtime.language(id);
      const { query, roles } = loadFactQueries(assets.grammars, loaded);
      assert.ok(query.patterns.length > 30);
      for (const role of ['definition.function', 'reference.call', 'import', 'error', 'loop', 'comment'] as const) {
        assert.ok(roles.includes(role), `${id} has no pattern for ${role}`);
      }
      const tree = await parser.parse(id, 'x');
      assert.equal(tree.language, id);
      assert.equal(loaded.grammar.kindNames[tree.kind[0] as number]?.length !== 0, true);
      assert.match(loaded.entry.source.version, /^\d+\.\d+\.\d+$/);
      assert.equal(loaded.entry.source.licence, 'MIT');
    });
  }

  it('keeps the licence of every grammar package', () => {
    const folders = new Map(runtime.entries.map(({ source }) => [source.package.replace('tree-sitter-', ''), source]));
    for (const folder of folders.keys()) {
      const licence = join(assets.grammars, folder, 'LICENSE');
      assert.ok(existsSync(licence), licence);
      assert.match(readFileSync(licence, 'utf8'), /MIT/);
    }
  });

  it('ships the serialiser that its source and the installed web-tree-sitter call for', () => {
    const native = join(projectRoot, 'src/node/treeSitter/native');
    const stamp = JSON.parse(readFileSync(join(native, 'serializeTree.json'), 'utf8')) as Record<string, string>;
    const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
    assert.equal(stamp.source, sha256(join(native, 'serializeTree.c')), 'serializeTree.c changed: run build.mjs');
    assert.equal(stamp.module, sha256(join(assets.grammars, 'serializeTree.wasm')));
    const installed = join(projectRoot, 'node_modules/web-tree-sitter/package.json');
    assert.equal(stamp.webTreeSitter, (JSON.parse(readFileSync(installed, 'utf8')) as { version: string }).version);
  });
});
