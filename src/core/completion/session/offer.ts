/** What a session of suggestions passes around: a cursor in a document, and the texts that one answer offers there. */
import type { ProposalSource } from '../place.ts';

/** A cursor and what stands around it: a window of the document, the same for every cursor near it. */
export interface Cursor {
  /** Names the document. */
  readonly document: string;
  readonly prefix: string;
  readonly suffix: string;
}

export interface OfferedText {
  readonly text: string;
  /** UTF-16 units after the cursor, on its line, that the text stands in place of. */
  readonly replaces: number;
  readonly source: ProposalSource;
}

/** One answer, or what of it is left after a part was typed. */
export interface Offer {
  /** Of the answer's report, for its outcome. */
  readonly id: string;
  /** Best first; empty: it is known that there is nothing to suggest. */
  readonly texts: readonly OfferedText[];
  /** Made for somebody who asked: alternatives are among the texts. */
  readonly manual?: boolean;
}

const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '"': '"', "'": "'", '`': '`' };
/** Most closers that an editor put behind the cursor while the text before it was typed. */
const MOST_CLOSERS = 3;

/**
 * How many signs at the beginning of a suffix an editor may have put there by itself when `typed` was typed: 0, and each number
 * of closers whose openers are among what was typed.
 */
export function closersAfter(typed: string, suffix: string): number[] {
  const counts = [0];
  let rest = typed;
  for (let count = 1; count <= MOST_CLOSERS; count++) {
    const closer = suffix[count - 1];
    const at = lastOpener(rest, closer);
    if (at < 0) break;
    counts.push(count);
    rest = rest.slice(0, at);
  }
  return counts;
}

function lastOpener(typed: string, closer: string | undefined): number {
  if (closer === undefined) return -1;
  const openers = Object.keys(PAIRS).filter((opener) => PAIRS[opener] === closer);
  return Math.max(-1, ...openers.map((opener) => typed.lastIndexOf(opener)));
}

/** What is left of a text after `typed`, where `closers` signs behind the cursor are the editor's own; undefined where it does not fit. */
export function restOf(offered: OfferedText, typed: string, closers: string): OfferedText | undefined {
  const { text, replaces } = offered;
  if (!text.startsWith(typed) || text.length === typed.length) return undefined;
  const rest = text.slice(typed.length);
  let at = 0;
  for (const closer of closers) {
    at = rest.indexOf(closer, at) + 1;
    if (at === 0) return undefined;
  }
  return { ...offered, text: rest, replaces: replaces + closers.length };
}
