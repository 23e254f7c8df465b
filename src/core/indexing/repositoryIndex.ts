/** The repository's files and facts, kept equal to the disk: what a cold mine would see, for the price of what changed. */
import { LodestoneError, throwIfAborted } from '../../base/errors.ts';
import { LruMap } from '../../base/lru.ts';
import { Breather, type CallOptions } from '../../base/progress.ts';
import type { FileChange } from '../engine.ts';
import type { SkippedFile } from '../mining/attractor.ts';
import type { Clock, Log } from '../ports.ts';
import type { FileFacts } from '../syntax/facts.ts';
import type { Analyser, FactsReducer, FileAnalysis } from './contracts.ts';
import { FileReader, unread } from './fileReader.ts';
import type { AnalysisKey, FileOutcome, IndexStore, StoredFile } from './indexStore.ts';
import { comparePaths, extensionOf, isWithin } from './paths.ts';
import { PendingBatch } from './pendingBatch.ts';
import { ReducerFeed } from './reducerFeed.ts';
import type { Listing, RepositoryTree } from './repositoryTree.ts';

export interface RepositoryIndexDeps {
  readonly tree: RepositoryTree;
  readonly store: IndexStore;
  /** Called when the first file needs analysing, or surely will: an unchanged repository starts no worker. */
  readonly analyser: () => Analyser | Promise<Analyser>;
  /** The stored form of an analysis and back (node/store/packAnalysis.ts). `unpack` throws badData where it is damaged. */
  readonly pack: (analysis: FileAnalysis) => Uint8Array;
  readonly unpack: (packed: Uint8Array) => FileAnalysis;
  readonly clock: Clock;
  readonly log: Log;
}

/** Above this many changes at once the whole tree is listed: one pass of stats costs less than as many single looks. */
const MANY_CHANGES = 64;

export class RepositoryIndex {
  private entries = new Map<string, StoredFile>();
  private stamp: string | undefined;
  private readonly feeds: ReducerFeed[] = [];
  private sorted: readonly string[] | undefined;
  private readonly reader: FileReader;
  /** Recently decoded analyses by content, for lookups that come back to the same files. */
  private readonly recent = new LruMap<string, FileAnalysis>(32);

  constructor(private readonly deps: RepositoryIndexDeps) {
    this.reader = new FileReader(deps);
  }

  /** Changes whenever the content of the indexed files does; what was derived under one stamp is valid under it. */
  get contentStamp(): string {
    return this.stamp ?? '';
  }

  /** Files with facts, in path order. */
  paths(): readonly string[] {
    this.sorted ??= [...this.entries.values()]
      .filter(({ outcome }) => outcome === 'parsed')
      .map(({ path }) => path)
      .sort(comparePaths);
    return this.sorted;
  }

  manifests(): readonly string[] {
    return this.withOutcome((outcome) => outcome === 'manifest').map(({ path }) => path);
  }

  /** Source files without facts, and why; folders that could not be read are among them. In path order. */
  skipped(): readonly SkippedFile[] {
    return this.withOutcome((outcome) => outcome !== 'manifest' && outcome !== 'parsed').map(({ path, outcome }) => ({
      path,
      reason: outcome as SkippedFile['reason'],
    }));
  }

  entry(path: string): StoredFile | undefined {
    return this.entries.get(path);
  }

  /** Undefined for a file without facts, or whose stored facts are damaged (they are made anew at the next reconciliation). */
  facts(path: string): FileFacts | undefined {
    return this.analysis(path)?.facts;
  }

  analysis(path: string): FileAnalysis | undefined {
    const entry = this.entries.get(path);
    if (entry?.outcome !== 'parsed') return undefined;
    const id = entry.hash + extensionOf(path);
    const analysis = this.recent.get(id) ?? this.decode(path, entry);
    if (analysis) this.recent.set(id, analysis);
    return analysis;
  }

  private decode(path: string, entry: StoredFile): FileAnalysis | undefined {
    const key = { hash: entry.hash, extension: extensionOf(path) };
    const stored = this.deps.store.analysis(key);
    if (stored && 'packed' in stored) {
      try {
        const analysis = this.deps.unpack(stored.packed);
        // Facts are decoded at first use; here, so that damage shows where it can be dealt with.
        if (analysis.facts) return analysis;
      } catch (error) {
        if (!(error instanceof LodestoneError) || error.code !== 'badData') throw error;
      }
    }
    this.forget(entry, key);
    return undefined;
  }

  /** The file's text if it still is what was indexed, so that positions from its facts hold; undefined otherwise. */
  async text(path: string): Promise<string | undefined> {
    const entry = this.entries.get(path);
    if (!entry) return undefined;
    const file = await this.reader.tryRead(path);
    return file !== 'gone' && 'text' in file && file.hash === entry.hash ? file.text : undefined;
  }

  /** Loads what is stored without looking at the disk. */
  load(): void {
    const stamp = this.deps.store.stamp();
    if (stamp === this.stamp) return;
    const rows = this.deps.store.files();
    this.entries = new Map(rows.map((row) => [row.path, row]));
    this.stamp = stamp;
    this.sorted = undefined;
    for (const feed of this.feeds) {
      for (const path of feed.paths()) {
        const entry = this.entries.get(path);
        if (entry?.outcome !== 'parsed' || !feed.has(path, entry.hash)) feed.take(path);
      }
    }
  }

  /** Starts the workers that a reconciliation from nothing will need. */
  async prepare(): Promise<void> {
    (await this.deps.analyser()).prepare?.();
  }

