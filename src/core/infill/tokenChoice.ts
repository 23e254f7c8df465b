/** Which of a position's likely tokens are left, and how sure a position is of the first of them. */
import { type Distribution, entropyOf } from './distribution.ts';
import type { SamplerName } from './sampler.ts';

/** How much less likely than the least likely known token (nats) one is that the model did not name. */
const SPARE_LOG = 10;

export function without({ ids, logs }: Distribution, dropped: ReadonlySet<number>): Distribution {
  const kept = Array.from(ids, (_, i) => i).filter((i) => !dropped.has(ids[i] as number));
  return {
    ids: Int32Array.from(kept, (i) => ids[i] as number),
    logs: Float64Array.from(kept, (i) => logs[i] as number),
  };
}

/** What is not among the likely tokens is less likely than all of them. */
export function withSpare({ ids, logs }: Distribution, spare: readonly number[] = []): Distribution {
  const others = spare.filter((id) => !ids.includes(id));
  const least = (logs.at(-1) ?? 0) - SPARE_LOG;
  return {
    ids: Int32Array.from([...ids, ...others]),
    logs: Float64Array.from([...logs, ...others.map((_, i) => least - i / others.length)]),
  };
}

export function rankOf(sampler: SamplerName, distribution: Distribution): number {
  const { logs } = distribution;
  const first = Math.exp(logs[0] as number);
  if (sampler === 'margin') return first - (logs.length > 1 ? Math.exp(logs[1] as number) : 0);
  if (sampler === 'entropy') return -entropyOf(distribution);
  return first;
}
