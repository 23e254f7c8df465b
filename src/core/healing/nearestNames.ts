/** Which of many names is meant by a misspelt one. */
import { editDistance } from '../edits/editDistance.ts';

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
    const distance = editDistance(lower, other.toLowerCase(), most);
    if (distance <= most) near.push({ name: other, distance });
  }
  near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return near.slice(0, limit);
}
