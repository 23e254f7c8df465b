/** Choices that are random but the same in every run. */

import { uniform } from '../../src/base/statistics.ts';
import type { Family } from '../../src/core/languages.ts';
import { stableId } from '../../src/core/mining/candidate.ts';

/** A generator of numbers in [0, 1). */
export function random(seed: string): () => number {
  const numbers = uniform(Number.parseInt(stableId(seed).slice(0, 8), 16));
  return () => numbers.next().value;
}

export function shuffled<T>(values: readonly T[], seed: string): T[] {
  const next = random(seed);
  const order = [...values];
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(next() * (at + 1));
    [order[at], order[other]] = [order[other] as T, order[at] as T];
  }
  return order;
}

export function familyOfPath(path: string): Family | undefined {
  if (/\.[cm]?[jt]sx?$/.test(path)) return 'ecmascript';
  return ({ py: 'python', rs: 'rust', go: 'go' } as const)[path.slice(path.lastIndexOf('.') + 1) as 'py'];
}
