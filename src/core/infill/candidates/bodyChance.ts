/**
 * How sure it is that a like function's body, bound to the names here, is the very one that belongs there, and how like it that will be:
 * logistic models of what the two functions have in common, of what others like them do, and of what the body leaves open; the chance
 * is then calibrated by isotonic regression (Zadrozny and Elkan, KDD 2002).
 */
import type { Evidence } from '../../generation/nearestBody.ts';
import type { FunctionFact } from '../../syntax/facts.ts';
import { lexemesOf } from '../place.ts';
import type { Analogy } from './analogy.ts';
import { calibrated } from './scorer.ts';

/** A kin's body as it would stand here. */
export interface BodyDraft {
  readonly text: string;
  readonly from: string;
  readonly likeness: number;
  /** 1 for the next function of the file, less farther away, 0 in another file. */
  readonly nearness: number;
  readonly evidence: Evidence;
  /** The kin, and the function asked for. */
  readonly kin: FunctionFact;
  readonly wanted: FunctionFact;
  readonly analogy: Analogy;
  /** Share of its names that mean nothing here. */
  readonly unresolved: number;
}

export interface RatedBody {
  readonly draft: BodyDraft;
  /** Calibrated chance that it is the right one, in [0, 1]. */
  readonly chance: number;
  /** How like the right one it will be, in [0, 1]: 1 − edit distance of lexemes over the longer one's. */
  readonly expected: number;
  /** Kin that say the same. */
  readonly support: number;
  readonly features: BodyFeatures;
}

/** What is weighed of a body; `…Ahead`: against the best other one. */
export const BODY_FEATURES = [
  ...(['likeness', 'ahead', 'name', 'sameName', 'parameterNames', 'parameterCount', 'doc'] as const),
  ...(['container', 'sameContainer', 'sameKind', 'nearness'] as const),
  ...(['agreement', 'agreementHigh', 'agreementAhead', 'agreedLexemes'] as const),
  ...(['logSupport', 'supportShare', 'consensus', 'unresolved', 'unused', 'logLexemes'] as const),
] as const;
export type BodyFeatures = Readonly<Record<(typeof BODY_FEATURES)[number], number>>;

export interface BodyModel {
  readonly bias: number;
  readonly weights: BodyFeatures;
}

/** Each text once; first those that are sure, and of those that nobody is sure of the ones that will be most like. */
export function bodyChances(drafts: readonly BodyDraft[]): RatedBody[] {
  const groups = [...Map.groupBy(drafts, ({ text }) => lexemesOf(text).join(' ')).values()];
  const all = groups.map((group) => {
    const draft = group.reduce((a, b) => (b.likeness > a.likeness ? b : a));
    const most = (of: (analogy: Analogy) => number) => Math.max(...group.map(({ analogy }) => of(analogy)));
    return {
      ...{ draft, words: lexemesOf(draft.text), support: group.length },
      agreement: most(({ agreement }) => agreement),
      agreedLexemes: most(({ agreedLexemes }) => agreedLexemes),
    };
  });
  return all
    .map((own): RatedBody => {
      const others = all.filter((each) => each !== own);
      const ahead = (of: (each: (typeof all)[number]) => number) => of(own) - Math.max(0, ...others.map(of));
      const { draft, words, support, agreement } = own;
      const { evidence, kin, wanted, likeness, nearness, unresolved } = draft;
      const alike = others.reduce((sum, each) => sum + dice(words, each.words), 0);
      const features: BodyFeatures = {
        ...{ likeness, nearness, unresolved, agreement },
        ahead: ahead((each) => each.draft.likeness),
        name: evidence.name,
        sameName: Number(evidence.name === 1),
        parameterNames: evidence.parameterNames,
        parameterCount: evidence.parameterCount,
        doc: evidence.doc,
        container: evidence.container,
        sameContainer: Number(kin.container === wanted.container),
        sameKind: Number(kin.kind === wanted.kind),
        agreementHigh: agreement ** 6,
        agreementAhead: ahead((each) => each.agreement),
        agreedLexemes: Math.log1p(own.agreedLexemes),
        logSupport: Math.log(support),
        supportShare: support / drafts.length,
        consensus: others.length === 0 ? 0 : alike / others.length,
        unused: unusedShare(wanted, words),
        logLexemes: Math.log(words.length),
      };
      const chance = calibrated(weighed(CHANCE, features), CALIBRATION);
      return { draft, chance, expected: weighed(EXPECTED, features), support, features };
    })
    .sort((a, b) => b.chance + b.expected - a.chance - a.expected);
}

