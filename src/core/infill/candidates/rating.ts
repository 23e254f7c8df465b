/** How likely a text is between what stands around a hole, by the nested-cache n-gram read forwards and backwards. */
import { encode, idOf } from '../../completion/repository/cells.ts';
import { lex } from '../../completion/repository/lexer.ts';
import { IS_WORD, isNewLine } from '../../completion/repository/vocabulary.ts';
import type { HoleTokens } from './holeTokens.ts';
import { ORDER, SpanOdds } from './spanOdds.ts';

/** Tokens on the far side of the hole that the text must lead to. */
const JOIN = 3;

export interface Rating {
  /** Bits a lexeme of the text and of the first lexemes behind it, read forwards; backwards those before it. */
  readonly bits: number;
  readonly backBits: number;
  /** Of its least likely token, in the direction in which it is likelier. */
  readonly leastBits: number;
  /** Bits of the tokens behind the hole given the text, and of those before it: whether it fits there. */
  readonly joinBits: number;
  /** Share of its words that the file or the repository has. */
  readonly known: number;
  /** Share of its names that stand shortly before the hole, shortly behind it, and nowhere in the file. */
  readonly namesBefore: number;
  readonly namesBehind: number;
  readonly namesNew: number;
  /** Stands near the hole as it is, once already: imports and fields do not repeat, calls may. */
  readonly repeats: boolean;
}

/** Tokens on each side in which names and repetitions are looked for. */
const NEAR = 80;

export class Rater {
  private around:
    | { readonly before: ReadonlySet<number>; readonly behind: ReadonlySet<number>; readonly text: string }
    | undefined;
  readonly forwards: SpanOdds;
  readonly backwards: SpanOdds;

  constructor(readonly hole: HoleTokens) {
    this.forwards = new SpanOdds(hole, 'forwards');
    this.backwards = new SpanOdds(hole, 'backwards');
  }

  rate(text: string): Rating {
    return this.rateTokens(this.tokensOf(text));
  }

  /** `tokens` in the order of the text. */
  rateTokens(tokens: readonly number[]): Rating {
    const { left, right, vocabulary } = this.hole;
    const before = Array.from(left.subarray(0, ORDER));
    const after = Array.from(right.subarray(0, ORDER));
    const forth = bitsOf(this.forwards, before, tokens, after.slice(0, JOIN));
    const back = bitsOf(this.backwards, after, tokens.toReversed(), before.slice(0, JOIN));
    const size = Math.max(1, tokens.length);
    const least = tokens.map((_, i) => Math.min(forth.each[i] as number, back.each[tokens.length - 1 - i] as number));
    const words = tokens.filter((id) => vocabulary.traits(id) & IS_WORD);
    const names = words.filter((id) => this.hole.isName(id));
    const { before: namesBefore, behind: namesBehind, text } = (this.around ??= this.readAround());
    const share = (has: (id: number) => boolean) => (names.length === 0 ? 0 : names.filter(has).length / names.length);
    const known = words.filter((id) => this.hole.words.has(id) || this.hole.isOfRepository(id)).length;
    return {
      bits: (forth.own + forth.join) / size,
      backBits: (back.own + back.join) / size,
      leastBits: Math.max(0, ...least),
      joinBits: forth.join + back.join,
      known: words.length === 0 ? 1 : known / words.length,
      namesBefore: share((id) => namesBefore.has(id)),
      namesBehind: share((id) => namesBehind.has(id)),
      namesNew: share((id) => !this.hole.words.has(id)),
      repeats: text.includes(keyOf(tokens)),
    };
  }

  private readAround(): { before: Set<number>; behind: Set<number>; text: string } {
    const before = Array.from(this.hole.left.subarray(0, NEAR)).reverse();
    const behind = Array.from(this.hole.right.subarray(0, NEAR));
    return { before: new Set(before), behind: new Set(behind), text: keyOf(before) + keyOf(behind) };
  }

  tokensOf(text: string): number[] {
    const { vocabulary, place } = this.hole;
    return Array.from(encode(text, lex(text, place.language), vocabulary), idOf);
  }
}

/** Tokens as a text in which a sequence can be looked for; line ends left out. */
function keyOf(tokens: readonly number[]): string {
  return ` ${tokens.filter((id) => !isNewLine(id)).join('  ')} `;
}

/** `context` and `join`: nearest first. */
function bitsOf(
  odds: SpanOdds,
  context: readonly number[],
  tokens: readonly number[],
  join: readonly number[],
): { own: number; join: number; each: number[] } {
  const near = [...context];
  const each: number[] = [];
  for (const id of [...tokens, ...join]) {
    const next = odds.next(near);
    each.push(-Math.log2(isNewLine(id) ? next.lineEnd() : next.probability(id)));
    near.unshift(id);
    near.length = Math.min(near.length, ORDER);
  }
  const sum = (values: readonly number[]) => values.reduce((all, bits) => all + bits, 0);
  return { own: sum(each.slice(0, tokens.length)), join: sum(each.slice(tokens.length)), each };
}
