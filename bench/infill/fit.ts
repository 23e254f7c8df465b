/**
 * Fits the scorer: conditional logit by AdaGrad (Duchi, Hazan and Singer 2011) with averaged weights (Polyak and Juditsky 1992), then isotonic
 * calibration by pooling adjacent violators. What a denoiser and the tools add has few choices to be fitted on: a handful of weights beside those (addedWeights.ts).
 */

import {
  calibrated,
  FEATURES,
  featuresOf,
  NONE_FEATURES,
  noneFeaturesOf,
  type PlaceModel,
  softmax,
} from '../../src/core/infill/candidates/scorer.ts';
import { isSame } from '../../src/core/infill/place.ts';
import type { Proposal } from '../../src/core/infill/proposal.ts';
import { calibrationError } from './report.ts';

/** One place: its proposals' features, and which of them is right; -1: none. */
export interface Choice {
  readonly rows: readonly Float64Array[];
  readonly none: Float64Array;
  readonly right: number;
  /** Places of one group are fitted and calibrated apart: a repository. */
  readonly group: string;
}

export function choiceOf(proposals: readonly Proposal[], truth: string, group: string): Choice {
  const right = proposals.findIndex(({ text }) => isSame(text, truth));
  return { rows: featuresOf(proposals), none: noneFeaturesOf(proposals), right, group };
}

const EPOCHS = 60;
const RATE = 0.15;
const PENALTY = 2e-4;
/** Right of those shown; and what is right less often than one time in five is not worth a look. */
const PRECISION = 0.6;
const LEAST_CHANCE = 0.2;
const FOLDS = 4;

export interface Fitted {
  readonly model: PlaceModel;
  /** Of repositories that neither weights nor calibration had seen: how often the surest is right, and how far its chance is off. */
  readonly heldOut: { readonly right: number; readonly calibrationError: number };
}

/** The surest proposal of a place. */
export interface Top {
  readonly raw: number;
  readonly right: boolean;
  readonly group: string;
}

/** Weights from all choices; the calibration from folds of groups that the weights of each fold have not seen. */
export function fitModel(choices: readonly Choice[]): Fitted {
  const groups = groupsOf(choices);
  const tops = groupFolds(groups).flatMap((held) => {
    const weights = fitWeights(choices.filter(({ group }) => !held.has(group)));
    return topsOf(
      choices.filter(({ group }) => held.has(group)),
      weights,
    );
  });
  return fittedOf(choices, fitWeights(choices), tops);
}

export const groupsOf = (choices: readonly Choice[]) => [...new Set(choices.map(({ group }) => group))].sort();

export function groupFolds(groups: readonly string[]): Set<string>[] {
  const count = Math.min(FOLDS, groups.length);
  return Array.from({ length: count }, (_, fold) => new Set(groups.filter((_group, i) => i % FOLDS === fold)));
}

export function topsOf(choices: readonly Choice[], weights: Weights): Top[] {
  return choices.flatMap((choice) => {
    const chances = chancesOf(choice, weights);
    const best = chances.indexOf(Math.max(...chances));
    return best < 0 ? [] : [{ raw: chances[best] as number, right: best === choice.right, group: choice.group }];
  });
}

export function fittedOf(choices: readonly Choice[], { row, none }: Weights, tops: readonly Top[]): Fitted {
  const calibration = isotonic(tops);
  return {
    model: {
      weights: named(FEATURES, row),
      none: named(NONE_FEATURES, none),
      calibration,
      threshold: thresholdOf(tops.map(({ raw, right }) => ({ chance: calibrated(raw, calibration), right }))),
    },
    heldOut: {
      right: tops.filter(({ right }) => right).length / Math.max(1, choices.length),
      calibrationError: calibrationError(heldOut(tops, groupsOf(choices))),
    },
  };
}

/** Each group's chances by the calibration of all others. */
function heldOut(tops: readonly Top[], groups: readonly string[]): { confidence: number; exact: boolean }[] {
  return groups.flatMap((held) => {
    const calibration = isotonic(tops.filter(({ group }) => group !== held));
    return tops
      .filter(({ group }) => group === held)
      .map(({ raw, right }) => ({ confidence: calibrated(raw, calibration), exact: right }));
  });
}

export interface Weights {
  readonly row: Float64Array;
  readonly none: Float64Array;
}

function chancesOf({ rows, none }: Choice, weights: Weights): number[] {
  return softmax(
    rows.map((row) => dot(row, weights.row)),
    dot(none, weights.none),
  );
}

export const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

