/** Fits what src/core/infill/candidates/bodyChance.ts weighs: the models from all bodies, the calibration from repositories that the weights have not seen. */
import {
  BODY_FEATURES,
  type BodyFeatures,
  type BodyModel,
  weighed,
} from '../../src/core/infill/candidates/bodyChance.ts';
import { LINES_FEATURES, type LinesFeatures, type LinesModel } from '../../src/core/infill/candidates/linesChance.ts';
import { fitLogistic } from '../retrieval/logistic.ts';
import { isotonic } from './fit.ts';

/** One body that was taken out, and all that were proposed for it. */
export interface BodyAsked {
  readonly repository: string;
  readonly proposed: readonly {
    readonly features: BodyFeatures;
    readonly exact: boolean;
    readonly similarity: number;
  }[];
}

const PENALTY = 10;

export interface BodyFit {
  readonly chance: BodyModel;
  readonly expected: BodyModel;
  readonly calibration: readonly (readonly [number, number])[];
}

export function fitBodies(asked: readonly BodyAsked[]): BodyFit {
  const tops: { raw: number; right: boolean }[] = [];
  for (const held of new Set(asked.map(({ repository }) => repository))) {
    const rest = asked.filter(({ repository }) => repository !== held);
    const [chance, expected] = [chanceModel(rest), expectedModel(rest)];
    for (const { repository, proposed } of asked) {
      if (repository !== held) continue;
      const rated = proposed.map(({ features, exact }) => ({
        ...{ raw: weighed(chance, features), right: exact },
        rank: weighed(chance, features) + weighed(expected, features),
      }));
      const [top] = rated.sort((a, b) => b.rank - a.rank);
      if (top) tops.push(top);
    }
  }
  return { chance: chanceModel(asked), expected: expectedModel(asked), calibration: isotonic(tops) };
}

/** One stretch that was taken out, of one line or several, and all that were proposed for it. */
export interface LinesAsked {
  readonly repository: string;
  readonly several: boolean;
  /** Milliseconds of a processor. */
  readonly ms: number;
  readonly proposed: readonly { readonly features: LinesFeatures; readonly exact: boolean; readonly chance: number }[];
}

export function fitLines(asked: readonly LinesAsked[]): LinesModel {
  const rows = asked.flatMap(({ proposed }) => proposed);
  return model(
    LINES_FEATURES,
    rows.map(({ features, exact }) => ({ features, label: Number(exact), weight: 1 })),
  );
}

function chanceModel(asked: readonly BodyAsked[]): BodyModel {
  const rows = asked.flatMap(({ proposed }) => proposed);
  return model(
    BODY_FEATURES,
    rows.map(({ features, exact }) => ({ features, label: Number(exact), weight: 1 })),
  );
}

/** A share as so much of a yes and so much of a no. */
function expectedModel(asked: readonly BodyAsked[]): BodyModel {
  const rows = asked.flatMap(({ proposed }) => proposed);
  return model(
    BODY_FEATURES,
    rows.flatMap(({ features, similarity }) => [
      { features, label: 1, weight: similarity },
      { features, label: 0, weight: 1 - similarity },
    ]),
  );
}

type Row<T extends string> = { features: Readonly<Record<T, number>>; label: number; weight: number };

function model<T extends string>(
  names: readonly T[],
  rows: readonly Row<T>[],
): { bias: number; weights: Record<T, number> } {
  const { bias, weights } = fitLogistic(
    {
      values: Float32Array.from(rows.flatMap(({ features }) => names.map((name) => features[name]))),
      labels: Uint8Array.from(rows, ({ label }) => label),
      rowWeights: Float32Array.from(rows, ({ weight }) => weight),
      ...{ rows: rows.length, columns: names.length },
    },
    PENALTY,
  );
  const named = Object.fromEntries(names.map((name, i) => [name, round(weights[i] as number)]));
  return { bias: round(bias), weights: named as Record<T, number> };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
