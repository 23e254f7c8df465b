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

  /** `open`: closers that are owed to what stands before, innermost last. */
  constructor(open: readonly string[] = []) {
    this.stack = [...open];
  }

  copy(): BracketStack {
    return new BracketStack(this.stack);
  }

  gap(): void {
    if (this.stack.at(-1) !== GAP) this.stack.push(GAP);
  }

  /** Any sign but a bracket does nothing. False where a closer has no opener. */
  read(sign: string): boolean {
    const closer = CLOSER_OF[sign];
    if (closer !== undefined) this.stack.push(closer);
    else if (sign === ')' || sign === ']' || sign === '}') return this.close(sign);
    return true;
  }

  /** Whether everything that is still open can be closed by a gap behind it. */
  isSettled(): boolean {
    const lastGap = this.stack.lastIndexOf(GAP);
    return this.stack.every((expected, at) => expected === GAP || at < lastGap);
  }

  private close(closer: string): boolean {
    const { stack } = this;
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
