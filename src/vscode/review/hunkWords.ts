/** What a hunk of a review does, in words and as lines of a diff. */
import * as vscode from 'vscode';
import type { Hunk } from '../../core/edits/hunks.ts';
import type { FilePatch } from '../../core/edits/patch.ts';

/** The first line that says what a hunk does: one that comes, else one that goes. */
export function hunkWords(file: FilePatch, hunk: Hunk): string {
  const lines = hunkDiff(file, hunk).split('\n');
  const line = lines.find((text) => /^\+\s*\S/.test(text)) ?? lines.find((text) => /^-\s*\S/.test(text)) ?? '';
  return line.startsWith('-') ? vscode.l10n.t('remove {0}', line.slice(1).trim()) : line.slice(1).trim();
}

/** What goes and what comes, as lines of a diff without their surroundings. */
export function hunkDiff(file: FilePatch, hunk: Hunk): string {
  const take = (text: string, from: number, count: number) => text.split(/\r?\n/).slice(from - 1, from - 1 + count);
  return [
    ...take(file.before, hunk.beforeLine, hunk.beforeLines).map((line) => `-${line}`),
    ...take(file.after, hunk.afterLine, hunk.afterLines).map((line) => `+${line}`),
  ].join('\n');
}
