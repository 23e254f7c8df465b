/**
 * Frequent closed subtrees by rightmost extension: FREQT (Asai et al., SDM 2002) over flat occurrence lists, with the
 * duplicate-branch cut of CMTreeMiner (Chi et al., TKDE 2005) and root and anchor constraints after FREQTALS (2020).
 */
import type { Breather } from '../../base/progress.ts';
import { type Forest, linked, NODES_PER_STEP } from './forest.ts';
import { ANCHOR_STRONG, type LabelTable } from './labelTable.ts';
import { type RareName, rareNames } from './rareNames.ts';

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
  /** Files that a habit of rare names needs, and steps to find it. */
  readonly rareFiles: number;
  readonly rareSteps: number;
}

export const SUBTREE_LIMITS: SubtreeLimits = {
  minFiles: 3,
  maxSize: 18,
  maxDepth: 8,
  maxUnanchored: 4,
  blockGap: 3,
  siblingGap: 8,
  stepsPerNode: 10,
  maxSteps: 40_000_000,
  rootShare: 0.05,
  rareFiles: 3,
  rareSteps: 1_500,
};

/** Rightmost occurrences: pairs (root, rightmost leaf) in ascending order of root, a slice of the miner's arena. */
interface Occurrences {
  /** depth × labels + label of the node that was added last. */
  readonly key: number;
  readonly start: number;
  readonly end: number;
  /** Distinct roots and files. */
  readonly roots: number;
  readonly files: number;
}

/** A pattern that is being grown: what may be added to it, and where its lists begin in the arena. */
interface Frame {
  readonly extensions: readonly Occurrences[];
  readonly anchors: number;
  readonly arena: number;
  next: number;
}

/** Files from which a name alone is a habit. */
export const ALONE_FILES = 8;

/** Share of the steps that may go to rare names. */
const RARE_SHARE = 0.4;

const NO_EXTENSIONS: readonly Occurrences[] = [];

