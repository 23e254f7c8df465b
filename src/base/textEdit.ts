/** Text edits as values: half-open UTF-16 ranges with their replacement. */

export interface TextEdit {
  /** Offset of the first replaced UTF-16 unit. */
  readonly start: number;
  /** Offset after the last replaced unit; equal to `start` for an insertion. */
  readonly end: number;
  readonly newText: string;
}

/** Edits in ascending order; throws RangeError where two overlap or one leaves the text. */
export function sortEdits(edits: readonly TextEdit[], length: number): TextEdit[] {
  const sorted = edits
    .map((edit, order) => ({ edit, order }))
    .sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.order - b.order)
    .map(({ edit }) => edit);
  let last = 0;
  for (const edit of sorted) {
    if (edit.start < last || edit.end < edit.start || edit.end > length) throw new RangeError('Text edits overlap.');
    last = edit.end;
  }
  return sorted;
}

export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const edit of sortEdits(edits, text.length)) {
    result += text.slice(at, edit.start) + edit.newText;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** Equal for all edits of one text that give the same result, '' where that is the text itself; without making it. */
export function changeKey(text: string, edits: readonly TextEdit[]): string {
  const sorted = sortEdits(edits, text.length);
  const start = sorted[0]?.start ?? 0;
  const end = sorted.at(-1)?.end ?? 0;
  const inside = sorted.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  const now = applyEdits(text.slice(start, end), inside);
  const longer = now.length - (end - start);
  const length = text.length + longer;
  /** The result's unit at an offset. */
  const at = (offset: number) => {
    if (offset < start) return text.charCodeAt(offset);
    const within = offset - start;
    return within < now.length ? now.charCodeAt(within) : text.charCodeAt(offset - longer);
  };
  let head = start;
  while (head < length && head < text.length && at(head) === text.charCodeAt(head)) head++;
  if (head === length && length === text.length) return '';
  const most = Math.min(length, text.length) - head;
  let tail = Math.min(most, text.length - end);
  while (tail < most && at(length - 1 - tail) === text.charCodeAt(text.length - 1 - tail)) tail++;
  let middle = '';
  for (let offset = head; offset < length - tail; offset++) middle += String.fromCharCode(at(offset));
  return `${head}:${tail}:${middle}`;
}
