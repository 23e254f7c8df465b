/** The frequent part of many files' normalised trees as one flat forest: the database of the subtree miner. */
import type { Breather } from '../../base/progress.ts';
import type { LabelTable } from './labelTable.ts';
import type { MiningTrees } from './miningTrees.ts';

/** One file's trees, kept between reports; `label` numbers the repository's `LabelTable`. */
export interface FileTrees extends Omit<MiningTrees, 'labels'> {
  readonly path: string;
}

/**
 * Nodes whose label occurs in enough files, in preorder, file by file. A link to a parent whose label is not frequent is
 * cut: no frequent induced subtree can use it. -1 stands for "none".
 */
export interface Forest {
  readonly files: readonly FileTrees[];
  readonly count: number;
  readonly label: Int32Array;
  readonly parent: Int32Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  /** Index in `files`, and node number there. */
  readonly file: Int32Array;
  readonly node: Int32Array;
  /** Index into the file's statementNodes, or -1. */
  readonly statement: Int32Array;
}

/** The part of a forest that tells where a site lies. */
export type SiteForest = Pick<Forest, 'files' | 'file' | 'node'>;

/** Which labels, and which pairs of parent and child, occur in enough files to be in a frequent pattern. */
export interface FrequentParts {
  /** By label number; numbers beyond the end are of labels that came later. */
  readonly labels: Uint8Array;
  /** Files of a pair by hash, up to 255: pairs that share a counter keep too much at worst. */
  readonly edges: Uint8Array;
  readonly edgeBits: number;
  readonly minFiles: number;
}

type Links = Pick<Forest, 'count' | 'label' | 'parent' | 'firstChild' | 'nextSibling' | 'file'>;

/** Builds the forest of labels that occur in at least `minFiles` of the files. */
export async function buildForest(
  files: readonly FileTrees[],
  table: LabelTable,
  minFiles: number,
  breather: Breather,
): Promise<{ forest: Forest; frequent: FrequentParts }> {
  return breather.run(grownForest(files, table, minFiles));
}

function* grownForest(files: readonly FileTrees[], table: LabelTable, minFiles: number) {
  const labels = yield* frequentLabels(files, table, minFiles);
  const forest = yield* plant(files, labels);
  const { edges, edgeBits } = yield* countEdges(forest, table);
  const frequent: FrequentParts = { labels, edges, edgeBits, minFiles };
  yield* cutRareEdges(forest, table, frequent);
  return { forest, frequent };
}

/** Nodes between two looks at the clock. */
export const NODES_PER_STEP = 1 << 15;

/** The same nodes and links that these files have in the forest out of which `frequent` came. */
export function forestOf(files: readonly FileTrees[], table: LabelTable, frequent: FrequentParts): Forest {
  const forest = finish(plant(files, frequent.labels));
  finish(cutRareEdges(forest, table, frequent));
  return forest;
}

function finish<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function* frequentLabels(files: readonly FileTrees[], table: LabelTable, minFiles: number) {
  const seenIn = new Int32Array(table.count).fill(-1);
  const fileCount = new Int32Array(table.count);
  for (const [index, { label }] of files.entries()) {
    for (let node = 0; node < label.length; node++) {
      const name = label[node] as number;
      if (seenIn[name] === index) continue;
      seenIn[name] = index;
      fileCount[name] = (fileCount[name] as number) + 1;
    }
    yield;
  }
  return Uint8Array.from(fileCount, (count) => (count >= minFiles ? 1 : 0));
}

