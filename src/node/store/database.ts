/** A SQLite file that survives what happens to files: crashes, damage, full disks, read-only folders, newer versions. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { LodestoneError, toLodestoneError } from '../../base/errors.ts';
import type { StoreNotice } from '../../core/indexing/indexStore.ts';
import { onNetworkFileSystem } from './location.ts';
import { setAside } from './setAside.ts';
import { sqliteTrouble } from './sqliteErrors.ts';

/** Tables and what becomes of a file whose tables are of another version. */
export interface Schema {
  /** Stored in `PRAGMA user_version`. */
  readonly version: number;
  /** Statements that make version `version` from nothing. */
  readonly create: string;
  /** Statements that lead from version n to n + 1; without them an older file is emptied by `drop`. */
  readonly migrations?: Readonly<Record<number, string>>;
  /** Tables in an order in which they can be copied. */
  readonly tables: readonly string[];
  /** A newer file is set aside and rebuilt, or (where nothing may be lost) left alone while this session works in memory. */
  readonly whenNewer: 'setAside' | 'memory';
  /** NORMAL loses nothing to a kill; FULL nothing to a power failure either. */
  readonly synchronous: 'NORMAL' | 'FULL';
  /** How the user knows it: "index", "decisions". */
  readonly title: string;
}

const BUSY_MS = 10_000;

/** Pages that the log may grow to: 16 MB. A cold mine of most repositories then waits for no checkpoint and so for no disk. */
const CHECKPOINT_PAGES = 4096;

/** Rows and values as node:sqlite gives them. */
export type Row = Record<string, SQLInputValue>;

export class Database {
  readonly notices: StoreNotice[] = [];
  private db: DatabaseSync;
  private inode: number | undefined;
  private memory = false;
  private depth = 0;
  private closed = false;
  private readonly statements = new Map<string, StatementSync>();

  constructor(
    readonly path: string,
    private readonly schema: Schema,
    /** Called at once with each notice, also with those raised while opening. */
    private readonly onNotice: (notice: StoreNotice) => void = () => undefined,
  ) {
    this.db = this.open();
  }

  /** False while the session works in memory: what is written then is gone with the process. */
  get persistent(): boolean {
    return !this.memory;
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.guarded(() => this.statement(sql).all(...values) as Row[]);
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.guarded(() => this.statement(sql).get(...values) as Row | undefined);
  }

  /** One statement, in its own transaction unless `transaction` is around it. Returns the number of changed rows. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.transaction(() => Number(this.statement(sql).run(...values).changes));
  }

  /**
   * Runs `work` in one write transaction: all of it is kept or nothing. It may run twice (once more on the replacement
   * of a file that turned out to be damaged or unwritable), so it must have no other effects. Nested calls join.
   * Throws LodestoneError storeBusy if another process holds the file too long.
   */
  transaction<T>(work: () => T): T {
    if (this.depth > 0) return work();
    return this.guarded(() => {
      this.db.exec('BEGIN IMMEDIATE');
      this.depth++;
      try {
        const result = work();
        this.db.exec('COMMIT');
        return result;
      } catch (error) {
        rollback(this.db);
        throw error;
      } finally {
        this.depth--;
      }
    });
  }

