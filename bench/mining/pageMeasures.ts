/** Measures of a page by itself: how much its entries overlap, and how much of unseen code it speaks of. */
import { overlap, placesOf } from '../../src/core/mining/page.ts';
import type { BenchMiner, Found, MinedSnapshot, Snapshot } from './miner.ts';
import { shuffled } from './samples.ts';

/** Highest share of common places, functions or spans, of two entries of the page. */
export function highestJaccard({ page }: MinedSnapshot): number {
  const places = page.map(({ candidate }) => placesOf(candidate));
  return Math.max(0, ...places.flatMap((a, index) => places.slice(index + 1).map((b) => overlap(a, b))));
}

const UNSEEN = 0.2;

/** Share of the functions of a fifth of the files, mined without them, in which something of the page, or anything mined, is found. */
export async function coverage(miner: BenchMiner, snapshot: Snapshot): Promise<{ page: number; all: number }> {
  const paths = shuffled([...snapshot.texts.keys()].sort(), snapshot.name);
  const unseen = new Set(paths.slice(0, Math.floor(paths.length * UNSEEN)));
  const seen = new Map([...snapshot.texts].filter(([path]) => !unseen.has(path)));
  const mined = await miner.mine({ ...snapshot, texts: seen });
  const later = await mined.later(snapshot.texts);
  let functions = 0;
  const ranges = new Map<string, readonly { startLine: number; endLine: number }[]>();
  for (const path of unseen) {
    const facts = (await miner.analyse(path, snapshot.texts.get(path) as string))?.facts;
    ranges.set(path, facts?.functions ?? []);
    functions += facts?.functions.length ?? 0;
  }
  const share = (found: readonly Found[]) => {
    const matched = new Set<string>();
    for (const { attractor } of found)
      for (const { path, line } of later.get(attractor.id) ?? [])
        for (const { startLine, endLine } of ranges.get(path) ?? [])
          if (startLine <= line && line <= endLine) matched.add(`${path}:${startLine}:${endLine}`);
    return functions === 0 ? Number.NaN : matched.size / functions;
  };
  return { page: share(mined.page), all: share(mined.all) };
}
