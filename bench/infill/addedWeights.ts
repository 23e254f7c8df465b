/** A few weights beside a scorer's that stay, the same for all kinds of places: what a denoiser knows, and what the project's tools say. */
import {
  FEATURES,
  type Feature,
  NONE_FEATURES,
  type NoneFeature,
  type PlaceModel,
  softmax,
} from '../../src/core/infill/candidates/scorer.ts';
import {
  type Choice,
  dot,
  type Fitted,
  fittedOf,
  groupFolds,
  groupsOf,
  scalesOf,
  type Top,
  topsOf,
  type Weights,
} from './fit.ts';

/** Choices with the model whose other weights stay. */
export interface Beside {
  readonly choices: readonly Choice[];
  readonly base: PlaceModel;
}

export interface Added {
  readonly row: readonly Feature[];
  readonly none: readonly NoneFeature[];
  /** Standard deviation of what is believed of a weight beforehand, by the root mean square of its feature. */
  readonly believed: (scale: number) => number;
  /** No weight is above it. */
  readonly most: number;
}

/** Held out, .2 to .3 are likeliest (792 requests of eleven repositories); without such a belief the denoiser makes the truth less likely than without it. */
export const OF_DENOISER: Added = {
  row: ['denoiser', 'repaired', 'pseudo', 'leastPseudo', 'pseudoBehind', 'lengthLog'],
  none: ['bias'],
  believed: (scale) => 0.25 / scale,
  most: Number.POSITIVE_INFINITY,
};

/** Hardly a text that does not parse, or that a compiler refuses, is ever right, and an error speaks for nothing. */
export const OF_TOOLS: Added = {
  row: ['breaks', 'breaksBehind', 'breaksWhole', 'typedAdds', 'typedAddsBehind', 'adds', 'addsBehind'],
  none: [],
  believed: () => 10,
  most: 0,
};

export interface AddedWeights {
  readonly row: Readonly<Partial<Record<Feature, number>>>;
  readonly none: Readonly<Partial<Record<NoneFeature, number>>>;
}

const SWEEPS = 60;

/** The likeliest ones beside a normal prior around 0, by Newton's step along one after the other. */
export function addedWeights(all: readonly Beside[], { row, none, believed, most }: Added): AddedWeights {
  const [own, ownNone] = [row.map((name) => FEATURES.indexOf(name)), none.map((name) => NONE_FEATURES.indexOf(name))];
  const places = all.flatMap(({ choices, base }) => {
    const { row: kept, none: keptNone } = weightsOf(base, row);
    return choices.map((choice) => ({
      right: choice.right < 0 ? choice.rows.length : choice.right,
      // "None of these" is the last.
      scores: Float64Array.of(...choice.rows.map((each) => dot(each, kept)), dot(choice.none, keptNone)),
      values: [
        ...own.map((i) => Float64Array.of(...choice.rows.map((each) => each[i] as number), 0)),
        ...ownNone.map((i) => Float64Array.of(...choice.rows.map(() => 0), choice.none[i] as number)),
      ],
    }));
  });
  const scale = scalesOf(
    all.flatMap(({ choices }) => choices.flatMap(({ rows }) => rows)),
    FEATURES.length,
  );
  const belief = [...own.map((i) => believed(scale[i] as number)), ...ownNone.map(() => believed(1))];
  const weights = belief.map(() => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    weights.forEach((weight, k) => {
      let [slope, bend] = [weight / (belief[k] as number) ** 2, 1 / (belief[k] as number) ** 2];
      for (const { scores, values, right } of places) {
        const value = values[k] as Float64Array;
        if (value.every((each) => each === value[0])) continue;
        const chances = chancesOf(scores);
        const mean = value.reduce((sum, each, i) => sum + each * (chances[i] as number), 0);
        const square = value.reduce((sum, each, i) => sum + each ** 2 * (chances[i] as number), 0);
        slope += mean - (value[right] as number);
        bend += square - mean ** 2;
      }
      const fresh = Math.min(most, weight - slope / bend);
      weights[k] = fresh;
      for (const { scores, values } of places)
        values[k]?.forEach((value, i) => {
          scores[i] = (scores[i] as number) + (fresh - weight) * value;
        });
    });
  const named = <T extends string>(names: readonly T[], from: number) =>
    Object.fromEntries(names.map((name, k) => [name, weights[from + k] as number])) as Partial<Record<T, number>>;
  return { row: named(row, 0), none: named(none, row.length) };
}

/** The last score is that of "none of these". */
function chancesOf(scores: Float64Array): number[] {
  const chances = softmax([...scores.subarray(0, -1)], scores.at(-1) as number);
  return [...chances, 1 - chances.reduce((sum, chance) => sum + chance, 0)];
}

function weightsOf(base: PlaceModel, without: readonly string[]): Weights {
  return {
    row: Float64Array.from(FEATURES, (name) => (without.includes(name) ? 0 : (base.weights[name] ?? 0))),
    none: Float64Array.from(NONE_FEATURES, (name) => base.none[name] ?? 0),
  };
}

/** A model's weights with others in the stead of its own; a bias is added to its own. */
export function withAdded(base: PlaceModel, { row, none }: AddedWeights): Weights {
  const weights = weightsOf(base, Object.keys(row));
  for (const [name, weight] of Object.entries(row)) weights.row[FEATURES.indexOf(name as Feature)] = weight;
  for (const [name, weight] of Object.entries(none)) {
    const i = NONE_FEATURES.indexOf(name as NoneFeature);
    weights.none[i] = (weights.none[i] as number) + weight;
  }
  return weights;
}

/**
 * The models of `bases` with the weights of `added`, which are the same for all kinds of places, in the order of these: each with a calibration of its own,
 * from folds of groups that the weights have not seen.
 */
export function fitBeside(all: readonly Beside[], added: Added): Fitted[] {
  const groups = groupsOf(all.flatMap(({ choices }) => choices));
  const tops: Top[][] = all.map(() => []);
  for (const held of groupFolds(groups)) {
    const seen = all.map(({ choices, base }) => ({ base, choices: choices.filter(({ group }) => !held.has(group)) }));
    const weights = addedWeights(seen, added);
    all.forEach(({ choices, base }, kind) => {
      const own = choices.filter(({ group }) => held.has(group));
      tops[kind]?.push(...topsOf(own, withAdded(base, weights)));
    });
  }
  const weights = addedWeights(all, added);
  return all.map(({ choices, base }, kind) => fittedOf(choices, withAdded(base, weights), tops[kind] as Top[]));
}
