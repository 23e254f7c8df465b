/** Finds the routines and files most like the one at the cursor: idf-weighted token overlap, one view per kind of evidence. */
import { halfSteps } from './evidence.ts';
import { type FileDigest, TOKEN_CLASSES, tokenClassOf } from './fileDigest.ts';
import { type FamilyIndex, fileLength } from './retrievalIndex.ts';
import type { IntList } from './symbols.ts';

/** Weight of each token class (indexed by TokenClass) in a view; 0 leaves the class out. */
export interface View {
  readonly weights: readonly number[];
  /** How many neighbours vote. */
  readonly count: number;
}

/** A neighbour's similarity in (0, 1], 1 for a routine with the very same tokens. */
export interface Neighbour {
  readonly slot: number;
  /** Local routine; -1 where the neighbour is a file. */
  readonly routine: number;
  readonly similarity: number;
}

/** What is in every document tells little, but in a small and uniform repository it is all there is to tell. */
const LEAST_IDF = 0.25;

/**
 * Inverse document frequency. Both counts are taken in steps by themselves, the
 * frequency in whole ones, so that a file saved elsewhere moves no token but its own, and seldom those: blocks stay byte-stable.
 */
export function idf(documents: number, frequency: number): number {
  return Math.max(LEAST_IDF, halfSteps(documents + 2) - Math.round(Math.log2(frequency + 1)));
}

/** Words on thousands of routines cost much and tell little: at most so many postings are read for a view. */
const POSTINGS_READ = 3000;

/** Scratch space reused between queries; grows with the index. */
export class NeighbourSearch {
  private scores = new Float64Array(0);
  private touched: number[] = [];

  /**
   * Routines of other files than `ownSlot`, best first; ties broken by a hash of path and position. `strength` scales
   * query tokens (those it lacks count nothing).
   */
  routines(
    index: FamilyIndex,
    query: readonly number[],
    view: View,
    ownSlot: number,
    strength?: ReadonlyMap<number, number>,
  ): Neighbour[] {
    if (this.scores.length < index.routineIds) this.scores = new Float64Array(Math.ceil(index.routineIds * 1.25));
    const self = this.accumulate(
      query,
      view.weights,
      (value) => idf(index.routines, index.routineFrequency(value)) * (strength ? (strength.get(value) ?? 0) : 1),
      (value) => index.routineFrequency(value),
      (value) => index.routinesWith(value),
    );
    const best: { id: number; score: number; tie: number }[] = [];
    let least = 0;
    for (const id of this.touched) {
      const raw = this.scores[id] as number;
      this.scores[id] = 0;
      const slot = index.slotOfRoutine(id);
      if (slot < 0 || slot === ownSlot) continue;
      const score = raw / Math.sqrt(1 + index.tokensOf(id, view.weights));
      if (best.length >= view.count && score < least) continue;
      best.push({ id, score, tie: index.hashOfRoutine(id) });
      if (best.length >= view.count * 4) least = prune(best, view.count);
    }
    this.touched = [];
    prune(best, view.count);
    const norm = self.weight / Math.sqrt(1 + self.tokens);
    return best.map(({ id, score }) => {
      const slot = index.slotOfRoutine(id);
      return { slot, routine: index.localRoutine(id, slot), similarity: norm > 0 ? Math.min(1, score / norm) : 0 };
    });
  }

  /** Files other than `ownSlot` with the most telling tokens in common. */
  files(index: FamilyIndex, query: readonly number[], view: View, ownSlot: number): Neighbour[] {
    if (this.scores.length < index.fileSlots) this.scores = new Float64Array(Math.ceil(index.fileSlots * 1.25) + 64);
    const self = this.accumulate(
      query,
      view.weights,
      (value) => idf(index.files, index.fileFrequency(value)),
      (value) => index.fileFrequency(value),
      (value) => index.filesWith(value),
    );
    const best: { id: number; score: number; tie: number }[] = [];
    let least = 0;
    for (const slot of this.touched) {
      const raw = this.scores[slot] as number;
      this.scores[slot] = 0;
      const digest = index.fileAt(slot);
      if (!digest || slot === ownSlot) continue;
      const score = raw / index.lengthOfFile(slot);
      if (best.length >= view.count && score < least) continue;
      best.push({ id: slot, score, tie: index.hashOfFile(slot) });
      if (best.length >= view.count * 4) least = prune(best, view.count);
    }
    this.touched = [];
    prune(best, view.count);
    const norm = self.weight / fileLength(self.tokens);
    return best.map(({ id, score }) => ({
      slot: id,
      routine: -1,
      similarity: norm > 0 ? Math.min(1, score / norm) : 0,
    }));
  }

