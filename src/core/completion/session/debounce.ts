/** How long to wait for the next keystroke before a request is worth its work: a share of what requests lately took. */

/** A request costs the server about what it costs the person; waiting longer than this share of it only adds to both. */
const SHARE = 0.2;
/** Milliseconds. The lowest is about the time between two keys of one roll; the highest a pause that a person notices. */
const LEAST = 20;
const MOST = 250;
/** Before anything was measured. */
const UNMEASURED = 60;
const REMEMBERED = 9;

export class Debounce {
  private readonly latencies: number[] = [];

  /** Milliseconds that one request took from its start to its answer. */
  measured(ms: number): void {
    this.latencies.push(ms);
    if (this.latencies.length > REMEMBERED) this.latencies.shift();
  }

  /** Milliseconds to wait; 0 where a person asked. */
  delay({ manual }: { readonly manual: boolean }): number {
    if (manual) return 0;
    if (this.latencies.length === 0) return UNMEASURED;
    const sorted = [...this.latencies].sort((a, b) => a - b);
    const median = sorted[sorted.length >> 1] as number;
    return Math.round(Math.min(MOST, Math.max(LEAST, median * SHARE)));
  }
}
