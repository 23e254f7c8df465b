/** A call sequence with its sites as a candidate for the report. */
import type { SequenceReader } from './callSequences.ts';
import { type Candidate, distinctPaths, type Site } from './candidate.ts';
import { place } from './idiomNames.ts';

/** Calls that may lie between two members. */
export const MAX_GAP = 4;

/** What it adds to the page. */
export function sequenceGain(items: readonly number[], sites: readonly Site[], reader: SequenceReader): number {
  const evidence = reader.bits(items) * Math.sqrt(distinctPaths(sites).length) * Math.log2(1 + sites.length);
  // The ways of a standard library are everybody's.
  const own = 0.25 + (0.75 * items.filter((item) => reader.isOwn(item)).length) / items.length;
  return evidence * own * (standTogether(sites) ? 0.1 : 0.35);
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
  reader: SequenceReader,
): Candidate {
  const { names, model } = reader;
  const apis = items.map((item) => names.name(item));
  const bits = reader.bits(items);
  const specificity = Math.max(0, bits + Math.log2((sites.length + 0.5) / (sequences + 1)));
  const shown = items.map((item) => `\`${reader.show(item)}\``);
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
    gain: sequenceGain(items, sites, reader),
    mentions: apis.map((api) => api.split(/[.:]+/).pop() as string),
  };
}
