/** A call sequence with its sites as a candidate for the report. */
import type { BackgroundModel } from './background.ts';
import { type Candidate, distinctPaths, type Site } from './candidate.ts';
import { place } from './idiomNames.ts';
import type { LabelTable } from './labelTable.ts';

/** Calls that may lie between two members. */
export const MAX_GAP = 4;

/** Bits of all members together. */
export function sequenceBits(items: readonly number[], names: LabelTable, model: BackgroundModel): number {
  return items.reduce((sum, item) => sum + model.calleeBits(names.name(item)), 0);
}

/** What it adds to the page. */
export function sequenceGain(bits: number, sites: readonly Site[]): number {
  return (
    bits * Math.sqrt(distinctPaths(sites).length) * Math.log2(1 + sites.length) * (standTogether(sites) ? 0.1 : 0.35)
  );
}

/** Calls on one line are one expression, which the idioms show better. */
function standTogether(sites: readonly Site[]): boolean {
  return sites.filter(({ slack }) => slack === 0).length >= sites.length * 0.5;
}

/** `sites` by path and function; `sequences`: functions of the family with more than one call. */
export function sequenceCandidate(
  family: string,
  items: readonly number[],
  sites: readonly Site[],
  sequences: number,
  names: LabelTable,
  model: BackgroundModel,
): Candidate {
  const apis = items.map((item) => names.name(item));
  const bits = sequenceBits(items, names, model);
  const specificity = Math.max(0, bits + Math.log2((sites.length + 0.5) / (sequences + 1)));
  const shown = apis.map((api) => `\`${api}\``);
  const together = standTogether(sites);
  return {
    kind: 'apiSequence',
    family,
    pattern: apis.join(' > '),
    name: together ? `Combine ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : `Call ${shown.join(', then ')}`,
    summary: `${together ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)} stand together` : `${shown[0]} is followed by ${shown.slice(1).join(', then ')}`} in ${sites.length} functions over ${distinctPaths(sites).length} files${place(sites)}.`,
    apis: [...apis].sort((a, b) => model.calleeBits(b) - model.calleeBits(a) || (a < b ? -1 : 1)),
    sites,
    specificity,
    common: specificity < 5,
    gain: sequenceGain(bits, sites),
  };
}
