/** The rebuildable store: which files were read, what they say by content, and the last report. */
import { randomUUID } from 'node:crypto';
import { LodestoneError } from '../../base/errors.ts';
import type {
  AnalysisKey,
  FileOutcome,
  IndexBatch,
  IndexStore,
  StoredAnalysis,
  StoredFile,
  StoreNotice,
} from '../../core/indexing/indexStore.ts';
import { extensionOf } from '../../core/indexing/paths.ts';
import { Database, type Row, type Schema } from './database.ts';
import { Lease } from './lease.ts';
import { packBytes, unpackBytes } from './packAnalysis.ts';

const SCHEMA: Schema = {
  version: 1,
  title: 'index',
  whenNewer: 'setAside',
  synchronous: 'NORMAL',
  tables: ['meta', 'files', 'analyses', 'report', 'derived', 'lease'],
  create: `
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE files (
      path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime REAL NOT NULL, ino INTEGER NOT NULL,
      hash TEXT NOT NULL, extension TEXT NOT NULL, outcome TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX files_by_hash ON files (hash, extension);
    CREATE TABLE analyses (
      id INTEGER PRIMARY KEY, hash TEXT NOT NULL, extension TEXT NOT NULL, extractor TEXT NOT NULL,
      skipped TEXT, size INTEGER NOT NULL, used INTEGER NOT NULL, packed BLOB
    );
    CREATE UNIQUE INDEX analyses_by_key ON analyses (hash, extension, extractor);
    CREATE INDEX analyses_by_use ON analyses (used, size);
    CREATE TABLE report (id INTEGER PRIMARY KEY CHECK (id = 1), stamp TEXT NOT NULL, key TEXT NOT NULL, packed BLOB NOT NULL);
    CREATE TABLE derived (name TEXT PRIMARY KEY, key TEXT NOT NULL, packed BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE lease (
      id INTEGER PRIMARY KEY CHECK (id = 1), token TEXT NOT NULL, pid INTEGER NOT NULL, host TEXT NOT NULL,
      expires INTEGER NOT NULL
    );
  `,
};

export interface IndexDatabaseOptions {
  /** Path of index.sqlite (storeLocation). */
  readonly path: string;
  /** Fingerprint of everything that decides what an analysis holds: worker bundle, grammars, queries. */
  readonly extractor: string;
  /** Most bytes of analyses that no file refers to (other branches, older versions). */
  readonly spareBytes?: number;
  /** Told at once what the user should know: a full disk shows in the middle of work. */
  readonly onNotice?: (notice: StoreNotice) => void;
}

const SPARE_BYTES = 256 * 1024 * 1024;

export class IndexDatabase implements IndexStore {
  private readonly database: Database;
  private readonly lease: Lease;

  constructor(private readonly options: IndexDatabaseOptions) {
    this.database = new Database(options.path, SCHEMA, options.onNotice);
    this.lease = new Lease(this.database);
  }

  get notices(): readonly StoreNotice[] {
    return this.database.notices;
  }

  /** False while the session works in memory. */
  get persistent(): boolean {
    return this.database.persistent;
  }

  stamp(): string {
    return `${this.meta('id') ?? ''}:${this.meta('generation') ?? '0'}`;
  }

  files(): StoredFile[] {
    if (this.meta('extractor') !== this.options.extractor) return [];
    return this.database.all('SELECT path, size, mtime, ino, hash, outcome FROM files ORDER BY path').map((row) => ({
      path: String(row['path']),
      stat: { size: Number(row['size']), mtimeMs: Number(row['mtime']), ino: Number(row['ino']) },
      hash: String(row['hash']),
      outcome: row['outcome'] as FileOutcome,
    }));
  }

  commit(batch: IndexBatch): string {
    return this.database.transaction(() => {
      if (this.meta('extractor') !== this.options.extractor) {
        this.database.run('DELETE FROM files');
        this.setMeta('extractor', this.options.extractor);
      }
      if (this.meta('id') === undefined) this.setMeta('id', randomUUID());
      const generation = Number(this.meta('generation') ?? 0) + (batch.contentChanged ? 1 : 0);
      this.setMeta('generation', String(generation));
      for (const analysis of batch.analyses) this.insertAnalysis(analysis, generation);
      for (const path of batch.delete) this.deleteFile(path, generation);
      for (const file of batch.set) this.setFile(file, generation);
      return this.stamp();
    });
  }

  outcome(key: AnalysisKey): ReturnType<IndexStore['outcome']> {
    const row = this.database.get(
      'SELECT skipped FROM analyses WHERE hash = ? AND extension = ? AND extractor = ?',
      key.hash,
      key.extension,
      this.options.extractor,
    );
    if (!row) return undefined;
    return (row['skipped'] as ReturnType<IndexStore['outcome']> | null) ?? 'parsed';
  }

