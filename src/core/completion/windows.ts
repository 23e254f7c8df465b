/** A cursor in a text: the windows around it that completion reads. */
import { LodestoneError } from '../../base/errors.ts';

/** Characters before and after the cursor that are read: more than any prompt holds. */
const BEFORE = 16_000;
const AFTER = 8_000;

export interface Windows {
  readonly prefix: string;
  readonly suffix: string;
  /** Line, from 0, on which the prefix begins. */
  readonly prefixLine: number;
  /** UTF-16 units of the text before the cursor. */
  readonly offset: number;
  /** From 1: where the cursor stands. */
  readonly line: number;
  readonly column: number;
}

/**
 * Lines end with \n, \r\n or \r. Without a column the cursor stands at the line's end; a column beyond it counts as the end.
 * Throws badArguments for a line that the text has not.
 */
export function windowsAt(text: string, line: number, column?: number): Windows {
  const breaks = /\r\n|\n|\r/g;
  let start = 0;
  for (let at = 1; at < line; at++) {
    const found = breaks.exec(text);
    if (!found)
      throw new LodestoneError('badArguments', `The file has ${at} lines, not ${line}.`, {
        advice: 'Lines count from 1.',
        args: { line, lines: at },
      });
    start = found.index + found[0].length;
  }
  const end = breaks.exec(text)?.index ?? text.length;
  let cursor = column === undefined ? end : Math.min(end, start + column - 1);
  // Never between the two halves of a character.
  if (/^[\uDC00-\uDFFF]/.test(text.slice(cursor, cursor + 1)) && cursor > start) cursor--;
  const from = cursor <= BEFORE ? 0 : nextLine(text, cursor - BEFORE, cursor);
  return {
    prefix: text.slice(from, cursor),
    suffix: text.slice(cursor, cursor + AFTER).replace(/[\uD800-\uDBFF]$/, ''),
    prefixLine: text.slice(0, from).split(/\r\n|\n|\r/).length - 1,
    offset: cursor,
    line,
    column: cursor - start + 1,
  };
}

/** The beginning of the first whole line in a window; of one very long line, what fits. */
function nextLine(text: string, from: number, cursor: number): number {
  const at = text.indexOf('\n', from);
  const start = at < 0 || at >= cursor ? from : at + 1;
  return /^[\uDC00-\uDFFF]/.test(text.slice(start, start + 1)) ? start + 1 : start;
}
