/** Bodies that only say that somebody has to write them: a compiler's quick fix is content with them, a person is not. */

/** As TypeScript's own fixes write them, and Python's idiom. */
const STUB = /\bthrow new Error\((["'`])(?:Function|Method) not implemented\.?\1\)|\braise NotImplementedError\b/g;

/** How many more such bodies the text has than before. */
export function addedStubs(before: string, after: string): number {
  return Math.max(0, (after.match(STUB)?.length ?? 0) - (before.match(STUB)?.length ?? 0));
}
