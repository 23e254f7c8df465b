/** The n-gram's own proposals: a beam from either side of the hole that must join the other (best first by the bits of everything). */
import { EDGE, isNewLine, LONG } from '../../completion/repository/vocabulary.ts';
import type { Rater } from './rating.ts';
import { ORDER, type SpanOdds } from './spanOdds.ts';

/** Ways that are followed at a time, and tokens that each may go on with. */
const WIDTH = 6;
const BRANCHES = 5;
/** Tokens of an answer whose length nobody knows. */
const LONGEST = 20;
const JOIN = 3;

interface Way {
  /** In the direction of reading. */
  readonly tokens: readonly number[];
  readonly context: readonly number[];
  readonly bits: number;
  readonly lexemes: number;
}

export interface Beamed {
  /** In the order of the text. */
  readonly tokens: readonly number[];
  /** Bits of the tokens and of those beyond the hole. */
  readonly bits: number;
}

/** Up to `most` token sequences from both sides, likeliest first in each direction. `known`: lexemes of the answer. */
export function beam(rater: Rater, known: number | undefined, most: number): Beamed[] {
  const { hole, forwards, backwards } = rater;
  const before = Array.from(hole.left.subarray(0, ORDER));
  const after = Array.from(hole.right.subarray(0, ORDER));
  const forth = search(rater, forwards, before, after, known, most);
  const back = search(rater, backwards, after, before, known, most);
  return [...forth, ...back.map(({ tokens, bits }) => ({ tokens: tokens.toReversed(), bits }))].filter(({ tokens }) =>
    hole.mayTouch(tokens[0] as number, tokens.at(-1) as number),
  );
}

function search(
  { hole }: Rater,
  odds: SpanOdds,
  context: readonly number[],
  goal: readonly number[],
  known: number | undefined,
  most: number,
): Beamed[] {
  const found: Beamed[] = [];
  const endsLine = goal[0] === undefined || isNewLine(goal[0]);
  let ways: Way[] = [{ tokens: [], context, bits: 0, lexemes: 0 }];
  for (let length = 0; length < (known ?? LONGEST) + 8 && ways.length > 0; length++) {
    const next: Way[] = [];
    for (const way of ways) {
      for (const { id, p } of odds.next(way.context).likeliest(BRANCHES)) {
        if (id === EDGE || id === LONG) continue;
        // A hole on one line is filled by one line, and one within a line does not break it.
        if (isNewLine(id)) continue;
        const lexemes = way.lexemes + hole.lexemes(id);
        if (known !== undefined && lexemes > known) continue;
        next.push({
          tokens: [...way.tokens, id],
          context: [id, ...way.context].slice(0, ORDER),
          bits: way.bits - Math.log2(p),
          lexemes,
        });
      }
    }
    // What is less likely already than the last that will be kept cannot become likelier.
    const worst = () => (found.length === most ? (found.at(-1) as Beamed).bits : Number.POSITIVE_INFINITY);
    for (const way of next) {
      if (known !== undefined && way.lexemes !== known) continue;
      const bits = way.bits + joinBits(odds, way.context, goal, endsLine, worst() - way.bits);
      if (bits >= worst()) continue;
      found.push({ tokens: way.tokens, bits });
      found.sort((a, b) => a.bits - b.bits);
      found.length = Math.min(found.length, most);
    }
    const goingOn = known === undefined ? next : next.filter(({ lexemes }) => lexemes < known);
    ways = goingOn
      .filter(({ bits }) => bits < worst())
      .sort((a, b) => rank(a, known) - rank(b, known))
      .slice(0, WIDTH);
  }
  return found;
}

/** Ways of as many tokens may stand for more or fewer lexemes. */
function rank({ bits, lexemes }: Way, known: number | undefined): number {
  return known === undefined ? bits : bits / Math.max(1, lexemes);
}

/** At least `most` where it is more than that. */
function joinBits(
  odds: SpanOdds,
  context: readonly number[],
  goal: readonly number[],
  endsLine: boolean,
  most: number,
): number {
  let near = context;
  let bits = 0;
  for (const [i, id] of goal.slice(0, JOIN).entries()) {
    const next = odds.next(near);
    bits -= Math.log2(i === 0 && endsLine ? next.lineEnd() : next.probability(id));
    if (bits >= most) break;
    near = [id, ...near].slice(0, ORDER);
  }
  return bits;
}
