/** Everything that the repository itself proposes for a hole: copies, kin and the n-gram's own, each text once with all its evidence. */
import type { InfillPlace } from '../place.ts';
import { lexemesOf } from '../place.ts';
import type { Proposal } from '../proposal.ts';
import { ballot } from './ballot.ts';
import { beam } from './beam.ts';
import { copyPlaces } from './contextCopies.ts';
import type { HoleTokens } from './holeTokens.ts';
import { Rater } from './rating.ts';
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

/** The n-gram's own alone, those first that are likeliest read both ways. */
export function ngramBeam(corpus: SpanCorpus, place: InfillPlace, most = MOST): Proposal[] {
  const hole = corpus.at(place);
  const rater = new Rater(hole);
  const found = new Map<string, Proposal & { total: number }>();
  for (const { tokens } of beam(rater, place.lexemes, most)) {
    const text = written(hole, tokens);
    if (found.has(text)) continue;
    const { bits, backBits, leastBits, joinBits, known } = rater.rateTokens(tokens);
    const evidence = { bits, backBits, leastBits, joinBits, known };
    found.set(text, { text, source: 'ngram', from: 'n-gram', evidence, total: (bits + backBits) * tokens.length });
  }
  return [...found.values()]
    .sort((a, b) => a.total - b.total)
    .slice(0, most)
    .map(({ total: _, ...proposal }) => proposal);
}

function written(hole: HoleTokens, tokens: readonly number[]): string {
  let text = '';
  tokens.forEach((id, i) => {
    text += (i === 0 ? '' : hole.between(tokens[i - 1] as number, id)) + hole.vocabulary.text(id);
  });
  return text;
}
