/** Recall of the true names, net of the best baseline. */
import { mean } from '../../src/base/statistics.ts';

/** Where a baseline names almost everything, half a name must not count as a whole. */
const LEAST_ROOM = 0.02;

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
