/** Chooses curated attractors for a file of a repository that has no patterns of its own yet: by what the file names. */
import { type Family, familyOf } from '../languages.ts';
import type { Attractor } from '../mining/attractor.ts';
import type { FileFacts } from '../syntax/facts.ts';
import type { ChosenAttractor } from './attractorChoice.ts';
import { compare } from './retrievalIndex.ts';

/** Most curated examples in a block. */
const MOST = 2;
/** A first segment shorter than this is a local name (`c.JSON`), not an import's. */
const LEAST_NAME = 3;

/** The names that a file imports, calls, catches and writes as types. */
export function namesOf(facts: FileFacts): Set<string> {
  const names = new Set<string>();
  const add = (text: string) => {
    for (const [name] of text.matchAll(/[A-Za-z_$][\w$]*/g)) names.add(name);
  };
  for (const entry of facts.imports) {
    add(entry.module);
    for (const { name, alias } of entry.names) add(`${name} ${alias}`);
  }
  for (const { callee } of facts.calls) add(callee);
  for (const { signature } of facts.functions) add(signature);
  for (const { type } of facts.errorHandling) add(type);
  for (const { signature, bases, members } of facts.types) {
    add(`${signature} ${bases.join(' ')} ${members.map(({ type }) => type ?? '').join(' ')}`);
  }
  return names;
}

/** How many of an attractor's APIs a file names, by what they are members of or, where that is a local, by themselves. */
export function namedApis(apis: readonly string[], names: ReadonlySet<string>): number {
  return apis.filter((api) => {
    const segments = api.replace(/!$/, '').split(/\.|::|\//);
    const [first = '', last = ''] = [segments[0], segments.at(-1)];
    return names.has(last) || (segments.length > 1 && first.length >= LEAST_NAME && names.has(first));
  }).length;
}

/** The curated attractors that a file's names call for, most first; deterministic. */
export function chooseCurated(attractors: readonly Attractor[], family: Family, facts: FileFacts): ChosenAttractor[] {
  const names = namesOf(facts);
  const chosen: ChosenAttractor[] = [];
  for (const attractor of attractors) {
    if (attractor.provenance !== 'curated' || attractor.example === undefined) continue;
    if (familyOf(attractor.language) !== family) continue;
    const score = namedApis(attractor.apis, names) / attractor.apis.length;
    // It lies in no file: the title says so in the path's place.
    const snippet = { path: 'curated', line: 1, endLine: 1, text: attractor.example };
    if (score > 0) chosen.push({ attractor, snippet, score });
  }
  return chosen.sort((a, b) => b.score - a.score || compare(a.attractor.id, b.attractor.id)).slice(0, MOST);
}
