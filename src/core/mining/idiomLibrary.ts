/**
 * Chooses the idioms worth showing out of all closed patterns: greedily by the bits of background code that each explains
 * and none before it does, holes paid for (after Haggis, Allamanis & Sutton FSE'14; greedy cover as in Krimp, 2011). A pattern is in
 * at least three files, so whichever of them is held out, the others would have proposed it: what it saves there is no memory.
 */
import { lowerBound } from '../../base/binarySearch.ts';
import type { Breather } from '../../base/progress.ts';
import type { BackgroundModel } from './background.ts';
import { isTestPath } from './candidate.ts';
import { embedder } from './embedding.ts';
import { type Forest, NODES_PER_STEP, type SiteForest } from './forest.ts';
import { ANCHOR_NONE, ANCHOR_STRONG, type LabelTable } from './labelTable.ts';
import { ALONE_FILES, type SubtreePattern } from './subtreeMiner.ts';

/** A chosen pattern with its embeddings, one a root. */
export interface ChosenIdiom {
  readonly pattern: SubtreePattern;
  readonly embeddings: readonly Int32Array[];
  /** Bits it adds to what was chosen before. */
  readonly gain: number;
  /** Code length of the pattern under the background. */
  readonly bits: number;
  /** Share of the places of its rarest names, two at least, that are its own. */
  readonly exclusive: number;
}

/** Least code length of a pattern (bits), and of the share that its strong anchors contribute. */
const MIN_BITS = 11;
const MIN_ANCHOR_BITS = 5;
/** Names that count as telling, and files from which one of them is enough. */
const TELLING_BITS = 3;
const POPULAR_FILES = 6;
/** Code length from which public code does not know a name, and share of the names' places from which they are the pattern's own. */
const RARE_BITS = 9;
const EXCLUSIVE = 0.5;
/** Patterns looked at closely, best first by an upper bound. */
const MAX_CANDIDATES = 1_500;
/** Tests repeat themselves by nature: what only they do counts for this share. */
const TEST_WEIGHT = 0.45;

interface Weighed {
  readonly pattern: SubtreePattern;
  readonly bits: Float64Array;
  readonly total: number;
  readonly exclusive: number;
  bound: number;
  embeddings?: Int32Array[];
  compact?: number;
}

export async function chooseIdioms(
  forest: Forest,
  patterns: readonly SubtreePattern[],
  table: LabelTable,
  model: BackgroundModel,
  options: { most: number; mostExclusive: number; breather: Breather },
): Promise<ChosenIdiom[]> {
  const { breather } = options;
  const scale = new Scale(table, model, await breather.run(countsOf(forest, table)));
  const kept: Weighed[] = [];
  for (const pattern of patterns) {
    const entry = scale.weigh(pattern);
    if (entry !== undefined) kept.push(entry);
    if (breather.due) await breather.breathe();
  }
  const largest = largestPerSiteSet(kept);
  const gains = new Gains(forest);
  for (const entry of largest) {
    entry.bound = gains.bound(entry);
    if (breather.due) await breather.breathe();
  }
  const chosen: ChosenIdiom[] = [];
  const choose = async (entries: readonly Weighed[], most: number): Promise<void> => {
    const queue = best(entries);
    const end = chosen.length + most;
    // Lazy greedy: gains only fall while more is covered, so a refreshed entry that stays first is the best.
    while (queue.length > 0 && chosen.length < end) {
      const entry = queue.shift() as Weighed;
      const gain = gains.refresh(entry);
      if (breather.due) await breather.breathe();
      if (gain < MIN_BITS * 2) continue;
      const next = queue[0];
      if (next !== undefined && gain < next.bound) {
        entry.bound = gain;
        insert(queue, entry);
        continue;
      }
      const embeddings = entry.embeddings ?? [];
      gains.cover(embeddings);
      chosen.push({ pattern: entry.pattern, embeddings, gain, bits: entry.total, exclusive: entry.exclusive });
    }
  };
  await choose(largest, options.most);
  // What few places say in names of their own would never be heard beside what everybody says.
  const known = new Set(chosen.map(({ pattern }) => pattern));
  await choose(
    largest.filter(({ exclusive, pattern }) => exclusive >= EXCLUSIVE && !known.has(pattern)),
    options.mostExclusive,
  );
  return chosen;
}

/** The order of the others does not matter, and there are many. */
function best(entries: readonly Weighed[]): Weighed[] {
  const least =
    Float64Array.from(entries, ({ bound }) => bound)
      .sort()
      .at(-MAX_CANDIDATES) ?? 0;
  const found = entries.filter(({ bound }) => bound >= least).sort(byBound);
  return found.slice(0, MAX_CANDIDATES);
}

