/** Brackets of a text with gaps: what a token must not spoil when it is committed. */

export const CLOSER_OF: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const GAP = '?';

/**
 * A pushdown automaton over the brackets of what is known; a gap may hold whatever is missing. What it refuses no filling can mend;
 * what it lets pass may still be wrong.
 */
export class BracketStack {
  /** Expected closers, innermost last, and gaps, any of which may hold the opener of a closer that comes later. */
  private readonly stack: string[];
  /** For each closer how many openers of its kind wait for it, other kinds apart. */
  private readonly waiting = new Map<string, number>();
  /** Closers that had no opener of their kind. */
  private missing = 0;

  /** `open`: closers that are owed to what stands before, innermost last. */
  constructor(open: readonly string[] = []) {
    this.stack = [...open];
    for (const closer of open) this.wait(closer, 1);
  }

  copy(): BracketStack {
    const copy = new BracketStack();
    copy.stack.push(...this.stack);
    for (const [closer, count] of this.waiting) copy.waiting.set(closer, count);
    copy.missing = this.missing;
    return copy;
  }

  gap(): void {
    if (this.stack.at(-1) !== GAP) this.stack.push(GAP);
  }

  /** Any sign but a bracket does nothing. False where a closer has no opener. */
  read(sign: string): boolean {
    const closer = CLOSER_OF[sign];
    if (closer !== undefined) {
      this.stack.push(closer);
      this.wait(closer, 1);
    } else if (sign === ')' || sign === ']' || sign === '}') return this.close(sign);
    return true;
  }

  /** Whether everything that is still open can be closed by a gap behind it, and `room` brackets are enough for all gaps. */
  isSettled(room: number): boolean {
    // Each kind by itself: no filling needs fewer brackets than this.
    const needed = [...this.waiting.values()].reduce((sum, count) => sum + count, this.missing);
    if (needed > room) return false;
    const lastGap = this.stack.lastIndexOf(GAP);
    return this.stack.every((expected, at) => expected === GAP || at < lastGap);
  }

  private wait(closer: string, change: number): void {
    this.waiting.set(closer, (this.waiting.get(closer) ?? 0) + change);
  }

  private close(closer: string): boolean {
    const { stack } = this;
    if ((this.waiting.get(closer) ?? 0) > 0) this.wait(closer, -1);
    else this.missing++;
    // The innermost opener that is known, with a gap above it at most.
    const hasGap = stack.at(-1) === GAP;
    if (stack.at(hasGap ? -2 : -1) === closer) {
      stack.length -= hasGap ? 2 : 1;
      if (hasGap) this.gap();
      return true;
    }
    // Another one is open, or none: the gap has the opener, or the closer of the other one too.
    return hasGap;
  }
}
