/** Where a pattern's arguments stand among all arguments of their calls, by what its sites have: the trees leave local names out. */
import { lowerBound } from '../../base/binarySearch.ts';
import { parents } from './embedding.ts';
import type { FileTrees, SiteForest } from './forest.ts';
import type { LabelTable } from './labelTable.ts';
import type { ArgumentPlace } from './skeletonTree.ts';

/** Share of the sites that must agree that nothing, or a string, stands between two arguments. */
const AGREE = 0.9;

const CALL = /^(?:call|new|decorator) /;

/** Places of the pattern's arguments by their index in `labels`; `embeddings` map the pattern into the forest. */
export function argumentPlaces(
  forest: SiteForest,
  table: LabelTable,
  labels: readonly string[],
  depths: Uint8Array,
  embeddings: readonly Int32Array[],
): Map<number, ArgumentPlace> {
  const found = new Map<number, ArgumentPlace>();
  const lastOf = new Map<number, number>();
  const string = table.idOf('string');
  parents(depths).forEach((above, index) => {
    const label = above === -1 ? '' : (labels[above] as string);
    if (label !== 'args' && !CALL.test(label)) return;
    const before = lastOf.get(above);
    lastOf.set(above, index);
    const gaps: number[] = [];
    const slots: number[] = [];
    let strings = 0;
    for (const embedding of embeddings) {
      const call = embedding[above] as number;
      const slot = slotOf(forest, call, embedding[index] as number);
      const previous = before === undefined ? -1 : slotOf(forest, call, embedding[before] as number);
      gaps.push(slot - previous - 1);
      slots.push(slot);
      if (labelAt(forest, call, previous + 1) === string) strings++;
    }
    const none = gaps.filter((gap) => gap <= 0).length;
    const gap = none >= gaps.length * AGREE ? 0 : Math.max(1, median(gaps));
    found.set(index, { gap, string: gap > 0 && strings >= gaps.length * AGREE, slot: median(slots) });
  });
  return found;
}

/** Label of the argument in a slot, -1 where a local name or nothing stands there. */
function labelAt(forest: SiteForest, call: number, slot: number): number {
  const trees = forest.files[forest.file[call] as number] as FileTrees;
  const from = forest.node[call] as number;
  const end = from + (trees.size[from] as number);
  let rank = 0;
  for (let at = from + 1; at < end; at += trees.size[at] as number) {
    if ((notedSlot(trees, at) ?? rank) === slot) return trees.label[at] as number;
    rank++;
  }
  return -1;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

/** Place of an argument, -1 for a receiver: as it was noted, else its place among its siblings. */
function slotOf(forest: SiteForest, call: number, argument: number): number {
  const trees = forest.files[forest.file[call] as number] as FileTrees;
  const [from, to] = [forest.node[call] as number, forest.node[argument] as number];
  const noted = notedSlot(trees, to);
  if (noted !== undefined) return noted;
  let slot = 0;
  for (let at = from + 1; at < to; at += trees.size[at] as number) slot++;
  return slot;
}

function notedSlot({ slotNodes, slots }: FileTrees, node: number): number | undefined {
  const at = lowerBound(0, slotNodes.length, (i) => slotNodes[i] as number, node);
  return slotNodes[at] === node ? slots[at] : undefined;
}
