/** The table of evidence: which features there are, its rows as they fill, and the scales counts are put on. */
import type { LanguageId } from '../languages.ts';
import type { CursorDigest } from './fileDigest.ts';

/** True for a path by which tests are recognised in all six languages. */
export function isTestPath(path: string): boolean {
  return /(^|[/_.-])(tests?|spec|__tests__)([/_.-]|$)/i.test(path);
}

/** A candidate is called in this many files other than the current one, in a repository of at least so many. */
const OTHER_FILES = 2;
const SMALL_REPOSITORY = 6;

/** In how many other files of a repository of so many a name must be called to be a candidate. */
export function leastCallers(files: number): number {
  return files >= SMALL_REPOSITORY ? OTHER_FILES : 1;
}

/** Names of the features, in the order of the matrix columns; the weights file refers to them by name. */
export const FEATURES = [
  'fileCount',
  'fileShare',
  'near',
  'containerShare',
  'directoryShare',
  'directoryCount',
  'popularity',
  'popularShare',
  'routineShare',
  'nameVote',
  'nameBest',
  'signatureVote',
  'signatureBest',
  'mixedVote',
  'mixedBest',
  'mixedCount',
  'fileVote',
  'fileBest',
  'sameName',
  'inSignature',
  'docOverlap',
  'wordOverlap',
  'wordShare',
  'contextOverlap',
  'isTargetName',
  'declaredHere',
  'declaredInDirectory',
  'declaredInImported',
  'declaredInRepository',
  'imported',
  'receiver',
  'receiverCount',
  'typeReceiver',
  'moduleShare',
  'capitalised',
  'unseenHere',
  'isTest',
  'background',
  'backgroundLift',
  'analogy',
  'analogyBest',
  'feedbackVote',
  'feedbackBest',
  'fileSize',
  'affinity',
  'tokenOdds',
  'tokenBest',
  'callOdds',
  'callBest',
] as const;

export type Feature = (typeof FEATURES)[number];

/** Column of each feature. */
export const COLUMN = Object.fromEntries(FEATURES.map((name, column) => [name, column])) as Readonly<
  Record<Feature, number>
>;

/** Where the cursor is, in the terms of the current file's digest. */
export interface Target {
  readonly digest: CursorDigest;
  readonly language: LanguageId;
  /** Local routine at the cursor; -1 outside any. */
  readonly routine: number;
  /** Routine near the cursor where there is none at it; for neighbourhood in the file. */
  readonly anchor: number;
  /** Receivers at hand: parameters, fields, imports (names), and the written types of those that have one. */
  readonly receivers: readonly string[];
  readonly receiverTypes: readonly string[];
  /** Subwords of the line at the cursor where no routine is: a header being typed. */
  readonly lineWords: readonly string[];
}

/** Rows of evidence: `values` holds `names.length` rows of FEATURES.length columns. */
export interface Candidates {
  readonly names: readonly number[];
  readonly values: Float64Array;
}

/** Collects evidence row by row; a row appears when a name that is admitted gets its first value. */
export class Rows {
  readonly names: number[] = [];
  private readonly rowOf = new Map<number, number>();

  constructor(private readonly admits: (name: number) => boolean) {}

  values = new Float64Array(512 * FEATURES.length);

  /** -1 for a name that is no candidate. */
  row(name: number): number {
    const known = this.rowOf.get(name);
    if (known !== undefined) return known;
    if (!this.admits(name)) {
      this.rowOf.set(name, -1);
      return -1;
    }
    const row = this.names.length;
    this.rowOf.set(name, row);
    this.names.push(name);
    if ((row + 1) * FEATURES.length > this.values.length) {
      const grown = new Float64Array(this.values.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    return row;
  }

  add(name: number, feature: Feature, value: number): void {
    const row = this.row(name);
    if (row < 0) return;
    const at = row * FEATURES.length + COLUMN[feature];
    this.values[at] = (this.values[at] as number) + value;
  }

  max(name: number, feature: Feature, value: number): void {
    const row = this.row(name);
    if (row < 0) return;
    const at = row * FEATURES.length + COLUMN[feature];
    if (value > (this.values[at] as number)) this.values[at] = value;
  }
}

/** Features that are shares of votes: the model sees their log-odds, shifted so that no vote stays 0. */
export const SHARES = [
  'fileShare',
  'containerShare',
  'directoryShare',
  'nameVote',
  'signatureVote',
  'mixedVote',
  'fileVote',
  'sameName',
  'receiver',
  'typeReceiver',
  'analogy',
  'moduleShare',
] as const;

/** log(v/(1−v)) smoothed by 1/50 and shifted: 0 → 0, ½ → 3.9, 1 → 7.9. */
export function odds(share: number): number {
  if (share === 0) return 0;
  return Math.log((share + 0.02) / (1.02 - Math.min(1, share))) + Math.log(51);
}

/** log2 of a count in whole steps: a file saved elsewhere seldom moves it. */
export function step(count: number): number {
  return 31 - Math.clz32(1 + count);
}

/** log2 of a count in steps of 0.5. */
export function halfSteps(count: number): number {
  return Math.round(2 * Math.log2(count)) / 2;
}

/** `odds(coarse(share))` of the seventeen steps. */
const COARSE_ODDS = Float64Array.from({ length: 17 }, (_, sixteenths) => odds(sixteenths / 16));

/** The log-odds of a share in steps of 1/16. */
export function coarseOdds(share: number): number {
  return COARSE_ODDS[Math.min(16, Math.round(share * 16))] as number;
}

/** A share in steps of 1/16, for counts over the whole repository. */
export function coarse(share: number): number {
  return Math.round(share * 16) / 16;
}
