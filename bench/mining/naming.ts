/** Names: from name and summary alone, which of twenty sites that nobody saw is the attractor's? */

import type { MinedSnapshot, Snapshot } from './miner.ts';
import { shuffled } from './samples.ts';
import { subwords } from './words.ts';

/** Mean reciprocal rank over a page; sites that are shown as snippets are not used. NaN for a page of one. */
export function namingRank(mined: MinedSnapshot, snapshot: Snapshot): number {
  const entries = mined.page.flatMap(({ attractor, sites }) => {
    const shown = new Set(attractor.snippets.map(({ path, line }) => `${path}:${line}`));
    const [site] = shuffled(
      sites.filter(({ path, line }) => !shown.has(`${path}:${line}`)),
      attractor.id,
    );
    const lines =
      site &&
      snapshot.texts
        .get(site.path)
        ?.split('\n')
        .slice(site.line - 1, site.endLine);
    // What a name says of files is judged by the path.
    return site && lines
      ? [
          {
            said: subwords(`${attractor.name} ${attractor.summary}`),
            site: subwords(`${lines.join('\n')} ${site.path}`),
          },
        ]
      : [];
  });
  if (entries.length < 2) return Number.NaN;
  const spread = new Map<string, number>();
  for (const { site } of entries) for (const word of new Set(site)) spread.set(word, (spread.get(word) ?? 0) + 1);
  const lengths = entries.reduce((sum, { site }) => sum + site.length, 0) / entries.length;
  const score = (said: readonly string[], site: readonly string[]) => {
    let sum = 0;
    for (const word of new Set(said)) {
      const count = site.filter((other) => other === word).length;
      const known = spread.get(word) ?? 0;
      const idf = Math.log(1 + (entries.length - known + 0.5) / (known + 0.5));
      sum += (idf * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * site.length) / lengths));
    }
    return sum;
  };
  const ranks = entries.map(({ said, site }) => {
    const own = score(said, site);
    // Ties count as half lost.
    const above = entries.filter((other) => score(said, other.site) > own).length;
    const even = entries.filter((other) => other.site !== site && score(said, other.site) === own).length;
    return 1 / (1 + above + even / 2);
  });
  return ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
}
