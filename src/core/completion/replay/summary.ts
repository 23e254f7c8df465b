/** What the arms of a replay earned, with intervals: resampled by commit, since lines of one commit resemble each other. */
import { bootstrap } from '../../../base/statistics.ts';
import { best, byGain, type Earned, fromScore, type Policy, per100, type RecordedLine, typeAll } from './policy.ts';

/** Costs of a wrong suggestion, in characters. */
export const COSTS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 60, 100, 200];
const PROBABILITIES = Array.from({ length: 40 }, (_, i) => 0.05 + i * 0.0235);
const COPY_SCORES = Array.from({ length: 80 }, (_, i) => i * 0.05);

export interface Chosen {
  readonly policy: Policy;
  readonly earned: Earned;
}

const NOTHING: Policy = () => undefined;

/** The longest text whose score reaches a threshold: for texts of which each begins the next. */
const longestFrom =
  (threshold: number): Policy =>
  (options) =>
    options.findLast(({ score }) => score >= threshold);

/** Context copy at the threshold that saves it most with no more wrong than right, chosen on these very lines. */
export function bestCopy(lines: readonly RecordedLine[]): Chosen {
  const found = best(lines, COPY_SCORES, fromScore);
  return found ? { policy: fromScore(found.setting), earned: found.earned } : atNothing(lines);
}

/** The n-gram likewise, by threshold or by expected gain, whichever saves more. */
export function bestNgram(lines: readonly RecordedLine[]): Chosen {
  const gain = best(lines, COSTS, byGain);
  const long = best(lines, PROBABILITIES, longestFrom);
  if (long && long.earned.saved > (gain?.earned.saved ?? -1))
    return { policy: longestFrom(long.setting), earned: long.earned };
  return gain ? { policy: byGain(gain.setting), earned: gain.earned } : atNothing(lines);
}

function atNothing(lines: readonly RecordedLine[]): Chosen {
  return { policy: NOTHING, earned: typeAll(lines, NOTHING) };
}

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Characters saved per 100 typed. */
export function savedPer100(lines: readonly RecordedLine[], policy: Policy): Interval {
  return ahead(lines, policy, lines, NOTHING);
}

/** What one arm saves more than another on the same commits, per 100 characters typed. */
export function ahead(
  ours: readonly RecordedLine[],
  policy: Policy,
  theirs: readonly RecordedLine[],
  other: Policy,
): Interval {
  const commits = [...new Set(ours.map(({ commit }) => commit))];
  const of = (lines: readonly RecordedLine[], each: Policy) => {
    const groups = Map.groupBy(lines, ({ commit }) => commit);
    return commits.map((commit) => typeAll(groups.get(commit) ?? [], each));
  };
  const [a, b] = [of(ours, policy), of(theirs, other)];
  const difference = (picked: readonly number[]) => {
    const sum = (earned: readonly Earned[]) =>
      per100({
        saved: picked.reduce((total, i) => total + (earned[i] as Earned).saved, 0),
        typed: picked.reduce((total, i) => total + (earned[i] as Earned).typed, 0),
      });
    return sum(a) - sum(b);
  };
  const value = difference(commits.map((_, i) => i));
  const [low, high] = commits.length > 0 ? bootstrap(commits.length, difference) : [0, 0];
  return { value, low, high };
}
