/** What cannot be rebuilt: decisions survive the index's rebuild, crashes and newer versions, and are never lost silently. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { IndexDatabase } from '../../../src/node/store/indexDatabase.ts';
import { defaultCacheFolder, storeLocation } from '../../../src/node/store/location.ts';
import { StoredRepairMemory } from '../../../src/node/store/repairMemory.ts';
import { UserDatabase } from '../../../src/node/store/userDatabase.ts';

describe('user database', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lodestone-user-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("keeps decisions apart from the index, so that the index's rebuild costs none", () => {
    const location = storeLocation(folder, join(folder, 'cache'));
    const user = new UserDatabase(location.user);
    user.decide('b', 'muted');
    user.decide('a', 'pinned');
    user.decide('c', 'muted');
    user.decide('c', undefined);
    user.close();
    new IndexDatabase({ path: location.index, extractor: 'x' }).close();
    writeFileSync(location.index, 'damaged beyond repair'.repeat(100));
    const index = new IndexDatabase({ path: location.index, extractor: 'x' });
    assert.equal(index.notices[0]?.code, 'storeCorrupt');
    index.close();
    const again = new UserDatabase(location.user);
    assert.deepEqual(again.decisions(), { a: 'pinned', b: 'muted' });
    assert.deepEqual(again.notices, []);
    again.close();
  });

  it('learns from what was applied, not from what was only proposed', () => {
    const path = join(folder, 'user.sqlite');
    const user = new UserDatabase(path);
    const memory = new StoredRepairMemory(user);
    for (let run = 0; run < 3; run++) memory.record('seen', 'verified');
    memory.record('taken', 'verified');
    memory.record('taken', 'kept');
    memory.record('refused', 'rolledBack');
    memory.flush();
    user.close();
    const again = new UserDatabase(path);
    const remembered = new StoredRepairMemory(again);
    assert.equal(remembered.confidence('seen'), undefined);
    assert.ok((remembered.confidence('taken') ?? 0) > 0.5);
    assert.ok((remembered.confidence('refused') ?? 1) < 0.5);
    again.close();
  });

  it('leaves a newer file alone and works in memory', () => {
    const path = join(folder, 'user.sqlite');
    const first = new UserDatabase(path);
    first.decide('a', 'pinned');
    first.close();
    const raw = new DatabaseSync(path);
    raw.exec('PRAGMA user_version = 7');
    raw.close();
    const user = new UserDatabase(path);
    assert.equal(user.persistent, false);
    assert.match(user.notices[0]?.message ?? '', /newer Lodestone/);
    user.decide('b', 'muted');
    assert.deepEqual(user.decisions(), { b: 'muted' });
    user.close();
    const after = new DatabaseSync(path);
    assert.deepEqual({ ...after.prepare('SELECT * FROM decisions').get() }, { id: 'a', decision: 'pinned' });
    after.close();
    assert.equal(existsSync(`${path}.newer`), false);
  });

  it('rolls a failed transaction back whole, and nested ones with it', () => {
    const user = new UserDatabase(join(folder, 'user.sqlite'));
    assert.throws(
      () =>
        user.transaction(() => {
          user.decide('a', 'pinned');
          user.transaction(() => user.decide('b', 'muted'));
          throw new Error('no');
        }),
      /no/,
    );
    assert.deepEqual(user.decisions(), {});
    user.close();
  });

  it('waits for another process that is writing, instead of failing', () => {
    const path = join(folder, 'user.sqlite');
    const user = new UserDatabase(path);
    const script = `
      const { DatabaseSync } = require('node:sqlite');
      const db = new DatabaseSync(${JSON.stringify(path)});
      db.exec('PRAGMA busy_timeout = 9000');
      for (let i = 0; i < 40; i++) {
        db.exec('BEGIN IMMEDIATE');
        db.exec("INSERT INTO decisions VALUES ('other" + i + "', 'muted')");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        db.exec('COMMIT');
      }`;
    writeFileSync(join(folder, 'writer.cjs'), script);
    const shell = `"${process.execPath}" "${join(folder, 'writer.cjs')}" 2>/dev/null & "${process.execPath}" "${join(folder, 'writer2.cjs')}"; wait`;
    writeFileSync(join(folder, 'writer2.cjs'), script.replaceAll('other', 'second'));
    const both = spawnSync('sh', ['-c', shell], { encoding: 'utf8' });
    assert.equal(both.status, 0, both.stderr);
    for (let i = 0; i < 10; i++) user.decide(`own${i}`, 'pinned');
    assert.equal(Object.keys(user.decisions()).length, 90);
    user.close();
  });
});

describe('store location', () => {
  it('is the same for every way to the same root, and different for roots of the same name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lodestone ü location-'));
    try {
      const one = storeLocation(folder, '/cache');
      assert.equal(storeLocation(`${folder}/./`, '/cache').folder, one.folder);
      assert.notEqual(storeLocation(tmpdir(), '/cache').folder, one.folder);
      assert.match(one.folder, /^\/cache\/lodestone-[\w.-]+-[0-9a-f]{16}$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("follows the platform's convention", () => {
    assert.equal(defaultCacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux'), '/x/lodestone');
    assert.match(defaultCacheFolder({}, 'linux'), /\/\.cache\/lodestone$/);
    assert.match(defaultCacheFolder({}, 'darwin'), /Library\/Caches\/lodestone$/);
    assert.match(defaultCacheFolder({ LOCALAPPDATA: 'C:' }, 'win32'), /lodestone.Cache$/);
  });
});
