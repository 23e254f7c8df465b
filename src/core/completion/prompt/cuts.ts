/** Cuts a file's text to what a prompt has room for, so that a key typed moves no cut that a server has cached. */

/** Most lines by which the beginning of a long prefix moves on: the prompt stays the same in between. */
const LONGEST_STRIDE = 32;
/** Least bytes of room for each line of a stride: a small prompt gives up no more than a sixth of a prefix. */
const ROOM_PER_LINE = 240;

/** Bytes by which the cursor's line counts, and those of a prefix from which on it does. */
const CURSOR_STEP = 120;
const LEAST_STEPPED = 720;

const encoder = new TextEncoder();

/** UTF-8 bytes, which models' tokens are made of. */
export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

/**
 * The end of a prefix in at most `bytes`, from the beginning of a line that is a multiple of a stride from the file's first.
 * Where there is room for it the cursor's line counts in whole steps, so that only a new line moves the cut, no letter.
 * `firstLine` is the number, from 0, of the line on which `text` begins.
 */
export function cutPrefix(text: string, bytes: number, firstLine = 0): string {
  const lines = text.split(/(?<=\n)/);
  const typed = text.endsWith('\n') ? '' : (lines.pop() ?? '');
  const steps = Math.floor(bytesOf(typed) / CURSOR_STEP) + 1;
  let left = bytes - (bytes < LEAST_STEPPED ? bytesOf(typed) : steps * CURSOR_STEP);
  let first = lines.length;
  while (first > 0 && left >= 0) left -= bytesOf(lines[--first] as string);
  if (left >= 0) return text;
  // That line is the first that has no room.
  first++;
  if (first >= lines.length) return endWithin(typed === '' ? (lines.at(-1) as string) : typed, bytes);
  const stride = Math.min(LONGEST_STRIDE, 2 ** Math.floor(Math.log2(Math.max(1, bytes / ROOM_PER_LINE))));
  const onGrid = Math.ceil((firstLine + first) / stride) * stride - firstLine;
  return lines.slice(onGrid < lines.length ? onGrid : first).join('') + typed;
}

/** The beginning of a suffix in at most `bytes`, of whole lines where one fits. */
export function cutSuffix(text: string, bytes: number): string {
  if (bytesOf(text) <= bytes) return text;
  const lines = text.split(/(?<=\n)/);
  let left = bytes;
  let count = 0;
  while (left >= 0 && count < lines.length) left -= bytesOf(lines[count++] as string);
  if (left < 0) count--;
  return count > 0 ? lines.slice(0, count).join('') : beginningWithin(lines[0] as string, bytes);
}

/** No half of a surrogate pair is left at a cut. */
function endWithin(text: string, bytes: number): string {
  const points = [...text];
  let left = bytes;
  let at = points.length;
  while (at > 0 && (left -= bytesOf(points[at - 1] as string)) >= 0) at--;
  return points.slice(at).join('');
}

function beginningWithin(text: string, bytes: number): string {
  const points = [...text];
  let left = bytes;
  let at = 0;
  while (at < points.length && (left -= bytesOf(points[at] as string)) >= 0) at++;
  return points.slice(0, at).join('');
}
