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
  /** Steps whatever the size. */
  readonly maxSteps: number;
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
  maxSteps: 40_000_000,
  rootShare: 0.05,
};

/** Rightmost occurrences: pairs (root, rightmost leaf) in ascending order of root. */
interface Occurrences {
  readonly pairs: Int32Array;
  /** Distinct roots and files. */
  readonly roots: number;
  readonly files: number;
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
  private readonly grouping: ExtensionGroups;

  constructor(
    private readonly forest: Forest,
    private readonly table: LabelTable,
    private readonly limits: SubtreeLimits,
    private readonly breather?: Breather,
  ) {
    this.block = table.idOf('block');
    this.stride = table.count + 1;
    this.grouping = new ExtensionGroups(forest.file, this.stride * (limits.maxDepth + 2));
  }

  async mine(): Promise<SubtreePattern[]> {
    const { limits, forest } = this;
    const total = Math.min(limits.maxSteps, Math.max(400_000, forest.count * limits.stepsPerNode));
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
    const { label, count } = this.forest;
    const { grouping, table } = this;
    grouping.clear();
    for (let node = 0; node < count; node++)
      if (table.mayRoot(label[node] as number)) grouping.add(label[node] as number, node, node);
    return grouping
      .frequent(this.limits.minFiles)
      .sort((a, b) => a[1].roots - b[1].roots || (table.name(a[0]) < table.name(b[0]) ? -1 : 1));
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

  private extensions(occurrences: Occurrences): [number, Occurrences][] {
    const { label, parent, firstChild, nextSibling } = this.forest;
    const { siblingGap, blockGap, maxDepth, minFiles } = this.limits;
    const { grouping, stride } = this;
    const leafDepth = this.depths.at(-1) as number;
    const { pairs } = occurrences;
    grouping.clear();
    for (let at = 0; at < pairs.length; at += 2) {
      const root = pairs[at] as number;
      let current = pairs[at + 1] as number;
      if (leafDepth < maxDepth) {
        let child = firstChild[current] as number;
        for (let seen = 0; child !== -1 && seen < siblingGap; seen++) {
          grouping.add((leafDepth + 1) * stride + (label[child] as number), root, child);
          child = nextSibling[child] as number;
        }
      }
      for (let depth = leafDepth; depth >= 1; depth--) {
        const inBlock = label[parent[current] as number] === this.block;
        const gap = inBlock ? blockGap : siblingGap;
        let next = nextSibling[current] as number;
        for (let seen = 0; next !== -1 && seen < gap; seen++) {
          if (!inBlock || this.linked(current, next))
            grouping.add(depth * stride + (label[next] as number), root, next);
          next = nextSibling[next] as number;
        }
        current = parent[current] as number;
      }
    }
    this.stepsLeft -= grouping.size + pairs.length / 2;
    return grouping.frequent(minFiles);
  }

  private grow(occurrences: Occurrences, anchors: number): void {
    const { limits } = this;
    if (this.labels.length >= limits.maxSize) {
      if (anchors > 0) this.record(occurrences);
      return;
    }
    const frequent = this.extensions(occurrences);
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
function hashPairs(pairs: Int32Array): number {
  let low = 0x811c9dc5;
  let high = pairs.length;
  for (const value of pairs) {
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high, 31) + value;
  }
  return (high & 0xfffff) * 0x100000000 + (low >>> 0);
}

/**
 * Sorts (key, root, node) triples into groups by key, dropping groups of too few files before anything is allocated for
 * them: most extensions are infrequent. Roots must be added in ascending order.
 */
class ExtensionGroups {
  size = 0;
  private capacity = 4096;
  private group = new Int32Array(this.capacity);
  private root = new Int32Array(this.capacity);
  private node = new Int32Array(this.capacity);
  /** Group of a key, valid where `stamp` holds the current round. */
  private readonly groupOf: Int32Array;
  private readonly stamp: Int32Array;
  private round = 0;
  private groups = 0;
  private keys: number[] = [];
  private counts: number[] = [];
  private roots: number[] = [];
  private files: number[] = [];
  private lastRoot: number[] = [];

  constructor(
    private readonly file: Int32Array,
    keys: number,
  ) {
    this.groupOf = new Int32Array(keys);
    this.stamp = new Int32Array(keys);
  }

  clear(): void {
    this.size = 0;
    this.groups = 0;
    this.round++;
  }

  add(key: number, root: number, node: number): void {
    let group: number;
    if (this.stamp[key] === this.round) {
      group = this.groupOf[key] as number;
      const last = this.lastRoot[group] as number;
      if (last !== root) {
        this.roots[group] = (this.roots[group] as number) + 1;
        if (this.file[last] !== this.file[root]) this.files[group] = (this.files[group] as number) + 1;
        this.lastRoot[group] = root;
      }
      this.counts[group] = (this.counts[group] as number) + 1;
    } else {
      group = this.groups++;
      this.stamp[key] = this.round;
      this.groupOf[key] = group;
      this.keys[group] = key;
      this.counts[group] = 1;
      this.roots[group] = 1;
      this.files[group] = 1;
      this.lastRoot[group] = root;
    }
    if (this.size === this.capacity) this.grow();
    this.group[this.size] = group;
    this.root[this.size] = root;
    this.node[this.size++] = node;
  }

  /** Groups that occur in enough files, in the order of their first triple, each with its distinct pairs. */
  frequent(minFiles: number): [number, Occurrences][] {
    const pairs: (Int32Array | undefined)[] = [];
    const used: number[] = [];
    for (let group = 0; group < this.groups; group++)
      if ((this.files[group] as number) >= minFiles) {
        pairs[group] = new Int32Array(2 * (this.counts[group] as number));
        used[group] = 0;
      }
    for (let at = 0; at < this.size; at++) {
      const group = this.group[at] as number;
      const list = pairs[group];
      if (list === undefined) continue;
      const root = this.root[at] as number;
      const node = this.node[at] as number;
      const end = used[group] as number;
      let back = end - 2;
      while (back >= 0 && list[back] === root && list[back + 1] !== node) back -= 2;
      if (back >= 0 && list[back] === root) continue;
      list[end] = root;
      list[end + 1] = node;
      used[group] = end + 2;
    }
    const found: [number, Occurrences][] = [];
    for (let group = 0; group < this.groups; group++) {
      const list = pairs[group];
      if (list === undefined) continue;
      const counted = { roots: this.roots[group] as number, files: this.files[group] as number };
      found.push([this.keys[group] as number, { pairs: list.subarray(0, used[group]), ...counted }]);
    }
    return found;
  }

  private grow(): void {
    this.capacity *= 2;
    const copy = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(this.capacity);
      to.set(from);
      return to;
    };
    this.group = copy(this.group);
    this.root = copy(this.root);
    this.node = copy(this.node);
  }
}