export function weighed({ bias, weights }: BodyModel, features: BodyFeatures): number {
  const sum = BODY_FEATURES.reduce((all, name) => all + weights[name] * features[name], bias);
  return 1 / (1 + Math.exp(-sum));
}

/** Of the function's parameters those that the body says nothing of. */
function unusedShare({ parameters }: FunctionFact, words: readonly string[]): number {
  const wanted = parameters.filter(({ name }) => !/^(?:self|cls|this|_.*)$/.test(name));
  return wanted.length === 0 ? 0 : wanted.filter(({ name }) => !words.includes(name)).length / wanted.length;
}

/** Twice what two have in common over what both have (Dice 1945), as bags of lexemes. */
export function dice(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const each of b) counts.set(each, (counts.get(each) ?? 0) + 1);
  let shared = 0;
  for (const each of a) {
    const left = counts.get(each) ?? 0;
    if (left === 0) continue;
    counts.set(each, left - 1);
    shared++;
  }
  return (2 * shared) / Math.max(1, a.length + b.length);
}

/**
 * `npm run bench -- infillBodies --fit`: 1,190 bodies of attrs, chi, gin, gitui, viper, trio, graphql-js, primitives, ripgrep, black and
 * Chart.js; the calibration from clones that the weights had not seen.
 */
const CHANCE: BodyModel = {
  bias: -8.48,
  weights: {
    likeness: -0.373,
    ahead: 3.27,
    name: 0.334,
    sameName: 1.294,
    parameterNames: 0.812,
    parameterCount: 1.827,
    doc: 1.373,
    container: 0.06,
    sameContainer: 1.285,
    sameKind: 2.281,
    nearness: 1.106,
    agreement: -1.385,
    agreementHigh: 1.502,
    agreementAhead: 0.731,
    agreedLexemes: 0.486,
    logSupport: 1.34,
    supportShare: 0.97,
    consensus: 0.434,
    unresolved: -1.646,
    unused: -0.302,
    logLexemes: -0.666,
  },
};
const EXPECTED: BodyModel = {
  bias: -2.467,
  weights: {
    likeness: 0.195,
    ahead: 0.85,
    name: 0.337,
    sameName: -0.065,
    parameterNames: 0.185,
    parameterCount: 0.032,
    doc: 0.558,
    container: -0.141,
    sameContainer: 0.343,
    sameKind: 0.199,
    nearness: 0.477,
    agreement: 0.317,
    agreementHigh: 0.548,
    agreementAhead: -0.028,
    agreedLexemes: -0.003,
    logSupport: 0.281,
    supportShare: 0.771,
    consensus: 3.587,
    unresolved: -0.187,
    unused: -0.067,
    logLexemes: -0.213,
  },
};
const CALIBRATION: readonly (readonly [raw: number, calibrated: number])[] = [
  [0.0044, 0],
  [0.0133, 0.0259],
  [0.0185, 0.0345],
  [0.0231, 0.0517],
  [0.0323, 0.0575],
  [0.0502, 0.1379],
  [0.1059, 0.1552],
  [0.2173, 0.3103],
  [0.3408, 0.4138],
  [0.5411, 0.4483],
  [0.7076, 0.6207],
  [0.8887, 0.6552],
  [0.9826, 0.8235],
];