/** All nodes with frequent labels, linked to their parents where these are kept too. */
function* plant(files: readonly FileTrees[], frequent: Uint8Array): Generator<undefined, Forest> {
  const total = files.reduce((sum, { label }) => sum + label.length, 0);
  const make = () => new Int32Array(total);
  const [label, parent, firstChild, nextSibling] = [make(), make().fill(-1), make().fill(-1), make().fill(-1)];
  const [fileOf, nodeOf, statement] = [make(), make(), make().fill(-1)];
  let count = 0;
  const open = new OpenNodes();
  for (const [index, file] of files.entries()) {
    open.depth = 0;
    let statementAt = 0;
    for (let node = 0; node < file.label.length; node++) {
      while (open.depth > 0 && (open.end[open.depth - 1] as number) <= node) open.depth--;
      while (statementAt < file.statementNodes.length && (file.statementNodes[statementAt] as number) < node)
        statementAt++;
      const name = file.label[node] as number;
      const kept = frequent[name] === 1 ? count++ : -1;
      if (kept !== -1) {
        label[kept] = name;
        fileOf[kept] = index;
        nodeOf[kept] = node;
        if (file.statementNodes[statementAt] === node) statement[kept] = statementAt;
        const top = open.depth - 1;
        const above = top === -1 ? -1 : (open.kept[top] as number);
        if (above !== -1) {
          parent[kept] = above;
          const before = open.lastChild[top] as number;
          if (before === -1) firstChild[above] = kept;
          else nextSibling[before] = kept;
          open.lastChild[top] = kept;
        }
      }
      const size = file.size[node] as number;
      if (size > 1) open.push(node + size, kept);
    }
    yield;
  }
  const cut = (array: Int32Array) => array.subarray(0, count);
  return {
    ...{ files, count, label: cut(label), parent: cut(parent), firstChild: cut(firstChild) },
    ...{ nextSibling: cut(nextSibling), file: cut(fileOf), node: cut(nodeOf), statement: cut(statement) },
  };
}

/** The nodes around the one that is planted, outermost first: a stack of numbers, which is fast before it is compiled. */
class OpenNodes {
  depth = 0;
  /** Node behind the last one below it. */
  end = new Int32Array(256);
  /** Its number in the forest, or -1. */
  kept = new Int32Array(256);
  lastChild = new Int32Array(256);

  push(end: number, kept: number): void {
    if (this.depth === this.end.length) for (const key of ['end', 'kept', 'lastChild'] as const) this.widen(key);
    this.end[this.depth] = end;
    this.kept[this.depth] = kept;
    this.lastChild[this.depth++] = -1;
  }

  private widen(key: 'end' | 'kept' | 'lastChild'): void {
    const wider = new Int32Array(this[key].length * 2);
    wider.set(this[key]);
    this[key] = wider;
  }
}

/** Slot of the pair of a node and its parent: by names, so that the order in which files arrived does not matter. */
function edgeSlot({ label, parent }: Links, table: LabelTable, bits: number, node: number): number {
  const above = table.hash(label[parent[node] as number] as number);
  return (Math.imul(above, 0x9e3779b1) ^ Math.imul(table.hash(label[node] as number), 0x85ebca6b)) >>> (32 - bits);
}

function* countEdges(forest: Links, table: LabelTable) {
  const { count, parent, file } = forest;
  let edgeBits = 12;
  while (edgeBits < 21 && 1 << edgeBits < count * 2) edgeBits++;
  const lastFile = new Int32Array(1 << edgeBits).fill(-1);
  const edges = new Uint8Array(1 << edgeBits);
  for (let node = 0; node < count; node++) {
    if (node % NODES_PER_STEP === 0) yield;
    if (parent[node] === -1) continue;
    const at = edgeSlot(forest, table, edgeBits, node);
    if (lastFile[at] === file[node]) continue;
    lastFile[at] = file[node] as number;
    if ((edges[at] as number) < 255) edges[at] = (edges[at] as number) + 1;
  }
  return { edges, edgeBits };
}

/** Takes nodes out of their parents' lists where the pair of labels occurs in too few files: it is in no frequent pattern. */
function* cutRareEdges(forest: Links, table: LabelTable, { edges, edgeBits, minFiles }: FrequentParts) {
  const { count, parent, firstChild, nextSibling } = forest;
  for (let above = 0; above < count; above++) {
    if (above % NODES_PER_STEP === 0) yield;
    let before = -1;
    let child = firstChild[above] as number;
    while (child !== -1) {
      const next = nextSibling[child] as number;
      if ((edges[edgeSlot(forest, table, edgeBits, child)] as number) >= minFiles) before = child;
      else {
        parent[child] = -1;
        nextSibling[child] = -1;
        if (before === -1) firstChild[above] = next;
        else nextSibling[before] = next;
      }
      child = next;
    }
  }
}

/** True for two statements of one file that mention a common local variable. */
export function linked({ file, statement, files }: Forest, before: number, after: number): boolean {
  const trees = files[file[before] as number];
  const [a, b] = [statement[before] as number, statement[after] as number];
  if (a === -1 || b === -1 || trees === undefined) return false;
  const { variables, variableStart } = trees;
  for (let i = variableStart[a] as number; i < (variableStart[a + 1] as number); i++)
    for (let j = variableStart[b] as number; j < (variableStart[b + 1] as number); j++)
      if (variables[i] === variables[j]) return true;
  return false;
}
