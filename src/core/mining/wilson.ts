/** Lower bound of a share by Wilson's score interval (1927), 95 %. */
export function wilsonLowerBound(kept: number, total: number): number {
  if (total === 0) return 0;
  const z = 1.96;
  const share = kept / total;
  const centre = share + (z * z) / (2 * total);
  const margin = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * total)) / total);
  return (centre - margin) / (1 + (z * z) / total);
}

/** Both bounds of the same interval; the whole of [0, 1] where nothing was counted. */
export function wilsonInterval(kept: number, total: number): { readonly low: number; readonly high: number } {
  if (total === 0) return { low: 0, high: 1 };
  return {
    low: Math.max(0, wilsonLowerBound(kept, total)),
    high: 1 - Math.max(0, wilsonLowerBound(total - kept, total)),
  };
}
