/** Choices that are random but the same in every run. */
import { stableId } from '../../src/core/mining/candidate.ts';
import type { Family } from '../../src/core/mining/fileDigest.ts';

/** A generator of numbers in [0, 1) (mulberry32). */
export function random(seed: string): () => number {
  let state = Number.parseInt(stableId(seed).slice(0, 8), 16);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
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
