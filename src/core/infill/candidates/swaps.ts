/**
 * What was proposed with one name or number swapped for another that fits there better: what follows the n-gram's contexts on both sides,
 * or stands near the hole (the cache of what was used lately: Kuhn and De Mori 1990; Tu, Su and Devanbu, FSE 2014).
 */
import { lex } from '../../completion/repository/lexer.ts';
import { lexemesOf } from '../place.ts';
import type { Proposal, ProposalEvidence } from '../proposal.ts';
import type { HoleTokens } from './holeTokens.ts';
import { ORDER } from './spanOdds.ts';

/** Texts of each kind that are changed, names of each that are swapped, and tokens that are tried in the stead of each. */
const MOST_TEXTS = 4;
const MOST_SLOTS = 5;
const FOLLOWING = 6;
const NEAR = 40;
/** Swaps whose whole text is rated, and those that are proposed. */
const RATED = 40;
const MOST = 12;
/** Bits beyond which a better token says no more. */
const MOST_GAIN = 20;
/** Tokens on each side whose names may stand in, and where the weight of one has fallen to half. */
const REACH = 300;
const HALF = 30;
/** How much the names near the hole are believed beside the n-gram. */
const CACHE = 0.3;

/** Fitted by conditional logit on the swaps of attrs, chi, gitui and primitives: by the swapped token alone, and by the whole text. */
const BY_TOKEN = { swapBits: -0.19, swapGain: 0.13, swapNear: 0.11, swapFree: 0.35, swapKept: 1.1, logShare: 0.17 };
const BY_TEXT = {
  ...{ bits: -0.038, lexemes: -0.17, leastBits: -0.04, namesNew: -0.9, namesBehind: 0.55 },
  ...{ swapGain: 0.11, swapNear: -0.08, swapKept: 1, logShare: 0.17 },
};

interface Swap {
  readonly text: string;
  readonly from: string;
  readonly evidence: ProposalEvidence;
  readonly score: number;
}

/** `found`: all other sources' proposals with their evidence. Texts that are among them already are left out. */
export function swaps(hole: HoleTokens, found: readonly Proposal[]): Proposal[] {
  const known = new Set(found.map(({ text }) => lexemesOf(text).join(' ')));
  const near = new NearNames(hole);
  const best = new Map<string, Swap>();
  for (const template of templatesOf(found))
    for (const swap of swapsOf(hole, near, template)) {
      const key = lexemesOf(swap.text).join(' ');
      const other = best.get(key);
      if (!known.has(key) && (!other || swap.score > other.score)) best.set(key, swap);
    }
  const byScore = (a: Swap, b: Swap) => b.score - a.score || (a.text < b.text ? -1 : 1);
  return [...best.values()]
    .sort(byScore)
    .slice(0, RATED)
    .map((swap) => rated(hole, swap))
    .sort(byScore)
    .slice(0, MOST)
    .map(({ text, from, evidence }) => ({ text, source: 'swap', from, evidence }));
}

function rated({ rater }: HoleTokens, { text, from, evidence: own }: Swap): Swap {
  const evidence = { ...own, ...rater.rate(text) };
  const lexemes = lexemesOf(text).length;
  const bits = (evidence.bits + evidence.backBits) * lexemes;
  return { text, from, evidence, score: weighed({ ...evidence, bits, lexemes }, BY_TEXT) };
}

function weighed(
  evidence: ProposalEvidence & { readonly lexemes?: number },
  weights: Readonly<Record<string, number>>,
): number {
  const { swapGain = 0, share, kinShare = 0 } = evidence;
  const values: Readonly<Record<string, unknown>> = {
    ...evidence,
    swapGain: Math.max(-MOST_GAIN, Math.min(MOST_GAIN, swapGain)),
    logShare: Math.log2((share ?? kinShare) + 0.001),
  };
  return Object.entries(weights).reduce((sum, [name, weight]) => sum + weight * Number(values[name] ?? 0), 0);
}

/** The likeliest of each source. */
function templatesOf(found: readonly Proposal[]): Proposal[] {
  const best = (value: (evidence: ProposalEvidence) => number | undefined) =>
    found
      .filter(({ evidence }) => value(evidence) !== undefined)
      .sort((a, b) => (value(b.evidence) as number) - (value(a.evidence) as number))
      .slice(0, MOST_TEXTS);
  const bits = ({ bits: forth, backBits: back }: ProposalEvidence) =>
    forth === undefined || back === undefined ? undefined : -forth - back;
  return [...new Set([...best(({ share }) => share), ...best(({ kinShare }) => kinShare), ...best(bits)])];
}

