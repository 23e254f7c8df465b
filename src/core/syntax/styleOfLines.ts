/** Style of a text by its lines: what indents them and how long they are. */
import { markNumber, type StyleCounts, WIDTHS, widthNumber } from './styleMarks.ts';

/** Lines looked at for their indentation: it does not change halfway. */
const INDENTED_LINES = 400;
/** Spaces for which a tab stands when lengths are measured, as in most formatters. */
const TAB = 4;

const TABS = markNumber('indent tabs');
const TWO = markNumber('indent 2');
const FOUR = markNumber('indent 4');

/** Longer lines are data. */
const LONGEST = 400;

/** Lines that formatters leave long: comments, imports, addresses and what is mostly one text. */
const UNBREAKABLE =
  /^\s*(?:\/[/*]|[#*<'"`]|import\b|from\b|use\b|export \*)|https?:|(["'`]).{30,}\1|\/\/.{20,}$|\s# .{20,}$/;

export function countLines(text: string, counts: StyleCounts): void {
  let before = 0;
  let line = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const stop = newline === -1 ? text.length : newline;
    line++;
    if (line <= INDENTED_LINES) before = countIndent(text, start, stop, line, before, counts);
    // A tab counts for several.
    if (stop - start > (text.charCodeAt(start) === 9 ? WIDTHS[0] / 2 : WIDTHS[0]))
      countLength(text, start, stop, line, counts);
    start = stop + 1;
  }
}

/** Notes by how much a line is deeper than the one before it; answers its depth. */
function countIndent(
  text: string,
  start: number,
  stop: number,
  line: number,
  before: number,
  counts: StyleCounts,
): number {
  const first = text.charCodeAt(start);
  if (first === 9) {
    counts.add(TABS, line);
    return 0;
  }
  let at = start;
  while (at < stop && text.charCodeAt(at) === 32) at++;
  // Blank lines and the stars of doc comments say nothing.
  if (at === stop || text.charCodeAt(at) === 42 || text.charCodeAt(at) === 13) return before;
  const depth = at - start;
  if (depth - before === 2) counts.add(TWO, line);
  else if (depth - before === 4) counts.add(FOUR, line);
  return depth;
}

function countLength(text: string, start: number, stop: number, line: number, counts: StyleCounts): void {
  let tabs = 0;
  while (text.charCodeAt(start + tabs) === 9) tabs++;
  const end = text.charCodeAt(stop - 1) === 13 ? stop - 1 : stop;
  const length = end - start + tabs * (TAB - 1);
  if (length <= (WIDTHS[0] as number) || length > LONGEST || UNBREAKABLE.test(text.slice(start, end))) return;
  for (let at = 0; at < WIDTHS.length && length > (WIDTHS[at] as number); at++) counts.add(widthNumber(at), line);
}
