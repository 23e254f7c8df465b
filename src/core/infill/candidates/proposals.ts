/** Everything that the repository itself proposes for a hole: copies, kin and the n-gram's own, each text once with all its evidence. */
import type { InfillPlace } from '../place.ts';
import { isWholeLine, lexemesOf, withLineEnds } from '../place.ts';
import type { Proposal, ProposalEvidence, ProposalSource } from '../proposal.ts';
import { ballot } from './ballot.ts';
import { beam } from './beam.ts';
import { type CopyPlace, copyPlaces } from './contextCopies.ts';
import type { HoleTokens } from './holeTokens.ts';
import { kinBodies, kinLines } from './kinBodies.ts';
import { kinPlaces } from './kinPlaces.ts';
import type { Routine } from './kinScope.ts';
import { lineOf, pathOf, rendered, type Stretch } from './rendering.ts';
import type { SpanCorpus } from './spanCorpus.ts';

/** Texts of each source. */
const MOST = 12;
/** Of several lines, where the hole may have one. */
const MOST_LINES = 2;

/**
 * All sources' texts for a place, each with all that speaks for it. The order says nothing: a scorer ranks them. `routine`: the
 * function whose body the place is, or in which it lies: then the bodies of those most like it, or lines of them, are proposed too.
 */
export function proposals(corpus: SpanCorpus, place: InfillPlace, routine?: Routine): Proposal[] {
  const hole = corpus.at(place);
  const { rater } = hole;
  const found = new Map<string, Proposal>();
  const add = (proposal: Proposal): void => {
    const key = lexemesOf(proposal.text).join(' ');
    const known = found.get(key);
    found.set(key, known ? { ...known, evidence: { ...proposal.evidence, ...known.evidence } } : proposal);
  };
  const places = copyPlaces(hole, place.lexemes);
  for (const proposal of copiesAt(corpus, hole, places, MOST)) add(proposal);
  for (const proposal of kinAt(corpus, hole, places, MOST)) add(proposal);
  if (routine && place.unit === 'body') for (const proposal of kinBodies(corpus, place, routine, MOST)) add(proposal);
  if (routine && place.lexemes === undefined && isWholeLine(place.prefix, place.suffix))
    for (const proposal of kinLines(corpus, place, routine, MOST_LINES)) add(proposal);
  for (const proposal of ngramBeam(corpus, place)) add(proposal);
  return [...found.values()].map(({ text, evidence, ...rest }) => ({
    ...{ ...rest, text: withLineEnds(text, place) },
    evidence: { ...evidence, ...rater.rate(text) },
  }));
}

/** Copies alone, likeliest first. */
export function contextCopies(corpus: SpanCorpus, place: InfillPlace, most = MOST): Proposal[] {
  const hole = corpus.at(place);
  return copiesAt(corpus, hole, copyPlaces(hole, place.lexemes), most);
}

function copiesAt(corpus: SpanCorpus, hole: HoleTokens, places: readonly CopyPlace[], most: number): Proposal[] {
  return ballot(hole, places, most).flatMap(({ place, evidence }) => proposed(corpus, hole, place, 'copy', evidence));
}

/** What stands where everything is alike but for names, with the names that belong here. */
function kinAt(corpus: SpanCorpus, hole: HoleTokens, places: readonly CopyPlace[], most: number): Proposal[] {
  return ballot(hole, kinPlaces(hole, places), most).flatMap(({ place, evidence }) =>
    proposed(corpus, hole, place, 'kin', {
      likeness: place.likeness,
      kinLeft: place.left,
      kinRight: place.right,
      ...(evidence.share === undefined ? {} : { kinShare: evidence.share }),
      ...(place.names.size > 0 ? { renamed: place.names.size } : {}),
    }),
  );
}

function proposed(
  corpus: SpanCorpus,
  hole: HoleTokens,
  at: Stretch,
  source: ProposalSource,
  evidence: ProposalEvidence,
): Proposal[] {
  const text = rendered(corpus, hole, at);
  if (text === undefined || lexemesOf(text).length === 0) return [];
  return [{ text, source, from: `${pathOf(at, hole)}:${lineOf(corpus, hole, at)}`, evidence }];
}

/** The n-gram's own alone, those first that are likeliest read both ways. */
export function ngramBeam(corpus: SpanCorpus, place: InfillPlace, most = MOST): Proposal[] {
  const hole = corpus.at(place);
  const { rater } = hole;
  const found = new Map<string, Proposal & { total: number }>();
  for (const { tokens } of beam(rater, place.lexemes, most)) {
    const text = written(hole, tokens);
    if (found.has(text)) continue;
    const { bits, backBits, leastBits, joinBits, known } = rater.rateTokens(tokens);
    const evidence = { bits, backBits, leastBits, joinBits, known, beam: true };
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
