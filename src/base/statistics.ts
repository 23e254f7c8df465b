/** Means and bootstrap intervals (Efron, 1979) for figures that are measured on samples. */

const ROUNDS = 500;

/** 0 for no values. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Of an even number the mean of the two in the middle; 0 for no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
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

/** 95 % interval of the mean of `values`: of differences, a paired bootstrap. */
export function bootstrapMean(values: readonly number[]): [number, number] {
  return bootstrap(values.length, (picked) => mean(picked.map((at) => values[at] as number)));
}

/** Order that does not depend on anything but the text: FNV-1a with a last stir. */
export function mix(text: string): number {
  let value = 2166136261;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
  value ^= value >>> 15;
  return Math.imul(value, 0x2c1b3c6d) >>> 0;
}
