/** Property: after any sequence of edits, however they were announced, store and report equal a cold mine's. */
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import type { FileChange } from '../../../src/core/engine.ts';
import { comparable, type Opened, TestRepository, useWorkers } from './harness.ts';

const PATHS = [
  'a.ts',
  'b.py',
  'src/a.ts',
  'src/b.ts',
  'src/deep/c.ts',
  'lib/a.ts',
  'lib/d.go',
  'package.json',
  'lib/x.min.ts',
];
const FOLDERS = ['src', 'lib', 'src/deep', 'moved'];
const CONTENTS = [
  'export function one() {\n  return two();\n}\n',
  'export function two() {\n  return one();\n}\n',
  'def three(x):\n    return one(x)\n',
  'package main\n\nfunc Four() error { return nil }\n',
  '{"dependencies":{"express":"4"}}',
  '',
  'broken ( {{{',
  'bin\0ary',
  `// ${'long '.repeat(300)}\n`,
];
const IGNORES = ['', 'lib/\n', 'a.ts\n', '*.py\n!b.py\nsrc/*\n!src/deep\n'];

type Step =
  | { do: 'write'; path: string; content: string }
  | { do: 'delete'; path: string }
  | { do: 'rename'; from: string; to: string }
  | { do: 'ignore'; folder: string; text: string }
  | { do: 'branch'; files: Record<string, string> }
  | { do: 'announce' }
  | { do: 'reconcile' }
  | { do: 'reopen' };

const path = fc.constantFrom(...PATHS);
const content = fc.constantFrom(...CONTENTS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), path, content }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('delete' as const), path: fc.constantFrom(...PATHS, ...FOLDERS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('rename' as const),
      from: fc.constantFrom(...PATHS, ...FOLDERS),
      to: fc.constantFrom(...PATHS, ...FOLDERS),
    }),
  },
  {
    arbitrary: fc.record({
      do: fc.constant('ignore' as const),
      folder: fc.constantFrom('', 'src/'),
      text: fc.constantFrom(...IGNORES),
    }),
    weight: 1,
  },
  { arbitrary: fc.record({ do: fc.constant('branch' as const), files: fc.dictionary(path, content) }), weight: 1 },
  { arbitrary: fc.constant({ do: 'announce' as const }), weight: 4 },
  { arbitrary: fc.constant({ do: 'reconcile' as const }), weight: 1 },
  { arbitrary: fc.constant({ do: 'reopen' as const }), weight: 1 },
);

describe('index after any sequence of edits', () => {
  useWorkers();

  it('equals a cold mine', async function () {
    this.timeout(300_000);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 24 }), async (steps) => {
        const repository = new TestRepository();
        let opened: Opened = repository.open();
        let changes: FileChange[] = [];
        const full = (relative: string) => join(repository.root, relative);
        /** A folder may have been renamed to a file's name, or a file to a folder's. */
        const clearTheWay = (target: string) => {
          const parts = target.split('/');
          for (let depth = 1; depth <= parts.length; depth++) {
            const at = parts.slice(0, depth).join('/');
            const stats = statSync(full(at), { throwIfNoEntry: false });
            if (!stats || stats.isDirectory() === depth < parts.length) continue;
            repository.remove(at);
            tell(at);
          }
        };
        const tell = (changed: string) =>
          changes.push({ path: changed, kind: existsSync(full(changed)) ? 'changed' : 'deleted' });
        try {
          await opened.miner.mine({});
          for (const one of steps) {
            if (one.do === 'write') {
              clearTheWay(one.path);
              repository.put(one.path, one.content);
              tell(one.path);
            } else if (one.do === 'delete') {
              repository.remove(one.path);
              tell(one.path);
            } else if (one.do === 'rename') {
              if (!existsSync(full(one.from)) || existsSync(full(one.to)) || one.to.startsWith(`${one.from}/`))
                continue;
              clearTheWay(one.to);
              mkdirSync(dirname(full(one.to)), { recursive: true });
              renameSync(full(one.from), full(one.to));
              tell(one.from);
              tell(one.to);
            } else if (one.do === 'ignore') {
              clearTheWay(`${one.folder}.gitignore`);
              repository.put(`${one.folder}.gitignore`, one.text);
              tell(`${one.folder}.gitignore`);
            } else if (one.do === 'branch') {
              for (const old of PATHS) {
                const text = one.files[old];
                if (text !== undefined) clearTheWay(old);
                if (text === undefined) repository.remove(old);
                else repository.put(old, text);
                tell(old);
              }
            } else if (one.do === 'announce') {
              if (changes.length) await opened.miner.filesChanged(changes, {});
              changes = [];
            } else if (one.do === 'reconcile') {
              await opened.miner.mine({});
              changes = [];
            } else {
              opened.store.close();
              opened = repository.open();
            }
          }
          // After a reopening the watcher knows nothing of before: a host mines first.
          const report =
            changes.length && steps.every((one) => one.do !== 'reopen')
              ? await opened.miner.filesChanged(changes, {})
              : await opened.miner.mine({});
          const cold = repository.open('cold');
          assert.equal(comparable(report), comparable(await cold.miner.mine({})));
          const rows = (from: Opened) => from.store.files().map(({ path, hash, outcome }) => ({ path, hash, outcome }));
          assert.deepEqual(rows(opened), rows(cold));
          for (const one of cold.index.paths()) assert.deepEqual(opened.index.facts(one), cold.index.facts(one));
          assert.equal(comparable(opened.miner.stored() as never), comparable(cold.miner.stored() as never));
          await opened.miner.warm({});
          await cold.miner.warm({});
          assert.deepEqual([...opened.reducer.files].sort(), [...cold.reducer.files].sort());
          cold.store.close();
        } finally {
          opened.store.close();
          repository.dispose();
        }
      }),
      { numRuns: Number(process.env['LODESTONE_PROPERTY_RUNS'] ?? 120) },
    );
  });
});