  /**
   * Makes the store equal to the disk: one pass of stats, reading what looks changed, analysing contents never seen.
   * Cancelling leaves what was finished, whole. The caller holds the store's lease. `meanwhile` is run as soon as the
   * workers have something to do, before any reducer is given a file.
   */
  async reconcile(options: CallOptions, meanwhile?: () => Promise<void>): Promise<void> {
    this.load();
    options.onProgress?.({ step: 'Listing files', done: 0 });
    const listing = await this.deps.tree.list(options.signal ? { signal: options.signal } : {});
    await this.update(listing, [...this.entries.keys()], options, meanwhile);
    this.deps.store.prune();
  }

  /** Applies what the host's watcher saw; folders count for all that lies below them. The caller holds the lease. */
  async applyChanges(changes: readonly FileChange[], options: CallOptions): Promise<void> {
    const many = changes.length > MANY_CHANGES || changes.some(({ path }) => this.deps.tree.decidesWhatIsListed(path));
    if (many) return this.reconcile(options);
    this.load();
    const under = changes.map(({ path }) => path);
    const listing = await this.deps.tree.list({ under, ...(options.signal ? { signal: options.signal } : {}) });
    const touched = [...this.entries.keys()].filter((path) => under.some((folder) => isWithin(path, folder)));
    await this.update(listing, touched, options);
  }

  /**
   * From now on the reducer is told of what is analysed; `catchUp` gives it what is stored already. A reducer that is
   * never attached costs nothing: the stored report is served without any.
   */
  attach(reducer: FactsReducer): ReducerFeed {
    const feed = new ReducerFeed(reducer);
    this.feeds.push(feed);
    return feed;
  }

  /** Gives a reducer every file it has not seen yet, in path order. The caller holds the lease. */
  async catchUp(feed: ReducerFeed, options: CallOptions): Promise<void> {
    const breather = new Breather(this.deps.clock, () => throwIfAborted(options.signal));
    const missing = this.paths().filter((path) => !feed.has(path, this.entries.get(path)?.hash ?? ''));
    const damaged: string[] = [];
    for (const [done, path] of missing.entries()) {
      if (breather.due) {
        options.onProgress?.({ step: 'Reading facts', done, total: missing.length });
        await breather.breathe();
      }
      const entry = this.entries.get(path);
      const analysis = entry && this.decode(path, entry);
      if (analysis) feed.give(path, entry.hash, analysis);
      else damaged.push(path);
    }
    if (damaged.length === 0) return;
    this.deps.log.warn(`${damaged.length} stored analyses were damaged and are made anew.`);
    const listing = await this.deps.tree.list({
      under: damaged,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    await this.update(listing, damaged, options);
  }

  /** Compares a listing with the rows it speaks for (`known`), and works off the difference. */
  private async update(
    listing: Listing,
    known: readonly string[],
    options: CallOptions,
    meanwhile?: () => Promise<void>,
  ): Promise<void> {
    const batch = new PendingBatch(this.deps.store, this.deps.clock);
    const present = new Set([...listing.files, ...listing.skipped].map(({ path }) => path));
    for (const path of known) if (!present.has(path)) batch.delete(path, true);
    for (const { path, reason } of listing.skipped) {
      if (this.entries.get(path)?.outcome !== reason) batch.set(unread(path, reason), true);
    }
    const suspects = listing.files.filter(({ path, stat }) => !sameStat(this.entries.get(path)?.stat, stat));
    try {
      await this.reader.readAll(
        suspects,
        (path, result) => {
          const before = this.entries.get(path);
          if (result === 'gone') batch.delete(path, before !== undefined);
          else {
            const changed = before?.hash !== result.file.hash || before.outcome !== result.file.outcome;
            batch.set(result.file, changed, result);
          }
          if (batch.due) this.commit(batch);
        },
        options,
        meanwhile,
      );
    } finally {
      // Also when cancelled: what was read so far is true, and the rest looks changed again next time.
      this.commit(batch);
    }
  }

  private commit(batch: PendingBatch): void {
    const committed = batch.flush();
    if (!committed) return;
    this.stamp = committed.stamp;
    this.sorted = undefined;
    for (const path of committed.deleted) {
      this.entries.delete(path);
      for (const feed of this.feeds) feed.take(path);
    }
    for (const file of committed.set) {
      this.entries.set(file.path, file);
      const analysis = committed.analyses.get(file.path);
      // Let go at once: decoded facts are the largest thing there is, and one file's are enough at a time.
      committed.analyses.delete(file.path);
      for (const feed of this.feeds) {
        if (analysis) feed.give(file.path, file.hash, analysis);
        else if (file.outcome !== 'parsed' || !feed.has(file.path, file.hash)) feed.take(file.path);
      }
    }
  }

  private forget(entry: StoredFile, key: AnalysisKey): void {
    this.deps.store.dropAnalysis(key);
    this.entries.set(entry.path, { ...entry, stat: { ...entry.stat, mtimeMs: -1 } });
  }

  private withOutcome(wanted: (outcome: FileOutcome) => boolean): StoredFile[] {
    return [...this.entries.values()]
      .filter(({ outcome }) => wanted(outcome))
      .sort((a, b) => comparePaths(a.path, b.path));
  }
}

function sameStat(a: StoredFile['stat'] | undefined, b: StoredFile['stat']): boolean {
  return a !== undefined && a.mtimeMs === b.mtimeMs && a.size === b.size && a.ino === b.ino;
}