  private accumulate(
    query: readonly number[],
    weights: readonly number[],
    idfOf: (value: number) => number,
    frequency: (value: number) => number,
    postings: (value: number) => IntList,
  ): { weight: number; tokens: number } {
    const lists: { weight: number; length: number; ids: IntList }[] = [];
    let total = 0;
    let tokens = 0;
    for (const value of query) {
      const classWeight = weights[tokenClassOf(value)] ?? 0;
      if (classWeight === 0) continue;
      tokens++;
      const weight = classWeight * idfOf(value);
      if (weight <= 0) continue;
      total += weight;
      // What is live counts: the lists hold the dead of earlier saves too.
      lists.push({ weight, length: frequency(value), ids: postings(value) });
    }
    const longest = longestRead(lists.map(({ length }) => length));
    for (const { weight, length, ids } of lists) {
      if (length > longest) continue;
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i] as number;
        const before = this.scores[id] as number;
        if (before === 0) this.touched.push(id);
        this.scores[id] = before + weight;
      }
    }
    return { weight: total, tokens };
  }
}

/** Rarest first, lists are read until they come to POSTINGS_READ; the shortest is always read. Answers the longest length read. */
function longestRead(lengths: number[]): number {
  lengths.sort((a, b) => a - b);
  let read = 0;
  let longest = lengths[0] ?? 0;
  for (const length of lengths) {
    read += length;
    if (read > POSTINGS_READ) break;
    longest = length;
  }
  return longest;
}

/** Similarity of a routine in the current (perhaps unsaved) file to the query, on the same scale. */
export function similarityInFile(
  index: FamilyIndex,
  query: ReadonlySet<number>,
  digest: FileDigest,
  routine: number,
  view: View,
  strength?: ReadonlyMap<number, number>,
): number {
  let shared = 0;
  let all = 0;
  let tokens = 0;
  for (const value of query) {
    const classWeight = view.weights[tokenClassOf(value)] ?? 0;
    if (classWeight === 0) continue;
    tokens++;
    all += classWeight * idf(index.routines, index.routineFrequency(value)) * (strength?.get(value) ?? 1);
  }
  for (let t = digest.tokenOffsets[routine] as number; t < (digest.tokenOffsets[routine + 1] as number); t++) {
    const value = digest.tokens[t] as number;
    if (!query.has(value)) continue;
    shared +=
      (view.weights[tokenClassOf(value)] ?? 0) *
      idf(index.routines, index.routineFrequency(value)) *
      (strength?.get(value) ?? 1);
  }
  if (all === 0) return 0;
  const own = shared / Math.sqrt(1 + tokensIn(digest, routine, view.weights));
  return Math.min(1, own / (all / Math.sqrt(1 + tokens)));
}

function tokensIn(digest: FileDigest, routine: number, weights: readonly number[]): number {
  let count = 0;
  for (let t = digest.tokenOffsets[routine] as number; t < (digest.tokenOffsets[routine + 1] as number); t++) {
    if ((weights[(digest.tokens[t] as number) % TOKEN_CLASSES] ?? 0) > 0) count++;
  }
  return count;
}

/** Sorts, cuts to `count`, returns the least score kept. */
function prune(best: { id: number; score: number; tie: number }[], count: number): number {
  best.sort((a, b) => b.score - a.score || a.tie - b.tie || a.id - b.id);
  if (best.length > count) best.length = count;
  return best.length < count ? 0 : (best[best.length - 1] as { score: number }).score;
}
