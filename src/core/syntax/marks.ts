/** One byte of marks per node, set by patterns on nodes that come later in preorder than the pattern's root. */

export const MARK_EXPORTED = 1;
export const MARK_PRIVATE = 2;
export const MARK_AWAITED = 4;
export const MARK_DISCARDED = 8;
export const MARK_DECORATOR = 16;
export const MARK_EMPTY = 32;
