/** Means of a benchmark's arms and what one has over another, resampled by function: its tasks resemble each other. */
import { bootstrap } from '../../../base/statistics.ts';

/** A value of one task; null where the metric does not apply. `group`: the function that the task belongs to. */
export interface Sample {
  readonly group: string;
  readonly value: number | null;
}

export interface Estimate {
  /** Tasks that have a value. */
  readonly n: number;
  /** Functions that they belong to: what is resampled. */
  readonly groups: number;
  /** With its 95 % interval; null where n is 0. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** The mean of the tasks that have a value. */
export function estimateMean(samples: readonly Sample[]): Estimate {
  return estimate(samples, ({ value }) => [value ?? 0, value === null ? 0 : 1]);
}

/** Mean of `ours − theirs` over the tasks where both have a value; the samples are of the same tasks in the same order. */
export function estimateDifference(ours: readonly Sample[], theirs: readonly Sample[]): Estimate {
  const both = ours.map(({ group, value }, i): Sample => {
    const other = theirs[i]?.value ?? null;
    return { group, value: value === null || other === null ? null : value - other };
  });
  return estimateMean(both);
}

/** `sum of ours ÷ sum of theirs − 1` over the tasks where both have a value: an overhead. */
export function estimateOverhead(ours: readonly Sample[], theirs: readonly Sample[]): Estimate {
  const pairs = ours.map(({ group, value }, i) => ({ group, value, other: theirs[i]?.value ?? null }));
  const known = pairs.filter(({ value, other }) => value !== null && other !== null);
  const found = estimate(known, ({ value, other }) => [value ?? 0, other ?? 0]);
  const less = (ratio: number | null) => (ratio === null ? null : ratio - 1);
  return { ...found, n: known.length, value: less(found.value), low: less(found.low), high: less(found.high) };
}

/** Σ numerators ÷ Σ denominators. */
function estimate<T extends { readonly group: string; readonly value: number | null }>(
  items: readonly T[],
  parts: (item: T) => readonly [number, number],
): Estimate {
  const used = items.filter(({ value }) => value !== null);
  const groups = [...Map.groupBy(used, ({ group }) => group).values()].map((list) => list.map(parts));
  const statistic = (picked: readonly number[]): number => {
    let [above, below] = [0, 0];
    for (const i of picked)
      for (const [a, b] of groups[i] as readonly (readonly [number, number])[]) {
        above += a;
        below += b;
      }
    return below === 0 ? 0 : above / below;
  };
  if (groups.length === 0) return { n: 0, groups: 0, value: null, low: null, high: null };
  const [low, high] = bootstrap(groups.length, statistic);
  return { n: used.length, groups: groups.length, value: statistic(groups.map((_, i) => i)), low, high };
}

export type Verdict = 'reproduced' | 'refuted' | 'not decided';

/** Functions that a verdict needs: resampling fewer makes the interval too narrow, and of one it has no width at all. */
export const LEAST_GROUPS = 10;

/** Whether an estimate keeps a claim of at least `least` (and says by the interval that it does not). */
export function atLeast({ low, high, groups }: Estimate, least: number): Verdict {
  if (low === null || high === null || groups < LEAST_GROUPS) return 'not decided';
  return low >= least ? 'reproduced' : high < least ? 'refuted' : 'not decided';
}

export function atMost({ low, high, groups }: Estimate, most: number): Verdict {
  if (low === null || high === null || groups < LEAST_GROUPS) return 'not decided';
  return high <= most ? 'reproduced' : low > most ? 'refuted' : 'not decided';
}
