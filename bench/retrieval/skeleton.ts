/** The *file* protocol: of a file, only its header and the target's signature remain, with the lines of the blocks around it. */

import type { SourceText } from '../../src/core/retrieval/heldOut.ts';
import { emptied, type HiddenFunction, locate } from '../../src/core/retrieval/heldOut.ts';
import type { FunctionFact } from '../../src/core/syntax/facts.ts';
import type { FactsReader } from './repository.ts';

const indentOf = (line: string): number => line.length - line.trimStart().length;

/**
 * The lines that open and close the blocks around a range of lines (from 0, the end exclusive): the nearest less indented
 * line above, as an editor's sticky scroll shows it, and the line below that closes it.
 */
function enclosing(lines: readonly string[], from: number, to: number): { above: string[]; below: string[] } {
  const above: string[] = [];
  const below: string[] = [];
  let indent = indentOf(lines[from] as string);
  let end = to;
  for (let i = from - 1; i >= 0 && indent > 0; i--) {
    const line = lines[i] as string;
    if (line.trim() === '' || indentOf(line) >= indent) continue;
    indent = indentOf(line);
    above.unshift(line);
    while (end < lines.length && ((lines[end] as string).trim() === '' || indentOf(lines[end] as string) > indent))
      end++;
    const closing = lines[end] ?? '';
    if (/^\s*[}\])]/.test(closing)) below.push(closing);
  }
  return { above, below };
}

/** The target's emptied text in the blocks around it, and nothing else of the file. */
export function skeletonOf({ text, language }: SourceText, target: FunctionFact): string {
  const before = text.slice(0, target.start);
  const start = before.lastIndexOf('\n') + 1;
  const lines = text.split('\n');
  const { above, below } = enclosing(lines, target.startLine - 1, target.endLine);
  const own = text.slice(start, target.start) + emptied(text, target, language);
  return [...above, own, ...below, ''].join('\n');
}

/** What stands before the first function or type that is no import, up to a whole line. */
function headerOf({ text, facts }: SourceText): string {
  const first = Math.min(text.length, ...[...facts.functions, ...facts.types].map(({ start }) => start));
  const last = Math.max(0, ...facts.imports.filter(({ start }) => start < first).map(({ end }) => end));
  const cut = text.indexOf('\n', last);
  return last === 0 || cut < 0 ? (/^package .*\n/m.exec(text)?.[0] ?? '') : text.slice(0, cut + 1);
}

/** Leaves of a file from which one body was hidden (body protocol) its header and the target alone. */
export async function hideFile(hidden: HiddenFunction, reader: FactsReader): Promise<HiddenFunction | undefined> {
  const target = hidden.file.facts.functions.find(
    ({ name, startLine }) => name === hidden.name && startLine === hidden.line,
  );
  if (!target) return undefined;
  const text = `${closed(headerOf(hidden.file))}\n${skeletonOf(hidden.file, target)}`;
  const facts = await reader.read(hidden.file.language, text);
  const line = locate(facts, target);
  return line === undefined ? undefined : { ...hidden, file: { ...hidden.file, text, facts }, line };
}

/** Go writes its imports in one block, which the last of them does not close. */
function closed(header: string): string {
  return /^import \($/m.test(header) && !/^\)$/m.test(header) ? `${header})\n` : header;
}
