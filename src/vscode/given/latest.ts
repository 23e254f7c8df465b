/** Asks once it has been quiet for a while, and only the latest question: an earlier one is aborted and never answered. */
import { REAL_TIMERS, type Timers } from '../timers.ts';

export interface Question<T> {
  readonly ask: (signal: AbortSignal) => Promise<T>;
  readonly answered: (value: T) => void;
  readonly failed: (error: unknown) => void;
}

export class Latest {
  private timer: unknown;
  private running: AbortController | undefined;

  /** `quietMs`: how long no other question may come before one is asked. */
  constructor(
    private readonly quietMs: number,
    private readonly timers: Timers = REAL_TIMERS,
  ) {}

  /** Takes the place of whatever waits or runs. */
  put<T>(question: Question<T>): void {
    this.cancel();
    this.timer = this.timers.set(() => void this.run(question), this.quietMs);
  }

  cancel(): void {
    this.timers.clear(this.timer);
    this.running?.abort();
    this.running = undefined;
  }

  private async run<T>({ ask, answered, failed }: Question<T>): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.running = controller;
    try {
      const value = await ask(signal);
      if (!signal.aborted) answered(value);
    } catch (error) {
      if (!signal.aborted) failed(error);
    } finally {
      if (this.running === controller) this.running = undefined;
    }
  }
}
