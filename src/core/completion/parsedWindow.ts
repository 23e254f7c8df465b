/** The stretch of a file around a cursor that is parsed to judge a text for it: the same for every column of a line. */
import type { Place } from './place.ts';

/** Characters above and below the cursor's line: errors of a text show close by. */
const ABOVE = 15_000;
const BELOW = 7_000;

export interface ParsedWindow {
  /** Up to the cursor, and from it on. */
  readonly before: string;
  readonly behind: string;
  /** Without the cursor's line: what stays while the line is written, so that it is parsed once for all its columns. */
  readonly base: string;
}

export function parsedWindow({ prefix, suffix }: Place): ParsedWindow {
  const lineStart = prefix.lastIndexOf('\n') + 1;
  // From a line's beginning on, unless there is but one very long line.
  const cut = lineStart <= ABOVE ? 0 : prefix.indexOf('\n', lineStart - ABOVE - 1) + 1;
  const above = prefix.slice(cut, lineStart);
  const lineEnd = suffix.indexOf('\n');
  const rest = lineEnd < 0 ? '' : suffix.slice(lineEnd + 1, lineEnd + 1 + BELOW);
  const line = lineEnd < 0 ? suffix : suffix.slice(0, lineEnd + 1);
  return { before: above + prefix.slice(lineStart), behind: line + rest, base: above + rest };
}
