/** How deep a flat tree nests. */
import type { FlatTree } from './flatTree.ts';

/** Deepest nesting that is analysed: people's code, long `+` chains included, stays far below. */
export const MAX_TREE_DEPTH = 4000;

/** Depth of the deepest node, the root being 0; stops counting at `limit`. */
export function treeDepth(tree: FlatTree, limit = MAX_TREE_DEPTH + 1): number {
  const depth = new Uint16Array(tree.size);
  let deepest = 0;
  for (let node = 1; node < tree.size; node++) {
    const own = (depth[tree.parent[node] as number] as number) + 1;
    if (own > deepest) {
      if (own >= limit) return limit;
      deepest = own;
    }
    depth[node] = own;
  }
  return deepest;
}
