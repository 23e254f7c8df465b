/** Fills a byte budget with what is worth most per byte. */

export interface Packable {
  /** Expected hits, in [0, 1]. */
  readonly value: number;
  /** Most common order of equal values. */
  readonly key: string;
  readonly bytes: number;
}

/** How strongly length counts: value/(bytes+1)^0.7 was best of those tried in shared/research/mining.md (g). */
const LENGTH_EXPONENT = 0.7;

const encoder = new TextEncoder();

/** UTF-8 bytes of a text. */
export function utf8Bytes(text: string): number {
  // Encoding allocates; most names are short and ASCII.
  if (text.length <= 64 && /^[\x20-\x7e]*$/.test(text)) return text.length;
  return encoder.encode(text).length;
}

/** What an item is worth per byte, its separator included. */
export function density({ value, bytes }: Packable): number {
  return value / (bytes + 1) ** LENGTH_EXPONENT;
}

/** Likeliest first, in steps of a factor of four, then by name: what a save elsewhere moves by a hair keeps its place. */
export function byLikelihood(a: Packable, b: Packable): number {
  const step = ({ value }: Packable) => Math.round(Math.log2(Math.max(value, 1e-6)) / 2);
  return step(b) - step(a) || (a.key < b.key ? -1 : 1);
}

/** Greedy choice within the budget, in order of density; each item costs `bytes` and one separator. */
export function pack<T extends Packable>(items: readonly T[], budget: number): T[] {
  const ordered = [...items].sort((a, b) => density(b) - density(a) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const chosen: T[] = [];
  let left = budget;
  for (const item of ordered) {
    if (item.bytes + 1 > left) continue;
    left -= item.bytes + 1;
    chosen.push(item);
  }
  return chosen;
}
