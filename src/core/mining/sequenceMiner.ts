/**
 * Closed, gapped API call sequences by pattern growth (PrefixSpan, Pei et al. 2001; closed as in BIDE, Wang & Han 2004),
 * kept where their support surprises an order-1 Markov null with a Bonferroni-like threshold.
 */
import type { Breather } from '../../base/progress.ts';
import type { BackgroundModel } from './background.ts';
import { type CallSequence, SequenceReader, siteAt } from './callSequences.ts';
import type { Candidate, Site } from './candidate.ts';
import type { FileDigest } from './fileDigest.ts';
import { KnownSequences } from './knownSequences.ts';
import type { LabelTable } from './labelTable.ts';
import { MAX_GAP, sequenceCandidate, sequenceGain } from './sequenceCandidate.ts';

const MIN_FILES = 3;
const MIN_SUPPORT = 4;
const MAX_LENGTH = 4;
/** Projections, so that a repository of any size ends. */
const MAX_STEPS = 1_500_000;
const MIN_SURPRISE = 5;
const MIN_BITS = 12;
const MOST = 40;

/** Matches, three numbers each: the sequence, and the positions of the first and last member in it. Ascending. */
type Ends = number[];

interface Found {
  readonly items: readonly number[];
  readonly ends: Ends;
}

/** Sequences worth showing, best first, and what keeps them current. `names` is the string table of the digests. */
export async function mineSequences(
  family: string,
  files: readonly FileDigest[],
  names: LabelTable,
  model: BackgroundModel,
  breather: Breather,
): Promise<{ candidates: readonly Candidate[]; known: KnownSequences }> {
  const reader = await breather.run(SequenceReader.learn(files, names, model, MIN_FILES));
  const sequences: CallSequence[] = [];
  for (const file of files) {
    for (const sequence of reader.read(file)) sequences.push(sequence);
    if (breather.due) await breather.breathe();
  }
  const found: Found[] = [];
  for (const next of new SequenceGrowth(sequences, names).run()) {
    if (next !== undefined) found.push(next);
    if (breather.due) await breather.breathe();
  }
  const chosen = found
    .filter(({ items }) => reader.bits(items) >= MIN_BITS)
    .map(({ items, ends }) => {
      const sites = sitesOf(sequences, ends);
      return {
        items,
        sites,
        gain: sequenceGain(items, sites, reader),
        pattern: items.map((item) => names.name(item)).join(' > '),
      };
    })
    .sort((a, b) => b.gain - a.gain || (a.pattern < b.pattern ? -1 : 1))
    .slice(0, MOST);
  return {
    candidates: chosen.map(({ items, sites }) => sequenceCandidate(family, items, sites, sequences.length, reader)),
    known: new KnownSequences(reader, sequences, chosen),
  };
}

function sitesOf(sequences: readonly CallSequence[], ends: Ends): Site[] {
  const sites: Site[] = [];
  for (let at = 0; at < ends.length; at += 3)
    sites.push(siteAt(sequences[ends[at] as number] as CallSequence, ends[at + 1] as number, ends[at + 2] as number));
  return sites;
}

class SequenceGrowth {
  private readonly singles = new Map<number, number>();
  private readonly transitions = new Map<number, number>();
  private total = 0;
  private steps = 0;
  private readonly minSupport: number;
  /** Probability of an item by the room that is left for it; filled anew for each item. */
  private readonly byRoom = new Float64Array(MAX_GAP + 2);

  constructor(
    private readonly sequences: readonly CallSequence[],
    private readonly names: LabelTable,
  ) {
    this.minSupport = Math.max(MIN_SUPPORT, Math.floor(sequences.length / 400));
  }

  /** Closed sequences in the order in which they are found; undefined where there is merely time to breathe. */
  *run(): Generator<Found | undefined> {
    const starts = new Map<number, Ends>();
    for (const [sequence, { items }] of this.sequences.entries()) {
      yield undefined;
      for (let at = 0; at < items.length; at++) {
        const item = items[at] as number;
        if (items.indexOf(item) === at) push(starts, item, sequence, at, at);
        this.count(items, at);
      }
    }
    for (const [item, ends] of this.frequent(starts).sort((a, b) => a[1].length - b[1].length || this.byName(a, b)))
      yield* this.grow([item], ends, Number.POSITIVE_INFINITY);
  }

