/** The lease: one holder, waiting, take-over from the dead, cancelling. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCancelled } from '../../../src/base/errors.ts';
import { IndexDatabase } from '../../../src/node/store/indexDatabase.ts';

describe('lease', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lodestone-lease-'));
    path = join(folder, 'index.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const open = () => new IndexDatabase({ path, extractor: 'x' });
  const held = (pid: number, host: string, expires: number) => {
    open().close();
    const raw = new DatabaseSync(path);
    raw.prepare("INSERT INTO lease VALUES (1, 'someone', ?, ?, ?)").run(pid, host, expires);
    raw.close();
  };

  it('lets one work at a time, and the next after it, even after a failure', async () => {
    const [a, b] = [open(), open()];
    const order: string[] = [];
    let waited = false;
    const first = a.withLease(async () => {
      order.push('a');
      await sleep(150);
      order.push('a ends');
      throw new Error('failed');
    }, {});
    const second = b.withLease(async () => void order.push('b'), { onWait: () => (waited = true) });
    await assert.rejects(first, /failed/);
    await second;
    assert.deepEqual(order, ['a', 'a ends', 'b']);
    assert.equal(waited, true);
    a.close();
    b.close();
  });

  it('takes over from a dead process at once and from a silent host after its time', async () => {
    const { pid } = spawnSync('true');
    held(pid, hostname(), Date.now() + 60_000);
    const store = open();
    assert.equal(await store.withLease(async () => 1, {}), 1);
    store.close();
    rmSync(path);
    held(1, 'another-host', Date.now() - 1);
    const other = open();
    assert.equal(await other.withLease(async () => 2, {}), 2);
    other.close();
  });

  it('does not take over from the living, and can be cancelled while waiting', async () => {
    held(process.pid, hostname(), Date.now() + 60_000);
    const store = open();
    const signal = AbortSignal.timeout(200);
    await assert.rejects(
      store.withLease(async () => assert.fail('taken'), { signal }),
      isCancelled,
    );
    store.close();
  });
});
