/**
 * Frequent closed subtrees by rightmost extension: FREQT (Asai et al., SDM 2002) over flat occurrence lists, with the
 * duplicate-branch cut of CMTreeMiner (Chi et al., TKDE 2005) and root and anchor constraints after FREQTALS (2020).
 */
import type { Breather } from '../../base/progress.ts';
import type { Forest } from './forest.ts';
import { ANCHOR_STRONG, type LabelTable } from './labelTable.ts';

/** A pattern: an induced ordered subtree. Children may be left out: these are its holes. */
export interface SubtreePattern {
  /** Preorder labels and depths (the root has depth 0). */
  readonly labels: Int32Array;
  readonly depths: Uint8Array;
  /** Forest nodes that root an occurrence, ascending. */
  readonly roots: Int32Array;
  /** Distinct files of the roots. */
  readonly files: number;
}

export interface SubtreeLimits {
  readonly minFiles: number;
  readonly maxSize: number;
  readonly maxDepth: number;
  /** Most nodes a pattern may have before it holds a strong anchor. */
  readonly maxUnanchored: number;
  /** Later siblings looked at under a block and under anything else. */
  readonly blockGap: number;
  readonly siblingGap: number;
  /** Occurrence steps in total, per node of the forest, and per root label as a share of the total. */
  readonly stepsPerNode: number;
  readonly rootShare: number;
}

export const SUBTREE_LIMITS: SubtreeLimits = {
  minFiles: 3,
  maxSize: 18,
  maxDepth: 8,
  maxUnanchored: 4,
  blockGap: 3,
  siblingGap: 8,
  stepsPerNode: 14,
  rootShare: 0.05,
};

/** Rightmost occurrences: pairs (root, rightmost leaf) in ascending order of root. */
interface Occurrences {
  pairs: number[];
  /** Distinct roots and files. */
  roots: number;
  files: number;
}

/** Finds patterns; deterministic, and bounded by `limits` whatever the input. Breathes where a breather is given. */
export class SubtreeMiner {
  private readonly found: SubtreePattern[] = [];
  private readonly visited = new Set<number>();
  private readonly block: number;
  private readonly labels: number[] = [];
  private readonly depths: number[] = [];
  private stepsLeft = 0;
  /** Extensions are grouped by depth × labels + label. */
  private readonly stride: number;

  constructor(
    private readonly forest: Forest,
    private readonly table: LabelTable,
    private readonly limits: SubtreeLimits,
    private readonly breather?: Breather,
  ) {
    this.block = table.idOf('block');
    this.stride = table.count + 1;
  }

  async mine(): Promise<SubtreePattern[]> {
    const { limits, forest } = this;
    const total = Math.max(400_000, forest.count * limits.stepsPerNode);
    const perRoot = Math.max(20_000, Math.floor(total * limits.rootShare));
    let left = total;
    for (const [label, occurrences] of this.singletons()) {
      this.stepsLeft = Math.min(perRoot, left);
      const granted = this.stepsLeft;
      this.labels.push(label);
      this.depths.push(0);
      this.visited.clear();
      this.grow(occurrences, this.table.anchor(label) === ANCHOR_STRONG ? 1 : 0);
      this.labels.pop();
      this.depths.pop();
      left -= granted - Math.max(0, this.stepsLeft);
      if (left <= 0) break;
      if (this.breather?.due) await this.breather.breathe();
    }
    return this.found;
  }

  /** Patterns of one node that may root, rarest first, so that a spent budget costs the commonplace. */
  private singletons(): [number, Occurrences][] {
    const { label, file, count } = this.forest;
    const byLabel = new Map<number, Occurrences & { lastFile: number }>();
    for (let node = 0; node < count; node++) {
      const name = label[node] as number;
      if (!this.table.mayRoot(name)) continue;
      let entry = byLabel.get(name);
      if (!entry) {
        entry = { pairs: [], roots: 0, files: 0, lastFile: -1 };
        byLabel.set(name, entry);
      }
      entry.pairs.push(node, node);
      entry.roots++;
      if (entry.lastFile !== file[node]) entry.files++;
      entry.lastFile = file[node] as number;
    }
    return [...byLabel.entries()]
      .filter(([, entry]) => entry.files >= this.limits.minFiles)
      .sort((a, b) => a[1].roots - b[1].roots || (this.table.name(a[0]) < this.table.name(b[0]) ? -1 : 1));
  }

  private linked(before: number, after: number): boolean {
    const { file, statement, files } = this.forest;
    const trees = files[file[before] as number];
    const [a, b] = [statement[before] as number, statement[after] as number];
    if (a === -1 || b === -1 || trees === undefined) return false;
    const { variables, variableStart } = trees;
    for (let i = variableStart[a] as number; i < (variableStart[a + 1] as number); i++)
      for (let j = variableStart[b] as number; j < (variableStart[b + 1] as number); j++)
        if (variables[i] === variables[j]) return true;
    return false;
  }

