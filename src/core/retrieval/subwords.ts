/** Splits identifiers and paths into lower-case subwords, the unit in which names are compared. */

const SPLIT = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;

/**
 * Subwords of an identifier in order: `getHTTPUsers_v2` → get, http, user, v, 2 without single letters → get, http, user.
 * A plural `s` is cut so that `users` meets `user`; letters outside ASCII are kept as one word.
 */
export function subwords(identifier: string): string[] {
  const words: string[] = [];
  for (const [word] of identifier.matchAll(SPLIT)) {
    const lower = word.toLowerCase();
    if (lower.length < 2) continue;
    const singular = lower.length > 3 && lower.endsWith('s') && !lower.endsWith('ss') ? lower.slice(0, -1) : lower;
    words.push(singular);
  }
  return words.length === 0 && identifier.length > 1 ? [identifier.toLowerCase()] : words;
}

/** Directory of a '/'-path; '' at the root. */
export function directoryOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut < 0 ? '' : path.slice(0, cut);
}

/** The path without extension and without the file name that stands for its folder (index, __init__, mod, lib, main). */
export function moduleStem(path: string): string {
  const stem = path.replace(/\.[a-z]+$/i, '').replace(/\.d$/, '');
  return stem.replace(/\/(index|__init__|mod|lib)$/, '');
}
