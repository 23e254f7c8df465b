/** Whether a text with gaps can still become one whose brackets match: what a token must not spoil when it is committed. */

const CLOSER_OF: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const GAP = '?';

/**
 * A pushdown automaton over the brackets of what is known. `pieces`: the hole's text in order, undefined for a gap that any text may
 * fill. `open`: closers that the hole owes to what stands before it, innermost last. False where no filling can match; true may still
 * be wrong, since a gap is taken to hold whatever is missing.
 */
export function canMatch(pieces: readonly (string | undefined)[], open: readonly string[] = []): boolean {
  // Expected closers, and gaps, any of which may hold the opener of a closer that comes later.
  const stack: string[] = [...open];
  for (const sign of signsOf(pieces)) {
    const closer = CLOSER_OF[sign];
    if (closer !== undefined) stack.push(closer);
    else if (sign === GAP) {
      if (stack.at(-1) !== GAP) stack.push(GAP);
    } else if (!close(stack, sign)) return false;
  }
  // What is still open must be closed by a gap behind it.
  const lastGap = stack.lastIndexOf(GAP);
  return stack.every((expected, at) => expected === GAP || at < lastGap);
}

function close(stack: string[], closer: string): boolean {
  // The innermost opener that is known, with gaps above it at most.
  const hasGap = stack.at(-1) === GAP;
  const top = stack.at(hasGap ? -2 : -1);
  if (top === closer) {
    stack.length -= hasGap ? 2 : 1;
    if (hasGap && stack.at(-1) !== GAP) stack.push(GAP);
    return true;
  }
  // Another one is open, or none: the gap has the opener, or the closer of the other one too.
  return hasGap;
}

/** Brackets and gaps in order, those within strings left out. A quote whose other end is in a gap hides everything up to that gap. */
function* signsOf(pieces: readonly (string | undefined)[]): Generator<string> {
  let quote = '';
  let escaped = false;
  for (const piece of pieces) {
    if (piece === undefined) {
      quote = '';
      escaped = false;
      yield GAP;
      continue;
    }
    for (const sign of piece) {
      if (escaped) escaped = false;
      else if (quote !== '') {
        if (sign === '\\') escaped = true;
        else if (sign === quote || (sign === '\n' && quote !== '`')) quote = '';
      } else if (sign === '"' || sign === "'" || sign === '`') quote = sign;
      else if ('()[]{}'.includes(sign)) yield sign;
    }
  }
}
