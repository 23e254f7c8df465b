/**
 * Rare names with the blocks in which they stand: conditional databases (FP-growth, Han et al., SIGMOD 2000) in which the subtree
 * miner finds small habits at the cost of their few places, whatever the size of the repository around them.
 */
import { type Forest, NODES_PER_STEP } from './forest.ts';
import { ANCHOR_STRONG, type LabelTable } from './labelTable.ts';

export interface RareName {
  readonly label: number;
  /** Forest nodes of the innermost blocks around it, ascending. */
  readonly blocks: Int32Array;
}

/** A name in more places than this is found without help. */
const MOST_PLACES = 48;
/** Levels between a name and the block that is looked at. */
const MOST_LEVELS = 6;
/** Nodes of a block in which company is looked for. */
const MOST_NODES = 160;

/**
 * APIs and types in at least `minFiles` files that share as many with another rare one, the rarest first; of names in the same
 * blocks one stands for all.
 */
export function* rareNames(forest: Forest, table: LabelTable, minFiles: number): Generator<undefined, RareName[]> {
  const places = yield* rarePlaces(forest, table);
  const company = new Company(forest, new Set(places.keys()), minFiles);
  const found = new Map<string, RareName>();
  for (const [label, nodes] of places) {
    yield;
    const blocks = blocksAround(forest, nodes, table.idOf('block'));
    if (filesOf(forest, blocks) < minFiles || !company.of(label, blocks)) continue;
    const key = blocks.join(' ');
    const known = found.get(key);
    if (known === undefined || table.name(label) < table.name(known.label)) found.set(key, { label, blocks });
  }
  return [...found.values()].sort(
    (a, b) => a.blocks.length - b.blocks.length || (table.name(a.label) < table.name(b.label) ? -1 : 1),
  );
}

function* rarePlaces({ label, count }: Forest, table: LabelTable): Generator<undefined, Map<number, number[]>> {
  const counts = new Int32Array(table.count);
  for (let node = 0; node < count; node++) {
    if (node % NODES_PER_STEP === 0) yield;
    counts[label[node] as number] = (counts[label[node] as number] as number) + 1;
  }
  const isRare = Uint8Array.from(counts, (found, name) =>
    found > 0 && found <= MOST_PLACES && table.anchor(name) === ANCHOR_STRONG ? 1 : 0,
  );
  const places = new Map<number, number[]>();
  for (let node = 0; node < count; node++) {
    if (node % NODES_PER_STEP === 0) yield;
    const name = label[node] as number;
    if (isRare[name] === 0) continue;
    const nodes = places.get(name);
    if (nodes) nodes.push(node);
    else places.set(name, [node]);
  }
  return places;
}

function blocksAround({ label, parent }: Forest, nodes: readonly number[], block: number): Int32Array {
  const blocks = new Set<number>();
  for (const node of nodes) {
    let above = parent[node] as number;
    for (let level = 0; level < MOST_LEVELS && above !== -1 && label[above] !== block; level++)
      above = parent[above] as number;
    if (above !== -1 && label[above] === block) blocks.add(above);
  }
  return Int32Array.from(blocks).sort();
}

/** Roots ascend, and so do their files. */
function filesOf({ file }: Forest, roots: Int32Array): number {
  let files = 0;
  let last = -1;
  for (const root of roots) {
    const own = file[root] as number;
    if (own !== last) files++;
    last = own;
  }
  return files;
}

/** Which rare names stand together. */
class Company {
  constructor(
    private readonly forest: Forest,
    private readonly rare: ReadonlySet<number>,
    private readonly minFiles: number,
  ) {}

  /** True if another rare name stands in these blocks in enough files. */
  of(own: number, blocks: Int32Array): boolean {
    const { forest, rare, minFiles } = this;
    const files = new Map<number, { last: number; count: number }>();
    for (const block of blocks) {
      const file = forest.file[block] as number;
      for (const name of namesBelow(forest, block)) {
        if (name === own || !rare.has(name)) continue;
        const entry = files.get(name) ?? { last: -1, count: 0 };
        files.set(name, entry);
        if (entry.last === file) continue;
        entry.last = file;
        if (++entry.count >= minFiles) return true;
      }
    }
    return false;
  }
}

/** Labels of the nodes that hang below a node, in preorder. */
function* namesBelow({ label, firstChild, nextSibling }: Forest, root: number): Generator<number> {
  const stack = [firstChild[root] as number];
  for (let seen = 0; seen < MOST_NODES; seen++) {
    const node = stack.pop();
    if (node === undefined) return;
    if (node === -1) continue;
    yield label[node] as number;
    stack.push(nextSibling[node] as number, firstChild[node] as number);
  }
}
