/** Look-ups over all files: who declares a name, who imports a file. */
import { strict as assert } from 'node:assert';
import { Declarations } from '../../../src/core/indexing/declarations.ts';
import { moduleCandidates } from '../../../src/core/indexing/moduleCandidates.ts';
import { CountingAnalyser, useWorkers } from './harness.ts';

describe('declarations', () => {
  useWorkers();
  const filled = async (files: Record<string, string>) => {
    const declarations = new Declarations();
    for (const [path, text] of Object.entries(files)) {
      const analysis = await new CountingAnalyser().analyse({ path, text }, {});
      assert.ok(!('skipped' in analysis));
      declarations.set(path, analysis);
    }
    return declarations;
  };

  it('finds top-level functions, methods, types and exported values, by path', async () => {
    const declarations = await filled({
      'b.ts': 'export class Box { open(): void {} }\nexport const limit = 3;\nfunction hidden() {}\n',
      'a.py': 'class Box:\n    def open(self):\n        def inner(): pass\n',
    });
    assert.deepEqual(
      declarations.named('Box').map(({ path, kind, line }) => [path, kind, line]),
      [
        ['a.py', 'class', 1],
        ['b.ts', 'class', 1],
      ],
    );
    assert.deepEqual(
      declarations.named('open').map(({ path, container }) => [path, container]),
      [
        ['a.py', 'Box'],
        ['b.ts', 'Box'],
      ],
    );
    assert.equal(declarations.named('limit')[0]?.exported, true);
    assert.equal(declarations.named('hidden')[0]?.exported, false);
    assert.deepEqual(declarations.named('inner'), []);
    assert.ok(declarations.exportedNames().includes('limit'));
    assert.ok(!declarations.exportedNames().includes('hidden'));
  });

  it('finds importers by the rules of the language', async () => {
    const declarations = await filled({
      'src/db.ts': 'export const db = 1;\n',
      'src/api/index.ts': "import { db as base } from '../db.js';\n",
      'src/main.ts': "import api from './api';\nimport express from 'express';\n",
      'pkg/models.py': 'class M: pass\n',
      'pkg/views.py': 'from .models import M\n',
      'pkg/sub/deep.py': 'from ..models import M\n',
      'run.py': 'import pkg.models\n',
    });
    assert.deepEqual(
      declarations.importersOf('src/db.ts').map(({ path, names }) => [path, names]),
      [['src/api/index.ts', [{ name: 'db', alias: 'base' }]]],
    );
    assert.deepEqual(
      declarations.importersOf('src/api/index.ts').map(({ path }) => path),
      ['src/main.ts'],
    );
    assert.deepEqual(
      declarations.importersOf('pkg/models.py').map(({ path }) => path),
      ['pkg/sub/deep.py', 'pkg/views.py', 'run.py'],
    );
    declarations.delete('pkg/views.py');
    assert.deepEqual(
      declarations.importersOf('pkg/models.py').map(({ path }) => path),
      ['pkg/sub/deep.py', 'run.py'],
    );
  });

  it('forgets what a file no longer says', async () => {
    const declarations = await filled({ 'a.ts': 'export function one() {}\n' });
    const next = await new CountingAnalyser().analyse({ path: 'a.ts', text: 'export function two() {}\n' }, {});
    assert.ok(!('skipped' in next));
    declarations.set('a.ts', next);
    assert.deepEqual(declarations.named('one'), []);
    assert.equal(declarations.named('two').length, 1);
    declarations.delete('a.ts');
    assert.deepEqual(declarations.exportedNames(), []);
  });

  it('never leaves the root', () => {
    assert.deepEqual(moduleCandidates('a.ts', '../../x'), []);
    assert.deepEqual(moduleCandidates('a.ts', 'express'), []);
    assert.deepEqual(moduleCandidates('a.py', '....x'), []);
    assert.ok(moduleCandidates('a/b.ts', '..').includes('index.ts'));
  });
});
