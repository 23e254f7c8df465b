/** The rebuildable store against what happens to files: damage, newer versions, read-only storage, full disks. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoredFile } from '../../../src/core/indexing/indexStore.ts';
import { Database } from '../../../src/node/store/database.ts';
import { IndexDatabase } from '../../../src/node/store/indexDatabase.ts';
import { packBytes } from '../../../src/node/store/packAnalysis.ts';

const row = (path: string, hash: string, outcome: StoredFile['outcome'] = 'parsed'): StoredFile => ({
  path,
  stat: { size: 10, mtimeMs: 1234.5, ino: 7 },
  hash,
  outcome,
});

const packed = (size: number, seed = 1) => packBytes(Uint8Array.from({ length: size }, (_, i) => (i * i * seed) % 251));

describe('index database', () => {
  let folder: string;
  let path: string;
  const open = (extractor = 'v1', spareBytes?: number) =>
    new IndexDatabase({ path, extractor, ...(spareBytes === undefined ? {} : { spareBytes }) });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lodestone-store-'));
    path = join(folder, 'cache', 'index.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function fill(store: IndexDatabase): string {
    return store.commit({
      set: [row('b.ts', 'h2'), row('a.ts', 'h1')],
      delete: [],
      analyses: [
        { hash: 'h1', extension: '.ts', packed: packed(3000) },
        { hash: 'h2', extension: '.ts', skipped: 'minified' },
      ],
      contentChanged: true,
    });
  }

  it('waits for the disk as its schema says, once it is made', () => {
    for (const [synchronous, level] of [
      ['NORMAL', 1],
      ['FULL', 2],
    ] as const) {
      const schema = {
        version: 1,
        create: 'CREATE TABLE t (x)',
        tables: ['t'],
        whenNewer: 'memory',
        title: 't',
      } as const;
      const database = new Database(join(folder, synchronous), { ...schema, synchronous });
      assert.equal(database.get('PRAGMA synchronous')?.['synchronous'], level);
      database.close();
    }
  });

  it('gives back what was committed, in path order, after reopening', () => {
    const first = open();
    const stamp = fill(first);
    first.saveReport(stamp, 'k', '{"é":1}');
    first.close();
    const store = open();
    assert.deepEqual(
      store.files().map(({ path }) => path),
      ['a.ts', 'b.ts'],
    );
    assert.deepEqual(store.files()[0], row('a.ts', 'h1'));
    assert.equal(store.outcome({ hash: 'h2', extension: '.ts' }), 'minified');
    assert.equal(store.outcome({ hash: 'h1', extension: '.py' }), undefined);
    const analysis = store.analysis({ hash: 'h1', extension: '.ts' });
    assert.ok(analysis && 'packed' in analysis);
    assert.deepEqual(Buffer.from(analysis.packed), Buffer.from(packed(3000)));
    assert.equal(store.stamp(), stamp);
    assert.equal(store.report(stamp, 'k'), '{"é":1}');
    assert.equal(store.report(stamp, 'other'), undefined);
    assert.deepEqual(store.notices, []);
    store.close();
  });

  it('keeps the report while only stats change, and drops it from validity when content does', () => {
    const store = open();
    const stamp = fill(store);
    store.saveReport(stamp, 'k', '{}');
    const same = store.commit({ set: [row('a.ts', 'h1')], delete: [], analyses: [], contentChanged: false });
    assert.equal(store.report(same, 'k'), '{}');
    const next = store.commit({ set: [], delete: ['a.ts'], analyses: [], contentChanged: true });
    assert.equal(store.report(next, 'k'), undefined);
    assert.equal(store.lastReport(), '{}');
    store.close();
  });

  it('does not serve rows or analyses of another extractor', () => {
    const old = open('v1');
    fill(old);
    old.close();
    const store = open('v2');
    assert.deepEqual(store.files(), []);
    assert.equal(store.outcome({ hash: 'h1', extension: '.ts' }), undefined);
    store.commit({ set: [row('c.ts', 'h3')], delete: [], analyses: [], contentChanged: true });
    assert.deepEqual(
      store.files().map(({ path }) => path),
      ['c.ts'],
    );
    store.close();
  });

  it('prunes what no file refers to, longest unreferenced first, and nothing else', () => {
    const store = open('v1', 12_000);
    const keys = ['h1', 'h2', 'h3', 'h4', 'h5'];
    for (const [index, hash] of keys.entries()) {
      const blob = new Uint8Array(5_000).fill(index);
      const analyses = [{ hash, extension: '.ts', packed: blob }];
      store.commit({ set: [row('a.ts', hash)], delete: [], analyses, contentChanged: true });
    }
    store.prune();
    const left = keys.filter((hash) => store.outcome({ hash, extension: '.ts' }) !== undefined);
    assert.deepEqual(left, ['h3', 'h4', 'h5']);
    store.close();
  });

  for (const [name, damage] of [
    ['garbage', () => writeFileSync(path, 'this is no database at all, and never was one'.repeat(200))],
    ['truncation', () => truncateSync(path, 8192)],
    [
      'a missing table',
      () => {
        const database = new DatabaseSync(path);
        database.exec('DROP TABLE meta');
        database.close();
      },
    ],
    [
      'a pipe in its place',
      () => {
        rmSync(path);
        execFileSync('mkfifo', [path]);
      },
    ],
    [
      'a damaged first page',
      () => writeFileSync(path, Buffer.concat([readFileSync(path).subarray(0, 100), Buffer.alloc(60000, 0xab)])),
    ],
  ] as const) {
    it(`sets a store with ${name} aside, starts anew and says so`, () => {
      const first = open();
      for (let i = 0; i < 200; i++) {
        const analyses = [{ hash: `h${i}`, extension: '.ts', packed: packed(4000, i) }];
        first.commit({ set: [row(`f${i}.ts`, `h${i}`)], delete: [], analyses, contentChanged: true });
      }
      first.close();
      damage();
      const store = open();
      assert.deepEqual(store.files(), []);
      assert.equal(store.notices[0]?.code, 'storeCorrupt');
      assert.ok(existsSync(`${path}.corrupt`));
      fill(store);
      store.close();
      const again = open();
      assert.equal(again.files().length, 2);
      assert.deepEqual(again.notices, []);
      again.close();
    });
  }

  it('notices damage found only in the middle of work', () => {
    const store = open();
    for (let i = 0; i < 300; i++) {
      const analyses = [{ hash: `h${i}`, extension: '.ts', packed: new Uint8Array(9000).fill(i) }];
      store.commit({ set: [row(`f${i}.ts`, `h${i}`)], delete: [], analyses, contentChanged: true });
    }
    store.close();
    const bytes = readFileSync(path);
    // Every b-tree page behind the first ones loses its header.
    for (let page = 12; (page + 1) * 4096 <= bytes.length; page++) bytes.fill(0xee, page * 4096, page * 4096 + 64);
    writeFileSync(path, bytes);
    const reopened = open();
    for (let i = 0; i < 300; i++) reopened.analysis({ hash: `h${i}`, extension: '.ts' });
    reopened.files();
    fill(reopened);
    assert.ok(reopened.files().length >= 2);
    assert.equal(reopened.notices[0]?.code, 'storeCorrupt');
    reopened.close();
  });

  it('sets a store of a newer version aside', () => {
    const first = open();
    fill(first);
    first.close();
    const raw = new DatabaseSync(path);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    const store = open();
    assert.deepEqual(store.files(), []);
    assert.match(store.notices[0]?.message ?? '', /newer Lodestone/);
    assert.ok(existsSync(`${path}.newer`));
    store.close();
  });

  it('works in memory where the cache folder cannot be made', () => {
    writeFileSync(join(folder, 'cache'), 'a file where the folder should be');
    const store = open();
    assert.equal(store.persistent, false);
    assert.equal(store.notices[0]?.code, 'storeReadOnly');
    assert.match(store.notices[0]?.advice ?? '', /cache folder/);
    fill(store);
    assert.equal(store.files().length, 2);
    store.close();
  });

  it('serves what a read-only file system holds and goes on in memory', function () {
    const mount = join(folder, 'cache');
    mkdirSync(mount);
    if (!mounted(['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount])) return this.skip();
    try {
      const first = open();
      const stamp = fill(first);
      first.close();
      execFileSync('mount', ['-o', 'remount,ro', mount]);
      const store = open();
      assert.equal(store.persistent, false);
      assert.equal(store.notices[0]?.code, 'storeReadOnly');
      assert.equal(store.files().length, 2, 'what was stored is still served');
      assert.equal(store.stamp(), stamp);
      store.commit({ set: [row('c.ts', 'h3')], delete: [], analyses: [], contentChanged: true });
      assert.equal(store.files().length, 3);
      store.close();
    } finally {
      execFileSync('umount', ['-l', mount]);
    }
  });

  it('goes on in memory with everything so far when the disk is full, losing nothing it was told', function () {
    const mount = join(folder, 'cache');
    mkdirSync(mount);
    if (!mounted(['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount])) return this.skip();
    try {
      const told: string[] = [];
      const store = new IndexDatabase({ path, extractor: 'v1', onNotice: ({ code }) => told.push(code) });
      for (let i = 0; i < 400; i++) {
        const random = Uint8Array.from({ length: 8000 }, (_, at) => (at * 7919 * (i + 1)) % 256);
        const analyses = [{ hash: `h${i}`, extension: '.ts', packed: random }];
        store.commit({ set: [row(`f${i}.ts`, `h${i}`)], delete: [], analyses, contentChanged: true });
      }
      assert.equal(store.persistent, false);
      assert.deepEqual(
        store.notices.map(({ code }) => code),
        ['storeFull'],
      );
      assert.deepEqual(told, ['storeFull']);
      assert.equal(store.files().length, 400);
      assert.ok(store.analysis({ hash: 'h0', extension: '.ts' }));
      store.close();
      const again = open();
      assert.ok(again.files().length > 10, 'what fitted on the disk is there, whole');
      again.close();
    } finally {
      execFileSync('umount', ['-l', mount]);
    }
  });

  it('uses a rollback journal where WAL cannot be trusted', async () => {
    const { isNetworkFileSystem } = await import('../../../src/node/store/location.ts');
    assert.equal(isNetworkFileSystem(0x6969), true, 'NFS');
    assert.equal(
      isNetworkFileSystem(-0xacb2be | 0),
      isNetworkFileSystem((-0xacb2be | 0) >>> 0),
      'sign does not matter',
    );
    assert.equal(isNetworkFileSystem(0xef53), false, 'ext4');
  });
});

/** Mounting needs root; where it fails the caller skips, and the reason stands in the test's title line. */
function mounted(args: string[]): boolean {
  try {
    execFileSync('mount', args, { stdio: 'pipe' });
    return true;
  } catch {
    process.stderr.write('      (skipped below: mounting a tmpfs needs root)\n');
    return false;
  }
}
