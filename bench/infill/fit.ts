/** Fits the scorer: conditional logit by AdaGrad (Duchi, Hazan and Singer 2011) with averaged weights (Polyak and Juditsky 1992), then isotonic calibration by pooling adjacent violators. */

import {
  calibrated,
  FEATURES,
  type Feature,
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
/** Right of those shown; and what is right less often than one time in ten is not worth a look. */
const PRECISION = 0.6;
const LEAST_CHANCE = 0.1;
const FOLDS = 4;

/** What only a denoiser knows, and how much surer "none of these" is beside it. */
const OF_DENOISER = ['denoiser', 'repaired', 'pseudo', 'leastPseudo', 'pseudoBehind', 'lengthLog', 'bias'];
/** What only the project's tools know. */
const OF_TOOLS: readonly Feature[] = ['typedAdds', 'typedAddsBehind', 'adds', 'addsBehind'];

export interface Fitted {
  readonly model: PlaceModel;
  /** Of repositories that neither weights nor calibration had seen: how often the surest is right, and how far its chance is off. */
  readonly heldOut: { readonly right: number; readonly calibrationError: number };
}

/** The surest proposal of a place. */
interface Top {
  readonly raw: number;
  readonly right: boolean;
  readonly group: string;
}

/**
 * Weights from all choices; the calibration from folds of groups that the weights of each fold have not seen. With `base` its weights
 * stay, and only those of what the denoiser adds are fitted: they are few, and so may the choices be.
 */
export function fitModel(choices: readonly Choice[], base?: PlaceModel): Fitted {
  const groups = [...new Set(choices.map(({ group }) => group))].sort();
  const tops: Top[] = [];
  for (let fold = 0; fold < Math.min(FOLDS, groups.length); fold++) {
    const held = new Set(groups.filter((_, i) => i % FOLDS === fold));
    const weights = fitWeights(
      choices.filter(({ group }) => !held.has(group)),
      base,
    );
    for (const choice of choices.filter(({ group }) => held.has(group))) {
      const chances = chancesOf(choice, weights);
      const best = chances.indexOf(Math.max(...chances));
      if (best >= 0) tops.push({ raw: chances[best] as number, right: best === choice.right, group: choice.group });
    }
  }
  const { row, none } = fitWeights(choices, base);
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
      calibrationError: calibrationError(heldOut(tops, groups)),
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

/** Standard deviation of what is believed of these weights beforehand: hardly a text that a compiler refuses is ever right. */
const BELIEVED = 10;
const TOOLS_STEPS = 400;

/**
 * Weights for what the tools say, the same for all kinds of places: the likeliest ones beside a normal prior around 0, by Newton's steps
 * along each (half as long, since the weights hang together), none above 0, for an error speaks for nothing. `all`: choices with the model whose other weights stay.
 */
export function toolWeights(
  all: readonly { readonly choices: readonly Choice[]; readonly base: PlaceModel }[],
): Partial<Record<Feature, number>> {
  const tools = OF_TOOLS.map((name) => FEATURES.indexOf(name));
  const places = all.flatMap(({ choices, base }) => {
    const row = Float64Array.from(FEATURES, (name) => (OF_TOOLS.includes(name) ? 0 : (base.weights[name] ?? 0)));
    const none = Float64Array.from(NONE_FEATURES, (name) => base.none[name] ?? 0);
    return choices
      .filter(({ rows }) => rows.some((each) => tools.some((i) => each[i] !== 0)))
      .map(({ rows, none: own, right }) => ({
        ...{ right, none: dot(own, none), scores: rows.map((each) => dot(each, row)) },
        said: rows.map((each) => tools.map((i) => each[i] as number)),
      }));
  });
  let weights = tools.map(() => 0);
  for (let step = 0; step < TOOLS_STEPS; step++) {
    const slopes = weights.map((w) => w / BELIEVED ** 2);
    const bends = weights.map(() => 1 / BELIEVED ** 2);
    for (const { scores, said, none, right } of places) {
      const own = said.map((each) => each.reduce((sum, value, k) => sum + value * (weights[k] as number), 0));
      const chances = softmax(
        scores.map((score, i) => score + (own[i] as number)),
        none,
      );
      weights.forEach((_, k) => {
        const values = said.map((each) => each[k] as number);
        const mean = values.reduce((sum, value, i) => sum + value * (chances[i] as number), 0);
        const square = values.reduce((sum, value, i) => sum + value ** 2 * (chances[i] as number), 0);
        slopes[k] = (slopes[k] as number) + mean - (values[right] ?? 0);
        bends[k] = (bends[k] as number) + square - mean ** 2;
      });
    }
    weights = weights.map((w, k) => Math.min(0, w - (0.5 * (slopes[k] as number)) / (bends[k] as number)));
  }
  return Object.fromEntries(OF_TOOLS.map((name, k) => [name, weights[k] as number]));
}

interface Weights {
  readonly row: Float64Array;
  readonly none: Float64Array;
}

function chancesOf({ rows, none }: Choice, weights: Weights): number[] {
  return softmax(
    rows.map((row) => dot(row, weights.row)),
    dot(none, weights.none),
  );
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

function fitWeights(choices: readonly Choice[], base: PlaceModel | undefined): Weights {
  const scale = scalesOf(
    choices.flatMap(({ rows }) => rows),
    FEATURES.length,
  );
  const noneScale = scalesOf(
    choices.map(({ none }) => none),
    NONE_FEATURES.length,
  );
  const row = Float64Array.from(FEATURES, (name, i) => (base?.weights[name] ?? 0) * (scale[i] as number));
  const none = Float64Array.from(NONE_FEATURES, (name, i) => (base?.none[name] ?? 0) * (noneScale[i] as number));
  const isFree = (name: string) => base === undefined || OF_DENOISER.includes(name);
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
    gradient.forEach((slope, i) => {
      if (isFree(FEATURES[i] as string)) update(row, rowSquares, i, slope);
    });
    choice.none.forEach((v, i) => {
      if (isFree(NONE_FEATURES[i] as string)) update(none, noneSquares, i, noneSlope * (v / (noneScale[i] as number)));
    });
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
function scalesOf(rows: readonly Float64Array[], size: number): Float64Array {
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
