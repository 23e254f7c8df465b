/** Where a subtree pattern lies at one of its sites: the node that each of its labels matches. */
import type { Forest } from './forest.ts';

/** The shape that is looked for; depths as in SubtreePattern. */
export interface Shape {
  readonly labels: Int32Array;
  readonly depths: Uint8Array;
}

/**
 * Finds the first embedding (leftmost, with backtracking) of `shape` at a root, as forest nodes in the shape's preorder;
 * undefined if there is none within `maxSteps` tries.
 */
export function embedder(
  { label, firstChild, nextSibling }: Forest,
  shape: Shape,
  maxSteps = 4_000,
): (root: number) => Int32Array | undefined {
  const { labels, depths } = shape;
  const size = labels.length;
  const parentOf = parents(depths);
  const siblingOf = Int32Array.from(depths, (_, index) => previousSibling(depths, index));
  return (root) => {
    if (label[root] !== labels[0]) return undefined;
    const matched = new Int32Array(size);
    matched[0] = root;
    let steps = 0;
    const place = (index: number): boolean => {
      if (index === size) return true;
      const before = siblingOf[index] as number;
      let candidate =
        before === -1
          ? (firstChild[matched[parentOf[index] as number] as number] as number)
          : (nextSibling[matched[before] as number] as number);
      for (; candidate !== -1; candidate = nextSibling[candidate] as number) {
        if (++steps > maxSteps) return false;
        if (label[candidate] !== labels[index]) continue;
        matched[index] = candidate;
        if (place(index + 1)) return true;
      }
      return false;
    };
    return place(1) ? matched : undefined;
  };
}

/** Index of each node's parent in preorder; -1 for the root. */
export function parents(depths: Uint8Array): Int32Array {
  const result = new Int32Array(depths.length).fill(-1);
  const path: number[] = [];
  depths.forEach((depth, index) => {
    path[depth] = index;
    if (depth > 0) result[index] = path[depth - 1] as number;
  });
  return result;
}

function previousSibling(depths: Uint8Array, index: number): number {
  const depth = depths[index] as number;
  for (let at = index - 1; at >= 0 && (depths[at] as number) >= depth; at--) if (depths[at] === depth) return at;
  return -1;
}