function byBound(a: Weighed, b: Weighed): number {
  return b.bound - a.bound || compareLabels(a.pattern, b.pattern);
}

/** A total order of patterns that does not depend on how labels were numbered or found. */
function compareLabels(a: SubtreePattern, b: SubtreePattern): number {
  if (a.labels.length !== b.labels.length) return b.labels.length - a.labels.length;
  for (let at = 0; at < a.roots.length && at < b.roots.length; at++)
    if (a.roots[at] !== b.roots[at]) return (a.roots[at] as number) - (b.roots[at] as number);
  for (let at = 0; at < a.depths.length; at++)
    if (a.depths[at] !== b.depths[at]) return (a.depths[at] as number) - (b.depths[at] as number);
  return a.roots.length - b.roots.length;
}

function insert(queue: Weighed[], entry: Weighed): void {
  const at = lowerBound(0, queue.length, (i) => Number(byBound(queue[i] as Weighed, entry) > 0), 1);
  queue.splice(at, 0, entry);
}

/** Places by label. */
function* countsOf({ label, count }: Forest, table: LabelTable): Generator<undefined, Int32Array> {
  const counts = new Int32Array(table.count);
  for (let node = 0; node < count; node++) {
    if (node % NODES_PER_STEP === 0) yield;
    counts[label[node] as number] = (counts[label[node] as number] as number) + 1;
  }
  return counts;
}

/** Weighs patterns by the background, with the answers kept by label numbers. */
class Scale {
  private readonly own: (number | undefined)[];
  private readonly edges = new Map<number, number>();
  private readonly path: number[] = [];
  private readonly stride: number;

  constructor(
    private readonly table: LabelTable,
    private readonly model: BackgroundModel,
    /** Places by label. */
    private readonly counts: Int32Array,
  ) {
    this.stride = table.count;
    this.own = table.column();
  }

  private edge(parent: number, label: number): number {
    const key = parent * this.stride + label;
    let bits = this.edges.get(key);
    if (bits === undefined) {
      bits = this.model.edgeBits(this.table.name(parent), this.table.name(label));
      this.edges.set(key, bits);
    }
    return bits;
  }

  private alone(label: number): number {
    const bits = this.own[label] ?? this.model.labelBits(this.table.name(label));
    this.own[label] = bits;
    return bits;
  }

  /** Undefined for what is not worth showing whatever its sites. */
  weigh(pattern: SubtreePattern): Weighed | undefined {
    const { table, path } = this;
    const { labels, depths } = pattern;
    const bits = new Float64Array(labels.length);
    let total = 0;
    let anchored = 0;
    let strong = 0;
    let telling = 0;
    let declared = false;
    for (let index = 0; index < labels.length; index++) {
      const label = labels[index] as number;
      const depth = depths[index] as number;
      path[depth] = label;
      const own = depth === 0 ? this.alone(label) : this.edge(path[depth - 1] as number, label);
      bits[index] = own;
      total += own;
      const anchor = table.anchor(label);
      if (anchor === ANCHOR_NONE) continue;
      if (own >= TELLING_BITS && table.tells(label)) telling++;
      if (anchor !== ANCHOR_STRONG) continue;
      if (depth === 1 && /^(?:base|decorator) /.test(table.name(label))) declared = true;
      strong++;
      anchored = Math.max(anchored, own);
    }
    const isPopular = pattern.files >= ALONE_FILES && anchored >= RARE_BITS;
    if (total < (isPopular ? RARE_BITS : MIN_BITS) || anchored < MIN_ANCHOR_BITS) return undefined;
    // What types have in common inside is chance, unless they say that they belong together.
    if (!declared && table.name(labels[0] as number) === 'class') return undefined;
    if (strong < 2 && labels.length < 4 && !isPopular) return undefined;
    // One name alone is a popular function, not a way of doing something, unless it is popular indeed.
    if (telling < 2 && pattern.files < POPULAR_FILES) return undefined;
    return { pattern, bits, total, exclusive: this.exclusive(pattern), bound: 0 };
  }

  /** Share of its second rarest name's places that are the pattern's own; names that public code knows do not count. */
  private exclusive({ labels, roots }: SubtreePattern): number {
    const { table, counts } = this;
    let [first, second] = [0, 0];
    for (const label of new Set(labels)) {
      if (table.anchor(label) !== ANCHOR_STRONG || this.alone(label) < RARE_BITS) continue;
      const share = Math.min(1, roots.length / (counts[label] as number));
      if (share > first) [first, second] = [share, first];
      else second = Math.max(second, share);
    }
    return second;
  }
}

