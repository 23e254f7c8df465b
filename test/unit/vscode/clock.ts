import type { Timers } from '../../../src/vscode/timers.ts';

/** A clock that only moves when told to. */
export class Clock implements Timers {
  private now = 0;
  private readonly due = new Map<number, { at: number; callback: () => void }>();
  private next = 1;

  set(callback: () => void, ms: number): number {
    this.due.set(this.next, { at: this.now + ms, callback });
    return this.next++;
  }

  clear(handle: unknown): void {
    this.due.delete(handle as number);
  }

  advance(ms: number): void {
    this.now += ms;
    for (const [id, { at, callback }] of [...this.due])
      if (at <= this.now) {
        this.due.delete(id);
        callback();
      }
  }
}
