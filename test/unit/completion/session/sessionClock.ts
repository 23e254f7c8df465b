/** A session's clock that only moves when told to, and lets promises settle in between. */
import type { SessionClock } from '../../../../src/core/completion/session/suggestions.ts';

export class TestClock implements SessionClock {
  private time = 0;
  private readonly due = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): () => void {
    const entry = { at: this.time + ms, callback };
    this.due.add(entry);
    return () => this.due.delete(entry);
  }

  async advance(ms: number): Promise<void> {
    this.time += ms;
    for (const entry of [...this.due])
      if (entry.at <= this.time) {
        this.due.delete(entry);
        entry.callback();
      }
    await settled();
  }
}

/** Until every promise that can settle by itself has. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