/** Of patterns with the same roots only the one that says most is kept. */
function largestPerSiteSet(entries: readonly Weighed[]): Weighed[] {
  const best = new Map<string, Weighed>();
  for (const entry of entries) {
    const { roots } = entry.pattern;
    let hash = roots.length;
    for (const root of roots) hash = (Math.imul(hash, 31) + root) | 0;
    const key = `${hash}:${roots[0]}:${roots.length}`;
    const known = best.get(key);
    if (
      known === undefined ||
      entry.total > known.total ||
      (entry.total === known.total && compareLabels(entry.pattern, known.pattern) < 0)
    )
      best.set(key, entry);
  }
  return [...best.values()];
}

/** What patterns add to what is chosen: bits of their sites that nothing chosen covers. */
class Gains {
  private readonly covered: Uint8Array;
  /** Weight of a file's first site; the nth counts for an nth of it, so that one repetitive file does not outweigh many. */
  private readonly weight: Float64Array;

  constructor(private readonly forest: Forest) {
    this.covered = new Uint8Array(forest.count);
    this.weight = Float64Array.from(forest.files, ({ path }) => (isTestPath(path) ? TEST_WEIGHT : 1));
  }

  /** The most that a pattern can gain. */
  bound({ pattern, total }: Weighed): number {
    const { file } = this.forest;
    let sum = 0;
    let last = -1;
    let inFile = 0;
    for (let at = 0; at < pattern.roots.length; at++) {
      const own = file[pattern.roots[at] as number] as number;
      inFile = own === last ? inFile + 1 : 1;
      last = own;
      sum += (this.weight[own] as number) / inFile;
    }
    return sum * total;
  }

  refresh(entry: Weighed): number {
    const { forest, covered } = this;
    entry.embeddings ??= embeddingsOf(forest, entry.pattern);
    entry.compact ??= compactness(forest, entry);
    let sum = 0;
    let last = -1;
    let inFile = 0;
    for (const embedding of entry.embeddings) {
      const file = forest.file[embedding[0] as number] as number;
      inFile = file === last ? inFile + 1 : 1;
      last = file;
      let bits = 0;
      for (let index = 0; index < embedding.length; index++)
        if (covered[embedding[index] as number] === 0) bits += entry.bits[index] as number;
      // A site of which little is new explains nothing that the page does not show already.
      if (bits > entry.total * 0.35) sum += bits * ((this.weight[file] as number) / inFile);
    }
    return (sum - entry.total) * entry.compact;
  }

  cover(embeddings: readonly Int32Array[]): void {
    for (const embedding of embeddings) for (const node of embedding) this.covered[node] = 1;
  }
}

function embeddingsOf(forest: Forest, pattern: SubtreePattern): Int32Array[] {
  const embed = embedder(forest, pattern);
  const found: Int32Array[] = [];
  for (const root of pattern.roots) {
    const embedding = embed(root);
    if (embedding) found.push(embedding);
  }
  return found;
}

/** Share of the code between a site's first and last matched node that the pattern speaks of, holes at its leaves apart. */
function compactness(forest: Forest, entry: Weighed): number {
  const { depths } = entry.pattern;
  let sum = 0;
  for (const embedding of entry.embeddings ?? [])
    sum += embedding.length / (embedding.length + slackOf(forest, depths, embedding));
  const mean = entry.embeddings?.length ? sum / entry.embeddings.length : 0;
  return Math.sqrt(mean);
}

/** Nodes of the file inside the site that neither match nor hang below a leaf of the pattern. */
export function slackOf(forest: SiteForest, depths: Uint8Array, embedding: Int32Array): number {
  const root = embedding[0] as number;
  const trees = forest.files[forest.file[root] as number];
  if (trees === undefined || embedding.length < 2) return 0;
  const nodeOf = (index: number) => forest.node[embedding[index] as number] as number;
  const start = nodeOf(1);
  let end = start;
  let below = 0;
  for (let index = 1; index < embedding.length; index++) {
    const size = trees.size[nodeOf(index)] as number;
    end = Math.max(end, nodeOf(index) + size);
    if ((depths[index + 1] ?? 0) <= (depths[index] as number)) below += size - 1;
  }
  return Math.max(0, end - start + 1 - below - embedding.length);
}
