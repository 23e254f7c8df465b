/** Hunks as values: a file patch split into parts a person can accept one by one. */
import { LineIndex } from '../../base/lineIndex.ts';
import { applyEdits, sortEdits, type TextEdit } from '../../base/textEdit.ts';
import type { FilePatch, Patch } from './patch.ts';

/** Edits of one place: those on the same or on neighbouring lines belong together. */
export interface Hunk {
  /** Position among the file's hunks, from 0. */
  readonly index: number;
  /** First line in the text before (from 1) and number of lines it covers there. */
  readonly beforeLine: number;
  readonly beforeLines: number;
  /** The same in the text after all hunks are applied. */
  readonly afterLine: number;
  readonly afterLines: number;
  readonly edits: readonly TextEdit[];
}

/** Splits a file patch into hunks, in order; applying all of them gives `after`. */
export function hunksOf(file: Pick<FilePatch, 'before' | 'edits'>): Hunk[] {
  const index = new LineIndex(file.before);
  const groups: { edits: TextEdit[]; first: number; last: number }[] = [];
  for (const edit of sortEdits(file.edits, file.before.length)) {
    const first = index.lineAt(edit.start);
    // An edit that ends at a line's start has not touched that line.
    const last = Math.max(first, index.lineAt(Math.max(edit.start, edit.end - 1)));
    const group = groups.at(-1);
    if (group && first <= group.last + 1) {
      group.edits.push(edit);
      group.last = Math.max(group.last, last);
    } else groups.push({ edits: [edit], first, last });
  }
  let shift = 0;
  return groups.map(({ edits, first, last }, number) => {
    const growth = edits.reduce((sum, edit) => sum + newlines(edit.newText) - newlines(slice(file.before, edit)), 0);
    const hunk: Hunk = {
      index: number,
      beforeLine: first,
      beforeLines: last - first + 1,
      afterLine: first + shift,
      afterLines: Math.max(0, last - first + 1 + growth),
      edits,
    };
    shift += growth;
    return hunk;
  });
}

/** The file patch with only the chosen hunks; undefined if none is left. */
export function keepHunks(file: FilePatch, chosen: (hunk: Hunk) => boolean): FilePatch | undefined {
  const edits = hunksOf(file)
    .filter(chosen)
    .flatMap((hunk) => hunk.edits);
  if (!edits.length) return undefined;
  return { ...file, edits, after: applyEdits(file.before, edits) };
}

/**
 * The patch with only the chosen hunks. Unless all were chosen the result has not been validated: `canApply` is false
 * and `validatedBy` empty (a person may still accept it; auto-apply may not). Undefined if nothing is left.
 */
export function keepPatchHunks(patch: Patch, chosen: (file: FilePatch, hunk: Hunk) => boolean): Patch | undefined {
  const files = patch.files
    .map((file) => keepHunks(file, (hunk) => chosen(file, hunk)))
    .filter((file) => file !== undefined);
  if (!files.length) return undefined;
  const whole =
    files.length === patch.files.length && files.every((file, index) => file.after === patch.files[index]?.after);
  return whole ? patch : { ...patch, files, canApply: false, validatedBy: [], fixes: [] };
}

/** The patch that takes `file` back from `after` to `before`; `afterHash` is the SHA-256 of the bytes on disk now. */
export function invertFile(file: FilePatch, afterHash: string): FilePatch {
  let shift = 0;
  const edits = sortEdits(file.edits, file.before.length).map((edit) => {
    const start = edit.start + shift;
    shift += edit.newText.length - (edit.end - edit.start);
    return { start, end: start + edit.newText.length, newText: slice(file.before, edit) };
  });
  return { path: file.path, beforeHash: afterHash, before: file.after, after: file.before, edits };
}

const slice = (text: string, edit: TextEdit) => text.slice(edit.start, edit.end);

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
