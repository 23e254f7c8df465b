/** Which of a proposal's hunks stand in the text on the review's right side, and how to take one in or out. */
import { applyEdits, type TextEdit } from '../../base/textEdit.ts';
import { type Hunk, hunksOf } from '../../core/edits/hunks.ts';
import { minimalEdits } from '../../core/edits/minimalEdits.ts';
import type { FilePatch } from '../../core/edits/patch.ts';

/** kept: as proposed; reverted: as before; edited: the user wrote something else there. */
export type HunkState = 'kept' | 'reverted' | 'edited';

export interface ReviewedHunk {
  readonly hunk: Hunk;
  readonly state: HunkState;
}

export interface FileState {
  readonly hunks: readonly ReviewedHunk[];
  /** Changes of the user's own, outside every proposed hunk. */
  readonly own: readonly Hunk[];
}

/** Compares the present right side with the proposal. */
export function fileState(file: FilePatch, current: string): FileState {
  const proposed = hunksOf(file);
  const present = hunksOf({ before: file.before, edits: minimalEdits(file.before, current) });
  const lines = file.before.split('\n');
  const used = new Set<Hunk>();
  const hunks = proposed.map((hunk): ReviewedHunk => {
    const touching = present.filter((other) => overlap(hunk, other));
    for (const other of touching) used.add(other);
    if (!touching.length) return { hunk, state: 'reverted' };
    const same = result(lines, hunk) === touching.map((other) => result(lines, other)).join('');
    return { hunk, state: same ? 'kept' : 'edited' };
  });
  return { hunks, own: present.filter((hunk) => !used.has(hunk)) };
}

/**
 * Edits of the right side's text that put a proposed hunk in (`keep`) or take out whatever stands in its place.
 * Empty where nothing is to be done.
 */
export function toggleEdits(file: FilePatch, current: string, hunk: Hunk, keep: boolean): TextEdit[] {
  const present = minimalEdits(file.before, current);
  const groups = hunksOf({ before: file.before, edits: present });
  const others = groups.filter((other) => !overlap(hunk, other)).flatMap(({ edits }) => edits);
  const target = applyEdits(file.before, keep ? [...others, ...hunk.edits] : others);
  return minimalEdits(current, target);
}

/** Edits of the right side's text that take out a change of the user's own. */
export function removeOwnEdits(file: FilePatch, current: string, own: Hunk): TextEdit[] {
  return toggleEdits(file, current, own, false);
}

function overlap(a: Hunk, b: Hunk): boolean {
  return a.beforeLine < b.beforeLine + b.beforeLines && b.beforeLine < a.beforeLine + a.beforeLines;
}

/** The lines a hunk covers, as they read after it. */
function result(lines: readonly string[], hunk: Hunk): string {
  const first = hunk.beforeLine - 1;
  const start = lines.slice(0, first).reduce((sum, line) => sum + line.length + 1, 0);
  const text = lines.slice(first, first + hunk.beforeLines).join('\n');
  const edits = hunk.edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  // An edit may take the line break that ends the hunk's last line.
  const length = Math.max(text.length, ...edits.map(({ end }) => end));
  const whole = length > text.length ? `${text}\n` : text;
  return applyEdits(whole, edits);
}
