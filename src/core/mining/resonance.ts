/**
 * Resonance: how likely a pattern is to go on being written. A logistic model of named components in [0, 1], fitted so that
 * it is calibrated: of the patterns at 0.6 six in ten recur. bench/mining/recurs.ts says what recurs means, `npm run bench -- mining-fit` fits the weights.
 */
import { equalRange } from '../../base/binarySearch.ts';
import type { FileHistory } from '../ports.ts';
import type { ResonanceComponent } from './attractor.ts';
import { type Candidate, distinctPaths, foldersOf, isTestPath } from './candidate.ts';

/** Log-odds that a component adds at value 1; a negative weight speaks against recurrence. */
interface ResonanceWeights {
  readonly bias: number;
  readonly weights: Readonly<Partial<Record<ResonanceComponent['name'], number>>>;
}

/** Fitted by `npm run bench -- mining-fit` on the histories that bench/RESULTS.md names. */
const WITH_HISTORY: ResonanceWeights = {
  bias: -4.11,
  weights: {
    ...{ frequency: 2.95, spread: 0.32, folders: 1.36, specificity: -0.49, exclusive: -0.94, tests: 0.59 },
    // How old its files are tells nothing of repositories that were left out of the fit: it is shown, and weighs nothing.
    ...{ recency: 1.7, survival: 0, authors: 0.6 },
  },
};
/** Where git tells nothing of the files. */
const WITHOUT_HISTORY: ResonanceWeights = {
  bias: -2.91,
  weights: { frequency: 2.88, spread: 0.48, folders: 1.51, specificity: -0.48, exclusive: -0.94, tests: 0.68 },
};

const YEAR = 365.25 * 24 * 3600;
/** Sites that are halfway to so many that more of them say nothing new; files, folders and bits of specificity that are. */
const HALF_SITES = 8;
const MANY_FILES = 64;
const MANY_FOLDERS = 31;
const MANY_BITS = 16;

/** Judges the patterns of one report by one history. */
export class ResonanceScale {
  /** When the repository's files began, ascending; seconds. */
  private readonly births: Float64Array;

  /** `paths`: the files that were mined. `now`: HEAD's date in seconds. */
  constructor(
    paths: readonly string[],
    private readonly history: ReadonlyMap<string, FileHistory>,
    private readonly now: number | undefined,
  ) {
    const births = paths.map((path) => history.get(path)?.firstDate).filter((date) => date !== undefined);
    this.births = Float64Array.from(births).sort();
  }

  /** `familyFiles`: files of the candidate's language family. */
  of(candidate: Candidate, familyFiles: number): { resonance: number; components: ResonanceComponent[] } {
    const paths = distinctPaths(candidate.sites);
    const sites = candidate.sites.length;
    const parts: Omit<ResonanceComponent, 'weight'>[] = [];
    const add = (name: ResonanceComponent['name'], value: number, explanation: string): void => {
      parts.push({ name, value: rounded(value), explanation });
    };
    add('frequency', 1 - 2 ** (-sites / HALF_SITES), sites === 1 ? '1 place' : `${sites} places`);
    add('spread', Math.log2(paths.length) / Math.log2(MANY_FILES), `${paths.length} of ${familyFiles} files`);
    const folders = foldersOf(paths);
    add(
      'folders',
      Math.log2(folders + 1) / Math.log2(MANY_FOLDERS + 1),
      folders === 1 ? '1 folder' : `${folders} folders`,
    );
    add('specificity', candidate.specificity / MANY_BITS, specificityWords(candidate));
    add('exclusive', candidate.exclusive ?? 0, exclusiveWords(candidate));
    const inTests = candidate.sites.filter(({ path }) => isTestPath(path)).length / sites;
    add('tests', inTests, `${Math.round(inTests * 100)} % of its places are in tests`);
    const { now } = this;
    const known = paths.map((path) => this.history.get(path)).filter((entry) => entry !== undefined);
    if (now === undefined || known.length === 0) return weighed(parts, WITHOUT_HISTORY);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const younger = mean(known.map(({ firstDate }) => this.shareBefore(firstDate)));
    add('recency', younger, `its files are younger than ${Math.round(younger * 100)} % of the repository's on average`);
    const life = mean(known.map(({ firstDate }) => Math.max(0, now - firstDate) / YEAR));
    add('survival', 1 - 2 ** -life, `its files are ${duration(life)} old on average`);
    const authors = new Set(known.flatMap((entry) => entry.authors)).size;
    add('authors', 1 - 2 ** (-authors / 2), authors === 1 ? '1 author' : `${authors} authors`);
    return weighed(parts, WITH_HISTORY);
  }

  /** Share of the files that are older; files of the same moment count half. */
  private shareBefore(date: number): number {
    const { births } = this;
    const { from, to } = equalRange({ from: 0, to: births.length }, (i) => births[i] as number, date);
    return (from + to) / 2 / Math.max(1, births.length);
  }
}

function weighed(parts: readonly Omit<ResonanceComponent, 'weight'>[], { bias, weights }: ResonanceWeights) {
  const components = parts.map((part) => ({ ...part, weight: weights[part.name] ?? 0 }));
  const logOdds = components.reduce((sum, { value, weight }) => sum + value * weight, bias);
  return { resonance: rounded(1 / (1 + Math.exp(-logOdds))), components };
}

function specificityWords({ judged, specificity }: Candidate): string {
  if (judged) return 'judged by its kind: it is not counted in public code';
  return `${(Math.round(specificity * 10) / 10).toFixed(1)} bits more frequent here than in public code`;
}

function exclusiveWords({ exclusive }: Candidate): string {
  if (exclusive === undefined) return 'judged by its kind: its names are not counted';
  if (exclusive === 0) return 'no two names in it are rare';
  return `${Math.round(exclusive * 100)} % of the places of its rare names are its own`;
}

/** Three decimals: shown to people, and free of the last bit's noise. */
function rounded(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
}

/** Years in words: days, months or years, whichever tells most. */
function duration(years: number): string {
  const days = Math.round(years * 365.25);
  if (days < 1) return 'less than a day';
  if (days < 60) return days === 1 ? 'a day' : `${days} days`;
  const months = Math.round(years * 12);
  return months < 24 ? `${months} months` : `${years.toFixed(1)} years`;
}
