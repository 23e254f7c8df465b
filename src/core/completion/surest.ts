/** What somebody who types is offered, of what a model and the repository have: whatever promises to save most. */
import type { Beginning } from './modelChances.ts';
import type { Proposal } from './place.ts';
import { gainOf, LEAST_CHARACTERS } from './repository/scorer.ts';

export interface Offered {
  readonly proposals: readonly Proposal[];
  /** The model was not sure enough of what it wrote. */
  readonly unsure: boolean;
}

/**
 * A model that tells its chances is believed as far as it is sure: its line, or the beginning of it that gains most, where that is
 * more than a wrong one costs (characters). A block stands or falls with its first line. Where it tells nothing its text comes first.
 */
export function surest(
  model: Proposal,
  beginnings: readonly Beginning[] | undefined,
  repository: readonly Proposal[],
  cost: number,
): Offered {
  if (!beginnings) return { proposals: [model, ...repository], unsure: false };
  const believed = asFarAsSure(model, beginnings, cost);
  if (!believed) return { proposals: repository, unsure: true };
  const gain = ({ text, confidence = 0 }: Proposal) => gainOf(confidence, firstLine(text).trim().length, cost);
  const own = gain(believed);
  const before = repository.filter((proposal) => gain(proposal) > own);
  const behind = repository.filter((proposal) => !before.includes(proposal) && proposal.text !== believed.text);
  return { proposals: [...before, believed, ...behind], unsure: false };
}

function asFarAsSure(model: Proposal, beginnings: readonly Beginning[], cost: number): Proposal | undefined {
  let best: { beginning: Beginning; gain: number } | undefined;
  for (const beginning of beginnings) {
    const characters = model.text.slice(0, beginning.length).trim().length;
    if (characters < LEAST_CHARACTERS) continue;
    const gain = gainOf(beginning.chance, characters, cost);
    if (gain > 0 && gain >= (best?.gain ?? 0)) best = { beginning, gain };
  }
  if (!best) return undefined;
  const { length, chance } = best.beginning;
  if (length >= firstLine(model.text).trimEnd().length) return { ...model, confidence: chance };
  // What it would have stood in place of comes with the line's end.
  return { ...model, text: model.text.slice(0, length), replaces: 0, confidence: chance };
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] as string;
}