function swapsOf(hole: HoleTokens, near: NearNames, template: Proposal): Swap[] {
  const { rater } = hole;
  const { text } = template;
  const tokens = rater.tokensOf(text);
  const { starts, ends } = lex(text, hole.place.language);
  const slots = [...new Set(tokens)].filter((id) => near.isName(id)).slice(0, MOST_SLOTS);
  const before = Array.from(hole.left.subarray(0, ORDER));
  const after = Array.from(hole.right.subarray(0, ORDER));
  return slots.flatMap((old) => {
    const at = tokens.indexOf(old);
    const left = [...tokens.slice(0, at).reverse(), ...before].slice(0, ORDER);
    const right = [...tokens.slice(at + 1), ...after].slice(0, ORDER);
    const [forth, back] = [rater.forwards.next(left), rater.backwards.next(right)];
    const bitsOf = (id: number) => {
      const cached = CACHE * near.chance(id);
      return (
        -Math.log2((1 - CACHE) * forth.probability(id) + cached) -
        Math.log2((1 - CACHE) * back.probability(id) + cached)
      );
    };
    const tried = new Set([
      ...forth.likeliest(FOLLOWING).map(({ id }) => id),
      ...back.likeliest(FOLLOWING).map(({ id }) => id),
      ...near.likeliest,
    ]);
    const oldBits = bitsOf(old);
    return [...tried]
      .filter((id) => id !== old && near.mayStandFor(id, old))
      .map((id): Swap => {
        const bits = bitsOf(id);
        const evidence = {
          // All that speaks for the text speaks for this one too, but for what its own lexemes say.
          ...template.evidence,
          swapBits: bits,
          swapGain: oldBits - bits,
          swapNear: -Math.log2(near.chance(id) + 1e-4),
          swapFree: near.isFree(id),
          swapKept: near.chance(old) > 0,
        };
        const fresh = withToken(text, hole.vocabulary.text(id), tokens, old, starts, ends);
        return { text: fresh, from: template.from, evidence, score: weighed(evidence, BY_TOKEN) };
      });
  });
}

/** The text with one token for another, wherever it stands. */
function withToken(
  text: string,
  fresh: string,
  tokens: readonly number[],
  old: number,
  starts: Int32Array,
  ends: Int32Array,
): string {
  let written = '';
  let from = 0;
  tokens.forEach((id, i) => {
    if (id !== old) return;
    written += text.slice(from, starts[i]) + fresh;
    from = ends[i] as number;
  });
  return written + text.slice(from);
}

/** Names and numbers around the hole, the nearer the likelier. */
class NearNames {
  private readonly weights = new Map<number, number>();
  private readonly before = new Set<number>();
  private readonly behind = new Set<number>();
  private total = 0;

  constructor(private readonly hole: HoleTokens) {
    for (const [side, names] of [
      [hole.left, this.before],
      [hole.right, this.behind],
    ] as const)
      for (let i = 0; i < Math.min(REACH, side.length); i++) {
        const id = side[i] as number;
        if (!this.isName(id)) continue;
        const weight = 0.5 ** (i / HALF) + 0.02;
        names.add(id);
        this.weights.set(id, (this.weights.get(id) ?? 0) + weight);
        this.total += weight;
      }
  }

  get likeliest(): number[] {
    return [...this.weights]
      .sort(([, a], [, b]) => b - a)
      .slice(0, NEAR)
      .map(([id]) => id);
  }

  chance(id: number): number {
    return (this.weights.get(id) ?? 0) / Math.max(1, this.total);
  }

  /** It is used behind the hole, and nowhere shortly before: something has to bring it. */
  isFree(id: number): boolean {
    return this.behind.has(id) && !this.before.has(id);
  }

  /** A name, or a number. */
  isName(id: number): boolean {
    return this.hole.isName(id) || /^\d/.test(this.hole.vocabulary.text(id));
  }

  /** A number for a number, a name for a name, of as many lexemes. */
  mayStandFor(id: number, old: number): boolean {
    const { hole } = this;
    const isNumber = (each: number) => /^\d/.test(hole.vocabulary.text(each));
    return this.isName(id) && isNumber(id) === isNumber(old) && hole.lexemes(id) === hole.lexemes(old);
  }
}
