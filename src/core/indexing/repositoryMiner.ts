/** From disk to report: reconciles, mines what changed, and serves the stored report while it still holds. */
import { isCancelled } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { FileChange } from '../engine.ts';
import type { MiningReport } from '../mining/attractor.ts';
import type { Clock, FileHistory, Git } from '../ports.ts';
import type { FactsReducer, MiningReducer } from './contracts.ts';
import type { IndexStore } from './indexStore.ts';
import type { ReducerFeed } from './reducerFeed.ts';
import type { RepositoryIndex } from './repositoryIndex.ts';
import type { RepositoryTree } from './repositoryTree.ts';

export interface RepositoryMinerDeps {
  readonly index: RepositoryIndex;
  readonly store: IndexStore;
  readonly tree: RepositoryTree;
  /** Absent without git or without trust. */
  readonly git: Git | undefined;
  /** Made at the first report that is not served from the store. */
  readonly reducer: () => MiningReducer | Promise<MiningReducer>;
  /** Fingerprint of everything besides the facts that decides the report: miners, data, settings. */
  readonly version: string;
  readonly clock: Clock;
}

/** What git knows of a commit; empty without git. */
interface Past {
  readonly head: string | undefined;
  readonly headDate: number | undefined;
  readonly history: ReadonlyMap<string, FileHistory>;
}

export class RepositoryMiner {
  private mining: Promise<{ reducer: MiningReducer; feed: ReducerFeed }> | undefined;
  /** Interrupts what settles or waits to: whatever else is asked for goes first. */
  private readonly settling = new Set<AbortController>();
  /** The reducer made a report: it can update it. */
  private reported = false;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(private readonly deps: RepositoryMinerDeps) {}

  /** Reconciles with the disk and mines what changed; unchanged repositories are served from the store. */
  mine(options: CallOptions): Promise<MiningReport> {
    return this.exclusively(options, async (start) => {
      const { index } = this.deps;
      if (index.paths().length > 0) {
        await index.reconcile(options);
        return this.currentReport(start, options);
      }
      await index.prepare();
      let past: Promise<Past> | undefined;
      let reducer: MiningReducer | undefined;
      await index.reconcile(options, {
        started: async () => {
          past = this.past(await this.deps.git?.head(), options);
          // Awaited below, unless something else fails first.
          past.catch(() => undefined);
          // Attached before the first analysis, so that a cold mine does not read back what it just wrote.
          ({ reducer } = await this.attached());
        },
        given: (awaited) => reducer?.foresee(awaited, options),
      });
      return this.currentReport(start, options, past);
    });
  }

  /**
   * The report with supports, sites and snippets of the patterns known so far as they are now; `settle` finds new ones.
   * Where no report was mined in this process yet, it is the settled one.
   */
  filesChanged(changes: readonly FileChange[], options: CallOptions): Promise<MiningReport> {
    return this.exclusively(options, async (start) => {
      await this.deps.index.applyChanges(changes, options);
      return (await this.updatedReport(start, options)) ?? this.currentReport(start, options);
    });
  }

  /** What a cold mine of the indexed files would say. In the background: another call interrupts it, and it begins again. */
  async settle(options: CallOptions): Promise<MiningReport> {
    for (;;) {
      const interrupted = new AbortController();
      const signal = options.signal ? AbortSignal.any([options.signal, interrupted.signal]) : interrupted.signal;
      this.settling.add(interrupted);
      try {
        return await this.inTurn({ ...options, signal }, (start) => this.currentReport(start, { ...options, signal }));
      } catch (error) {
        if (!interrupted.signal.aborted || options.signal?.aborted || !isCancelled(error)) throw error;
      } finally {
        this.settling.delete(interrupted);
      }
    }
  }

  /** The last report without a look at the disk; undefined before the first mine. `durationMs` is 0. */
  stored(): MiningReport | undefined {
    const json = this.deps.store.lastReport();
    return json === undefined ? undefined : withDuration(json, 0);
  }

  /** Gives `feed` everything of the store that it lacks: for retrieval at its first need, or in idle time. */
  catchUp(feed: ReducerFeed, options: CallOptions): Promise<void> {
    return this.exclusively(options, () => this.deps.index.catchUp(feed, options));
  }

  /** Has the mining reducer in memory, so that the next save is answered at once. For idle time after a reopening. */
  warm(options: CallOptions): Promise<void> {
    return this.exclusively(options, async () => {
      await this.deps.index.catchUp((await this.attached()).feed, options);
    });
  }

  attach(reducer: FactsReducer): ReducerFeed {
    return this.deps.index.attach(reducer);
  }

  private exclusively<T>(options: CallOptions, task: (start: number) => Promise<T>): Promise<T> {
    for (const settling of this.settling) settling.abort();
    return this.inTurn(options, task);
  }

