/** Which files say the same as others: copies, and the files of near-copied subprojects, are no evidence. */
import type { FileTrees } from './forest.ts';

/** Below this many nodes files, and functions, are alike by chance. */
const SMALL = 8;
/** A near copy has that many functions, and that share of their nodes in functions that one other file has, too. */
const LEAST_FUNCTIONS = 3;
const NEAR = 0.8;
/** Files remembered for a function that many have. */
const MOST_HOLDERS = 4;

export interface Sketch {
  /** Equal for files that say the same from first to last. */
  readonly key: string;
  /** Hash and nodes of each function, two numbers each. */
  readonly functions: Float64Array;
}

export class Copies {
  private readonly sketches = new WeakMap<FileTrees, Sketch>();

  /** Files that are no copies, exact or near, of one before them. */
  without<File extends { readonly trees: FileTrees }>(files: readonly File[]): File[] {
    const seen = new Set<string>();
    const holders = new Map<number, number[]>();
    return files.filter(({ trees }, index) => {
      const { key, functions } = this.sketchOf(trees);
      if (trees.label.length > SMALL && seen.has(key)) return false;
      if (isNearCopy(functions, holders)) return false;
      seen.add(key);
      for (let at = 0; at < functions.length; at += 2) {
        const known = holders.get(functions[at] as number);
        if (known === undefined) holders.set(functions[at] as number, [index]);
        else if (known.length < MOST_HOLDERS && known.at(-1) !== index) known.push(index);
      }
      return true;
    });
  }

  /** What is remembered of a file; asked for beforehand, `without` has little left to do. */
  sketchOf(trees: FileTrees): Sketch {
    let sketch = this.sketches.get(trees);
    if (sketch === undefined) {
      const { label, size, functionNodes } = trees;
      const functions: number[] = [];
      for (const node of functionNodes)
        if ((size[node] as number) > SMALL) functions.push(hashOf(trees, node), size[node] as number);
      sketch = { key: `${label.length} ${hashOf(trees, 0, label.length)}`, functions: Float64Array.from(functions) };
      this.sketches.set(trees, sketch);
    }
    return sketch;
  }
}

/** 52-bit hash of a subtree, or of as many nodes. */
function hashOf({ label, size }: FileTrees, start: number, count = size[start] as number): number {
  let low = count;
  let high = 17;
  for (let node = start; node < start + count; node++) {
    low = Math.imul(low ^ (label[node] as number), 0x01000193);
    high = (Math.imul(high, 31) + (label[node] as number) * 7 + (size[node] as number)) | 0;
  }
  return (high & 0xfffff) * 0x100000000 + (low >>> 0);
}

function isNearCopy(functions: Float64Array, holders: ReadonlyMap<number, readonly number[]>): boolean {
  if (functions.length < 2 * LEAST_FUNCTIONS) return false;
  let total = 0;
  const shared = new Map<number, number>();
  for (let at = 0; at < functions.length; at += 2) {
    const nodes = functions[at + 1] as number;
    total += nodes;
    for (const file of holders.get(functions[at] as number) ?? []) shared.set(file, (shared.get(file) ?? 0) + nodes);
  }
  for (const nodes of shared.values()) if (nodes >= total * NEAR) return true;
  return false;
}
