/** How much evidence stands behind an attractor: named components in [0, 1] and their weighted mean. */
import type { FileHistory } from '../ports.ts';
import type { ResonanceComponent } from './attractor.ts';
import { type Candidate, distinctPaths } from './candidate.ts';

export interface ResonanceInput {
  readonly history: ReadonlyMap<string, FileHistory>;
  /** Seconds; the repository's "now". */
  readonly headDate: number | undefined;
  /** Files of the candidate's family. */
  readonly familyFiles: number;
}

const YEAR = 365.25 * 24 * 3600;
const WEIGHTS = { frequency: 0.22, spread: 0.2, specificity: 0.28, recency: 0.1, survival: 0.1, authors: 0.1 } as const;

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Two decimals: shown to people, and free of the last bit's noise. */
function rounded(value: number): number {
  return Math.round(clamp(value) * 1000) / 1000;
}

/** Years in words: days, months or years, whichever tells most. */
function duration(years: number): string {
  const days = Math.round(years * 365.25);
  if (days < 1) return 'less than a day';
  if (days < 60) return days === 1 ? 'a day' : `${days} days`;
  const months = Math.round(years * 12);
  return months < 24 ? `${months} months` : `${years.toFixed(1)} years`;
}

/** Weighted mean of the components that could be measured (without history three of them fall away). */
export function resonanceOf(
  candidate: Candidate,
  input: ResonanceInput,
): { resonance: number; components: ResonanceComponent[] } {
  const paths = distinctPaths(candidate.sites);
  const sites = candidate.sites.length;
  const components: ResonanceComponent[] = [];
  const add = (name: keyof typeof WEIGHTS, value: number, explanation: string): void => {
    components.push({ name, value: rounded(value), weight: WEIGHTS[name], explanation });
  };
  add('frequency', 1 - 2 ** (-sites / 8), sites === 1 ? '1 place' : `${sites} places`);
  add(
    'spread',
    Math.log(1 + paths.length) / Math.log(1 + Math.min(24, Math.max(3, input.familyFiles))),
    `${paths.length} of ${input.familyFiles} files`,
  );
  add(
    'specificity',
    candidate.specificity / 16,
    candidate.judged
      ? 'judged by its kind: it is not counted in public code'
      : `${(Math.round(candidate.specificity * 10) / 10).toFixed(1)} bits more frequent here than in public code`,
  );
  const histories = paths.map((path) => input.history.get(path)).filter((entry) => entry !== undefined);
  const now = input.headDate;
  if (now !== undefined && histories.length > 0) {
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const age = mean(histories.map(({ lastDate }) => Math.max(0, now - lastDate) / YEAR));
    add('recency', 2 ** (-age / 2), `its files changed ${duration(age)} before HEAD on average`);
    const life = mean(histories.map(({ firstDate }) => Math.max(0, now - firstDate) / YEAR));
    add('survival', 1 - 2 ** -life, `its files are ${duration(life)} old on average`);
    const authors = new Set(histories.flatMap((entry) => entry.authors)).size;
    add('authors', 1 - 2 ** (-authors / 2), authors === 1 ? '1 author' : `${authors} authors`);
  }
  const weight = components.reduce((sum, entry) => sum + entry.weight, 0);
  const resonance = components.reduce((sum, entry) => sum + entry.value * entry.weight, 0) / weight;
  return { resonance: rounded(resonance), components };
}
