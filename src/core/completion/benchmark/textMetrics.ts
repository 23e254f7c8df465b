/** How near a text comes to the one that a person wrote there (the harness's metrics beside AT7's). */
import { editDistance } from '../../edits/editDistance.ts';
import { namesIn } from '../codeLift.ts';

export interface TextMetrics {
  /** 1 or 0: the first line, and all of it, are what was written; white space at line ends and around it does not count. */
  readonly firstLine: number;
  readonly exact: number;
  /** 1 − optimal string alignment distance ÷ the longer length, of what is compared of long texts. */
  readonly editSimilarity: number;
  /** F1 of identifiers, each as often as it occurs. */
  readonly identifierF1: number;
  /** Share of the APIs that the true text calls and that the text uses; null where it calls none. */
  readonly apiHitRate: number | null;
}

/** UTF-16 units of a text that are compared by edits: the distance is quadratic. */
const COMPARED = 1500;

export function textMetrics(text: string, truth: string, apis: readonly string[]): TextMetrics {
  const [got, wanted] = [tidied(text), tidied(truth)];
  const names = namesIn(got);
  return {
    firstLine: got !== '' && got.split('\n', 1)[0] === wanted.split('\n', 1)[0] ? 1 : 0,
    exact: got === wanted ? 1 : 0,
    editSimilarity: editSimilarity(got.slice(0, COMPARED), wanted.slice(0, COMPARED)),
    identifierF1: identifierF1(got, wanted),
    apiHitRate: apis.length === 0 ? null : apis.filter((name) => names.has(name)).length / apis.length,
  };
}

/** Line ends alike, nothing blank around the text or at a line's end. */
export function tidied(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .trim();
}

function editSimilarity(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : 1 - editDistance(a, b) / longer;
}

function identifierF1(got: string, wanted: string): number {
  const [a, b] = [counts(got), counts(wanted)];
  const [mine, theirs] = [total(a), total(b)];
  if (mine + theirs === 0) return 1;
  let shared = 0;
  for (const [name, count] of a) shared += Math.min(count, b.get(name) ?? 0);
  return (2 * shared) / (mine + theirs);
}

function counts(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const name of text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []) found.set(name, (found.get(name) ?? 0) + 1);
  return found;
}

const total = (found: ReadonlyMap<string, number>): number => [...found.values()].reduce((sum, n) => sum + n, 0);
