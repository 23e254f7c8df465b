/** The ranking model: a logistic regression over the evidence, its weights read from src/data/retrieval/weights.json. */
import { LodestoneError } from '../../base/errors.ts';
import type { BackgroundTable } from './background.ts';
import { type Candidates, FEATURES } from './evidence.ts';

/** The content of weights.json. Features missing in the file count 0, so that a file of an older version still ranks. */
export interface RetrievalWeights {
  readonly schemaVersion: 1;
  /** Where the numbers come from: the script and the repositories it was trained on. */
  readonly provenance: string;
  readonly bias: number;
  readonly weights: Readonly<Record<string, number>>;
  /** Products of two features that get a weight of their own: 'nameVote*fileShare'. */
  readonly products?: Readonly<Record<string, number>>;
  /** Calls in public code at large; without it the ranking knows this repository alone. */
  readonly background?: BackgroundTable;
  /** The model of the first pass, which has no feedback columns yet. */
  readonly first: { readonly bias: number; readonly weights: Readonly<Record<string, number>> };
}

export interface RankingModel {
  /** Probability per candidate row, in steps of about 3 % of itself, so that a hair's breadth elsewhere changes no order. */
  score(candidates: Candidates): Float64Array;
}

/** Checks a parsed weights file; throws LodestoneError badData saying what to change. */
export function parseWeights(value: unknown): RetrievalWeights {
  const file = value as Partial<RetrievalWeights> | null;
  const numeric = (table: unknown): boolean =>
    typeof table === 'object' && table !== null && Object.values(table).every((entry) => Number.isFinite(entry));
  if (
    typeof file !== 'object' ||
    file === null ||
    file.schemaVersion !== 1 ||
    !Number.isFinite(file.bias) ||
    !numeric(file.weights) ||
    !Number.isFinite(file.first?.bias) ||
    !numeric(file.first?.weights) ||
    (file.products !== undefined && !numeric(file.products))
  ) {
    throw new LodestoneError('badData', 'The retrieval weights are not a weights file of schema 1.', {
      advice: 'Rebuild data/retrieval/weights.json with bench/retrieval-train.ts, or reinstall Lodestone.',
    });
  }
  return file as RetrievalWeights;
}

/** Compiles a linear model against this build's features; unknown names throw badData. */
export function createRankingModel(file: Pick<RetrievalWeights, 'bias' | 'weights' | 'products'>): RankingModel {
  const column = (name: string): number => {
    const index = (FEATURES as readonly string[]).indexOf(name);
    if (index >= 0) return index;
    throw new LodestoneError('badData', `The retrieval weights name an unknown feature, "${name}".`, {
      advice: 'Rebuild data/retrieval/weights.json with bench/retrieval-train.ts.',
    });
  };
  const linear = new Float64Array(FEATURES.length);
  for (const [name, weight] of Object.entries(file.weights)) linear[column(name)] = weight;
  const products = Object.entries(file.products ?? {}).map(([pair, weight]) => {
    const [a, b] = pair.split('*') as [string, string];
    return { a: column(a), b: column(b), weight };
  });
  return {
    score({ names, values }) {
      const width = FEATURES.length;
      const scores = new Float64Array(names.length);
      for (let row = 0; row < names.length; row++) {
        let sum = file.bias;
        const at = row * width;
        for (let i = 0; i < width; i++) sum += (linear[i] as number) * (values[at + i] as number);
        for (const { a, b, weight } of products)
          sum += weight * (values[at + a] as number) * (values[at + b] as number);
        scores[row] = 1 / (1 + Math.exp(-Math.round(sum * 32) / 32));
      }
      return scores;
    },
  };
}