/** Finds patterns; deterministic, and bounded by `limits` whatever the input. */
export class SubtreeMiner {
  private readonly found: SubtreePattern[] = [];
  private readonly visited = new Set<number>();
  private readonly labels: number[] = [];
  private readonly depths: number[] = [];
  private readonly frames: Frame[] = [];
  private stepsLeft = 0;
  private minFiles: number;
  /** What a pattern must hold to be recorded: only its own places are looked at; -1 for nothing. */
  private wanted = -1;
  private readonly stride: number;
  private readonly grouping: ExtensionGroups;
  /** By node; see `linksInBlocks`. */
  private links: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly forest: Forest,
    private readonly table: LabelTable,
    private readonly limits: SubtreeLimits,
    private readonly breather: Breather,
  ) {
    this.stride = table.count + 1;
    this.minFiles = limits.minFiles;
    this.grouping = new ExtensionGroups(forest.file, this.stride * (limits.maxDepth + 2));
  }

  async mine(): Promise<SubtreePattern[]> {
    const { limits, forest, grouping, table, breather } = this;
    this.links = await breather.run(linksInBlocks(forest, table.idOf('block'), limits.blockGap));
    const total = Math.min(limits.maxSteps, Math.max(400_000, forest.count * limits.stepsPerNode));
    const perRoot = Math.max(20_000, Math.floor(total * limits.rootShare));
    let left = total;
    this.minFiles = limits.rareFiles;
    for (const rare of await breather.run(rareNames(forest, table, limits.rareFiles))) {
      this.wanted = rare.label;
      left -= await this.grow(grouping.listOf(rare, table.idOf('block')), 0, Math.min(limits.rareSteps, left));
      if (left <= total * (1 - RARE_SHARE)) break;
    }
    this.minFiles = limits.minFiles;
    this.wanted = -1;
    for (const single of await breather.run(this.singletons())) {
      left -= await this.grow(single, table.anchor(single.key) === ANCHOR_STRONG ? 1 : 0, Math.min(perRoot, left));
      if (left <= 0) break;
    }
    return this.found;
  }

  /** Everything that grows out of one pattern; returns the steps that it took. */
  private async grow(seed: Occurrences, anchors: number, steps: number): Promise<number> {
    const { grouping, breather } = this;
    this.stepsLeft = steps;
    this.visited.clear();
    const arena = grouping.top;
    this.enter(seed, anchors);
    while (this.frames.length > 0) {
      this.step(this.frames.at(-1) as Frame);
      if (breather.due) await breather.breathe();
    }
    grouping.top = arena;
    return steps - Math.max(0, this.stepsLeft);
  }

  /** Patterns of one node that may root, rarest first, so that a spent budget costs the commonplace. */
  private *singletons(): Generator<undefined, Occurrences[]> {
    const { label, count } = this.forest;
    const { grouping, table } = this;
    grouping.clear();
    for (let node = 0; node < count; node++) {
      if (node % NODES_PER_STEP === 0) yield;
      if (table.mayRoot(label[node] as number)) grouping.add(label[node] as number, node, node);
    }
    return grouping
      .frequent(this.limits.minFiles)
      .sort((a, b) => a.roots - b.roots || (table.name(a.key) < table.name(b.key) ? -1 : 1));
  }

  /** Grows the pattern by its next extension, or leaves it where there is none. */
  private step(frame: Frame): void {
    const { limits, grouping } = this;
    const entry = this.stepsLeft > 0 ? frame.extensions[frame.next++] : undefined;
    if (entry === undefined) {
      this.frames.pop();
      this.labels.pop();
      this.depths.pop();
      grouping.top = frame.arena;
      return;
    }
    const anchors = frame.anchors + (this.table.anchor(entry.key % this.stride) === ANCHOR_STRONG ? 1 : 0);
    if (anchors === 0 && this.labels.length + 1 >= limits.maxUnanchored) return;
    // Equal (root, rightmost leaf) lists have equal extensions: only the first, larger pattern is grown.
    const signature = hashPairs(grouping.arena, entry);
    if (this.visited.has(signature)) return;
    this.visited.add(signature);
    this.enter(entry, anchors);
  }

  /** Adds a node to the pattern, records what is closed, and finds what can be added next. */
  private enter(occurrences: Occurrences, anchors: number): void {
    const { limits, grouping } = this;
    this.labels.push(occurrences.key % this.stride);
    this.depths.push(Math.floor(occurrences.key / this.stride));
    const arena = grouping.top;
    let extensions = NO_EXTENSIONS;
    if (this.labels.length >= limits.maxSize) {
      if (anchors > 0) this.record(occurrences);
    } else {
      const frequent = this.extensions(occurrences);
      const closed = !frequent.some(({ roots }) => roots === occurrences.roots);
      if (closed && anchors > 0) this.record(occurrences);
      if (this.stepsLeft > 0) extensions = this.inOrder(frequent);
    }
    this.frames.push({ extensions, anchors, arena, next: 0 });
  }

  /** What all occurrences have in common first, so that the cut of duplicates meets the larger pattern first. */
  private inOrder(frequent: Occurrences[]): Occurrences[] {
    const { arena } = this.grouping;
    return frequent.sort(
      (a, b) =>
        b.roots - a.roots ||
        (arena[a.start] as number) - (arena[b.start] as number) ||
        (arena[a.start + 1] as number) - (arena[b.start + 1] as number) ||
        a.key - b.key,
    );
  }

  private extensions({ start, end }: Occurrences): Occurrences[] {
    const { label, parent, firstChild, nextSibling } = this.forest;
    const { siblingGap, blockGap, maxDepth } = this.limits;
    const { grouping, stride, links, minFiles } = this;
    const leafDepth = this.depths.at(-1) as number;
    const { arena } = grouping;
    grouping.clear();
    for (let at = start; at < end; at += 2) {
      const root = arena[at] as number;
      let current = arena[at + 1] as number;
      if (leafDepth < maxDepth) {
        let child = firstChild[current] as number;
        for (let seen = 0; child !== -1 && seen < siblingGap; seen++) {
          grouping.add((leafDepth + 1) * stride + (label[child] as number), root, child);
          child = nextSibling[child] as number;
        }
      }
      for (let depth = leafDepth; depth >= 1; depth--) {
        const link = links[current] as number;
        let next = nextSibling[current] as number;
        if (link & IN_BLOCK) {
          for (let seen = 0; next !== -1 && seen < blockGap; seen++) {
            if ((link >> seen) & 1) grouping.add(depth * stride + (label[next] as number), root, next);
            next = nextSibling[next] as number;
          }
        } else {
          for (let seen = 0; next !== -1 && seen < siblingGap; seen++) {
            grouping.add(depth * stride + (label[next] as number), root, next);
            next = nextSibling[next] as number;
          }
        }
        current = parent[current] as number;
      }
    }
    this.stepsLeft -= grouping.size + (end - start) / 2;
    return grouping.frequent(minFiles);
  }

  private record({ start, end, roots: count, files }: Occurrences): void {
    if ((this.labels.length < 2 && files < ALONE_FILES) || (this.wanted !== -1 && !this.labels.includes(this.wanted)))
      return;
    const { arena } = this.grouping;
    const roots = new Int32Array(count);
    let used = 0;
    for (let at = start; at < end; at += 2) {
      const root = arena[at] as number;
      if (used === 0 || roots[used - 1] !== root) roots[used++] = root;
    }
    this.found.push({ labels: Int32Array.from(this.labels), depths: Uint8Array.from(this.depths), roots, files });
  }
}

