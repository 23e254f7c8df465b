/** Gathers file events until they have been quiet for a while, so that a branch switch becomes one batch. */
import type { FileChange } from '../../core/engine.ts';
import { REAL_TIMERS, type Timers } from '../timers.ts';

export interface Batch {
  /** Last event of each path, by path. */
  readonly changes: readonly FileChange[];
  /** True where single paths cannot say what happened (a folder moved, an ignore file changed): reconcile all. */
  readonly reconcile: boolean;
}

export class ChangeBatcher {
  private readonly changes = new Map<string, FileChange['kind']>();
  private reconcile = false;
  private timer: unknown;

  /** `quietMs`: silence after which `flush` gets the batch. */
  constructor(
    private readonly flush: (batch: Batch) => void,
    private readonly quietMs = 500,
    private readonly timers: Timers = REAL_TIMERS,
  ) {}

  add(path: string, kind: FileChange['kind']): void {
    this.changes.set(path, kind);
    this.rearm();
  }

  addReconcile(): void {
    this.reconcile = true;
    this.rearm();
  }

  dispose(): void {
    this.timers.clear(this.timer);
    this.changes.clear();
  }

  private rearm(): void {
    this.timers.clear(this.timer);
    this.timer = this.timers.set(() => this.fire(), this.quietMs);
  }

  private fire(): void {
    const changes = [...this.changes]
      .map(([path, kind]) => ({ path, kind }))
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    const { reconcile } = this;
    this.changes.clear();
    this.reconcile = false;
    this.flush({ changes, reconcile });
  }
}
