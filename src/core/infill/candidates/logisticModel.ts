/** A logistic model of named features: what the chances of bodies and of lines are read from. */

export interface LogisticModel<Name extends string> {
  readonly bias: number;
  readonly weights: Readonly<Record<Name, number>>;
}

/** Chance in (0, 1): 1 / (1 + exp(−(bias + Σ weight · feature))) (Cox 1958). */
export function chanceOf<Name extends string>(
  { bias, weights }: LogisticModel<Name>,
  features: Readonly<Record<Name, number>>,
): number {
  let sum = bias;
  for (const name in weights) sum += weights[name] * features[name];
  return 1 / (1 + Math.exp(-sum));
}
