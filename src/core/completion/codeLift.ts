/** Code-lift metrics (AT7): how much of what this repository would use here a text uses. */
import { subwords } from '../retrieval/subwords.ts';

export interface CodeLift {
  /** APIs expected at the place, and those of them that the text uses. */
  readonly expected: readonly string[];
  readonly hits: readonly string[];
  /** hits ÷ expected; null where nothing is expected. */
  readonly apiHitRate: number | null;
  /** Attractors that the prompt named, and how many of them the text uses an API of. */
  readonly attractors: number;
  readonly attractorsUsed: number;
  /** Share of the attractors' terms (words of their APIs) that occur in the text; null without attractors. */
  readonly conceptShare: number | null;
}

/** An attractor as far as these metrics ask: the APIs it uses, dotted. */
export interface LiftAttractor {
  readonly apis: readonly string[];
}

/** `expected`: last segments, without repetition. */
export function codeLift(text: string, expected: readonly string[], attractors: readonly LiftAttractor[]): CodeLift {
  const names = namesIn(text);
  const words = new Set([...names].flatMap(subwords));
  const hits = expected.filter((name) => names.has(name));
  const terms = new Set(attractors.flatMap(({ apis }) => apis.flatMap((api) => subwords(lastSegment(api)))));
  return {
    expected,
    hits,
    apiHitRate: share(hits.length, expected.length),
    attractors: attractors.length,
    attractorsUsed: attractors.filter(({ apis }) => apis.some((api) => names.has(lastSegment(api)))).length,
    conceptShare: share([...terms].filter((term) => words.has(term)).length, terms.size),
  };
}

/** Identifiers of a text. */
export function namesIn(text: string): Set<string> {
  return new Set(text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []);
}

/** `findEntry` of `ledger.findEntry`, `JSON` of `gin.Context.JSON`. */
export function lastSegment(api: string): string {
  return api.slice(Math.max(api.lastIndexOf('.'), api.lastIndexOf(':')) + 1).replace(/\W+$/, '');
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
