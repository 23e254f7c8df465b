/** Measures of a score that should tell what is true: area under the curve, calibration. */

export interface Judged {
  /** In [0, 1]. */
  readonly score: number;
  readonly isTrue: boolean;
}

/** Probability that a true one scores above a false one, ties half; NaN where one side is empty. */
export function areaUnderCurve(judged: readonly Judged[]): number {
  const sorted = [...judged].sort((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to]?.score === sorted[from]?.score) to++;
    const rank = (from + 1 + to) / 2;
    for (let at = from; at < to; at++) if (sorted[at]?.isTrue) rankSum += rank;
    from = to;
  }
  const trues = judged.filter(({ isTrue }) => isTrue).length;
  return (rankSum - (trues * (trues + 1)) / 2) / (trues * (judged.length - trues));
}

/** Expected calibration error over ten bins of equal count (Naeini et al., AAAI 2015). */
export function calibrationError(judged: readonly Judged[]): number {
  const sorted = [...judged].sort((a, b) => a.score - b.score);
  let sum = 0;
  for (let bin = 0; bin < 10; bin++) {
    const members = sorted.slice(Math.floor((bin * sorted.length) / 10), Math.floor(((bin + 1) * sorted.length) / 10));
    const said = members.reduce((total, { score }) => total + score, 0);
    sum += Math.abs(said - members.filter(({ isTrue }) => isTrue).length);
  }
  return sum / judged.length;
}

export const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
