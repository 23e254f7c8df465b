/** Some files' tokens, sorted by what stands before them: every place that continues a given context is one range. */
import { equalRange, lowerBound } from '../../../base/binarySearch.ts';
import { idOf, shapeOf } from './cells.ts';
import { countingSort } from './countingSort.ts';
import { EDGE } from './vocabulary.ts';

/** Tokens of context that the orders know; beyond them a match is followed in the text. */
export const EXACT_DEPTH = 4;
export const SHAPE_DEPTH = 6;

export interface SegmentFile {
  readonly path: string;
  readonly cells: Int32Array;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Files in the order of their paths, so that a folder is one stretch of positions. Each begins with an EDGE. Eight bytes a token
 * for the two orders (suffix arrays of the reversed text, cut at a few tokens), four for the token.
 */
export class Segment {
  readonly cells: Int32Array;
  readonly paths: readonly string[];
  /** Position of each file's EDGE, and the end of the last file. */
  readonly bases: Int32Array;
  /** FNV-1a of each path. */
  readonly hashes: Uint32Array;
  private readonly exact: Int32Array;
  private readonly shape: Int32Array;
  private readonly gone: Uint8Array;
  private readonly slots: ReadonlyMap<string, number>;
  /** Tokens of files that are gone. */
  dead = 0;

  /** `files` in the order of their paths; `ids` is the size of the vocabulary. */
  constructor(files: readonly SegmentFile[], ids: number) {
    let total = 0;
    for (const { cells } of files) total += cells.length + 1;
    this.cells = new Int32Array(total);
    this.bases = new Int32Array(files.length + 1);
    this.gone = new Uint8Array(files.length);
    let at = 0;
    files.forEach(({ cells }, slot) => {
      this.bases[slot] = at;
      this.cells[at] = EDGE;
      this.cells.set(cells, at + 1);
      at += cells.length + 1;
    });
    this.bases[files.length] = at;
    this.paths = files.map(({ path }) => path);
    this.hashes = Uint32Array.from(this.paths, hashOf);
    this.slots = new Map(this.paths.map((path, slot) => [path, slot]));
    this.exact = sorted(this.cells, EXACT_DEPTH, ids, idOf);
    this.shape = sorted(this.cells, SHAPE_DEPTH, ids, shapeOf);
  }

  get size(): number {
    return this.cells.length;
  }

  has(path: string): boolean {
    const slot = this.slots.get(path);
    return slot !== undefined && this.gone[slot] === 0;
  }

  /** Lets a file go; its tokens are skipped from now on. */
  remove(path: string): void {
    const slot = this.slots.get(path);
    if (slot === undefined || this.gone[slot] === 1) return;
    this.gone[slot] = 1;
    this.dead += (this.bases[slot + 1] as number) - (this.bases[slot] as number);
  }

  /** Tokens of the files that are left. */
  *files(): Generator<SegmentFile> {
    for (const [slot, path] of this.paths.entries()) {
      if (this.gone[slot] === 1) continue;
      yield { path, cells: this.cells.slice((this.bases[slot] as number) + 1, this.bases[slot + 1]) };
    }
  }

  /** Slot of the file that a position lies in; -1 where it is gone. */
  slotAt(position: number): number {
    const slot = lowerBound(1, this.paths.length, (next) => this.bases[next] as number, position + 1) - 1;
    return this.gone[slot] === 1 ? -1 : slot;
  }

  /** Positions of the files for whose path `compare` answers 0; it answers less for those before them. */
  stretch(compare: (path: string) => number): Range {
    const all = { from: 0, to: this.paths.length };
    const { from, to } = equalRange(all, (slot) => compare(this.paths[slot] as string), 0);
    return { from: this.bases[from] as number, to: this.bases[to] as number };
  }

  /** Ranges of the order by exact tokens for the last 1, 2, … tokens of a context, nearest first; as many as are not empty. */
  exactRanges(context: Int32Array): Range[] {
    return this.ranges(this.exact, EXACT_DEPTH, context, idOf);
  }

  /** The same with all local names alike. */
  shapeRanges(context: Int32Array): Range[] {
    return this.ranges(this.shape, SHAPE_DEPTH, context, shapeOf);
  }

  exactAt(rank: number): number {
    return this.exact[rank] as number;
  }

  shapeAt(rank: number): number {
    return this.shape[rank] as number;
  }

  get bytes(): number {
    return 12 * this.cells.length + 5 * this.paths.length;
  }

  private ranges(order: Int32Array, depth: number, context: Int32Array, key: (cell: number) => number): Range[] {
    const found: Range[] = [];
    let range: Range = { from: 0, to: order.length };
    for (let back = 1; back <= Math.min(depth, context.length); back++) {
      const wanted = key(context[context.length - back] as number);
      const keyAt = (rank: number): number => {
        const position = (order[rank] as number) - back;
        return position < 0 ? 0 : key(this.cells[position] as number);
      };
      range = equalRange(range, keyAt, wanted);
      if (range.from >= range.to) break;
      found.push(range);
    }
    return found;
  }
}

/** All positions, ordered by the `depth` keys before each, nearest first, then by position. */
function sorted(cells: Int32Array, depth: number, ids: number, key: (cell: number) => number): Int32Array {
  const values = cells.map(key);
  const keys = Array.from({ length: depth }, (_, i) => ({ values, offset: -1 - i }));
  return countingSort(cells.length, keys, ids);
}

function hashOf(path: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) value = Math.imul(value ^ path.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
