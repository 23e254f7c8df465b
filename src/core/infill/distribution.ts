/** What a denoiser thinks of one masked position, as far as it tells: its likeliest tokens, and the rest as one lump. */

/** Ids of tokens with the natural logarithms of their probabilities, likeliest first; in float64, since float32 lowers the temperature. */
export interface Distribution {
  readonly ids: Int32Array;
  readonly logs: Float64Array;
}

/**
 * Guidance in log space: u + s (c - u), over the tokens that both know; s = 1 is the conditional, s = 0 the unconditional (Nisonoff et
 * al. 2024, arXiv 2406.01572). A token that one side does not know keeps the other side's value there: it contributes nothing.
 */
export function guided(conditional: Distribution, unconditional: Distribution, scale: number): Distribution {
  if (scale === 1) return conditional;
  if (scale === 0) return unconditional;
  const others = new Map(Array.from(unconditional.ids, (id, i) => [id, unconditional.logs[i] as number]));
  const logs = new Map<number, number>();
  conditional.ids.forEach((id, i) => {
    const own = conditional.logs[i] as number;
    const other = others.get(id) ?? own;
    logs.set(id, other + scale * (own - other));
  });
  // What only the unconditional side knows is unlikely under the condition: as unlikely as the least of what that knows.
  const least = conditional.logs.at(-1) ?? 0;
  for (const [id, other] of others) if (!logs.has(id)) logs.set(id, other + scale * (Math.min(least, other) - other));
  return normalised(logs);
}

/** The scale at a share of the tokens that are committed: strong guidance early on hurts (arXiv 2507.08965). */
export function scaleAt(scale: number, committed: number): number {
  return 1 + (scale - 1) * committed;
}

/** At another temperature, cut to the tokens that make up `topP`; temperature 0 leaves the likeliest alone. */
export function tempered({ ids, logs }: Distribution, temperature: number, topP: number): Distribution {
  if (ids.length === 0) return { ids, logs };
  if (temperature <= 0) return { ids: ids.slice(0, 1), logs: Float64Array.of(0) };
  const scaled = normalised(new Map(Array.from(ids, (id, i) => [id, (logs[i] as number) / temperature])));
  if (topP >= 1) return scaled;
  let sum = 0;
  let kept = 0;
  while (kept < scaled.ids.length && sum < topP) sum += Math.exp(scaled.logs[kept++] as number);
  return normalised(new Map(Array.from(scaled.ids.slice(0, kept), (id, i) => [id, scaled.logs[i] as number])));
}

/** Draws one of the tokens by a number in [0, 1). */
export function drawn({ ids, logs }: Distribution, at: number): { id: number; log: number } {
  let sum = 0;
  for (let i = 0; i < ids.length; i++) {
    sum += Math.exp(logs[i] as number);
    if (at < sum) return { id: ids[i] as number, log: logs[i] as number };
  }
  return { id: ids.at(-1) as number, log: logs.at(-1) as number };
}

/** Natural units (nats), of what is known. */
export function entropyOf({ logs }: Distribution): number {
  return -logs.reduce((sum, log) => sum + Math.exp(log) * log, 0);
}

function normalised(logs: ReadonlyMap<number, number>): Distribution {
  const most = Math.max(...logs.values());
  const total = most + Math.log([...logs.values()].reduce((sum, log) => sum + Math.exp(log - most), 0));
  const sorted = [...logs].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return { ids: Int32Array.from(sorted, ([id]) => id), logs: Float64Array.from(sorted, ([, log]) => log - total) };
}