  close(): void {
    this.statements.clear();
    if (!this.closed) this.db.close();
    this.closed = true;
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs `work`; where the file itself is the trouble, replaces it and runs `work` once more. */
  private guarded<T>(work: () => T): T {
    if (this.depth > 0) return work();
    try {
      return work();
    } catch (error) {
      this.recover(error);
      return work();
    }
  }

  private recover(error: unknown): void {
    const trouble = sqliteTrouble(error);
    if (trouble === 'busy') {
      throw new LodestoneError('storeBusy', `Another process holds ${this.path}.`, {
        advice: 'Try again; if it goes on, close other Lodestone processes.',
        cause: error,
      });
    }
    if (this.memory || trouble === undefined || trouble === 'other') throw error;
    if (trouble === 'corrupt') {
      this.statements.clear();
      this.db.close();
      this.db = this.rebuild('corrupt');
    } else this.continueInMemory(trouble, error);
  }

  private open(): DatabaseSync {
    try {
      makeFolder(dirname(this.path));
      // A pipe would be waited for, for ever.
      if (statSync(this.path, { throwIfNoEntry: false })?.isFile() === false) return this.rebuild('corrupt');
      return this.openFile();
    } catch (error) {
      const trouble = sqliteTrouble(error) ?? 'readOnly';
      if (trouble === 'corrupt') return this.rebuild('corrupt');
      if (error instanceof NewerSchema) {
        if (this.schema.whenNewer === 'setAside') return this.rebuild('newer');
        this.notice('storeReadOnly', `The ${this.schema.title} store was written by a newer Lodestone.`, NEWER_ADVICE);
        return this.openMemory();
      }
      if (trouble === 'other') throw error;
      this.tell(trouble, error);
      const memory = this.openMemory();
      this.copyInto(memory, () => this.openImmutable());
      return memory;
    }
  }

  private openFile(): DatabaseSync {
    const isNew = (statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) === 0;
    const db = new DatabaseSync(this.path);
    try {
      db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      // Making the file takes ten waits for the disk, which protect nothing yet where a power failure may cost the last rows.
      if (isNew && this.schema.synchronous === 'NORMAL') db.exec('PRAGMA synchronous = OFF');
      db.exec('PRAGMA auto_vacuum = INCREMENTAL');
      setJournalMode(db, onNetworkFileSystem(dirname(this.path)) ? 'TRUNCATE' : 'WAL');
      db.exec('PRAGMA trusted_schema = OFF');
      this.bringUpToDate(db);
      db.exec(`PRAGMA synchronous = ${this.schema.synchronous}`);
      this.inode = statSync(this.path).ino;
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Creates or migrates the tables in one transaction, so that two processes opening at once agree. */
  private bringUpToDate(db: DatabaseSync): void {
    const version = () => Number((db.prepare('PRAGMA user_version').get() as Row)['user_version']);
    if (version() === this.schema.version) {
      // Reading the schema shows a damaged first page now rather than in the middle of work.
      for (const table of this.schema.tables) db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get();
      return;
    }
    db.exec('BEGIN IMMEDIATE');
    try {
      const found = version();
      if (found > this.schema.version) throw new NewerSchema();
      if (found === 0) db.exec(this.schema.create);
      else if (found < this.schema.version) this.migrate(db, found);
      db.exec(`PRAGMA user_version = ${this.schema.version}; COMMIT;`);
    } catch (error) {
      rollback(db);
      throw error;
    }
  }

  private migrate(db: DatabaseSync, from: number): void {
    for (let version = from; version < this.schema.version; version++) {
      const step = this.schema.migrations?.[version];
      if (step !== undefined) {
        db.exec(step);
        continue;
      }
      for (const table of [...this.schema.tables].reverse()) db.exec(`DROP TABLE IF EXISTS ${table}`);
      db.exec(this.schema.create);
      return;
    }
  }

  /** Sets the file aside and starts anew; in memory if even that is impossible. */
  private rebuild(why: 'corrupt' | 'newer'): DatabaseSync {
    const words = why === 'corrupt' ? 'was damaged' : 'was written by a newer Lodestone';
    try {
      const moved = setAside(this.path, `.${why}`, this.inode);
      const kept = moved ? ` The old file is kept as ${moved}.` : '';
      this.notice('storeCorrupt', `The ${this.schema.title} store ${words} and is built anew.${kept}`, REBUILT_ADVICE);
      return this.openFile();
    } catch (error) {
      this.tell(sqliteTrouble(error) === 'full' ? 'full' : 'readOnly', error);
      return this.openMemory();
    }
  }

  private continueInMemory(trouble: 'readOnly' | 'full', error: unknown): void {
    this.tell(trouble, error);
    const old = this.db;
    const memory = this.openMemory();
    this.copyInto(memory, () => old);
    this.statements.clear();
    this.db = memory;
  }

  private openMemory(): DatabaseSync {
    this.memory = true;
    const memory = new DatabaseSync(':memory:');
    memory.exec(this.schema.create);
    return memory;
  }

  /** A file on read-only storage can still be read, if SQLite is told that nobody writes it. */
  private openImmutable(): DatabaseSync {
    const url = pathToFileURL(this.path);
    url.search = 'immutable=1';
    return new DatabaseSync(url, { readOnly: true });
  }

  /** Takes over what can be read; what cannot is rebuilt like anything else in the store. */
  private copyInto(memory: DatabaseSync, openSource: () => DatabaseSync): void {
    let source: DatabaseSync | undefined;
    try {
      source = openSource();
      if (Number((source.prepare('PRAGMA user_version').get() as Row)['user_version']) === this.schema.version) {
        memory.exec('BEGIN');
        for (const table of this.schema.tables) copyTable(source, memory, table);
        memory.exec('COMMIT');
      }
    } catch (error) {
      rollback(memory);
      // Node before 22.15 cannot open a URL: then the session starts empty, which only costs time.
      const oldNode = (error as { code?: string }).code === 'ERR_INVALID_ARG_TYPE';
      if (sqliteTrouble(error) === undefined && !oldNode) throw error;
    } finally {
      source?.close();
    }
  }

  private tell(trouble: 'readOnly' | 'full' | 'busy', cause: unknown): void {
    const detail = toLodestoneError(cause).message;
    const where = `${this.path} (${detail})`;
    if (trouble === 'busy')
      this.notice('storeBusy', `The ${this.schema.title} store is held by another process: ${where}.`, BUSY_ADVICE);
    else if (trouble === 'full')
      this.notice('storeFull', `The ${this.schema.title} store cannot grow: ${where}.`, FULL_ADVICE);
    else this.notice('storeReadOnly', `The ${this.schema.title} store cannot be written: ${where}.`, READ_ONLY_ADVICE);
  }

  private notice(code: StoreNotice['code'], message: string, advice: string): void {
    const notice = { code, message, advice };
    this.notices.push(notice);
    this.onNotice(notice);
  }
}

class NewerSchema extends Error {}

const READ_ONLY_ADVICE =
  'Lodestone goes on in memory. Make the cache folder writable, or pass another one, to keep results.';
const FULL_ADVICE = 'Lodestone goes on in memory. Free some space on that disk to keep results.';
const BUSY_ADVICE = 'Lodestone goes on in memory. Close other Lodestone processes to keep results.';
const REBUILT_ADVICE = 'Nothing needs to be done.';
const NEWER_ADVICE = 'What you decide now is not kept. Update this Lodestone to use that store.';

/** As `mkdir -p`; Node's own recursive form never returns below some virtual file systems (/proc). */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it in between.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(folder).isDirectory()) throw error;
  }
}

/** Switching to WAL needs the file to itself for a moment and does not wait by itself. */
function setJournalMode(db: DatabaseSync, mode: 'WAL' | 'TRUNCATE'): void {
  for (let attempt = 0; ; attempt++) {
    try {
      db.prepare(`PRAGMA journal_mode = ${mode}`).get();
      return;
    } catch (error) {
      if (sqliteTrouble(error) !== 'busy' || attempt === 40) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
    }
  }
}

/** Ends a failed transaction; after some errors (a full disk) SQLite has done so already. */
function rollback(db: DatabaseSync): void {
  try {
    db.exec('ROLLBACK');
  } catch (error) {
    if (!/no transaction is active/.test((error as Error).message)) throw error;
  }
}

function copyTable(source: DatabaseSync, target: DatabaseSync, table: string): void {
  let insert: StatementSync | undefined;
  for (const row of source.prepare(`SELECT * FROM ${table}`).iterate() as Iterable<Row>) {
    const columns = Object.keys(row);
    insert ??= target.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    insert.run(...columns.map((column) => row[column] ?? null));
  }
}
