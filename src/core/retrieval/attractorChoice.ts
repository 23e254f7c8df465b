/** Chooses the two or three attractors worth showing at a cursor, from what the ranking expects to be called there. */
import { type Family, familyOf } from '../languages.ts';
import type { Attractor, Snippet } from '../mining/attractor.ts';
import type { RankedApi } from './apiForms.ts';
import { isTestPath } from './evidence.ts';
import { compare } from './retrievalIndex.ts';
import { directoryOf } from './subwords.ts';

export interface ChosenAttractor {
  readonly attractor: Attractor;
  readonly snippet: Snippet;
  readonly score: number;
}

/** Least expected calls that an attractor must explain. */
const LEAST_SCORE = 0.15;
const COMMONPLACE_WEIGHT = 0.25;

function lastSegment(api: string): string {
  return api.split(/\.|::|#/).at(-1) ?? api;
}

/** How far an attractor's API is expected: `new` of another type is none, and what every repository calls says little. */
function expectation(api: string, ranked: RankedApi | undefined): number {
  if (ranked === undefined) return 0;
  const [receiver = ''] = api.split(/\.|::|#/).slice(-2, -1);
  const agrees = !/^[A-Z]/.test(receiver) || ranked.call.match(/\w+(?=\.|::)/g)?.includes(receiver);
  return agrees ? ranked.probability * (ranked.isCommonplace ? COMMONPLACE_WEIGHT : 1) : 0;
}

/** Best first; deterministic. Snippets near the file are preferred; those at the cursor itself, and tests' outside tests, are left out. */
export function chooseAttractors(
  attractors: readonly Attractor[],
  where: { family: Family; path: string; line: number; isTest: boolean },
  ranked: readonly RankedApi[],
  most: number,
): ChosenAttractor[] {
  const byName = new Map(ranked.map((api) => [api.name, api]));
  const chosen: ChosenAttractor[] = [];
  for (const attractor of attractors) {
    if (familyOf(attractor.language) !== where.family) continue;
    if (attractor.kind === 'tests' && !where.isTest) continue;
    const expected = [...new Map(attractor.apis.map((api) => [lastSegment(api), api])).values()]
      .map((api) => expectation(api, byName.get(lastSegment(api))))
      .sort((a, b) => b - a)
      .slice(0, 3)
      .reduce((sum, value) => sum + value, 0);
    // In steps: a file saved elsewhere moves resonance by a hair.
    const resonance = Math.round(attractor.resonance * 8) / 8;
    const score = expected * (0.5 + resonance / 2) * (attractor.common ? 0.4 : 1);
    if (score < LEAST_SCORE) continue;
    const snippet = nearestSnippet(attractor.snippets, where);
    if (snippet) chosen.push({ attractor, snippet, score: Math.round(score * 32) / 32 });
  }
  chosen.sort((a, b) => b.score - a.score || compare(a.attractor.id, b.attractor.id));
  return chosen.slice(0, most);
}

function nearestSnippet(
  snippets: readonly Snippet[],
  where: { path: string; line: number; isTest: boolean },
): Snippet | undefined {
  const usable = snippets.filter(
    ({ path, line, endLine }) =>
      (path !== where.path || line > where.line || endLine < where.line) && (where.isTest || !isTestPath(path)),
  );
  const distance = ({ path }: Snippet) =>
    path === where.path ? 0 : directoryOf(path) === directoryOf(where.path) ? 1 : 2;
  return [...usable].sort((a, b) => distance(a) - distance(b) || a.text.length - b.text.length)[0];
}
