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
