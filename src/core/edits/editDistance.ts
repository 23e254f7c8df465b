/** How alike two names are: optimal string alignment distance and the subwords they share. */

/** Optimal string alignment distance (Damerau 1964, adjacent transpositions once); stops counting above `limit`. */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let older: number[] = [];
  let old = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const now = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (old[column] as number) + 1,
        (now[column - 1] as number) + 1,
        (old[column - 1] as number) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        cost = Math.min(cost, (older[column - 2] as number) + 1);
      now.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    older = old;
    old = now;
  }
  return old[b.length] as number;
}

/** 'maxRetryCount' and 'max_retry_count' → ['max', 'retry', 'count']. */
export function subwords(name: string): string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) => word.toLowerCase());
}

/**
 * Likeness in [0, 1] of a written name and one that exists; 0 where a slip of the fingers or of memory does not lead
 * from one to the other. A different case or separator is the likeliest slip, then letters, then a lost subword.
 */
export function nameLikeness(written: string, existing: string): number {
  if (written === existing) return 0;
  const plain = (name: string) => name.replace(/_/g, '').toLowerCase();
  if (plain(written) === plain(existing)) return 0.98;
  const longest = Math.max(written.length, existing.length);
  const allowed = longest <= 2 ? 0 : longest <= 5 ? 1 : Math.floor(longest / 3);
  const distance = editDistance(written.toLowerCase(), existing.toLowerCase(), allowed);
  // Short names that differ in a letter are different names (get, set); one letter more or less may be a slip.
  const replaced = longest <= 4 && written.length === existing.length && !isTransposed(written, existing);
  let likeness = distance <= allowed && !replaced ? 0.95 - (0.9 * distance) / longest : 0;
  const ours = subwords(written);
  const theirs = subwords(existing);
  const shared = theirs.filter((word) => word.length > 2 && ours.includes(word)).length;
  // A lost or an added prefix or suffix: `get_user` for `user`, `List` for `UserList`.
  if (shared > 0 && (shared === theirs.length || shared === ours.length))
    likeness = Math.max(likeness, 0.45 + (0.35 * shared) / Math.max(ours.length, theirs.length));
  // As written, case and all, the existing name is a part of it.
  if (likeness > 0 && existing.length > 2 && (written.endsWith(existing) || written.startsWith(existing)))
    return likeness + 0.04;
  // A variable is no misspelt class (`lst`, `List`), nor the other way round.
  return isClassLike(written) === isClassLike(existing) ? likeness : Math.max(0, likeness - 0.25);
}

function isClassLike(name: string): boolean {
  return /^_*[A-Z][^_]*[a-z]/.test(name);
}

function isTransposed(a: string, b: string): boolean {
  return [...a].sort().join('') === [...b].sort().join('');
}
