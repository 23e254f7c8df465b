/** What the reasoner keeps of a file: how often each word stands in which part of it and of its functions. */

import { LineIndex } from '../../../base/lineIndex.ts';
import { fullName } from '../../generation/targets.ts';
import { subwords } from '../../retrieval/subwords.ts';
import type { FileFacts, FunctionFact } from '../../syntax/facts.ts';
import { stem, wordsOf } from './issue.ts';

/** Parts of a document, each with a weight of its own (BM25F; Robertson, Zaragoza and Taylor 2004). */
export const FIELDS = ['name', 'container', 'path', 'doc', 'calls', 'strings', 'body'] as const;
export type Field = (typeof FIELDS)[number];

export type Counts = ReadonlyMap<string, number>;

export interface RoutineDigest {
  /** `Ledger.total`. */
  readonly symbol: string;
  readonly name: string;
  /** Lines from 1, inclusive. */
  readonly line: number;
  readonly endLine: number;
  readonly fields: Readonly<Record<Field, Counts>>;
  readonly lengths: Readonly<Record<Field, number>>;
  readonly calls: readonly string[];
}

export interface FileDigest {
  readonly path: string;
  readonly routines: readonly RoutineDigest[];
  readonly fields: Readonly<Record<Field, Counts>>;
  readonly lengths: Readonly<Record<Field, number>>;
  /** String literals of several words, with their lines. */
  readonly messages: readonly { readonly words: string; readonly line: number }[];
}

/** Literals in one of three quotes, without line breaks; short ones too, so that no closing quote opens the next. */
const LITERAL = /"((?:[^"\\\n]|\\.){0,300})"|'((?:[^'\\\n]|\\.){0,300})'|`((?:[^`\\\n]|\\.){0,300})`/g;

export function digestFile(path: string, facts: FileFacts, text: string): FileDigest {
  const literals = literalsOf(text);
  const pathWords = subwords(path.replace(/\.[a-z]+$/i, '')).map(stem);
  const routines = facts.functions.flatMap((fact, index) => {
    // What has no body cannot be regenerated.
    if (fact.name === '' || fact.body.end <= fact.body.start) return [];
    const calls = facts.calls.filter((call) => isWithin(facts.functions, call.function, index)).map(({ name }) => name);
    return [routineOf(fact, text, pathWords, calls, literals)];
  });
  const declared = [...facts.functions.map(({ name }) => name), ...facts.types.map(({ name }) => name)];
  const docs = [...facts.functions.map(({ doc }) => doc), ...facts.types.map(({ doc }) => doc)];
  return {
    ...{ path, routines },
    ...counted({
      name: wordsOf(declared.join(' ')),
      container: [],
      path: pathWords,
      doc: wordsOf(docs.join(' ')),
      calls: [],
      strings: wordsOf(literals.map(({ text: own }) => own).join(' ')),
      body: wordsOf(text),
    }),
    messages: literals
      .map(({ text: own, line }) => ({ words: messageWords(own), line }))
      .filter(({ words }) => words !== ''),
  };
}

/** Words of a message with what is put into it left out; '' for fewer than three. */
export function messageWords(text: string): string {
  const words = text
    .replace(/\$?\{[^}]*\}|%[\w.]|\\./g, ' ')
    .toLowerCase()
    .match(/[a-z]{2,}/g);
  return words && words.length >= 3 ? words.join(' ') : '';
}

interface Literal {
  readonly text: string;
  readonly line: number;
}

function routineOf(
  fact: FunctionFact,
  text: string,
  pathWords: readonly string[],
  calls: readonly string[],
  literals: readonly Literal[],
): RoutineDigest {
  const own = literals.filter(({ line }) => line >= fact.startLine && line <= fact.endLine);
  return {
    symbol: fullName(fact),
    ...{ name: fact.name, line: fact.startLine, endLine: fact.endLine, calls: [...new Set(calls)] },
    ...counted({
      name: wordsOf(fact.name),
      container: wordsOf(fact.container),
      path: pathWords,
      doc: wordsOf(fact.doc),
      calls: wordsOf(calls.join(' ')),
      strings: wordsOf(own.map(({ text: literal }) => literal).join(' ')),
      body: wordsOf(`${fact.signature} ${text.slice(fact.body.start, fact.body.end)}`),
    }),
  };
}

function counted(words: Readonly<Record<Field, readonly string[]>>): Pick<FileDigest, 'fields' | 'lengths'> {
  const of = <T>(make: (list: readonly string[]) => T) =>
    Object.fromEntries(FIELDS.map((field) => [field, make(words[field])])) as Record<Field, T>;
  const count = (list: readonly string[]): Counts => {
    const counts = new Map<string, number>();
    for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1);
    return counts;
  };
  return { fields: of(count), lengths: of(({ length }) => length) };
}

/** Whether a call belongs to a function or to an anonymous one inside it. */
function isWithin(functions: readonly FunctionFact[], at: number, outer: number): boolean {
  for (let guard = 0; at >= 0 && guard < 64; guard++) {
    if (at === outer) return true;
    at = functions[at]?.parent ?? -1;
  }
  return false;
}

function literalsOf(text: string): Literal[] {
  const found: Literal[] = [];
  const lines = new LineIndex(text);
  for (const match of text.matchAll(LITERAL)) {
    const inside = match[1] ?? match[2] ?? match[3] ?? '';
    if (/[A-Za-z]{2,}[^A-Za-z]+[A-Za-z]{2,}/.test(inside))
      found.push({ text: inside, line: lines.lineAt(match.index) });
  }
  return found;
}