  private extensions(occurrences: Occurrences): Map<number, Occurrences> {
    const { label, parent, firstChild, nextSibling, file } = this.forest;
    const { siblingGap, blockGap, maxDepth } = this.limits;
    const leafDepth = this.depths.at(-1) as number;
    const groups = new Map<number, Occurrences>();
    const { pairs } = occurrences;
    let steps = 0;
    const add = (root: number, node: number, depth: number): void => {
      steps++;
      const key = depth * this.stride + (label[node] as number);
      const group = groups.get(key);
      if (group === undefined) {
        groups.set(key, { pairs: [root, node], roots: 1, files: 1 });
        return;
      }
      const list = group.pairs;
      let at = list.length - 2;
      const last = list[at] as number;
      if (last !== root) {
        group.roots++;
        if (file[last] !== file[root]) group.files++;
      } else {
        for (; at >= 0 && list[at] === root; at -= 2) if (list[at + 1] === node) return;
      }
      list.push(root, node);
    };
    for (let at = 0; at < pairs.length; at += 2) {
      const root = pairs[at] as number;
      let current = pairs[at + 1] as number;
      if (leafDepth < maxDepth) {
        let seen = 0;
        for (
          let child = firstChild[current] as number;
          child !== -1 && seen < siblingGap;
          child = nextSibling[child] as number
        ) {
          add(root, child, leafDepth + 1);
          seen++;
        }
      }
      for (let depth = leafDepth; depth >= 1; depth--) {
        const inBlock = label[parent[current] as number] === this.block;
        const gap = inBlock ? blockGap : siblingGap;
        let seen = 0;
        for (let next = nextSibling[current] as number; next !== -1 && seen < gap; next = nextSibling[next] as number) {
          seen++;
          if (!inBlock || this.linked(current, next)) add(root, next, depth);
        }
        current = parent[current] as number;
      }
    }
    this.stepsLeft -= steps + pairs.length / 2;
    return groups;
  }

  private grow(occurrences: Occurrences, anchors: number): void {
    const { limits } = this;
    if (this.labels.length >= limits.maxSize) {
      if (anchors > 0) this.record(occurrences);
      return;
    }
    const frequent = [...this.extensions(occurrences).entries()].filter(([, entry]) => entry.files >= limits.minFiles);
    const closed = !frequent.some(([, entry]) => entry.roots === occurrences.roots);
    if (closed && anchors > 0) this.record(occurrences);
    if (this.stepsLeft <= 0) return;
    // What all occurrences have in common is visited first, so that the duplicate cut below meets the larger pattern first.
    frequent.sort(
      (a, b) =>
        b[1].roots - a[1].roots ||
        (a[1].pairs[0] as number) - (b[1].pairs[0] as number) ||
        (a[1].pairs[1] as number) - (b[1].pairs[1] as number) ||
        a[0] - b[0],
    );
    for (const [key, entry] of frequent) {
      if (this.stepsLeft <= 0) return;
      const label = key % this.stride;
      const nowAnchored = anchors + (this.table.anchor(label) === ANCHOR_STRONG ? 1 : 0);
      if (nowAnchored === 0 && this.labels.length + 1 >= limits.maxUnanchored) continue;
      // Equal (root, rightmost leaf) lists have equal extensions: only the first, larger pattern is grown.
      const signature = hashPairs(entry.pairs);
      if (this.visited.has(signature)) continue;
      this.visited.add(signature);
      this.labels.push(label);
      this.depths.push(Math.floor(key / this.stride));
      this.grow(entry, nowAnchored);
      this.labels.pop();
      this.depths.pop();
    }
  }

  private record(occurrences: Occurrences): void {
    if (this.labels.length < 2) return;
    const roots = new Int32Array(occurrences.roots);
    let count = 0;
    for (let at = 0; at < occurrences.pairs.length; at += 2) {
      const root = occurrences.pairs[at] as number;
      if (count === 0 || roots[count - 1] !== root) roots[count++] = root;
    }
    this.found.push({
      labels: Int32Array.from(this.labels),
      depths: Uint8Array.from(this.depths),
      roots,
      files: occurrences.files,
    });
  }
}

/** 52-bit hash of an occurrence list; a collision costs one pattern, never a wrong one. */
function hashPairs(pairs: readonly number[]): number {
  let low = 0x811c9dc5;
  let high = pairs.length;
  for (const value of pairs) {
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high, 31) + value;
  }
  return (high & 0xfffff) * 0x100000000 + (low >>> 0);
}
