/** Security smells a patch must not bring in, found in its text by rules that are data (src/data/risk/security.yml). */

export interface SecuritySmell {
  readonly id: string;
  /** File extensions with their dot; empty for any. */
  readonly extensions: readonly string[];
  /** JavaScript regular expression, matched with the flags `gmu`. */
  readonly pattern: string;
  readonly message: string;
}

/** Smells that occur more often after than before. A pattern that is no regular expression throws SyntaxError. */
export function newSmells(
  path: string,
  before: string,
  after: string,
  rules: readonly SecuritySmell[],
): { id: string; message: string; count: number }[] {
  if (before === after) return [];
  const found = [];
  for (const { id, extensions, pattern, message } of rules) {
    if (extensions.length && !extensions.some((extension) => path.endsWith(extension))) continue;
    const expression = new RegExp(pattern, 'gmu');
    const count = (after.match(expression)?.length ?? 0) - (before.match(expression)?.length ?? 0);
    if (count > 0) found.push({ id, message, count });
  }
  return found;
}
