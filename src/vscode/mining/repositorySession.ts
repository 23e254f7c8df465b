/** One workspace folder: its mining state, its report and the user's decisions about it. */
import { isCancelled, type LodestoneError, toLodestoneError } from '../../base/errors.ts';
import { Emitter } from '../../base/events.ts';
import type { CallOptions, Progress } from '../../base/progress.ts';
import type { Decision, FileChange, RepositoryEngine } from '../../core/engine.ts';
import type { MiningReport } from '../../core/mining/attractor.ts';

export type MiningState = 'waiting' | 'mining' | 'ready' | 'cancelled' | 'failed';

export class RepositorySession {
  state: MiningState = 'waiting';
  report: MiningReport | undefined;
  decisions: Readonly<Record<string, Decision>> = {};
  progress: Progress | undefined;
  error: LodestoneError | undefined;

  private readonly changed = new Emitter<void>();
  private running: AbortController | undefined;
  private settling: AbortController | undefined;
  /** Changes that came while another call ran, and whether everything must be looked at. */
  private waiting = new Map<string, FileChange['kind']>();
  private waitingReconcile = false;

  /** `root` is absolute; `name` is what the user calls the folder. */
  constructor(
    readonly root: string,
    readonly name: string,
    readonly engine: RepositoryEngine,
  ) {}

  /** Fires after every change of state, progress, report or decisions. */
  readonly onChange = this.changed.on;

  get busy(): boolean {
    return this.running !== undefined;
  }

  /** What an earlier session stored: shown at once, before anything is mined. */
  async loadStored(options: CallOptions = {}): Promise<void> {
    const [report, decisions] = await Promise.all([
      this.engine.report({}, options),
      this.engine.decisions({}, options),
    ]);
    this.report ??= report;
    this.decisions = decisions;
    this.changed.fire();
  }

  /** Mines the folder; a second call while one runs asks for another round after it. Rejects with what went wrong. */
  async mine(): Promise<void> {
    if (this.running) {
      this.waitingReconcile = true;
      return;
    }
    await this.run((options) => this.engine.mine({}, options));
  }

  /** Applies a batch of file events; waits its turn behind a running call. */
  async filesChanged(changes: readonly FileChange[]): Promise<void> {
    if (this.running) {
      for (const { path, kind } of changes) this.waiting.set(path, kind);
      return;
    }
    // Before the first mine there is nothing to update: the mine will see the files as they are.
    if (this.state === 'waiting' || !changes.length) return;
    await this.run((options) => this.engine.filesChanged({ changes }, options));
    if (this.state === 'ready') await this.settle();
  }

  cancel(): void {
    this.waiting.clear();
    this.waitingReconcile = false;
    this.running?.abort();
    this.settling?.abort();
  }

  async decide(id: string, decision: Decision | undefined): Promise<void> {
    await this.engine.decide({ id, decision }, {});
    const { [id]: _previous, ...others } = this.decisions;
    this.decisions = decision ? { ...others, [id]: decision } : others;
    this.changed.fire();
  }

  private async run(work: (options: CallOptions) => Promise<MiningReport>): Promise<void> {
    const controller = new AbortController();
    this.running = controller;
    this.state = 'mining';
    this.error = undefined;
    this.progress = undefined;
    this.changed.fire();
    let failure: unknown;
    try {
      this.report = await work({
        signal: controller.signal,
        onProgress: (progress) => {
          this.progress = progress;
          this.changed.fire();
        },
      });
      this.state = 'ready';
    } catch (error) {
      failure = error;
      this.state = isCancelled(error) ? 'cancelled' : 'failed';
      this.error = toLodestoneError(error);
    } finally {
      this.running = undefined;
      this.progress = undefined;
      this.changed.fire();
    }
    const failed = this.state === 'failed';
    // What waited for this call is not lost with it.
    await this.catchUp();
    if (failed) throw failure;
  }

  /** Looks for new patterns after a save, quietly: what is known is shown already. The next save begins it anew. */
  private async settle(): Promise<void> {
    this.settling?.abort();
    const controller = new AbortController();
    this.settling = controller;
    try {
      const report = await this.engine.settle({}, { signal: controller.signal });
      if (controller.signal.aborted) return;
      this.report = report;
      this.changed.fire();
    } catch (error) {
      if (!isCancelled(error)) throw error;
    }
  }

  private async catchUp(): Promise<void> {
    const changes = [...this.waiting].map(([path, kind]) => ({ path, kind }));
    const reconcile = this.waitingReconcile;
    this.waiting = new Map();
    this.waitingReconcile = false;
    if (reconcile) await this.mine();
    else if (changes.length) await this.filesChanged(changes);
  }
}
