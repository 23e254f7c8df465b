/** Figures beside their limits. */

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** "median 3, p95 9, most 14". */
export function spread(values: readonly number[], digits = 0): string {
  const [middle, high, most] = [median(values), quantile(values, 0.95), quantile(values, 1)];
  return `median ${middle.toFixed(digits)}, p95 ${high.toFixed(digits)}, most ${most.toFixed(digits)}`;
}

export function line(what: string, wanted: string, seen: string): void {
  process.stdout.write(`${what}\n    wanted: ${wanted}\n    seen:   ${seen}\n`);
}
