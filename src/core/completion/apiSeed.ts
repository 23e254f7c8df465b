/** API seeds with pressure (ASA, AT6): what a model is told of the calls expected at the cursor, more firmly each time. */
import { namesIn } from './codeLift.ts';
import type { Place } from './place.ts';

/** A call that is expected at the cursor. */
export interface ExpectedCall {
  /** Last segment: `findEntry`. */
  readonly name: string;
  /** As it is written here: `ledger.findEntry({ kind, id })`. */
  readonly call: string;
}

/** From this probability on an API of the ranking counts as expected. */
const LIKELY = 0.2;
export const MOST_EXPECTED = 3;

/** Of the APIs in reach, likeliest first, three at most. */
export function likelyCalls<T extends { readonly score: number }>(apis: readonly T[]): T[] {
  return apis.filter(({ score }) => score >= LIKELY).slice(0, MOST_EXPECTED);
}

/** 0: the seed as retrieval wrote it; 1: the likeliest calls in the imperative; 2: the answer itself begins with the likeliest one. */
export type Pressure = 0 | 1 | 2;
export const FIRM: Pressure = 1;
export const STRONGEST: Pressure = 2;

const NAMED = 2;

export interface Seeded {
  /** Comment above the cursor's line; '' for none. */
  readonly seed: string;
  /** What the answer begins with. */
  readonly begun: string;
}

/** Undefined where this pressure has nothing to add. */
export function pressed(
  pressure: Pressure,
  about: { seed: string; expected: readonly ExpectedCall[]; lineComment: string; place: Place },
): Seeded | undefined {
  const { seed, expected, lineComment, place } = about;
  if (pressure === 0) return { seed, begun: '' };
  const calls = expected.filter(({ call }) => call !== '').slice(0, NAMED);
  if (calls.length === 0) return undefined;
  const firm = `${lineComment} call ${calls.map(({ call }) => call).join(' and then ')}`;
  if (pressure === 1) return { seed: firm, begun: '' };
  // Only an empty line can begin with a call; in the middle of one nobody knows what fits.
  const line = place.prefix.slice(place.prefix.lastIndexOf('\n') + 1);
  const opening = calls.map(({ call }) => /^[\w$.:]+\(/.exec(call)?.[0]).find((begun) => begun !== undefined);
  return line.trim() === '' && opening !== undefined ? { seed: firm, begun: opening } : undefined;
}

/**
 * Share of the expected calls that a text uses, of as many as it has room for: a line has room for one, other texts for
 * as many as they call. Null where nothing is expected or a line calls nothing.
 */
export function hitRate(text: string, expected: readonly string[], isLine: boolean): number | null {
  if (expected.length === 0) return null;
  const calls = new Set(text.match(/[\p{L}_$][\p{L}\p{N}_$]*(?=\s*\()/gu) ?? []).size;
  if (isLine && calls === 0) return null;
  const names = namesIn(text);
  const hits = expected.filter((name) => names.has(name)).length;
  const room = isLine ? 1 : Math.max(1, calls);
  return Math.min(1, hits / Math.min(expected.length, room));
}
