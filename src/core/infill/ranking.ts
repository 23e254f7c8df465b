/** From what was proposed to what is shown: the same text once, the surest first, nothing below the threshold. */
import { type InfillPlace, lexemesOf } from './place.ts';
import type { Proposal, ProposalEvidence } from './proposal.ts';

/** How sure a proposal is, calibrated; and from which confidence on it is worth showing there. */
export interface ProposalScorer {
  /** In [0, 1]. */
  confidence(proposal: Proposal, place: InfillPlace): number;
  threshold(place: InfillPlace): number;
}

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
  return (fitting.length > 0 ? fitting : proposals)
    .map((proposal) => ({ proposal, confidence: scorer.confidence(proposal, place) }))
    .sort((a, b) => b.confidence - a.confidence || a.proposal.text.length - b.proposal.text.length);
}
