/** From what was proposed to what is shown: the same text once, the surest first, nothing below the threshold. */
import { shareRight } from '../generation/nearestBody.ts';
import { type PlaceKind, type ProposalScorer, placeKindOf } from './candidates/scorer.ts';
import { type InfillPlace, isWholeLine, lexemesOf } from './place.ts';
import type { Proposal, ProposalEvidence } from './proposal.ts';

export interface Ranked {
  readonly proposal: Proposal;
  readonly confidence: number;
}

/** Proposals of the same lexemes are one: the first one's text and source, everybody's evidence. */
export function merged(proposals: readonly Proposal[]): Proposal[] {
  const byLexemes = new Map<string, Proposal>();
  for (const proposal of proposals) {
    const key = lexemesOf(proposal.text).join(' ');
    if (key === '') continue;
    const known = byLexemes.get(key);
    const also = [...new Set([...(known?.also ?? []), ...(proposal.also ?? []), proposal.source])];
    const evidence: ProposalEvidence = { ...proposal.evidence, ...known?.evidence };
    byLexemes.set(key, { ...(known ?? proposal), evidence, also });
  }
  return [...byLexemes.values()];
}

/** Surest first; of a known length those alone, as far as there are any. */
export function ranked(proposals: readonly Proposal[], place: InfillPlace, scorer: ProposalScorer): Ranked[] {
  const fitting = proposals.filter(({ text }) => lexemesOf(text).length === place.lexemes);
  const rest = fitting.length > 0 ? fitting : proposals;
  const kind = kindOf(place);
  const chances = isBody(place) ? rest.map(chanceOfBody) : scorer.chances(rest, kind);
  const raw = isBody(place) ? chances : scorer.raw(rest, kind);
  // Calibration has steps, on which several stand alike.
  return rest
    .map((proposal, i) => ({ proposal, confidence: chances[i] as number, raw: raw[i] as number }))
    .sort((a, b) => b.raw - a.raw || a.proposal.text.length - b.proposal.text.length);
}

/** Chance from which on one of these is worth showing there. */
export function thresholdAt(proposals: readonly Proposal[], place: InfillPlace, scorer: ProposalScorer): number {
  return isBody(place) ? BODY_THRESHOLD : scorer.threshold(proposals, kindOf(place));
}

/** A body that is right less often than not is shown as what it is: somebody who stands in. */
const BODY_THRESHOLD = 0.5;

function isBody({ unit }: InfillPlace): boolean {
  return unit === 'body' || unit === 'function' || unit === 'class';
}

/** The scorer was fitted on lines and nodes; of whole bodies only those of like functions were ever counted (bench/nearestBody.ts). */
function chanceOfBody({ source, evidence }: Proposal): number {
  return source === 'kin' ? shareRight(evidence.likeness ?? 0) : 0;
}

function kindOf({ prefix, suffix, lexemes }: InfillPlace): PlaceKind {
  return placeKindOf(isWholeLine(prefix, suffix), lexemes);
}
