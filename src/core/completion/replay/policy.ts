/** What a rule for showing suggestions earns on recorded lines: characters saved, right ones, wrong ones. */

/** Suggestions that an arm had at one stop of a line. */
export interface Option {
  readonly text: string;
  /** Probability or any other score by which the arm compares. */
  readonly score: number;
  readonly right: boolean;
  readonly source: string;
}

export interface RecordedLine {
  readonly commit: string;
  readonly text: string;
  readonly stops: readonly number[];
  /** Per stop. */
  readonly options: readonly (readonly Option[])[];
}

export interface Earned {
  saved: number;
  typed: number;
  right: number;
  wrong: number;
  readonly bySource: Map<string, { saved: number; right: number; wrong: number }>;
}

/** Picks what is shown at a stop. */
export type Policy = (options: readonly Option[]) => Option | undefined;

export function nothing(): Earned {
  return { saved: 0, typed: 0, right: 0, wrong: 0, bySource: new Map() };
}

/** Types one line: a right suggestion is accepted, a wrong one is counted once for each line it would make. */
export function typeLine(line: RecordedLine, policy: Policy, into: Earned): void {
  into.typed += line.text.length;
  const shown = new Set<string>();
  let at = 0;
  line.stops.forEach((stop, i) => {
    if (stop < at) return;
    const option = policy(line.options[i] ?? []);
    if (!option) return;
    const entry = into.bySource.get(option.source) ?? { saved: 0, right: 0, wrong: 0 };
    into.bySource.set(option.source, entry);
    if (option.right) {
      into.saved += option.text.length;
      into.right++;
      entry.saved += option.text.length;
      entry.right++;
      at = stop + option.text.length;
      return;
    }
    const result = line.text.slice(0, stop) + option.text;
    if (shown.has(result)) return;
    shown.add(result);
    into.wrong++;
    entry.wrong++;
  });
}

export function typeAll(lines: readonly RecordedLine[], policy: Policy): Earned {
  const earned = nothing();
  for (const line of lines) typeLine(line, policy, earned);
  return earned;
}

export const per100 = ({ saved, typed }: Pick<Earned, 'saved' | 'typed'>): number => (100 * saved) / Math.max(1, typed);

/** The most that policies of a family save while wrong ≤ `share` × right. */
export function best<T>(
  lines: readonly RecordedLine[],
  settings: readonly T[],
  policy: (setting: T) => Policy,
  share = 1,
): { setting: T; earned: Earned } | undefined {
  let found: { setting: T; earned: Earned } | undefined;
  for (const setting of settings) {
    const earned = typeAll(lines, policy(setting));
    if (earned.wrong <= share * earned.right && earned.saved > (found?.earned.saved ?? -1)) found = { setting, earned };
  }
  return found;
}

/** The option of highest score from a threshold on; the longer one where they are equal. */
export const fromScore =
  (threshold: number): Policy =>
  (options) => {
    let top: Option | undefined;
    for (const option of options) {
      if (option.score < threshold) continue;
      if (!top || option.score > top.score || (option.score === top.score && option.text.length > top.text.length))
        top = option;
    }
    return top;
  };

/** For scores that are probabilities: the option of the highest expected gain, `cost` characters for a wrong one. */
export const byGain =
  (cost: number): Policy =>
  (options) => {
    let top: Option | undefined;
    let most = 0;
    for (const option of options) {
      const gain = option.score * option.text.trim().length + (2 * option.score - 1) * cost;
      if (gain > most) [top, most] = [option, gain];
    }
    return top;
  };
