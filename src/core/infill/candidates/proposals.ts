/** Everything that the repository itself proposes for a hole: copies, kin and the n-gram's own, each text once with all its evidence. */
import type { InfillPlace } from '../place.ts';
import { lexemesOf } from '../place.ts';
import type { Proposal } from '../proposal.ts';
import { ballot } from './ballot.ts';
import { copyPlaces } from './contextCopies.ts';
import { lineOf, pathOf, rendered } from './rendering.ts';
import type { SpanCorpus } from './spanCorpus.ts';

/** Texts of each source. */
const MOST = 12;

/** Copies alone, likeliest first. */
export function contextCopies(corpus: SpanCorpus, place: InfillPlace, most = MOST): Proposal[] {
  const hole = corpus.at(place);
  const proposals: Proposal[] = [];
  for (const { place: at, evidence } of ballot(hole, copyPlaces(hole, place.lexemes), most)) {
    const text = rendered(corpus, hole, at);
    if (text === undefined || lexemesOf(text).length === 0) continue;
    proposals.push({ text, source: 'copy', from: `${pathOf(at, hole)}:${lineOf(corpus, hole, at)}`, evidence });
  }
  return proposals;
}
