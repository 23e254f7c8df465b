/** Binary search: where a value begins, and where it ends, in what is sorted. */

/** The first of the indices from … to − 1 whose value is at least `least`; `to` where none is. The values ascend. */
export function lowerBound(from: number, to: number, valueAt: (index: number) => number, least: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The indices of a range whose value is `wanted`; where none is, the empty range in their place. The values are whole and ascend. */
export function equalRange(
  { from, to }: { readonly from: number; readonly to: number },
  valueAt: (index: number) => number,
  wanted: number,
): { from: number; to: number } {
  const first = lowerBound(from, to, valueAt, wanted);
  return { from: first, to: lowerBound(first, to, valueAt, wanted + 1) };
}
