/** Several lines for a hole whose length nobody knows: what stands in a like function between the lines that are alike on both sides of the hole. */
import { reindented } from '../../generation/rebind.ts';
import { lexemesOf } from '../place.ts';
import { dice } from './bodyChance.ts';

export interface LinesDraft {
  readonly text: string;
  readonly lines: number;
  /** How alike the lines before it and behind it are to those around the hole, the next ones counting most; in [0, 1]. */
  readonly left: number;
  readonly right: number;
  /** The same of the one next line on each side, the less alike one. */
  readonly next: number;
  /** How much better it lies than no line or one. */
  readonly ahead: number;
  /** How alike the rest of the two functions is. */
  readonly rest: number;
}

/** The part of the function around the hole that is seen, in front of the hole's line and behind it. */
export interface Seen {
  readonly before: string;
  readonly after: string;
  /** Blanks before the hole. */
  readonly indent: string;
}

const LONGEST = 12;
/** Lines on each side that are compared; the next one counts most. */
const SIDE = 6;
const FADE = 0.7;
/** How alike the next lines must be. */
const LEAST_NEXT = 0.6;
/** A body's first and last line stand beside these. */
const EDGE = ['\0'];

/** The best stretch of two lines and more of another function's body, bound to the names here; undefined where none lies so. */
export function severalLines(body: string, { before, after, indent }: Seen): LinesDraft | undefined {
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  const words = [EDGE, ...lines.map(lexemesOf), EDGE];
  const above = [EDGE, ...linesOf(before)].slice(-SIDE).reverse();
  const below = [...linesOf(after), EDGE].slice(0, SIDE);
  const lefts = words.map((_, at) => alike(above, (i) => words[at - i]));
  const rights = words.map((_, at) => alike(below, (i) => words[at + i]));
  let best: { from: number; to: number; fit: number } | undefined;
  let short = 0;
  // Lines from … to - 1 stand in the hole; words[from - 1] before it, words[to] behind it.
  for (let from = 1; from < words.length; from++)
    for (let to = from; to < Math.min(words.length, from + LONGEST + 1); to++) {
      const fit = ((lefts[from - 1] as number) + (rights[to] as number)) / 2;
      if (to - from < 2) short = Math.max(short, fit);
      else if (fit > (best?.fit ?? 0) && nextOf(from, to) >= LEAST_NEXT) best = { from, to, fit };
    }
  if (!best) return undefined;
  const { from, to, fit } = best;
  const text = lines.slice(from - 1, to - 1);
  const own = (/^[ \t]*/.exec(text[0] as string) as RegExpExecArray)[0];
  if (text.some((line) => !line.startsWith(own)) || !isClosed(text.join('\n'))) return undefined;
  const others = [...words.slice(1, from), ...words.slice(to, -1)].flat();
  return {
    text: reindented(text.join('\n').trimStart(), own, indent, '\n'),
    lines: to - from,
    left: lefts[from - 1] as number,
    right: rights[to] as number,
    next: nextOf(from, to),
    ahead: fit - short,
    rest: dice(others, lexemesOf(before + after)),
  };

  function nextOf(from: number, to: number): number {
    return Math.min(dice(above[0] ?? EDGE, words[from - 1] ?? []), dice(below[0] ?? EDGE, words[to] ?? []));
  }
}

const linesOf = (text: string): string[][] =>
  text
    .split(/\r?\n/)
    .map(lexemesOf)
    .filter((line) => line.length > 0);

/** In [0, 1]: the lines from the hole outwards, each counted less than the one before. */
export function alike(lines: readonly string[][], other: (i: number) => readonly string[] | undefined): number {
  let sum = 0;
  let total = 0;
  lines.forEach((line, i) => {
    total += FADE ** i;
    sum += FADE ** i * dice(line, other(i) ?? []);
  });
  return total === 0 ? 0 : sum / total;
}

/** Every bracket that it opens it closes, and none besides. */
function isClosed(text: string): boolean {
  let depth = 0;
  for (const sign of text.match(/[([{}\])]/g) ?? []) {
    depth += '([{'.includes(sign) ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
