/** From what was proposed to what is shown: the same text once, the surest first, nothing below the threshold. */
import { type PlaceKind, type ProposalScorer, placeKindOf } from './candidates/scorer.ts';
import { isSymbolUnit } from './masker.ts';
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

/** Surest first; of a known length those alone; where several lines stood those of several lines, as far as there are any. */
export function ranked(proposals: readonly Proposal[], place: InfillPlace, scorer: ProposalScorer): Ranked[] {
  const { lexemes } = place;
  const several = place.severalLines ? proposals.filter(({ text }) => text.trim().includes('\n')) : [];
  const rest =
    lexemes !== undefined
      ? proposals.filter(({ text }) => lexemesOf(text).length === lexemes)
      : several.length > 0
        ? several
        : proposals;
  const rated = isSymbolUnit(place.unit)
    ? rest.map(ofBody)
    : [...ofScorer(rest, place, scorer), ...rest.flatMap(ofLines)];
  return rated.sort((a, b) => b.raw - a.raw || a.proposal.text.length - b.proposal.text.length);
}

interface Rated extends Ranked {
  /** What it is ranked by: calibration has steps, on which several stand alike. */
  readonly raw: number;
}

function ofScorer(proposals: readonly Proposal[], place: InfillPlace, scorer: ProposalScorer): Rated[] {
  const kind = kindOf(place);
  const own = proposals.filter(({ evidence }) => evidence.linesChance === undefined);
  const [chances, raw] = [scorer.chances(own, kind), scorer.raw(own, kind)];
  return own.map((proposal, i) => ({ proposal, confidence: chances[i] as number, raw: raw[i] as number }));
}

/**
 * Several lines have a chance of their own: the scorer was fitted where each hole has one. Those that are wrong more often than right
 * and those that do not parse stand behind whatever one line is proposed.
 */
function ofLines(proposal: Proposal): Rated[] {
  const { linesChance: chance } = proposal.evidence;
  if (chance === undefined) return [];
  const isBehind = chance < OFTENER_THAN_NOT || (proposal.evidence.breaks ?? 0) > 0;
  return [{ proposal, confidence: chance, raw: isBehind ? chance - 1 : chance }];
}

/**
 * Of bodies that nobody is sure of that is first which will be most like. What no like function says was never counted. Those that do
 * not parse, and those with which the tools report errors, stand behind all others.
 */
function ofBody(proposal: Proposal): Rated {
  const { bodyChance = 0, bodyLikeness = 0, breaks = 0, typedAdds = 0, adds = 0 } = proposal.evidence;
  const raw = bodyChance + bodyLikeness;
  return { proposal, confidence: bodyChance, raw: breaks + typedAdds + adds > 0 ? raw - MOST_RAW : raw };
}

/** A chance and a likeness. */
const MOST_RAW = 2;

/** Chance from which on one of these is worth showing there. */
export function thresholdAt(proposals: readonly Proposal[], place: InfillPlace, scorer: ProposalScorer): number {
  const isOfMany = isSymbolUnit(place.unit) || (place.severalLines && place.lexemes === undefined);
  return isOfMany ? OFTENER_THAN_NOT : scorer.threshold(proposals, kindOf(place));
}

/** A body that is right less often than not is shown as what it is: somebody who stands in. */
const OFTENER_THAN_NOT = 0.5;

function kindOf({ prefix, suffix, lexemes }: InfillPlace): PlaceKind {
  return placeKindOf(isWholeLine(prefix, suffix), lexemes);
}
