/** Names: from name and summary alone, which of twenty sites that nobody saw is the attractor's? */
import { subwords } from '../../src/core/retrieval/subwords.ts';
import { Bm25, documentOf } from '../bm25.ts';
import type { MinedSnapshot, Snapshot } from './miner.ts';
import { shuffled } from './samples.ts';

/** Mean reciprocal rank over a page; sites that are shown as snippets are not used. NaN for a page of one. */
export function namingRank(mined: MinedSnapshot, snapshot: Snapshot): number {
  const entries = mined.page.flatMap(({ attractor, candidate: { sites } }) => {
    const shown = new Set(attractor.snippets.map(({ path, line }) => `${path}:${line}`));
    const [site] = shuffled(
      sites.filter(({ path, line }) => !shown.has(`${path}:${line}`)),
      attractor.id,
    );
    const text = site && snapshot.texts.get(site.path);
    if (!site || text === undefined) return [];
    const lines = text.split('\n').slice(site.line - 1, site.endLine);
    return [
      {
        said: new Set(subwords(`${attractor.name} ${attractor.summary}`)),
        // What a name says of files is judged by the path.
        site: documentOf(subwords(`${lines.join('\n')} ${site.path}`)),
      },
    ];
  });
  if (entries.length < 2) return Number.NaN;
  const scorer = new Bm25(entries.map(({ site }) => site));
  const ranks = entries.map(({ said, site }) => {
    const own = scorer.score(said, site);
    // Ties count as half lost.
    const above = entries.filter((other) => scorer.score(said, other.site) > own).length;
    const even = entries.filter((other) => other.site !== site && scorer.score(said, other.site) === own).length;
    return 1 / (1 + above + even / 2);
  });
  return ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
}
