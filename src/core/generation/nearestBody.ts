/** The repository's own nearest function: by name, signature, documentation and calls (BD7), for when no model answers. */
import { familyOf, type LanguageId } from '../languages.ts';
import { directoryOf, subwords } from '../retrieval/subwords.ts';
import type { FileFacts, FunctionFact } from '../syntax/facts.ts';
import { isStub } from './targets.ts';

/** What is looked for: a function, or what the words of a specification say. */
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
  /** What the two have in common; absent where words were sought. */
  readonly evidence?: Evidence;
}

/** Below it no held-out function had the body that was found. */
const LEAST = 0.4;
const LEAST_OF_WORDS = 0.34;
/** A body shorter than this says too little, one longer too much (UTF-16 units). */
const BODY = { least: 8, most: 4000 };

/**
 * What each thing in common is worth; fitted on six repositories so that the body found is the one most like the true one,
 * and checked on seven others, where it is 0.012 [0.002, 0.022] more alike than by weights that were chosen by hand; which
 * things to look at was chosen with those in sight (bench/nearestBody.ts, bench/RESULTS.md).
 */
export const WEIGHTS = {
  ...{ name: 0.24, lastWord: 0.11, parameterNames: 0.09, parameterTypes: 0.07, parameterCount: 0.08, returns: 0.05 },
  ...{ doc: 0.05, calls: 0.1, container: 0.05, file: 0.1, folder: 0.06 },
};
export type Evidence = Readonly<Record<keyof typeof WEIGHTS, number>>;

/**
 * How often the body of a function so alike is the very one that stood at the place, blanks aside: fitted on the six
 * repositories (3.3 % of 720 functions); on the seven others (3.0 % of 840) a fit of their own is the same curve.
 */
export function shareRight(likeness: number): number {
  return 1 / (1 + Math.exp(6.5 - 5.4 * likeness));
}

/** The best `most` of a file's functions that are at least so alike, most alike first. */
export function nearestIn(
  path: string,
  facts: FileFacts,
  sought: Sought,
  most = 3,
  least = sought.fact ? LEAST : LEAST_OF_WORDS,
): Near[] {
  if (familyOf(facts.language) !== familyOf(sought.language)) return [];
  if (facts.language !== sought.language && sought.language === 'javascript') return [];
  const near: Near[] = [];
  const callsBy = Map.groupBy(facts.calls, (call) => call.function);
  facts.functions.forEach((fact, index) => {
    const size = fact.body.end - fact.body.start;
    if (fact.name === '' || size < BODY.least || size > BODY.most) return;
    if (path === sought.path && fact.start === sought.fact?.start) return;
    const calls = (callsBy.get(index) ?? []).map(({ name }) => name);
    const evidence = sought.fact && evidenceOf(path, fact, calls, sought, sought.fact);
    const likeness = evidence ? likenessBy(WEIGHTS)(evidence) : likenessOfWords(fact, calls, sought.words);
    if (likeness < least) return;
    near.push({ path, fact, likeness, ...(evidence ? { evidence } : {}) });
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

function likenessOfWords(fact: FunctionFact, calls: readonly string[], words: readonly string[]): number {
  const own = subwords(fact.name);
  const said = new Set([...own, ...wordsOf(fact.doc), ...calls.flatMap(subwords)]);
  const wanted = words.filter((word) => word.length > 2);
  if (wanted.length === 0) return 0;
  const named = own.filter((word) => wanted.includes(word)).length / Math.max(1, own.length);
  return 0.5 * (wanted.filter((word) => said.has(word)).length / wanted.length) + 0.5 * named;
}

export function likenessBy(weights: Evidence): (evidence: Evidence) => number {
  const entries = Object.entries(weights) as [keyof Evidence, number][];
  return (evidence) => entries.reduce((sum, [name, weight]) => sum + weight * evidence[name], 0);
}

/** What a function has in common with the one that is sought, each in [0, 1]. */
export function evidenceOf(
  path: string,
  fact: FunctionFact,
  calls: readonly string[],
  sought: Pick<Sought, 'path' | 'expected'>,
  target: FunctionFact,
): Evidence {
  // As written: `listUsers` does what `listOrders` does, and not what `listUser` does.
  const [own, wanted] = [nameWords(fact.name), nameWords(target.name)];
  const types = (all: FunctionFact['parameters']) => all.map(({ type }) => type ?? '').filter((type) => type !== '');
  const names = (all: FunctionFact['parameters']) => all.map(({ name }) => name);
  const same = (is: boolean) => (is ? 1 : 0);
  return {
    name: overlap(own, wanted),
    lastWord: same(own.length > 0 && own.at(-1) === wanted.at(-1)),
    parameterNames: overlap(names(fact.parameters), names(target.parameters)),
    parameterTypes: overlap(types(fact.parameters), types(target.parameters)),
    parameterCount: same(fact.parameters.length === target.parameters.length),
    returns: same((fact.returnType ?? '') !== '' && fact.returnType === target.returnType),
    doc: overlap(wordsOf(fact.doc), wordsOf(target.doc)),
    calls: overlap(calls, sought.expected),
    container: overlap(subwords(fact.container), subwords(target.container)),
    file: same(path === sought.path),
    folder: same(directoryOf(path) === directoryOf(sought.path)),
  };
}

function nameWords(name: string): string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) => word.toLowerCase());
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