  /**
   * One operation at a time in this process, and one miner at a time among processes. Each begins with what is stored: it may
   * be the first since the repository was opened, whichever it is, and another process may have mined since the last.
   */
  private inTurn<T>(options: CallOptions, task: (start: number) => Promise<T>): Promise<T> {
    const start = this.deps.clock.now();
    const onWait = () => options.onProgress?.({ step: 'Waiting for another Lodestone to finish', done: 0 });
    const run = this.tail.then(() =>
      this.deps.store.withLease(
        () => {
          this.deps.index.load();
          return task(start);
        },
        { onWait, ...(options.signal ? { signal: options.signal } : {}) },
      ),
    );
    // The queue goes on after a failure, which the caller of `run` is told of.
    this.tail = run.catch(() => undefined);
    return run;
  }

  private attached(): Promise<{ reducer: MiningReducer; feed: ReducerFeed }> {
    this.mining ??= Promise.resolve(this.deps.reducer()).then((reducer) => ({
      reducer,
      feed: this.deps.index.attach(reducer),
    }));
    return this.mining;
  }

  /** `early`: the past as it was read before the files were. */
  private async currentReport(start: number, options: CallOptions, early?: Promise<Past>): Promise<MiningReport> {
    const { index, store, git, clock } = this.deps;
    const head = await git?.head();
    const key = this.reportKey(head);
    const stored = store.report(index.contentStamp, key);
    if (stored !== undefined) return withDuration(stored, clock.now() - start);
    const { reducer, feed } = await this.attached();
    await index.catchUp(feed, options);
    const known = await early;
    const { history, headDate } = known && known.head === head ? known : await this.past(head, options);
    const mined = await reducer.report(
      { manifests: await this.manifests(), history, headDate, text: (path) => index.text(path) },
      options,
    );
    this.reported = true;
    const json = this.write(mined);
    store.saveReport(index.contentStamp, key, json);
    return withDuration(json, clock.now() - start);
  }

  /** Undefined where the reducer has nothing to start from. */
  private async updatedReport(start: number, options: CallOptions): Promise<MiningReport | undefined> {
    const { index, store, git, clock } = this.deps;
    const stored = store.report(index.contentStamp, this.reportKey(await git?.head()));
    if (stored !== undefined) return withDuration(stored, clock.now() - start);
    if (!this.reported) return undefined;
    const { reducer, feed } = await this.attached();
    await index.catchUp(feed, options);
    const mined = await reducer.update({ text: (path) => index.text(path) }, options);
    return mined && withDuration(this.write(mined), clock.now() - start);
  }

  private reportKey(head: string | undefined): string {
    return `${this.deps.version}:${head ?? ''}`;
  }

  private write(mined: Parameters<typeof pick>[0]): string {
    const skipped = this.deps.index.skipped();
    const parsed = this.deps.index.paths().length;
    const sources = skipped.filter(({ path }) => this.deps.tree.roleOf(path) === 'source').length;
    return JSON.stringify({ files: parsed + sources, parsed, skipped, ...pick(mined) });
  }

  private async manifests(): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    for (const path of this.deps.index.manifests()) {
      const text = await this.deps.index.text(path);
      if (text !== undefined) texts.set(path, text);
    }
    return texts;
  }

  /** One pass over the log a commit; kept with the store until HEAD moves. */
  private async past(head: string | undefined, options: CallOptions): Promise<Past> {
    const { git, store } = this.deps;
    if (!git || head === undefined) return { head, headDate: undefined, history: new Map() };
    const kept = store.derived(PAST, head);
    if (kept !== undefined) {
      const { headDate, history } = JSON.parse(kept) as { headDate: number; history: [string, FileHistory][] };
      return { head, headDate, history: new Map(history) };
    }
    options.onProgress?.({ step: 'Reading history', done: 0 });
    const [history, headDate] = await Promise.all([
      git.fileHistory(options.signal ? { signal: options.signal } : {}),
      git.headDate(),
    ]);
    if (history.size > 0 && headDate !== undefined)
      store.saveDerived(PAST, head, JSON.stringify({ headDate, history: [...history] }));
    return { head, headDate, history };
  }
}

/** Name under which the store keeps what git said. */
const PAST = 'past';

/** Exactly the report's fields, in a fixed order, so that the stored bytes depend on nothing else. */
function pick(mined: Pick<MiningReport, 'attractors' | 'frameworks' | 'deviants'>): typeof mined {
  return { attractors: mined.attractors, frameworks: mined.frameworks, deviants: mined.deviants };
}

/** Served from text in every case, so that a fresh report and a stored one are the same value to the byte. */
function withDuration(json: string, durationMs: number): MiningReport {
  const report = JSON.parse(json) as Omit<MiningReport, 'durationMs'>;
  return { files: report.files, parsed: report.parsed, skipped: report.skipped, durationMs, ...pick(report) };
}
