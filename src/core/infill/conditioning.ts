/** What a denoiser is told before the code, in the words it was trained with (training/sections.py): intent, consider-block, nearest body. */

import type { FileFacts, FunctionFact, Span } from '../syntax/facts.ts';
import { isWholeLine } from './place.ts';

/** UTF-16 units of a signature, of a line of context. */
const LONGEST_LINE = 100;
/** Signatures of called functions. */
const SIGNATURES = 4;

const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;
const CALL = /\b([A-Za-z_]\w{3,})\s*\(/g;
const PARAGRAPH_END = /\n\s*\n|\n\s*@|\n\s*:param|\n\s*Args:/;

/** `getUserName` → "get user name". */
export function wordsOfName(name: string): string {
  return (name.match(WORD) ?? []).join(' ').toLowerCase();
}

/** The documentation's first paragraph, else the name's words. */
export function intentOf({ doc, name }: Pick<FunctionFact, 'doc' | 'name'>): string {
  const paragraph = doc.trim().split(PARAGRAPH_END)[0] as string;
  return paragraph.split(/\s+/).filter(Boolean).join(' ') || wordsOfName(name);
}

export interface ConsiderInput {
  /** Text of the file with the hole, and the facts of it (or of the text before the hole was made). */
  readonly text: string;
  readonly facts: FileFacts;
  /** The function around the hole. */
  readonly routine: FunctionFact | undefined;
  /** What is seen of that function: its text without the hole. */
  readonly visible: string;
  /** Text of the nearest other function; '' where there is none. */
  readonly near: string;
  /** First line of the signature of a function that one or two places of the repository declare. */
  readonly signature: (name: string) => string | undefined;
}

/** Signatures that the function or its nearest neighbour calls, then the class' header, then imports that they use. */
export function considerOf({ text, facts, routine, visible, near, signature }: ConsiderInput): string {
  const names = new Set([...callsIn(visible), ...callsIn(near)]);
  const lines: string[] = [];
  for (const name of names) {
    if (lines.length === SIGNATURES) break;
    const found = name === routine?.name ? undefined : signature(name);
    if (found) lines.push(found.slice(0, LONGEST_LINE));
  }
  const header = routine && headerAround(facts, routine);
  if (header) lines.push(header.slice(0, LONGEST_LINE));
  const seen = `${routine?.signature ?? ''}\n${visible}\n${near}`;
  for (const { start, end } of facts.imports) {
    const statement = text.slice(start, end).split(/\s+/).join(' ').slice(0, LONGEST_LINE);
    const last = (statement.match(/[A-Za-z_]\w{3,}/g) ?? []).slice(-3);
    if (last.some((word) => seen.includes(word))) lines.push(statement);
  }
  return [...new Set(lines)].join('\n');
}

function callsIn(text: string): string[] {
  return Array.from(text.matchAll(CALL), ([, name]) => name as string);
}

function headerAround({ types }: FileFacts, routine: Span): string | undefined {
  const around = types.filter(({ start, end }) => start <= routine.start && end >= routine.end);
  return around.sort((a, b) => a.end - a.start - (b.end - b.start))[0]?.signature;
}

/** The innermost function with a name whose body is around a span. */
export function routineAround({ functions }: FileFacts, { start, end }: Span): FunctionFact | undefined {
  return functions
    .filter((fact) => fact.name !== '' && fact.start <= start && fact.end >= end)
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
}

/** The kind that a model's length head is asked with: the unit where it says more than the node's type. */
export function lengthKindOf(unit: string, nodeType: string, prefix: string, suffix: string): string {
  if (unit === 'body' || unit === 'function') return 'body';
  return isWholeLine(prefix, suffix) ? 'line' : nodeType;
}
