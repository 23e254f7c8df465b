/** Calls expected at a cursor (AT6): of the repository's ranking, of rules broken around it, of frameworks that the file or its words name. */
import { familyOf, type LanguageId } from '../languages.ts';
import type { Deviant } from '../mining/attractor.ts';
import type { FrameworkEntry } from '../mining/frameworks.ts';
import type { ApiInReach } from '../retrieval/context.ts';
import { subwords } from '../retrieval/subwords.ts';
import type { FileFacts } from '../syntax/facts.ts';
import { type ExpectedCall, likelyCalls, MOST_EXPECTED } from './apiSeed.ts';
import { lastSegment } from './codeLift.ts';

export interface ExpectingPlace {
  readonly language: LanguageId;
  readonly apis: readonly ApiInReach[];
  readonly imports: FileFacts['imports'];
  /** What says what is wanted: comments and names around the cursor, or a person's words. */
  readonly words: string;
  /** Rules that the function around the cursor breaks. */
  readonly broken: readonly Deviant[];
}

/** At most three, the surest first: the repository's own, what a rule misses here, then a framework's that the words speak of. */
export function expectedCalls(place: ExpectingPlace, frameworks: readonly FrameworkEntry[]): ExpectedCall[] {
  const mined = likelyCalls(place.apis).map(({ name, call }) => ({ name, call }));
  const missed = place.broken.flatMap(({ apis }) => apis.map(callOf));
  const named = vocabularyFor(place, frameworks).map(callOf);
  const names = new Set<string>();
  return [...mined, ...missed, ...named]
    .filter(({ name }) => !names.has(name) && names.add(name))
    .slice(0, MOST_EXPECTED);
}

/** Words of the frameworks that the file imports or a text names, those that share words with the text, most of them first. */
export function vocabularyFor(
  { language, imports, words }: Pick<ExpectingPlace, 'language' | 'imports' | 'words'>,
  frameworks: readonly FrameworkEntry[],
): string[] {
  const family = familyOf(language);
  const wanted = new Set(wordsIn(words));
  const lower = words.toLowerCase();
  const near = frameworks.filter(
    (entry) =>
      entry.family === family &&
      (entry.imports.some((module) => imports.some((own) => isBelow(own.module, module))) ||
        [entry.title, entry.id].some((name) => mentions(lower, name.toLowerCase()))),
  );
  const rated = near.flatMap((entry) =>
    entry.vocabulary.map((api) => {
      const own = wordsIn(api).filter((word) => !wordsIn(entry.id).includes(word));
      return { api, shared: own.filter((word) => wanted.has(word)).length / Math.max(1, own.length) };
    }),
  );
  return rated
    .filter(({ shared }) => shared > 0)
    .sort((a, b) => b.shared - a.shared)
    .map(({ api }) => api);
}

/** The seed of calls that no ranking knows; '' without any. */
export function seedOf(calls: readonly ExpectedCall[], lineComment: string): string {
  return calls.length === 0 ? '' : `${lineComment} uses ${calls.map(({ call }) => call).join(', ')}`;
}

/** `router.get` as a call; what begins with a capital or is no call in the data is named as it is. */
function callOf(api: string): ExpectedCall {
  const call = /^[\w$.:]+$/.test(api) ? `${api.slice(Math.max(0, api.lastIndexOf('/') + 1))}()` : api;
  return { name: lastSegment(api), call };
}

function isBelow(module: string, root: string): boolean {
  return module === root || ['/', '.', '::'].some((separator) => module.startsWith(root + separator));
}

function mentions(text: string, name: string): boolean {
  const at = text.indexOf(name);
  return (
    at >= 0 && !/[\p{L}\p{N}]/u.test(`${text[at - 1] ?? ' '}`) && !/[\p{L}\p{N}]/u.test(text[at + name.length] ?? ' ')
  );
}

function wordsIn(text: string): string[] {
  return (text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []).flatMap(subwords);
}
