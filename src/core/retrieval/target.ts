/** Finds what the cursor is in, and what is at hand there: parameters, fields and imports. */
import { LineIndex } from '../../base/lineIndex.ts';
import type { FileFacts, FunctionFact } from '../syntax/facts.ts';
import type { Target } from './evidence.ts';
import { type CursorDigest, typeNames } from './fileDigest.ts';
import { subwords } from './subwords.ts';

/** The target at a position; lines beyond the file count as its end. */
export function targetAt(
  digest: CursorDigest,
  facts: FileFacts,
  text: string,
  line: number,
  column: number | undefined,
): Target {
  const lines = new LineIndex(text);
  const at = Math.min(line, lines.lineCount);
  const offset = column === undefined ? undefined : lines.offsetAt(at, column);
  const routine = routineAt(digest, facts, at, offset);
  const fact = routine >= 0 ? facts.functions[digest.functions[routine] as number] : undefined;
  const receivers = new Set<string>();
  const types = new Set<string>();
  for (const { names } of facts.imports) for (const { alias, name } of names) receivers.add(alias || name);
  const hold = (name: string, type: string | undefined) => {
    receivers.add(name);
    for (const part of typeNames(type ?? '')) types.add(part);
  };
  for (let around: FunctionFact | undefined = fact; around; around = facts.functions[around.parent]) {
    for (const { name, type } of around.parameters) hold(name, type);
  }
  for (const { name, members } of facts.types) {
    if (fact !== undefined && fact.container === name) for (const member of members) hold(member.name, member.type);
  }
  return {
    digest,
    language: facts.language,
    routine,
    anchor: routine >= 0 ? routine : lastStartingBefore(digest, at),
    receivers: [...receivers].sort(),
    receiverTypes: [...types].sort(),
    lineWords: routine >= 0 ? [] : wordsOfLine(text, lines, at),
  };
}

/** Innermost routine at a line; with an offset, the innermost that spans it if there are several on the line. */
function routineAt(digest: CursorDigest, facts: FileFacts, line: number, offset: number | undefined): number {
  let best = -1;
  let bestLength = Number.POSITIVE_INFINITY;
  for (let i = 0; i < digest.routines; i++) {
    if (line < (digest.startLines[i] as number) || line > (digest.endLines[i] as number)) continue;
    const { start, end } = facts.functions[digest.functions[i] as number] as FunctionFact;
    const outside = offset !== undefined && (offset < start || offset > end) ? 1e9 : 0;
    if (end - start + outside < bestLength) {
      best = i;
      bestLength = end - start + outside;
    }
  }
  return best;
}

function lastStartingBefore(digest: CursorDigest, line: number): number {
  let anchor = 0;
  for (let i = 0; i < digest.routines; i++) if ((digest.startLines[i] as number) <= line) anchor = i;
  return anchor;
}

/** Subwords of the identifiers on the cursor's line: the header of a function that does not parse yet. */
function wordsOfLine(text: string, lines: LineIndex, line: number): string[] {
  const content = text.slice(lines.lineStart(line), lines.lineStart(line + 1)).slice(0, 400);
  return [...new Set((content.match(/[A-Za-z_$][\w$]*/g) ?? []).flatMap(subwords))];
}
