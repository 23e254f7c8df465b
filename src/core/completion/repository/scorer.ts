/** The chance that a candidate is what will be typed, and whether it is worth showing: a logistic model fitted by bench/replay. */
import { LodestoneError } from '../../../base/errors.ts';
import { FEATURE_COUNT, FEATURES, type FeatureName } from './evidence.ts';
import { type CallWeights, parseCallWeights } from './nextCalls.ts';

/** UTF-16 units; what is shorter is typed sooner than it is read. */
export const LEAST_CHARACTERS = 3;

/** The content of src/data/completion/repository.json. */
export interface CompletionWeights {
  readonly version: 1;
  /** The script and the repositories that the numbers come from. */
  readonly provenance: string;
  readonly bias: number;
  readonly weights: Readonly<Partial<Record<FeatureName, number>>>;
  /**
   * What a wrong suggestion costs, in characters: one is shown where its expected saving is more than its expected cost. Fitted
   * so that on the training repositories no more wrong ones are shown than right ones.
   */
  readonly cost: number;
  /** For the next call; see nextCalls.ts. */
  readonly calls: CallWeights;
}

/** Checks a parsed weights file; throws LodestoneError badData saying what to change. */
export function parseCompletionWeights(value: unknown): CompletionWeights {
  const file = value as Partial<CompletionWeights> | null;
  const known = new Set<string>(FEATURES);
  const entries = typeof file?.weights === 'object' && file.weights !== null ? Object.entries(file.weights) : undefined;
  if (
    file?.version !== 1 ||
    !Number.isFinite(file.bias) ||
    !Number.isFinite(file.cost) ||
    !entries?.every(([name, weight]) => known.has(name) && Number.isFinite(weight))
  ) {
    throw new LodestoneError('badData', 'The completion weights are not a weights file of version 1.', {
      advice: 'Rebuild data/completion/repository.json with `npm run bench -- replay --fit`, or reinstall Lodestone.',
    });
  }
  parseCallWeights(file.calls);
  return file as CompletionWeights;
}

export class Scorer {
  private readonly linear = new Float64Array(FEATURE_COUNT);

  constructor(private readonly file: CompletionWeights) {
    FEATURES.forEach((name, i) => {
      this.linear[i] = file.weights[name] ?? 0;
    });
  }

  /** In (0, 1). */
  probability(evidence: Float64Array): number {
    let sum = this.file.bias;
    for (let i = 0; i < FEATURE_COUNT; i++) sum += (this.linear[i] as number) * (evidence[i] as number);
    return 1 / (1 + Math.exp(-sum));
  }

  /** Characters gained by showing so long a text: below 0 it is withheld. */
  gain(probability: number, characters: number): number {
    return gainOf(probability, characters, this.file.cost);
  }
}

/** Characters saved if right, and what a right one earns and a wrong one costs against the promise of as many right as wrong. */
export function gainOf(probability: number, characters: number, cost: number): number {
  return probability * characters + (2 * probability - 1) * cost;
}
