/** Targets and ranges as a person writes them, for infilling. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { LineIndex } from '../../base/lineIndex.ts';
import type { Span } from '../../core/syntax/facts.ts';
import { decodeText } from '../../node/files/decodeText.ts';

/** `NAME` or `NAME:LINE`. */
export function targetOf(text: string): { name: string; line?: number } {
  const [, name = text, line] = /^(.+):(\d+)$/.exec(text) ?? [];
  return { name, ...(line === undefined ? {} : { line: Number(line) }) };
}

const RANGE = /^(\d+):(\d+)-(\d+):(\d+)$/;

/** `L:C-L:C`, from 1, the end exclusive, as UTF-16 offsets of the file on disk. Throws `badArguments`. */
export function rangeOf(root: string, path: string, text: string): Span {
  const [, fromLine, fromColumn, toLine, toColumn] = (RANGE.exec(text) ?? []).map(Number);
  if (fromLine === undefined)
    throw new LodestoneError('badArguments', `"${text}" is no range.`, { advice: 'Example: 12:5-14:1, or 12:5-12:5.' });
  const lines = new LineIndex(decodeText(readFileSync(join(root, path))).text);
  const offset = (line: number, column: number): number => {
    const at = line <= lines.lineCount ? lines.offsetAt(line, column) : -1;
    if (at < 0 || lines.positionAt(at).column !== column || lines.positionAt(at).line !== line)
      throw new LodestoneError('badArguments', `${path} has no line ${line} with a column ${column}.`, {
        advice: `It has ${lines.lineCount} lines; lines and columns count from 1.`,
        args: { path, line, column },
      });
    return at;
  };
  const span = { start: offset(fromLine, fromColumn as number), end: offset(toLine as number, toColumn as number) };
  if (span.start <= span.end) return span;
  throw new LodestoneError('badArguments', `The range ${text} ends before it begins.`, {
    advice: 'Give the earlier place first.',
  });
}
