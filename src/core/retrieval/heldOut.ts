/** Held-out functions for benchmarks: what is left of a file when one body is gone, with the imports and private helpers only it used. */
import { mix } from '../../base/statistics.ts';
import type { LanguageId } from '../languages.ts';
import type { CallFact, FileFacts, FunctionFact, Span } from '../syntax/facts.ts';

export interface SourceText {
  readonly path: string;
  readonly language: LanguageId;
  readonly text: string;
  readonly facts: FileFacts;
}

/** Facts of a text. */
export interface FactsReader {
  read(language: LanguageId, text: string): Promise<FileFacts>;
}

export interface HiddenFunction {
  readonly path: string;
  readonly name: string;
  /** The file as it would lie on disk without the function's body. */
  readonly file: SourceText;
  /** Line of the emptied function in `file`. */
  readonly line: number;
  /** Distinct last segments of called names in the body that two other files call too. */
  readonly truth: ReadonlySet<string>;
}

/** Longest emptied body, white space included. */
const EMPTY_LENGTH = 8;
/** Least lines from a function's first to its last. */
const LEAST_LINES = 3;

/** What counts as a name: calls of computed callees have none. */
const NAME = /^[\p{L}_$][\p{L}\p{N}_$!]*$/u;

const emptyBody = (language: LanguageId): string => (language === 'python' ? ' ...' : '{ }');

/** A function's text without its body. */
export function emptied(text: string, { start, body }: FunctionFact, language: LanguageId): string {
  return text.slice(start, body.start) + emptyBody(language);
}

/** Line of the emptied function that is `target` in facts read anew. */
export function locate(facts: FileFacts, target: FunctionFact): number | undefined {
  const distance = ({ startLine }: FunctionFact) => Math.abs(startLine - target.startLine);
  return facts.functions
    .filter(
      ({ name, body, container }) =>
        name === target.name && container === target.container && body.end - body.start <= EMPTY_LENGTH,
    )
    .sort((a, b) => distance(a) - distance(b))[0]?.startLine;
}

/** Calls by name; an attribute of Rust (`#[cfg(unix)]`) is none. */
export function callsOf({ calls, language }: FileFacts): readonly CallFact[] {
  return language === 'rust' ? calls.filter(({ kind }) => kind !== 'decorator') : calls;
}

/** In how many files each name is called. */
export function callingFiles(files: Iterable<SourceText>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { facts } of files) {
    for (const name of new Set(callsOf(facts).map((call) => call.name))) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function within(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

/** Distinct names called in a body that count; none for a function that is not worth hiding: nameless or too short. */
export function truthOf(facts: FileFacts, target: FunctionFact, counts: (name: string) => boolean): Set<string> {
  if (target.name === '' || target.endLine - target.startLine < LEAST_LINES) return new Set();
  const called = callsOf(facts).filter(
    (call) => within(call, target.body) && NAME.test(call.name) && counts(call.name),
  );
  return new Set(called.map(({ name }) => name));
}

/** Functions worth hiding: named, three lines of body or more, at least `least` true APIs; in a fixed pseudo-random order. */
export function targetsOf(
  files: Iterable<SourceText>,
  counts: ReadonlyMap<string, number>,
  least: number,
): { file: SourceText; index: number; truth: Set<string> }[] {
  const targets: { file: SourceText; index: number; truth: Set<string>; order: number }[] = [];
  for (const file of files) {
    const perFile = file.facts.functions.map((fact, index) => ({ fact, index }));
    for (const { fact, index } of perFile) {
      // Called in this file and in two others, hence three in all.
      const truth = truthOf(file.facts, fact, (name) => (counts.get(name) ?? 0) >= 3);
      if (truth.size >= least) targets.push({ file, index, truth, order: mix(`${file.path}#${fact.start}`) });
    }
  }
  return targets.sort((a, b) => a.order - b.order);
}

/** Identifiers of a text with their offsets. */
function identifiers(text: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const match of text.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) {
    const list = found.get(match[0]);
    if (list) list.push(match.index);
    else found.set(match[0], [match.index]);
  }
  return found;
}

/** Spans of private functions that nothing but the removed spans mentions, found until none is left. */
function orphanedHelpers(
  facts: FileFacts,
  places: Map<string, number[]>,
  target: FunctionFact,
  elsewhere: (name: string) => boolean,
): Span[] {
  const removed: Span[] = [target.body];
  for (let found = true; found; ) {
    found = false;
    for (const fact of facts.functions) {
      if (fact === target || fact.name === '' || fact.exported || elsewhere(fact.name)) continue;
      if (removed.some((span) => within(fact, span)) || within(target, fact)) continue;
      const mentions = (places.get(fact.name) ?? []).filter((at) => at < fact.start || at >= fact.end);
      if (mentions.length === 0 || !mentions.every((at) => removed.some(({ start, end }) => at >= start && at < end)))
        continue;
      removed.push(fact);
      found = true;
    }
  }
  return removed.slice(1);
}

/** Hides one function; undefined where its emptied header can no longer be found in the new facts. */
export async function hide(
  file: SourceText,
  index: number,
  truth: ReadonlySet<string>,
  counts: ReadonlyMap<string, number>,
  reader: FactsReader,
): Promise<HiddenFunction | undefined> {
  const { facts, text, language } = file;
  const target = facts.functions[index] as FunctionFact;
  const places = identifiers(text);
  const own = new Set(callsOf(facts).map((call) => call.name));
  const helpers = orphanedHelpers(facts, places, target, (name) => (counts.get(name) ?? 0) > (own.has(name) ? 1 : 0));
  const gone: Span[] = [target.body, ...helpers];
  const edits: { start: number; end: number; text: string }[] = helpers.map(({ start, end }) => ({
    start,
    end,
    text: '',
  }));
  edits.push({ ...spanOf(target.body), text: emptyBody(language) });
  for (const entry of facts.imports) {
    const unused = entry.names.filter(({ name, alias }) => {
      const mentions = (places.get(alias || name) ?? []).filter(
        (at) => !facts.imports.some(({ start, end }) => at >= start && at < end),
      );
      return mentions.length > 0 && mentions.every((at) => gone.some(({ start, end }) => at >= start && at < end));
    });
    if (unused.length === 0) continue;
    let kept = '';
    if (unused.length < entry.names.length) {
      kept = text.slice(entry.start, entry.end);
      for (const { name, alias } of unused) {
        const escape = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        const pattern = alias && alias !== name ? `\\b${escape(name)}\\s+as\\s+${escape(alias)}` : `\\b${escape(name)}`;
        kept = kept.replace(new RegExp(`${pattern}\\b\\s*,?`), '');
      }
    }
    edits.push({ ...spanOf(entry), text: kept });
  }
  const next = applyDisjoint(text, edits);
  const newFacts = await reader.read(language, next);
  const line = locate(newFacts, target);
  if (line === undefined) return undefined;
  return { path: file.path, name: target.name, file: { ...file, text: next, facts: newFacts }, line, truth };
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

/** Applies edits, dropping those inside an earlier (outer) one. */
function applyDisjoint(text: string, edits: { start: number; end: number; text: string }[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || b.end - a.end);
  let result = '';
  let at = 0;
  for (const edit of ordered) {
    if (edit.start < at) continue;
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
