/** From what was proposed to what is shown: the same text once, the surest first, nothing below the threshold. */
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
  const [chances, raw] = [scorer.chances(rest, kind), scorer.raw(rest, kind)];
  // Calibration has steps, on which several stand alike.
  return rest
    .map((proposal, i) => ({ proposal, confidence: chances[i] as number, raw: raw[i] as number }))
    .sort((a, b) => b.raw - a.raw || a.proposal.text.length - b.proposal.text.length);
}

/** Chance from which on one of these is worth showing there. */
export function thresholdAt(proposals: readonly Proposal[], place: InfillPlace, scorer: ProposalScorer): number {
  return scorer.threshold(proposals, kindOf(place));
}

function kindOf({ prefix, suffix, lexemes }: InfillPlace): PlaceKind {
  return placeKindOf(isWholeLine(prefix, suffix), lexemes);
}
