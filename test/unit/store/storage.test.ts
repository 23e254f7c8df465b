/** How much a store takes, and what is deleted of it. */
import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Storage } from '../../../src/node/store/storage.ts';

describe('storage', () => {
  let folder: string;
  let closed: boolean[];
  let storage: Storage;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lodestone-storage-'));
    closed = [];
    const [index, user, completions] = ['index', 'user', 'completions'].map((name) => join(folder, `${name}.sqlite`));
    const location = { folder, index, user, completions } as ConstructorParameters<typeof Storage>[0]['location'];
    storage = new Storage({ location, close: ({ decisions }) => closed.push(decisions) });
    for (const [name, size] of [
      ['index.sqlite', 1000],
      ['index.sqlite-wal', 200],
      ['index.sqlite.corrupt', 30],
      ['completions.sqlite', 40],
      ['user.sqlite', 5],
      ['other', 7],
    ] as const)
      writeFileSync(join(folder, name), 'x'.repeat(size));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('sums each store with its log and what was set aside', () => {
    assert.deepEqual(storage.report(), { folder, index: 1230, counts: 40, decisions: 5 });
  });

  it('deletes what can be rebuilt, and decisions only where that is asked for', () => {
    assert.deepEqual(storage.clear({ decisions: false }), { folder, index: 0, counts: 0, decisions: 5 });
    assert.deepEqual(readdirSync(folder).sort(), ['other', 'user.sqlite']);
    storage.clear({ decisions: true });
    assert.ok(!existsSync(join(folder, 'user.sqlite')));
    assert.deepEqual(closed, [false, true]);
  });

  it('reports nothing where no store was made', () => {
    rmSync(folder, { recursive: true });
    assert.deepEqual(storage.report(), { folder, index: 0, counts: 0, decisions: 0 });
  });
});
