/** Passes on the latest of many values at a bounded pace: the first at once, then one a while, and the last for certain. */
import { REAL_TIMERS, type Timers } from '../timers.ts';

export class Pace<T> {
  private timer: unknown;
  private held: { readonly value: T } | undefined;

  /** `everyMs`: shortest time between two values that `pass` gets. */
  constructor(
    private readonly pass: (value: T) => void,
    private readonly everyMs: number,
    private readonly timers: Timers = REAL_TIMERS,
  ) {}

  give(value: T): void {
    if (this.timer !== undefined) {
      this.held = { value };
      return;
    }
    this.pass(value);
    this.timer = this.timers.set(() => {
      this.timer = undefined;
      const { held } = this;
      this.held = undefined;
      if (held) this.give(held.value);
    }, this.everyMs);
  }

  /** Nothing is passed on any more. */
  dispose(): void {
    this.timers.clear(this.timer);
    this.held = undefined;
  }
}
