/** Recall of the true names, net of the best baseline, and bootstrap intervals over targets. */

const ROUNDS = 500;
/** Where a baseline names almost everything, half a name must not count as a whole. */
const LEAST_ROOM = 0.02;

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

export function recall(shown: ReadonlySet<string>, truth: ReadonlySet<string>): number {
  return [...truth].filter((name) => shown.has(name)).length / truth.size;
}

/** net = (recall − best baseline) / (1 − best baseline) over the means of the targets; `picked` are the targets' indices. */
export function net(
  ours: readonly number[],
  baselines: readonly (readonly number[])[],
  picked: readonly number[] = ours.map((_, i) => i),
): number {
  const at = (values: readonly number[]) => mean(picked.map((i) => values[i] as number));
  const best = Math.max(...baselines.map(at));
  return (at(ours) - best) / Math.max(1 - best, LEAST_ROOM);
}

/** Uniform numbers in [0, 1), the same for the same seed. */
export function* uniform(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** 95 % interval of a statistic over resampled targets 0 … count − 1. */
export function bootstrap(count: number, statistic: (picked: readonly number[]) => number): [number, number] {
  const random = uniform(7);
  const values: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    values.push(statistic(Array.from({ length: count }, () => Math.floor(random.next().value * count))));
  }
  values.sort((a, b) => a - b);
  return [values[Math.floor(ROUNDS * 0.025)] as number, values[Math.floor(ROUNDS * 0.975)] as number];
}
