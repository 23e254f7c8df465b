/** A tree-sitter tree as flat arrays by the public cursor API: slow, plain, and the measure of the fast serialiser. */
import type { Tree } from 'web-tree-sitter';
import {
  type FlatTree,
  type Grammar,
  NODE_ERROR,
  NODE_EXTRA,
  NODE_MISSING,
  NODE_NAMED,
} from '../../core/syntax/flatTree.ts';
import { ERROR_SYMBOL } from './treeSitterRuntime.ts';

/** Walks the whole tree once; `grammar` must be the one that parsed it. */
export function walkTree(tree: Tree, grammar: Grammar): FlatTree {
  const errorKind = grammar.kindNames.length - 1;
  const size = tree.rootNode.descendantCount;
  const kind = new Uint16Array(size);
  const field = new Uint16Array(size);
  const flags = new Uint8Array(size);
  const parent = new Int32Array(size);
  const end = new Int32Array(size);
  const startIndex = new Int32Array(size);
  const endIndex = new Int32Array(size);
  let hasErrors = false;
  const cursor = tree.walk();
  const ancestors: number[] = [];
  let at = 0;
  for (let more = true; more; ) {
    const symbol = cursor.nodeTypeId;
    const missing = cursor.nodeIsMissing;
    kind[at] = symbol === ERROR_SYMBOL ? errorKind : symbol;
    field[at] = cursor.currentFieldId;
    flags[at] =
      (cursor.nodeIsNamed ? NODE_NAMED : 0) |
      (symbol === ERROR_SYMBOL ? NODE_ERROR : 0) |
      (missing ? NODE_MISSING : 0) |
      (cursor.currentNode.isExtra ? NODE_EXTRA : 0);
    if (missing || symbol === ERROR_SYMBOL) hasErrors = true;
    parent[at] = ancestors.at(-1) ?? -1;
    startIndex[at] = cursor.startIndex;
    endIndex[at] = cursor.endIndex;
    const here = at++;
    if (cursor.gotoFirstChild()) {
      ancestors.push(here);
      continue;
    }
    end[here] = at;
    while (!cursor.gotoNextSibling()) {
      const above = ancestors.pop();
      if (above === undefined) {
        more = false;
        break;
      }
      end[above] = at;
      cursor.gotoParent();
    }
  }
  cursor.delete();
  return {
    language: grammar.language,
    size: at,
    kind,
    field,
    flags,
    parent,
    end,
    startIndex,
    endIndex,
    hasErrors,
  };
}
