/** Finds the occurrences of one known pattern in new files: the steps of the subtree miner along this pattern alone. */
import { embedder, type Shape } from './embedding.ts';
import { type Forest, linked } from './forest.ts';
import type { SubtreeLimits } from './subtreeMiner.ts';

/**
 * Embeddings of `shape` in `forest`, one a root in ascending order: those that the miner would count, and so subject to its
 * gaps. `block` is the number of the label `block`.
 */
export function matchPattern(forest: Forest, shape: Shape, block: number, limits: SubtreeLimits): Int32Array[] {
  const embed = embedder(forest, shape);
  return [...rootsOf(forest, shape, block, limits)].map(embed).filter((found) => found !== undefined);
}

function rootsOf(forest: Forest, { labels, depths }: Shape, block: number, limits: SubtreeLimits): Set<number> {
  const { count, label, parent, firstChild, nextSibling } = forest;
  /** Root and rightmost leaf of each partial occurrence. */
  let pairs: number[] = [];
  for (let node = 0; node < count; node++) if (label[node] === labels[0]) pairs.push(node, node);
  for (let index = 1; index < labels.length && pairs.length > 0; index++) {
    const [wanted, depth] = [labels[index] as number, depths[index] as number];
    const leafDepth = depths[index - 1] as number;
    const next: number[] = [];
    let seen = new Set<number>();
    for (let at = 0; at < pairs.length; at += 2) {
      const root = pairs[at] as number;
      if (root !== pairs[at - 2]) seen = new Set();
      let current = pairs[at + 1] as number;
      let candidate = firstChild[current] as number;
      let gap = limits.siblingGap;
      let inBlock = false;
      if (depth <= leafDepth) {
        for (let climb = leafDepth; climb > depth; climb--) current = parent[current] as number;
        inBlock = label[parent[current] as number] === block;
        gap = inBlock ? limits.blockGap : limits.siblingGap;
        candidate = nextSibling[current] as number;
      }
      for (let looked = 0; candidate !== -1 && looked < gap; looked++) {
        if (label[candidate] === wanted && !seen.has(candidate) && (!inBlock || linked(forest, current, candidate))) {
          seen.add(candidate);
          next.push(root, candidate);
        }
        candidate = nextSibling[candidate] as number;
      }
    }
    pairs = next;
  }
  return new Set(pairs.filter((_, at) => at % 2 === 0));
}
