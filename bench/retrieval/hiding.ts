/** The *body* protocol: what is left of a file when one function's body is gone, with the imports and private helpers only it used. */
import type { FileFacts, FunctionFact, Span } from '../../src/core/syntax/facts.ts';
import type { FactsReader, Repository, SourceText } from './repository.ts';

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

/** What counts as a name: calls of computed callees have none. */
const NAME = /^[\p{L}_$][\p{L}\p{N}_$!]*$/u;

const EMPTY_BODY = { python: ' ...', other: '{ }' } as const;

/** In how many files each name is called. */
export function callingFiles(repository: Repository): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { facts } of repository.files.values()) {
    for (const name of new Set(facts.calls.map((call) => call.name))) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function within(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

/** Functions worth hiding: named, three lines of body or more, at least `least` true APIs; in a fixed pseudo-random order. */
export function targetsOf(
  repository: Repository,
  counts: ReadonlyMap<string, number>,
  least: number,
): { file: SourceText; index: number; truth: Set<string> }[] {
  const targets: { file: SourceText; index: number; truth: Set<string>; order: number }[] = [];
  for (const file of repository.files.values()) {
    const perFile = file.facts.functions.map((fact, index) => ({ fact, index }));
    for (const { fact, index } of perFile) {
      if (fact.name === '' || fact.endLine - fact.startLine < 3) continue;
      const truth = new Set<string>();
      for (const call of file.facts.calls) {
        // Called in this file and in two others, hence three in all.
        if (within(call, fact.body) && NAME.test(call.name) && (counts.get(call.name) ?? 0) >= 3) truth.add(call.name);
      }
      if (truth.size >= least) targets.push({ file, index, truth, order: mix(`${file.path}#${fact.start}`) });
    }
  }
  return targets.sort((a, b) => a.order - b.order);
}

function mix(text: string): number {
  let value = 2166136261;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
  value ^= value >>> 15;
  return Math.imul(value, 0x2c1b3c6d) >>> 0;
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
  const own = new Set(facts.calls.map((call) => call.name));
  const helpers = orphanedHelpers(facts, places, target, (name) => (counts.get(name) ?? 0) > (own.has(name) ? 1 : 0));
  const gone: Span[] = [target.body, ...helpers];
  const edits: { start: number; end: number; text: string }[] = helpers.map(({ start, end }) => ({
    start,
    end,
    text: '',
  }));
  edits.push({ ...spanOf(target.body), text: EMPTY_BODY[language === 'python' ? 'python' : 'other'] });
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
  const candidates = newFacts.functions.filter(
    ({ name, body, container }) => name === target.name && container === target.container && body.end - body.start <= 8,
  );
  const line = candidates.sort(
    (a, b) => Math.abs(a.startLine - target.startLine) - Math.abs(b.startLine - target.startLine),
  )[0]?.startLine;
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
