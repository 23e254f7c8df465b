/** What every long engine call takes: a way to cancel it and a way to watch it. */

export interface Progress {
  /** Short name of the step for the user, e.g. "Parsing". */
  readonly step: string;
  /** Units done and in total; `total` is absent while unknown. */
  readonly done: number;
  readonly total?: number;
  /** What there is so far of an answer that comes in pieces. */
  readonly partial?: string;
  /** What `partial` stands for in the text that was asked about, half-open in UTF-16 offsets; absent where that is plain. */
  readonly span?: { readonly start: number; readonly end: number };
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Lets the event loop breathe inside long synchronous work: awaiting `tick()` yields at most every `everyMs`
 * and throws when the signal fired. `yieldNow` is the host's way to end a turn.
 */
export class Breather {
  private last: number;

  constructor(
    private readonly clock: { now(): number; yieldNow(): Promise<void> },
    private readonly check: () => void,
    private readonly everyMs = 12,
  ) {
    this.last = clock.now();
  }

  /** True when it is time to await `breathe()`; cheap enough for inner loops. */
  get due(): boolean {
    return this.clock.now() - this.last >= this.everyMs;
  }

  /** Runs `steps` to the end, breathing between them where it is due. */
  async run<T>(steps: Generator<unknown, T>): Promise<T> {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      if (this.due) await this.breathe();
    }
  }

  async breathe(): Promise<void> {
    await this.clock.yieldNow();
    this.check();
    this.last = this.clock.now();
  }
}
