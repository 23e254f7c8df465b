/** Positions in the order of several keys: one stable counting sort a key, the least significant first (Knuth, TAOCP 3, 5.2.5). */

/** Of position p it is `values[p + offset]`, and 0 where that lies outside the values. */
export interface SortKey {
  readonly values: Int32Array;
  readonly offset: number;
}

/**
 * Positions 0 … size − 1 by the first key, of those that are equal by the second, and so on, at last by position. Every key is
 * at least 0 and below `limit`. Takes about 20 ms a key for a million positions.
 */
export function countingSort(size: number, keys: readonly SortKey[], limit: number): Int32Array {
  let order = new Int32Array(size);
  for (let i = 0; i < size; i++) order[i] = i;
  let other = new Int32Array(size);
  const places = new Int32Array(limit + 1);
  for (let k = keys.length - 1; k >= 0; k--) {
    const { values, offset } = keys[k] as SortKey;
    const { length } = values;
    const from = offset > 0 ? offset : 0;
    const to = size + offset < length ? size + offset : length;
    places.fill(0);
    places[1] = size - Math.max(0, to - from);
    for (let at = from; at < to; at++) {
      const slot = (values[at] as number) + 1;
      places[slot] = (places[slot] as number) + 1;
    }
    for (let i = 1; i <= limit; i++) places[i] = (places[i] as number) + (places[i - 1] as number);
    for (let i = 0; i < size; i++) {
      const position = order[i] as number;
      const at = position + offset;
      const slot = at >= 0 && at < length ? (values[at] as number) : 0;
      const place = places[slot] as number;
      other[place] = position;
      places[slot] = place + 1;
    }
    [order, other] = [other, order];
  }
  return order;
}
