/** Targets, ranges and lengths as a person writes them, for infilling. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spanOf } from '../../core/infill/builder/plan.ts';
import type { Span } from '../../core/syntax/facts.ts';
import { decodeText } from '../../node/files/decodeText.ts';

/** Lexemes. No denoiser sees as much at once, and what is copied in longer pieces is no answer to a hole. */
export const MOST_LEXEMES = 1000;

/** `NAME` or `NAME:LINE`. */
export function targetOf(text: string): { name: string; line?: number } {
  const [, name = text, line] = /^(.+):(\d+)$/.exec(text) ?? [];
  return { name, ...(line === undefined ? {} : { line: Number(line) }) };
}

/** `L:C-L:C`, from 1, the end exclusive, as UTF-16 offsets of the file on disk. Throws `badArguments`. */
export function rangeOf(root: string, path: string, range: string): Span {
  return spanOf(range, decodeText(readFileSync(join(root, path))).text);
}
