/** Fits what src/core/infill/candidates/bodyChance.ts weighs: the models from all bodies, the calibration from repositories that the weights have not seen. */
import { BODY_FEATURES, type BodyFeatures } from '../../src/core/infill/candidates/bodyChance.ts';
import { LINES_FEATURES, type LinesFeatures } from '../../src/core/infill/candidates/linesChance.ts';
import { chanceOf, type LogisticModel } from '../../src/core/infill/candidates/logisticModel.ts';
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
  readonly chance: LogisticModel<keyof BodyFeatures>;
  readonly expected: LogisticModel<keyof BodyFeatures>;
  readonly calibration: readonly (readonly [number, number])[];
}

export function fitBodies(asked: readonly BodyAsked[]): BodyFit {
  const tops: { raw: number; right: boolean }[] = [];
  for (const held of new Set(asked.map(({ repository }) => repository))) {
    const rest = asked.filter(({ repository }) => repository !== held);
    const [chance, expected] = [chanceModel(BODY_FEATURES, rest), expectedModel(rest)];
    for (const { repository, proposed } of asked) {
      if (repository !== held) continue;
      const rated = proposed.map(({ features, exact }) => ({
        ...{ raw: chanceOf(chance, features), right: exact },
        rank: chanceOf(chance, features) + chanceOf(expected, features),
      }));
      const [top] = rated.sort((a, b) => b.rank - a.rank);
      if (top) tops.push(top);
    }
  }
  return { chance: chanceModel(BODY_FEATURES, asked), expected: expectedModel(asked), calibration: isotonic(tops) };
}

/** One stretch that was taken out, of one line or several, and all that were proposed for it. */
export interface LinesAsked {
  readonly repository: string;
  readonly several: boolean;
  /** Milliseconds of a processor. */
  readonly ms: number;
  readonly proposed: readonly { readonly features: LinesFeatures; readonly exact: boolean; readonly chance: number }[];
}

export function fitLines(asked: readonly LinesAsked[]): LogisticModel<keyof LinesFeatures> {
  return chanceModel(LINES_FEATURES, asked);
}

function chanceModel<Name extends string>(
  names: readonly Name[],
  asked: readonly { readonly proposed: readonly (Features<Name> & { readonly exact: boolean })[] }[],
): LogisticModel<Name> {
  const rows = asked.flatMap(({ proposed }) => proposed);
  return model(
    names,
    rows.map(({ features, exact }) => ({ features, label: Number(exact), weight: 1 })),
  );
}

/** A share as so much of a yes and so much of a no. */
function expectedModel(asked: readonly BodyAsked[]): LogisticModel<keyof BodyFeatures> {
  const rows = asked.flatMap(({ proposed }) => proposed);
  return model(
    BODY_FEATURES,
    rows.flatMap(({ features, similarity }) => [
      { features, label: 1, weight: similarity },
      { features, label: 0, weight: 1 - similarity },
    ]),
  );
}

type Features<Name extends string> = { readonly features: Readonly<Record<Name, number>> };

function model<Name extends string>(
  names: readonly Name[],
  rows: readonly (Features<Name> & { readonly label: number; readonly weight: number })[],
): LogisticModel<Name> {
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
  return { bias: round(bias), weights: named as Record<Name, number> };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
