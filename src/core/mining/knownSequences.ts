/** Call sequences that were mined, brought up to date for the files that changed since. */
import { type CallSequence, type SequenceReader, siteAt } from './callSequences.ts';
import { type Candidate, compareText, type Site } from './candidate.ts';
import type { FileDigest } from './fileDigest.ts';
import { MAX_GAP, sequenceCandidate } from './sequenceCandidate.ts';

interface KnownSequence {
  readonly items: readonly number[];
  /** Sites by path, in the order of the functions. */
  readonly sites: Map<string, Site[]>;
}

export class KnownSequences {
  private readonly known: readonly KnownSequence[];
  /** Sequences by path. */
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly reader: SequenceReader,
    sequences: readonly CallSequence[],
    chosen: readonly { readonly items: readonly number[]; readonly sites: readonly Site[] }[],
  ) {
    for (const { path } of sequences) this.counts.set(path, (this.counts.get(path) ?? 0) + 1);
    this.known = chosen.map(({ items, sites }) => ({ items, sites: Map.groupBy(sites, ({ path }) => path) }));
  }

  /** Candidates with sites in files that changed: those in `gone` paths are dropped, those in `fresh` files looked for. */
  update(family: string, gone: ReadonlySet<string>, fresh: readonly FileDigest[]): Candidate[] {
    const touched = new Set<KnownSequence>();
    for (const path of gone) {
      this.counts.delete(path);
      for (const known of this.known) if (known.sites.delete(path)) touched.add(known);
    }
    for (const file of fresh) {
      const sequences = this.reader.read(file);
      if (sequences.length > 0) this.counts.set(file.path, sequences.length);
      for (const known of this.known) {
        const sites = sequences.map((sequence) => match(known.items, sequence)).filter((site) => site !== undefined);
        if (sites.length === 0) continue;
        known.sites.set(file.path, sites);
        touched.add(known);
      }
    }
    let total = 0;
    for (const count of this.counts.values()) total += count;
    return [...touched].map(({ items, sites }) => {
      const ordered = [...sites].sort((a, b) => compareText(a[0], b[0])).flatMap(([, found]) => found);
      return sequenceCandidate(family, items, ordered, total, this.reader);
    });
  }
}

/** The first match by the miner's growth: each member at its first place within the gap after the one before. */
function match(wanted: readonly number[], sequence: CallSequence): Site | undefined {
  const { items } = sequence;
  const first = items.indexOf(wanted[0] as number);
  if (first === -1) return undefined;
  let last = first;
  for (const item of wanted.slice(1)) {
    const found = items.indexOf(item, last + 1);
    if (found === -1 || found > last + 1 + MAX_GAP) return undefined;
    last = found;
  }
  return siteAt(sequence, first, last);
}
