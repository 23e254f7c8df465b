/** What cannot be rebuilt: the user's decisions, applied patches with their journal, what healing has learned, and where generated code came from. */

import type { SQLInputValue } from 'node:sqlite';
import type { Decision } from '../../core/engine.ts';
import type { StoreNotice } from '../../core/indexing/indexStore.ts';
import { Database, type Row, type Schema } from './database.ts';

/**
 * Tables are created here and used by those who own their logic: `journal` and `applied_patches` by node/journal,
 * `repairs` by healing's memory, `provenance` by the Builder. `payload` is theirs (JSON as text).
 */
const PROVENANCE = `
    CREATE TABLE provenance (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, outcome TEXT NOT NULL,
      decided_at TEXT NOT NULL, payload TEXT NOT NULL
    );
  `;

const SCHEMA: Schema = {
  version: 2,
  title: 'decisions',
  whenNewer: 'memory',
  synchronous: 'FULL',
  tables: ['decisions', 'journal', 'applied_patches', 'repairs', 'provenance'],
  migrations: { 1: PROVENANCE },
  create: `
    CREATE TABLE decisions (id TEXT PRIMARY KEY, decision TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE journal (id TEXT PRIMARY KEY, state TEXT NOT NULL, payload TEXT NOT NULL);
    CREATE TABLE applied_patches (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
      applied_at TEXT NOT NULL, undone INTEGER NOT NULL DEFAULT 0, payload TEXT NOT NULL
    );
    CREATE TABLE repairs (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, pattern TEXT NOT NULL, source TEXT NOT NULL,
      outcome TEXT NOT NULL, count INTEGER NOT NULL DEFAULT 1, payload TEXT NOT NULL,
      UNIQUE (pattern, source, outcome)
    );
    ${PROVENANCE}
  `,
};

/**
 * Opened lazily: `mine` needs none of it. Every write is durable when it returns (synchronous FULL). On read-only
 * storage or a full disk it goes on in memory with a notice; `persistent` then is false, and whoever is about to change
 * the user's files must refuse, since a journal in memory protects nothing.
 */
export class UserDatabase {
  private readonly database: Database;

  constructor(path: string, onNotice?: (notice: StoreNotice) => void) {
    this.database = new Database(path, SCHEMA, onNotice);
  }

  get notices(): readonly StoreNotice[] {
    return this.database.notices;
  }

  get persistent(): boolean {
    return this.database.persistent;
  }

  decisions(): Record<string, Decision> {
    const rows = this.database.all('SELECT id, decision FROM decisions ORDER BY id');
    return Object.fromEntries(rows.map((row) => [String(row['id']), row['decision'] as Decision]));
  }

  decide(id: string, decision: Decision | undefined): void {
    if (decision === undefined) this.database.run('DELETE FROM decisions WHERE id = ?', id);
    else this.database.run('INSERT OR REPLACE INTO decisions (id, decision) VALUES (?, ?)', id, decision);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.database.all(sql, ...values);
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.database.get(sql, ...values);
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return this.database.run(sql, ...values);
  }

  /** All or nothing; `work` may run twice (see Database.transaction). */
  transaction<T>(work: () => T): T {
    return this.database.transaction(work);
  }

  close(): void {
    this.database.close();
  }
}
