/** Recurrence: mined at 80 % of the history, true if later commits add at least two sites and more than they take away. */
import type { Site } from '../../src/core/mining/candidate.ts';
import type { BenchMiner, Found } from './miner.ts';
import { commitAt, readSnapshot } from './snapshots.ts';

export interface Recurrence {
  readonly found: Found;
  readonly recurs: boolean;
  readonly onPage: boolean;
}

const SHARE = 0.8;

/** What was mined then, each with what became of it. */
export async function recurrences(miner: BenchMiner, folder: string): Promise<Recurrence[]> {
  const then = readSnapshot(folder, commitAt(folder, SHARE));
  const now = readSnapshot(folder, commitAt(folder, 1), false);
  const mined = await miner.mine(then);
  const later = await mined.later(now.texts);
  const page = new Set(mined.page);
  return mined.all.map((found) => ({
    found,
    onPage: page.has(found),
    recurs: recurs(found.candidate.sites, later.get(found.attractor.id) ?? found.candidate.sites),
  }));
}

/** By path, since lines move; a renamed file takes as much as it gives. */
function recurs(before: readonly Site[], after: readonly Site[]): boolean {
  const counts = new Map<string, number>();
  for (const { path } of after) counts.set(path, (counts.get(path) ?? 0) + 1);
  for (const { path } of before) counts.set(path, (counts.get(path) ?? 0) - 1);
  let added = 0;
  let deleted = 0;
  for (const change of counts.values()) change > 0 ? (added += change) : (deleted -= change);
  return added >= 2 && added > deleted;
}
