/** Rows and analyses collected into transactions of a sensible size. */
import type { Clock } from '../ports.ts';
import type { FileAnalysis } from './contracts.ts';
import type { AnalysisKey, IndexStore, StoredAnalysis, StoredFile } from './indexStore.ts';

/** Large enough that transactions cost little, small enough that a kill loses half a second. */
const MAX_ROWS = 256;
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_MS = 500;

/** What reading one file brought: `fresh` is to be stored, `analysis` is for the reducers. */
export interface Brought {
  readonly fresh?: (AnalysisKey & StoredAnalysis) | undefined;
  readonly analysis?: FileAnalysis | undefined;
}

export interface Committed {
  readonly stamp: string;
  readonly set: readonly StoredFile[];
  readonly deleted: readonly string[];
  /** By path; the caller takes them out as it passes them on. */
  readonly analyses: Map<string, FileAnalysis>;
}

export class PendingBatch {
  private rows: StoredFile[] = [];
  private deleted: string[] = [];
  private fresh: (AnalysisKey & StoredAnalysis)[] = [];
  private analyses = new Map<string, FileAnalysis>();
  private contentChanged = false;
  private bytes = 0;
  private flushed: number;

  constructor(
    private readonly store: IndexStore,
    private readonly clock: Clock,
  ) {
    this.flushed = clock.now();
  }

  /** `existed`: whether there is a row to delete. */
  delete(path: string, existed: boolean): void {
    if (!existed) return;
    this.deleted.push(path);
    this.contentChanged = true;
  }

  set(file: StoredFile, contentChanged: boolean, { fresh, analysis }: Brought = {}): void {
    this.rows.push(file);
    this.contentChanged ||= contentChanged;
    if (analysis) this.analyses.set(file.path, analysis);
    if (!fresh) return;
    this.fresh.push(fresh);
    if ('packed' in fresh) this.bytes += fresh.packed.length;
  }

  get due(): boolean {
    const rows = this.rows.length + this.deleted.length;
    return rows >= MAX_ROWS || this.bytes >= MAX_BYTES || this.clock.now() - this.flushed >= MAX_MS;
  }

  /** One transaction; undefined if there was nothing to write. */
  flush(): Committed | undefined {
    this.flushed = this.clock.now();
    if (this.rows.length + this.deleted.length === 0) return undefined;
    const stamp = this.store.commit({
      set: this.rows,
      delete: this.deleted,
      analyses: this.fresh,
      contentChanged: this.contentChanged,
    });
    const committed = { stamp, set: this.rows, deleted: this.deleted, analyses: this.analyses };
    this.rows = [];
    this.deleted = [];
    this.fresh = [];
    this.analyses = new Map();
    this.contentChanged = false;
    this.bytes = 0;
    return committed;
  }
}