  analysis(key: AnalysisKey): StoredAnalysis | undefined {
    const row = this.database.get(
      'SELECT skipped, packed FROM analyses WHERE hash = ? AND extension = ? AND extractor = ?',
      key.hash,
      key.extension,
      this.options.extractor,
    );
    if (!row) return undefined;
    if (row['packed'] !== null) return { packed: row['packed'] as Uint8Array };
    return { skipped: row['skipped'] as Extract<StoredAnalysis, { skipped: unknown }>['skipped'] };
  }

  dropAnalysis(key: AnalysisKey): void {
    this.database.run(
      'DELETE FROM analyses WHERE hash = ? AND extension = ? AND extractor = ?',
      key.hash,
      key.extension,
      this.options.extractor,
    );
  }

  report(stamp: string, key: string): string | undefined {
    return this.unpack(this.database.get('SELECT packed FROM report WHERE stamp = ? AND key = ?', stamp, key));
  }

  lastReport(): string | undefined {
    return this.unpack(this.database.get('SELECT packed FROM report'));
  }

  saveReport(stamp: string, key: string, json: string): void {
    const packed = packBytes(Buffer.from(json));
    this.database.run('INSERT OR REPLACE INTO report (id, stamp, key, packed) VALUES (1, ?, ?, ?)', stamp, key, packed);
  }

  derived(name: string, key: string): string | undefined {
    return this.unpack(this.database.get('SELECT packed FROM derived WHERE name = ? AND key = ?', name, key));
  }

  saveDerived(name: string, key: string, value: string): void {
    const packed = packBytes(Buffer.from(value));
    this.database.run('INSERT OR REPLACE INTO derived (name, key, packed) VALUES (?, ?, ?)', name, key, packed);
  }

  prune(): void {
    const cap = this.options.spareBytes ?? SPARE_BYTES;
    const total = Number(this.database.get('SELECT coalesce(sum(size), 0) AS total FROM analyses')?.['total']);
    if (total <= cap) return;
    this.database.transaction(() => {
      const spare = this.database.all(
        `SELECT id, size FROM analyses AS a WHERE extractor <> ? OR NOT EXISTS (
           SELECT 1 FROM files AS f WHERE f.hash = a.hash AND f.extension = a.extension)
         ORDER BY used DESC, id DESC`,
        this.options.extractor,
      );
      let kept = 0;
      for (const { id, size } of spare) {
        kept += Number(size);
        if (kept > cap) this.database.run('DELETE FROM analyses WHERE id = ?', id as number);
      }
    });
    this.database.all('PRAGMA incremental_vacuum');
  }

  withLease<T>(task: () => Promise<T>, options: { signal?: AbortSignal; onWait?: () => void }): Promise<T> {
    return this.lease.hold(task, options);
  }

  close(): void {
    this.database.close();
  }

  private meta(name: string): string | undefined {
    const row = this.database.get('SELECT value FROM meta WHERE name = ?', name);
    return row && String(row['value']);
  }

  private setMeta(name: string, value: string): void {
    this.database.run('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', name, value);
  }

  private insertAnalysis(analysis: IndexBatch['analyses'][number], generation: number): void {
    const packed = 'packed' in analysis ? analysis.packed : null;
    this.database.run(
      `INSERT OR REPLACE INTO analyses (hash, extension, extractor, skipped, size, used, packed)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      analysis.hash,
      analysis.extension,
      this.options.extractor,
      'skipped' in analysis ? analysis.skipped : null,
      (packed?.length ?? 0) + ROW_BYTES,
      generation,
      packed,
    );
  }

  /** What a file leaves behind was last used now: least recently used means longest unreferenced. */
  private touchAnalysisOf(path: string, generation: number): void {
    this.database.run(
      `UPDATE analyses SET used = ? WHERE extractor = ? AND (hash, extension) IN (
         SELECT hash, extension FROM files WHERE path = ?)`,
      generation,
      this.options.extractor,
      path,
    );
  }

  private deleteFile(path: string, generation: number): void {
    this.touchAnalysisOf(path, generation);
    this.database.run('DELETE FROM files WHERE path = ?', path);
  }

  private setFile(file: StoredFile, generation: number): void {
    this.touchAnalysisOf(file.path, generation);
    this.database.run(
      'INSERT OR REPLACE INTO files (path, size, mtime, ino, hash, extension, outcome) VALUES (?, ?, ?, ?, ?, ?, ?)',
      file.path,
      file.stat.size,
      file.stat.mtimeMs,
      file.stat.ino,
      file.hash,
      extensionOf(file.path),
      file.outcome,
    );
  }

  /** A damaged text counts as absent: it is made anew. */
  private unpack(row: Row | undefined): string | undefined {
    if (!row) return undefined;
    try {
      return Buffer.from(unpackBytes(row['packed'] as Uint8Array)).toString('utf8');
    } catch (error) {
      if (error instanceof LodestoneError && error.code === 'badData') return undefined;
      throw error;
    }
  }
}

/** What a row costs besides its blob, so that many empty ones count too. */
const ROW_BYTES = 200;
