/** The repository's own nearest function: by name, signature, documentation and calls (BD7), for when no model answers. */
import { familyOf, type LanguageId } from '../languages.ts';
import { directoryOf, subwords } from '../retrieval/subwords.ts';
import type { FileFacts, FunctionFact } from '../syntax/facts.ts';
import { isStub } from './targets.ts';

/** What is looked for; of a specification only its words are known. */
export interface Sought {
  readonly path: string;
  readonly language: LanguageId;
  readonly words: readonly string[];
  readonly fact?: FunctionFact;
  /** Names that the place is expected to call. */
  readonly expected: readonly string[];
}

export interface Near {
  readonly path: string;
  readonly fact: FunctionFact;
  /** In [0, 1]. */
  readonly likeness: number;
}

const LEAST = 0.34;
/** A body shorter than this says too little, one longer too much (UTF-16 units). */
const BODY = { least: 8, most: 4000 };
const WEIGHTS = { name: 0.45, parameters: 0.15, returns: 0.1, doc: 0.1, calls: 0.1, kind: 0.05, folder: 0.05 };

export function soughtOf(path: string, fact: FunctionFact, language: LanguageId, expected: readonly string[]): Sought {
  return { path, language, words: subwords(fact.name), fact, expected };
}

/** The best `most` of a file's functions, most alike first. */
export function nearestIn(path: string, facts: FileFacts, sought: Sought, most = 3): Near[] {
  if (familyOf(facts.language) !== familyOf(sought.language)) return [];
  if (facts.language !== sought.language && sought.language === 'javascript') return [];
  const near: Near[] = [];
  facts.functions.forEach((fact, index) => {
    const size = fact.body.end - fact.body.start;
    if (fact.name === '' || size < BODY.least || size > BODY.most) return;
    if (path === sought.path && fact.start === sought.fact?.start) return;
    const calls = facts.calls.filter((call) => call.function === index).map(({ name }) => name);
    const likeness = likenessOf(path, fact, calls, sought);
    if (likeness >= LEAST) near.push({ path, fact, likeness });
  });
  return near.sort(byLikeness).slice(0, most);
}

export function byLikeness(a: Near, b: Near): number {
  return b.likeness - a.likeness || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.fact.start - b.fact.start);
}

/** A body that does something. */
export function isWorth(body: string, language: LanguageId): boolean {
  return !isStub(body, language);
}

function likenessOf(path: string, fact: FunctionFact, calls: readonly string[], sought: Sought): number {
  const own = subwords(fact.name);
  if (!sought.fact) {
    const said = new Set([...own, ...wordsOf(fact.doc), ...calls.flatMap(subwords)]);
    const wanted = sought.words.filter((word) => word.length > 2);
    if (wanted.length === 0) return 0;
    const named = own.filter((word) => wanted.includes(word)).length / Math.max(1, own.length);
    return 0.5 * (wanted.filter((word) => said.has(word)).length / wanted.length) + 0.5 * named;
  }
  const { fact: target } = sought;
  const types = (all: FunctionFact['parameters']) => all.map(({ type }) => type ?? '').filter((type) => type !== '');
  const names = (all: FunctionFact['parameters']) => all.map(({ name }) => name);
  const parameters =
    0.5 * overlap(names(fact.parameters), names(target.parameters)) +
    0.5 * overlap(types(fact.parameters), types(target.parameters));
  return (
    WEIGHTS.name * overlap(own, sought.words) +
    WEIGHTS.parameters * (fact.parameters.length === 0 && target.parameters.length === 0 ? 1 : parameters) +
    WEIGHTS.returns * ((fact.returnType ?? '') === (target.returnType ?? '') ? 1 : 0) +
    WEIGHTS.doc * overlap(wordsOf(fact.doc), wordsOf(target.doc)) +
    WEIGHTS.calls * overlap(calls, sought.expected) +
    WEIGHTS.kind * (fact.kind === target.kind && fact.async === target.async ? 1 : 0) +
    WEIGHTS.folder * (directoryOf(path) === directoryOf(sought.path) ? 1 : 0)
  );
}

function wordsOf(text: string): string[] {
  return (text.match(/\p{L}{3,}/gu) ?? []).flatMap(subwords);
}

/** Jaccard; 0 where both are empty. */
function overlap(a: readonly string[], b: readonly string[]): number {
  const [one, other] = [new Set(a), new Set(b)];
  if (one.size === 0 || other.size === 0) return 0;
  const common = [...one].filter((each) => other.has(each)).length;
  return common / (one.size + other.size - common);
}