function fitWeights(choices: readonly Choice[]): Weights {
  const scale = scalesOf(
    choices.flatMap(({ rows }) => rows),
    FEATURES.length,
  );
  const noneScale = scalesOf(
    choices.map(({ none }) => none),
    NONE_FEATURES.length,
  );
  const [row, none] = [new Float64Array(FEATURES.length), new Float64Array(NONE_FEATURES.length)];
  const rowSquares = new Float64Array(FEATURES.length).fill(1e-4);
  const noneSquares = new Float64Array(NONE_FEATURES.length).fill(1e-4);
  const [rowMean, noneMean] = [new Float64Array(FEATURES.length), new Float64Array(NONE_FEATURES.length)];
  const steps = EPOCHS * choices.length;
  let seed = 1;
  for (let step = 0; step < steps; step++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const choice = choices[Math.floor((seed / 2 ** 32) * choices.length)] as Choice;
    const scores = choice.rows.map((each) =>
      each.reduce((sum, v, i) => sum + (v / (scale[i] as number)) * (row[i] as number), 0),
    );
    const noneScore = choice.none.reduce((sum, v, i) => sum + (v / (noneScale[i] as number)) * (none[i] as number), 0);
    const chances = softmax(scores, noneScore);
    const gradient = new Float64Array(FEATURES.length);
    choice.rows.forEach((each, k) => {
      const slope = (chances[k] as number) - Number(k === choice.right);
      each.forEach((v, i) => {
        gradient[i] = (gradient[i] as number) + slope * (v / (scale[i] as number));
      });
    });
    const noneChance = 1 - chances.reduce((sum, p) => sum + p, 0);
    const noneSlope = noneChance - Number(choice.right < 0);
    const update = (w: Float64Array, squares: Float64Array, i: number, slope: number) => {
      const whole = slope + PENALTY * (w[i] as number);
      squares[i] = (squares[i] as number) + whole * whole;
      w[i] = (w[i] as number) - (RATE * whole) / Math.sqrt(squares[i] as number);
    };
    gradient.forEach((slope, i) => update(row, rowSquares, i, slope));
    choice.none.forEach((v, i) => update(none, noneSquares, i, noneSlope * (v / (noneScale[i] as number))));
    if (step < steps / 2) continue;
    const share = 1 / (step + 1 - Math.floor(steps / 2));
    towards(rowMean, row, share);
    towards(noneMean, none, share);
  }
  return {
    row: rowMean.map((w, i) => w / (scale[i] as number)),
    none: noneMean.map((w, i) => w / (noneScale[i] as number)),
  };
}

/** Moves a running mean. */
function towards(means: Float64Array, values: Float64Array, share: number): void {
  values.forEach((value, i) => {
    means[i] = (means[i] as number) + share * (value - (means[i] as number));
  });
}

/** Root mean squares; 1 where a feature never is anything but 0. */
export function scalesOf(rows: readonly Float64Array[], size: number): Float64Array {
  const scales = new Float64Array(size);
  for (const row of rows)
    row.forEach((v, i) => {
      scales[i] = (scales[i] as number) + (v * v) / rows.length;
    });
  return scales.map((square) => Math.sqrt(square) || 1);
}

/** Steps (raw, share right) that never fall; at most 24 of them, each of at least 20 places. */
export function isotonic(tops: readonly { readonly raw: number; readonly right: boolean }[]): [number, number][] {
  const sorted = [...tops].sort((a, b) => a.raw - b.raw);
  const size = Math.max(20, Math.ceil(sorted.length / 40));
  const blocks: { raw: number; right: number; count: number }[] = [];
  for (let at = 0; at < sorted.length; at += size) {
    const part = sorted.slice(at, at + size);
    const sum = (of: (top: (typeof part)[number]) => number) => part.reduce((all, top) => all + of(top), 0);
    blocks.push({ raw: sum(({ raw }) => raw), right: sum(({ right }) => Number(right)), count: part.length });
    for (
      let last = blocks.at(-1), before = blocks.at(-2);
      last && before && before.right / before.count >= last.right / last.count;
      last = blocks.at(-1), before = blocks.at(-2)
    ) {
      blocks.splice(-2, 2, {
        raw: before.raw + last.raw,
        right: before.right + last.right,
        count: before.count + last.count,
      });
    }
  }
  return blocks.map(({ raw, right, count }) => [round(raw / count), round(right / count)]);
}

/** The lowest chance, of those that are worth it, from which on so many of those shown are right. */
function thresholdOf(tops: readonly { readonly chance: number; readonly right: boolean }[]): number {
  const sorted = [...tops].sort((a, b) => b.chance - a.chance);
  let right = 0;
  let lowest = 1;
  sorted.forEach((top, i) => {
    right += Number(top.right);
    // Ties are shown together.
    if (sorted[i + 1]?.chance !== top.chance && right / (i + 1) >= PRECISION) lowest = top.chance;
  });
  return round(Math.max(LEAST_CHANCE, lowest));
}

function named(names: readonly string[], values: Float64Array): Record<string, number> {
  return Object.fromEntries(
    names.map((name, i) => [name, round(values[i] as number)] as const).filter(([, w]) => w !== 0),
  );
}

const round = (value: number): number => Number(value.toFixed(4));
