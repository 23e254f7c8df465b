/** How sure it is that several lines of a like function are the very ones that belong into a hole of unknown length, which may have one line. */
import { lexemesOf } from '../place.ts';
import { chanceOf, type LogisticModel } from './logisticModel.ts';
import type { LinesDraft } from './severalLines.ts';

/** Lines of one kin, bound to the names here. */
export interface LinesOfKin extends LinesDraft {
  readonly from: string;
  readonly likeness: number;
  /** Share of their names that mean nothing here. */
  readonly unresolved: number;
}

export interface RatedLines {
  readonly draft: LinesOfKin;
  readonly chance: number;
  readonly support: number;
  readonly features: LinesFeatures;
}

export const LINES_FEATURES = [
  ...(['left', 'right', 'both', 'next', 'ahead', 'rest', 'likeness'] as const),
  ...(['logSupport', 'supportShare', 'unresolved', 'logLines', 'logLexemes'] as const),
] as const;
export type LinesFeatures = Readonly<Record<(typeof LINES_FEATURES)[number], number>>;

/** Each text once, the surest first. `areSeveral`: it is known that the hole has several lines. */
export function rateLines(drafts: readonly LinesOfKin[], areSeveral: boolean): RatedLines[] {
  const groups = [...Map.groupBy(drafts, ({ text }) => lexemesOf(text).join(' ')).values()];
  return groups
    .map((group): RatedLines => {
      const draft = group.reduce((a, b) => (b.left + b.right + b.rest > a.left + a.right + a.rest ? b : a));
      const { left, right, next, ahead, rest, likeness, unresolved } = draft;
      const features: LinesFeatures = {
        ...{ left, right, next, ahead, rest, likeness, unresolved },
        both: Math.min(left, right) ** 3,
        logSupport: Math.log(group.length),
        supportShare: group.length / drafts.length,
        logLines: Math.log(draft.lines),
        logLexemes: Math.log(lexemesOf(draft.text).length),
      };
      return {
        draft,
        chance: chanceOf(areSeveral ? OF_SEVERAL : CHANCE, features),
        support: group.length,
        features,
      };
    })
    .sort((a, b) => b.chance - a.chance);
}

/** `npm run bench -- infillBodies CLONE… --lines --fit --each 250`: holes in functions of the clones that bodyChance.ts was fitted on, five of six with one line. */
const CHANCE: LogisticModel<keyof LinesFeatures> = {
  bias: -10.479,
  weights: {
    left: 0.902,
    right: 1.502,
    both: 2.415,
    next: 2.743,
    ahead: 1.637,
    rest: 0.715,
    likeness: 2.233,
    logSupport: 0.865,
    supportShare: 1.586,
    unresolved: -1.019,
    logLines: -0.221,
    logLexemes: -0.458,
  },
};

/** The same, fitted on the holes of several lines alone. */
const OF_SEVERAL: LogisticModel<keyof LinesFeatures> = {
  bias: -8.142,
  weights: {
    left: 1.374,
    right: 1.436,
    both: 1.465,
    next: 1.917,
    ahead: 0.905,
    rest: 0.537,
    likeness: 1.558,
    logSupport: 0.878,
    supportShare: 2.063,
    unresolved: -1.096,
    logLines: -0.272,
    logLexemes: -0.414,
  },
};