/** Flag of a node below a block; bit k, for k below the gap: it shares a variable with its (k + 1)th next sibling. */
const IN_BLOCK = 128;

function* linksInBlocks(forest: Forest, block: number, gap: number): Generator<undefined, Uint8Array> {
  const { count, label, parent, nextSibling } = forest;
  const links = new Uint8Array(count);
  for (let node = 0; node < count; node++) {
    if (node % NODES_PER_STEP === 0) yield;
    const above = parent[node] as number;
    if (above === -1 || label[above] !== block) continue;
    let bits = IN_BLOCK;
    let next = nextSibling[node] as number;
    for (let seen = 0; next !== -1 && seen < gap; seen++) {
      if (linked(forest, node, next)) bits |= 1 << seen;
      next = nextSibling[next] as number;
    }
    links[node] = bits;
  }
  return links;
}

/** 52-bit hash of an occurrence list; a collision costs one pattern, never a wrong one. */
function hashPairs(arena: Int32Array, { start, end }: Occurrences): number {
  let low = 0x811c9dc5;
  let high = end - start;
  for (let at = start; at < end; at++) {
    const value = arena[at] as number;
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high, 31) + value;
  }
  return (high & 0xfffff) * 0x100000000 + (low >>> 0);
}

/**
 * Sorts (key, root, node) triples into groups by key, dropping groups of too few files before anything is written for
 * them: most extensions are infrequent. Roots must be added in ascending order.
 */
class ExtensionGroups {
  size = 0;
  /** Lists of the patterns that are being grown, as a stack: what lies above `top` is free. */
  arena = new Int32Array(1 << 16);
  top = 0;
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
  /** Begin of a group's list in the arena and its end so far; -1 for a group of too few files. */
  private starts: number[] = [];
  private ends: number[] = [];

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

  /** The blocks of a rare name, as a pattern of one node, in the arena. */
  listOf({ blocks }: RareName, block: number): Occurrences {
    const start = this.top;
    this.reserve(start + 2 * blocks.length);
    let at = start;
    for (const root of blocks) {
      this.arena[at++] = root;
      this.arena[at++] = root;
    }
    this.top = at;
    return { key: block, start, end: at, roots: blocks.length, files: blocks.length };
  }

  private reserve(length: number): void {
    if (length <= this.arena.length) return;
    const wider = new Int32Array(Math.max(length, this.arena.length * 2));
    wider.set(this.arena.subarray(0, this.top));
    this.arena = wider;
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

  /** Groups that occur in enough files, in the order of their first triple, each with its distinct pairs in the arena. */
  frequent(minFiles: number): Occurrences[] {
    const { starts, ends } = this;
    let reserved = this.top;
    for (let group = 0; group < this.groups; group++) {
      const kept = (this.files[group] as number) >= minFiles;
      starts[group] = kept ? reserved : -1;
      ends[group] = reserved;
      if (kept) reserved += 2 * (this.counts[group] as number);
    }
    this.reserve(reserved);
    this.top = reserved;
    const { arena } = this;
    for (let at = 0; at < this.size; at++) {
      const group = this.group[at] as number;
      const start = starts[group] as number;
      if (start === -1) continue;
      const root = this.root[at] as number;
      const node = this.node[at] as number;
      const end = ends[group] as number;
      let back = end - 2;
      while (back >= start && arena[back] === root && arena[back + 1] !== node) back -= 2;
      if (back >= start && arena[back] === root) continue;
      arena[end] = root;
      arena[end + 1] = node;
      ends[group] = end + 2;
    }
    const found: Occurrences[] = [];
    for (let group = 0; group < this.groups; group++) {
      const start = starts[group] as number;
      if (start === -1) continue;
      const [key, roots, files] = [this.keys[group], this.roots[group], this.files[group]] as [number, number, number];
      found.push({ key, start, end: ends[group] as number, roots, files });
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
