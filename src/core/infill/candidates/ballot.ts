/** Counts what stands at places like the hole, from the many that agree a little to the few that agree much, each level correcting the last. */
import { idOf, isLocalName } from '../../completion/repository/cells.ts';
import type { ProposalEvidence } from '../proposal.ts';
import type { CopyPlace } from './contextCopies.ts';
import type { HoleTokens } from './holeTokens.ts';
import { pathOf, type Stretch } from './rendering.ts';

export interface Draft<P extends CopyPlace = CopyPlace> {
  readonly key: string;
  /** The best place that it stands at. */
  readonly place: P;
  readonly evidence: ProposalEvidence;
}

/** Levels of agreement: tokens on both sides, the shorter side once more. */
const LEVELS = [1, 3, 5, 7, 9, 12, 15, 19, 24, 30, 38, 48, 64] as const;
const MOST_SIDE = 20;

interface Entry<P> {
  readonly places: P[];
  best: P;
  /** Votes by level. */
  readonly votes: Float64Array;
  share: number;
}

/** The `most` likeliest texts, likeliest first. */
export function ballot<P extends CopyPlace>(hole: HoleTokens, places: readonly P[], most: number): Draft<P>[] {
  const entries = new Map<string, Entry<P>>();
  const totals = new Float64Array(LEVELS.length);
  for (const place of places) {
    let entry = entries.get(place.key);
    if (!entry)
      entries.set(place.key, (entry = { places: [], best: place, votes: new Float64Array(LEVELS.length), share: 0 }));
    entry.places.push(place);
    if (order(place) > order(entry.best)) entry.best = place;
    const agreement = agreementOf(place);
    for (let level = 0; level < LEVELS.length && agreement >= (LEVELS[level] as number); level++) {
      entry.votes[level] = (entry.votes[level] as number) + place.near;
      totals[level] = (totals[level] as number) + place.near;
    }
  }
  const all = [...entries.values()];
  // Witten and Bell (1991): a level counts as much as it has votes for each kind of text that it knows.
  for (let level = 0; level < LEVELS.length; level++) {
    const total = totals[level] as number;
    if (total === 0) break;
    const kinds = all.reduce((sum, { votes }) => sum + ((votes[level] as number) > 0 ? 1 : 0), 0);
    for (const entry of all) entry.share = ((entry.votes[level] as number) + kinds * entry.share) / (total + kinds);
  }
  return [...entries]
    .sort(([a, one], [b, other]) => other.share - one.share || order(other.best) - order(one.best) || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([key, entry]) => ({ key, place: entry.best, evidence: evidenceOf(hole, entry, places) }));
}

/** How much two sides say together: both are worth more than one that is twice as long. */
function agreementOf({ left, right }: CopyPlace): number {
  const [l, r] = [Math.min(MOST_SIDE, left), Math.min(MOST_SIDE, right)];
  return l + r + Math.min(l, r);
}

function order(place: CopyPlace): number {
  return agreementOf(place) * 4 + place.near - (place.renames ? 2 : 0);
}

function evidenceOf(
  hole: HoleTokens,
  { places, best, share }: Entry<CopyPlace>,
  all: readonly CopyPlace[],
): ProposalEvidence {
  const { left, right } = best;
  const asMuch = (place: CopyPlace) => place.left >= left && place.right >= right;
  return {
    left,
    right,
    share,
    support: places.filter(asMuch).length,
    places: all.filter(asMuch).length,
    files: new Set(places.slice(0, 200).map((place) => pathOf(place, hole))).size,
    ownFile: places.some(({ near }) => near === 3),
    ownFolder: places.some(({ near }) => near >= 2),
    ...(best.renames ? { renamed: renamedIn(best) } : {}),
  };
}

/** Names that are other ones there. */
function renamedIn({ source, from, to, renames }: Stretch): number {
  const { cells } = source.segment;
  const other = new Set<number>();
  for (let at = from; at < to; at++) {
    const cell = cells[at] as number;
    const here = isLocalName(cell) ? renames?.get(idOf(cell)) : undefined;
    if (here !== undefined && here !== idOf(cell)) other.add(here);
  }
  return other.size;
}
