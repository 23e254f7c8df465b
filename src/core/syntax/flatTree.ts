/** A syntax tree as flat arrays in preorder: what facts and miners read instead of node objects. */
import type { LanguageId } from '../languages.ts';

export const NODE_NAMED = 1;
export const NODE_ERROR = 2;
export const NODE_MISSING = 4;
export const NODE_EXTRA = 8;

/**
 * Node i's descendants are the nodes i+1 … end[i]-1; its next sibling is end[i] if that is still below end[parent[i]].
 * All arrays have `size` elements. Offsets are UTF-16 units.
 */
export interface FlatTree {
  readonly language: LanguageId;
  readonly size: number;
  /** Grammar symbol; `Grammar.kindNames[kind[i]]` is its name. */
  readonly kind: Uint16Array;
  /** Field of the node in its parent; 0 for none; names in `Grammar.fieldNames`. */
  readonly field: Uint16Array;
  readonly flags: Uint8Array;
  /** Parent's index; -1 for the root. */
  readonly parent: Int32Array;
  /** Index after the last descendant. */
  readonly end: Int32Array;
  readonly startIndex: Int32Array;
  readonly endIndex: Int32Array;
  /** True where the tree holds at least one ERROR or MISSING node. */
  readonly hasErrors: boolean;
}

/** Names behind a FlatTree's numbers: one object per loaded grammar. */
export interface Grammar {
  readonly language: LanguageId;
  readonly kindNames: readonly string[];
  readonly fieldNames: readonly (string | null)[];
}
