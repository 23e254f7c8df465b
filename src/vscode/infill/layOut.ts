/** A text that is still being written, laid out so that a person sees all of it: what comes as one long line is folded. */
import { MASK_SIGN } from '../../core/infill/infill.ts';

/** Columns of half an editor: up to there a line is left alone, and behind what fills more than this share of it nothing begins. */
const WIDTH = 72;
const FULL = 48;
/** Masks that stand in one piece; a run of more is broken. */
const RUN = 12;

/** The file with `partial` between `start` and `end`; the lines of `partial` that are too long go on below, further in. */
export function laidOut(before: string, { start, end }: { start: number; end: number }, partial: string): string {
  const head = before.slice(before.lastIndexOf('\n', start - 1) + 1, start);
  const indent = `${/^[ \t]*/.exec(head)?.[0] ?? ''}    `;
  const lines = partial.split('\n').map((line, i) => folded(line, i === 0 ? head.length : 0, indent));
  return before.slice(0, start) + lines.join('\n') + before.slice(end);
}

function folded(line: string, column: number, indent: string): string {
  if (column + line.length <= WIDTH && (column <= FULL || line.trim() === '')) return line;
  const own = column === 0 ? (/^[ \t]*/.exec(line)?.[0] ?? '') : '';
  const pieces = line.slice(own.length).match(new RegExp(`${MASK_SIGN}{1,${RUN}}|[^\\s${MASK_SIGN}]+|\\s+`, 'g')) ?? [];
  const below = own === '' ? indent : `${own}    `;
  const rows: string[] = column > FULL ? [''] : [];
  let row = column > FULL ? below : own;
  // What stands before the first piece takes room, too.
  let taken = column > FULL ? 0 : column;
  for (const piece of pieces) {
    if (taken + row.length + piece.length > WIDTH && (row.trim() !== '' || taken > 0)) {
      rows.push(row.trimEnd());
      row = below;
      taken = 0;
    }
    if (row !== below || piece.trim() !== '') row += piece;
  }
  return [...rows, row].join('\n');
}