  private count(items: Int32Array, at: number): void {
    const item = items[at] as number;
    this.singles.set(item, (this.singles.get(item) ?? 0) + 1);
    this.total++;
    if (at === 0) return;
    const key = this.pair(items[at - 1] as number, item);
    this.transitions.set(key, (this.transitions.get(key) ?? 0) + 1);
  }

  private pair(before: number, item: number): number {
    return before * 0x4000000 + item;
  }

  private byName(a: readonly [number, Ends], b: readonly [number, Ends]): number {
    return this.names.name(a[0]) < this.names.name(b[0]) ? -1 : 1;
  }

  private frequent(lists: ReadonlyMap<number, Ends>): [number, Ends][] {
    return [...lists].filter(([, ends]) => ends.length >= 3 * this.minSupport && this.files(ends) >= MIN_FILES);
  }

  /** Distinct files, counted up to the number that is asked for. */
  private files(ends: Ends): number {
    let count = 0;
    let last = '';
    for (let at = 0; at < ends.length && count < MIN_FILES; at += 3) {
      const { path } = this.sequences[ends[at] as number] as CallSequence;
      if (path !== last) count++;
      last = path;
    }
    return count;
  }

  private *grow(items: readonly number[], ends: Ends, surprise: number): Generator<Found | undefined> {
    if (this.steps > MAX_STEPS) return;
    const next = new Map<number, Ends>();
    if (items.length < MAX_LENGTH) {
      for (let end = 0; end < ends.length; end += 3) {
        const sequence = ends[end] as number;
        const first = ends[end + 1] as number;
        const from = (ends[end + 2] as number) + 1;
        const { items: all } = this.sequences[sequence] as CallSequence;
        const to = Math.min(all.length, from + MAX_GAP + 1);
        this.steps += Math.max(0, to - from);
        for (let at = from; at < to; at++) {
          const item = all[at] as number;
          if (!items.includes(item) && all.indexOf(item, from) === at) push(next, item, sequence, first, at);
        }
      }
    }
    const frequent = this.frequent(next);
    const closed = !frequent.some(([, list]) => list.length === ends.length);
    yield items.length > 1 && closed && surprise >= MIN_SURPRISE ? { items, ends } : undefined;
    frequent.sort((a, b) => b[1].length - a[1].length || this.byName(a, b));
    for (const [item, list] of frequent)
      yield* this.grow([...items, item], list, Math.min(surprise, this.surprise(items, item, ends, list.length / 3)));
  }

  /**
   * Standard deviations by which the support of items+item exceeds what the null gives: after its last member each of
   * the next calls is `item` with its overall share, or, from the third member on, with its share after that member.
   */
  private surprise(items: readonly number[], item: number, ends: Ends, support: number): number {
    const overall = (this.singles.get(item) ?? 0) / this.total;
    const last = items.at(-1) as number;
    const follows = (this.transitions.get(this.pair(last, item)) ?? 0) / (this.singles.get(last) ?? 1);
    const first = items.length > 1 ? Math.max(overall, follows) : overall;
    const { byRoom } = this;
    for (let room = 1; room < byRoom.length; room++) byRoom[room] = 1 - (1 - first) * (1 - overall) ** (room - 1);
    let expected = 0;
    let variance = 0;
    for (let end = 0; end < ends.length; end += 3) {
      const { length } = (this.sequences[ends[end] as number] as CallSequence).items;
      const room = Math.min(MAX_GAP + 1, length - (ends[end + 2] as number) - 1);
      if (room <= 0) continue;
      const probability = byRoom[room] as number;
      expected += probability;
      variance += probability * (1 - probability);
    }
    return (support - expected) / Math.sqrt(variance + 0.5);
  }
}

function push(lists: Map<number, Ends>, item: number, sequence: number, first: number, last: number): void {
  const list = lists.get(item);
  if (list) list.push(sequence, first, last);
  else lists.set(item, [sequence, first, last]);
}
