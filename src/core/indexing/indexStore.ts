/** What the index needs of its store: file rows, analyses by content, the last report, and one miner at a time. */
import type { ErrorCode } from '../../base/errors.ts';
import type { SkippedFile } from '../mining/attractor.ts';
import type { FileStat } from '../ports.ts';

/** Why a file has no facts, or 'parsed' if it has; 'manifest' for a file that is only read whole. */
export type FileOutcome = 'parsed' | 'manifest' | SkippedFile['reason'];

/** One listed file as it was last read. */
export interface StoredFile {
  /** Repository-relative, '/'. */
  readonly path: string;
  /** As it was when read; `mtimeMs` is −1 where the file must be read again at the next reconciliation. */
  readonly stat: FileStat;
  /** SHA-256 of the bytes, hex; '' if it was never read. */
  readonly hash: string;
  readonly outcome: FileOutcome;
}

/** Content and extension: all that an analysis depends on, besides the extractor's version, which the store adds. */
export interface AnalysisKey {
  readonly hash: string;
  /** Lower case with its dot; '' if none. */
  readonly extension: string;
}

export type StoredAnalysis = { readonly packed: Uint8Array } | { readonly skipped: SkippedFile['reason'] };

/** One transaction. `contentChanged` is false where only stats were refreshed, so that the report stays valid. */
export interface IndexBatch {
  readonly set: readonly StoredFile[];
  readonly delete: readonly string[];
  readonly analyses: readonly (AnalysisKey & StoredAnalysis)[];
  readonly contentChanged: boolean;
}

/** Something the user should be told about the store; each is raised once. */
export interface StoreNotice {
  readonly code: Extract<ErrorCode, 'storeReadOnly' | 'storeFull' | 'storeBusy' | 'storeCorrupt'>;
  readonly message: string;
  readonly advice: string;
}

/**
 * The rebuildable part of a repository's store. Synchronous: every call is one short transaction. It never fails for
 * a full disk, read-only storage or a damaged file: it goes on in memory or anew, and leaves a notice.
 */
export interface IndexStore {
  readonly notices: readonly StoreNotice[];
  /** Changes whenever the rows' content does, in this process or another. */
  stamp(): string;
  /** All rows in path order; none if they were written by another version of the extractor. */
  files(): StoredFile[];
  /** Returns the new stamp. */
  commit(batch: IndexBatch): string;
  outcome(key: AnalysisKey): 'parsed' | SkippedFile['reason'] | undefined;
  analysis(key: AnalysisKey): StoredAnalysis | undefined;
  /** Forgets an analysis that turned out to be damaged, so that it is made anew. */
  dropAnalysis(key: AnalysisKey): void;
  /** The last report, if it was made from exactly this stamp and key. */
  report(stamp: string, key: string): string | undefined;
  /** The last report whatever it was made from. */
  lastReport(): string | undefined;
  saveReport(stamp: string, key: string, json: string): void;
  /** A derived text that stays valid while its key does (history by commit). */
  derived(name: string, key: string): string | undefined;
  saveDerived(name: string, key: string, value: string): void;
  /** Drops the analyses that no file refers to, least recently used first, beyond the cap. */
  prune(): void;
  /** Runs `task` while this process is the store's only miner; waits for a living one, takes over from a dead one. */
  withLease<T>(task: () => Promise<T>, options: { signal?: AbortSignal; onWait?: () => void }): Promise<T>;
  close(): void;
}
