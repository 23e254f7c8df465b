/** How far apart two names are, and which of many is meant by a misspelt one. */

/** Damerau-Levenshtein distance with adjacent transpositions (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let previous: number[] = [];
  let current = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const earlier = previous;
    previous = current;
    current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        (previous[j] as number) + 1,
        (current[j - 1] as number) + 1,
        (previous[j - 1] as number) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (earlier[j - 2] as number) + 1);
      }
      current.push(best);
    }
  }
  return current[b.length] as number;
}

/**
 * The names nearest to `name`, nearest first, at most `limit`: one slip in a short name, two from six letters on, three
 * from twelve; other letters' case is no slip. Names of one or two letters are never guessed.
 */
export function nearestNames(name: string, names: Iterable<string>, limit = 3): { name: string; distance: number }[] {
  if (name.length < 3) return [];
  const most = name.length >= 12 ? 3 : name.length >= 6 ? 2 : 1;
  const lower = name.toLowerCase();
  const near: { name: string; distance: number }[] = [];
  for (const other of new Set(names)) {
    if (other === name || Math.abs(other.length - name.length) > most) continue;
    const distance = editDistance(lower, other.toLowerCase());
    if (distance <= most) near.push({ name: other, distance });
  }
  near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return near.slice(0, limit);
}
