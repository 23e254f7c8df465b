/**
 * How sure it is that a like function's body, bound to the names here, is the very one that belongs there, and how like it that will be:
 * logistic models of what the two functions have in common, of what others like them do, and of what the body leaves open; the chance
 * is then calibrated by isotonic regression (Zadrozny and Elkan, KDD 2002).
 */
import type { Evidence } from '../../generation/nearestBody.ts';
import type { FunctionFact } from '../../syntax/facts.ts';
import { lexemesOf } from '../place.ts';
import type { Analogy } from './analogy.ts';
import { chanceOf, type LogisticModel } from './logisticModel.ts';
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
      const chance = calibrated(chanceOf(CHANCE, features), CALIBRATION);
      return { draft, chance, expected: chanceOf(EXPECTED, features), support, features };
    })
    .sort((a, b) => b.chance + b.expected - a.chance - a.expected);
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
 * `npm run bench -- infillBodies CLONE… --fit --each 150`: up to 150 bodies each of attrs, chi, gin, gitui, viper, trio, graphql-js,
 * primitives, ripgrep, black and Chart.js; the calibration from clones that the weights had not seen.
 */
const CHANCE: LogisticModel<keyof BodyFeatures> = {
  bias: -8.779,
  weights: {
    likeness: -0.058,
    ahead: 3.584,
    name: 0.227,
    sameName: 1.269,
    parameterNames: 0.734,
    parameterCount: 2.242,
    doc: 1.285,
    container: 0.225,
    sameContainer: 1.217,
    sameKind: 2.278,
    nearness: 0.939,
    agreement: -1.148,
    agreementHigh: 1.414,
    agreementAhead: 0.844,
    agreedLexemes: 0.481,
    logSupport: 1.196,
    supportShare: 1.28,
    consensus: 0.228,
    unresolved: -2.065,
    unused: -0.464,
    logLexemes: -0.663,
  },
};
const EXPECTED: LogisticModel<keyof BodyFeatures> = {
  bias: -2.57,
  weights: {
    likeness: 0.233,
    ahead: 0.787,
    name: 0.348,
    sameName: -0.123,
    parameterNames: 0.149,
    parameterCount: 0.061,
    doc: 0.538,
    container: -0.155,
    sameContainer: 0.322,
    sameKind: 0.234,
    nearness: 0.469,
    agreement: 0.353,
    agreementHigh: 0.435,
    agreementAhead: -0.03,
    agreedLexemes: 0.001,
    logSupport: 0.246,
    supportShare: 0.883,
    consensus: 3.63,
    unresolved: -0.171,
    unused: -0.049,
    logLexemes: -0.205,
  },
};
const CALIBRATION: readonly (readonly [raw: number, calibrated: number])[] = [
  [0.0037, 0],
  [0.01, 0.0132],
  [0.0152, 0.0316],
  [0.0235, 0.0526],
  [0.0328, 0.0614],
  [0.0511, 0.0789],
  [0.0741, 0.0921],
  [0.0952, 0.1316],
  [0.1251, 0.2105],
  [0.1962, 0.2763],
  [0.2983, 0.3684],
  [0.4678, 0.5132],
  [0.7277, 0.5526],
  [0.9067, 0.7895],
  [0.9826, 0.8421],
];
