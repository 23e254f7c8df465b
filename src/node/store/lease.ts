/** One miner at a time: a row that names its holder, renewed while it works, taken over when the holder is dead. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancelled, throwIfAborted } from '../../base/errors.ts';
import type { Database } from './database.ts';

/** A holder that did not renew for this long is taken for dead, wherever it runs. */
const EXPIRY_MS = 20_000;
const RENEW_MS = 3_000;
const POLL_MS = 60;

/**
 * The lease saves work, it does not guard correctness: every write is one transaction of rows that depend on file
 * contents alone, so that even two miners at once leave a consistent store.
 */
export class Lease {
  private readonly token = randomUUID();
  private holders = 0;

  constructor(private readonly database: Database) {}

  /** Runs `task` as the holder; calls inside `task` join. Throws LodestoneError cancelled while waiting. */
  async hold<T>(task: () => Promise<T>, options: { signal?: AbortSignal; onWait?: () => void }): Promise<T> {
    if (this.holders === 0) await this.acquire(options);
    this.holders++;
    const renewal = setInterval(() => this.renew(), RENEW_MS);
    renewal.unref();
    try {
      return await task();
    } finally {
      clearInterval(renewal);
      this.holders--;
      if (this.holders === 0) this.release();
    }
  }

  private async acquire(options: { signal?: AbortSignal; onWait?: () => void }): Promise<void> {
    for (let waited = false; ; waited = true) {
      throwIfAborted(options.signal);
      if (this.tryAcquire()) return;
      if (!waited) options.onWait?.();
      await sleep(POLL_MS, undefined, options.signal ? { signal: options.signal } : {}).catch(() => {
        throw cancelled();
      });
    }
  }

  private tryAcquire(): boolean {
    return this.database.transaction(() => {
      const row = this.database.get('SELECT token, pid, host, expires FROM lease WHERE id = 1');
      const now = Date.now();
      if (row && row['token'] !== this.token && Number(row['expires']) > now) {
        const local = row['host'] === hostname();
        if (!local || isAlive(Number(row['pid']))) return false;
      }
      this.database.run(
        'INSERT OR REPLACE INTO lease (id, token, pid, host, expires) VALUES (1, ?, ?, ?, ?)',
        this.token,
        process.pid,
        hostname(),
        now + EXPIRY_MS,
      );
      return true;
    });
  }

  private renew(): void {
    this.database.run('UPDATE lease SET expires = ? WHERE id = 1 AND token = ?', Date.now() + EXPIRY_MS, this.token);
  }

  private release(): void {
    this.database.run('DELETE FROM lease WHERE id = 1 AND token = ?', this.token);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
