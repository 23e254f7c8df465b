/**
 * Closed, gapped API call sequences by pattern growth (PrefixSpan, Pei et al. 2001; closed as in BIDE, Wang & Han 2004),
 * kept where their support surprises an order-1 Markov null with a Bonferroni-like threshold.
 */
import type { BackgroundModel } from './background.ts';
import { type Candidate, distinctPaths, type Site } from './candidate.ts';
import {
  CALL_FLAGS,
  CALL_FUNCTION,
  CALL_LINE,
  CALL_NAME,
  CALL_RESOLVED,
  CALL_WIDTH,
  type FileDigest,
  FLAG_DECORATOR,
  FLAG_JSX,
} from './fileDigest.ts';
import { place } from './idiomNames.ts';
import type { LabelTable } from './labelTable.ts';

const MIN_FILES = 3;
const MIN_SUPPORT = 4;
const MAX_LENGTH = 4;
/** Calls that may lie between two members. */
const MAX_GAP = 4;
/** Calls of one function that are looked at. */
const MAX_CALLS = 60;
/** Projections, so that a repository of any size ends. */
const MAX_STEPS = 1_500_000;
const MIN_SURPRISE = 5;
const MIN_BITS = 12;
const MIN_MEMBER_BITS = 3.5;
const MOST = 40;

interface CallSequence {
  readonly file: number;
  readonly items: Int32Array;
  readonly lines: Int32Array;
  readonly unit: number;
}

interface Found {
  readonly items: readonly number[];
  /** Sequence and position of the last member, per supporting sequence (first match). */
  readonly ends: readonly (readonly [sequence: number, first: number, last: number])[];
  readonly files: number;
  readonly surprise: number;
}

/** Sequences worth showing, best first. `names` is the string table of the digests. */
export function mineSequences(
  family: string,
  files: readonly FileDigest[],
  names: LabelTable,
  model: BackgroundModel,
): Candidate[] {
  const sequences = collect(files, names, model);
  const found = new SequenceGrowth(sequences, names).run();
  const candidates = found.map((entry) => toCandidate(family, files, sequences, names, model, entry));
  return candidates
    .filter((candidate) => candidate !== undefined)
    .sort((a, b) => b.gain - a.gain || (a.pattern < b.pattern ? -1 : 1))
    .slice(0, MOST);
}

/** The calls of every function in source order, consecutive repeats folded, rare callees left out. */
function collect(files: readonly FileDigest[], names: LabelTable, model: BackgroundModel): CallSequence[] {
  const seenIn = new Int32Array(names.count).fill(-1);
  const fileCount = new Int32Array(names.count);
  const itemOf = (file: FileDigest, at: number): number => {
    if ((file.calls[at + CALL_FLAGS] as number) & (FLAG_DECORATOR | FLAG_JSX)) return -1;
    const resolved = file.calls[at + CALL_RESOLVED] as number;
    const text = names.name(resolved);
    // `x.y` of an unknown receiver is known by its last segment only.
    return /^[A-Z]\w*(?:\.|::)\w+$/.test(text) || /^[a-z]\w*::\w+$/.test(text)
      ? resolved
      : (file.calls[at + CALL_NAME] as number);
  };
  files.forEach((file, index) => {
    for (let at = 0; at < file.calls.length; at += CALL_WIDTH) {
      const item = itemOf(file, at);
      if (item === -1 || seenIn[item] === index) continue;
      seenIn[item] = index;
      fileCount[item] = (fileCount[item] as number) + 1;
    }
  });
  // Every member has to say something: `then len` is no protocol.
  const telling = Uint8Array.from(fileCount, (count, item) =>
    count >= MIN_FILES && /^[\w$.:]+$/.test(names.name(item)) && model.calleeBits(names.name(item)) >= MIN_MEMBER_BITS
      ? 1
      : 0,
  );
  const sequences: CallSequence[] = [];
  files.forEach((file, index) => {
    const perFunction = new Map<number, { items: number[]; lines: number[] }>();
    for (let at = 0; at < file.calls.length; at += CALL_WIDTH) {
      const owner = file.calls[at + CALL_FUNCTION] as number;
      const item = itemOf(file, at);
      if (owner === -1 || item === -1 || telling[item] === 0) continue;
      const entry = perFunction.get(owner) ?? { items: [], lines: [] };
      perFunction.set(owner, entry);
      if (entry.items.at(-1) === item || entry.items.length >= MAX_CALLS) continue;
      entry.items.push(item);
      entry.lines.push(file.calls[at + CALL_LINE] as number);
    }
    for (const [owner, { items, lines }] of perFunction)
      if (items.length > 1)
        sequences.push({
          ...{ file: index, items: Int32Array.from(items), lines: Int32Array.from(lines) },
          unit: file.functions[owner]?.line ?? 1,
        });
  });
  return sequences;
}

class SequenceGrowth {
  private readonly found: Found[] = [];
  private readonly singles = new Map<number, number>();
  private readonly transitions = new Map<string, number>();
  private total = 0;
  private steps = 0;
  private readonly minSupport: number;

  constructor(
    private readonly sequences: readonly CallSequence[],
    private readonly names: LabelTable,
  ) {
    this.minSupport = Math.max(MIN_SUPPORT, Math.floor(sequences.length / 400));
    for (const { items } of sequences) {
      items.forEach((item, index) => {
        this.singles.set(item, (this.singles.get(item) ?? 0) + 1);
        this.total++;
        if (index === 0) return;
        const key = `${items[index - 1]} ${item}`;
        this.transitions.set(key, (this.transitions.get(key) ?? 0) + 1);
      });
    }
  }

  run(): Found[] {
    const starts = new Map<number, [number, number, number][]>();
    this.sequences.forEach(({ items }, sequence) => {
      const seen = new Set<number>();
      items.forEach((item, at) => {
        if (seen.has(item)) return;
        seen.add(item);
        const list = starts.get(item) ?? [];
        list.push([sequence, at, at]);
        starts.set(item, list);
      });
    });
    const ordered = [...starts.entries()]
      .filter(([, ends]) => this.files(ends) >= MIN_FILES && ends.length >= this.minSupport)
      .sort((a, b) => a[1].length - b[1].length || (this.names.name(a[0]) < this.names.name(b[0]) ? -1 : 1));
    for (const [item, ends] of ordered) this.grow([item], ends, Number.POSITIVE_INFINITY);
    return this.found;
  }

  private files(ends: readonly (readonly [number, number, number])[]): number {
    let count = 0;
    let last = -1;
    for (const [sequence] of ends) {
      const { file } = this.sequences[sequence] as CallSequence;
      if (file !== last) count++;
      last = file;
    }
    return count;
  }

  private grow(items: number[], ends: [number, number, number][], surprise: number): void {
    if (this.steps > MAX_STEPS) return;
    const next = new Map<number, [number, number, number][]>();
    if (items.length < MAX_LENGTH) {
      for (const [sequence, first, last] of ends) {
        const { items: all } = this.sequences[sequence] as CallSequence;
        const seen = new Set<number>(items);
        for (let at = last + 1; at < all.length && at <= last + 1 + MAX_GAP; at++) {
          this.steps++;
          const item = all[at] as number;
          if (seen.has(item)) continue;
          seen.add(item);
          const list = next.get(item) ?? [];
          list.push([sequence, first, at]);
          next.set(item, list);
        }
      }
    }
    const frequent = [...next.entries()].filter(
      ([, list]) => list.length >= this.minSupport && this.files(list) >= MIN_FILES,
    );
    const closed = !frequent.some(([, list]) => list.length === ends.length);
    if (items.length > 1 && closed && surprise >= MIN_SURPRISE)
      this.found.push({ items: [...items], ends, files: this.files(ends), surprise });
    frequent.sort((a, b) => b[1].length - a[1].length || (this.names.name(a[0]) < this.names.name(b[0]) ? -1 : 1));
    for (const [item, list] of frequent)
      this.grow([...items, item], list, Math.min(surprise, this.surprise(items, item, ends, list.length)));
  }

  /**
   * Standard deviations by which the support of items+item exceeds what the null gives: after its last member each of
   * the next calls is `item` with its overall share, or, from the third member on, with its share after that member.
   */
  private surprise(
    items: readonly number[],
    item: number,
    ends: readonly (readonly [number, number, number])[],
    support: number,
  ): number {
    const overall = (this.singles.get(item) ?? 0) / this.total;
    const last = items.at(-1) as number;
    const follows = (this.transitions.get(`${last} ${item}`) ?? 0) / (this.singles.get(last) ?? 1);
    const first = items.length > 1 ? Math.max(overall, follows) : overall;
    let expected = 0;
    let variance = 0;
    for (const [sequence, , at] of ends) {
      const room = Math.min(MAX_GAP + 1, (this.sequences[sequence] as CallSequence).items.length - at - 1);
      if (room <= 0) continue;
      const probability = 1 - (1 - first) * (1 - overall) ** (room - 1);
      expected += probability;
      variance += probability * (1 - probability);
    }
    return (support - expected) / Math.sqrt(variance + 0.5);
  }
}

function toCandidate(
  family: string,
  files: readonly FileDigest[],
  sequences: readonly CallSequence[],
  names: LabelTable,
  model: BackgroundModel,
  found: Found,
): Candidate | undefined {
  const apis = found.items.map((item) => names.name(item));
  const bits = apis.map((api) => model.calleeBits(api));
  const total = bits.reduce((sum, value) => sum + value, 0);
  if (total < MIN_BITS) return undefined;
  const sites = found.ends.map(([sequence, first, last]): Site => {
    const { file, lines, unit } = sequences[sequence] as CallSequence;
    const [line, endLine] = [lines[first] as number, lines[last] as number];
    return { path: files[file]?.path ?? '', line, endLine: Math.max(line, endLine), unit, slack: endLine - line };
  });
  const spread = distinctPaths(sites).length;
  const specificity = Math.max(0, total + Math.log2((sites.length + 0.5) / (sequences.length + 1)));
  const shown = apis.map((api) => `\`${api}\``);
  // Calls on one line are one expression, which the idioms show better.
  const together = sites.filter(({ slack }) => slack === 0).length >= sites.length * 0.5;
  return {
    kind: 'apiSequence',
    family,
    pattern: apis.join(' > '),
    name: together ? `Combine ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : `Call ${shown.join(', then ')}`,
    summary: `${together ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)} stand together` : `${shown[0]} is followed by ${shown.slice(1).join(', then ')}`} in ${sites.length} functions over ${spread} files${place(sites)}.`,
    apis: [...apis].sort((a, b) => model.calleeBits(b) - model.calleeBits(a) || (a < b ? -1 : 1)),
    sites,
    specificity,
    common: specificity < 5,
    gain: total * Math.sqrt(spread) * Math.log2(1 + sites.length) * (together ? 0.1 : 0.35),
  };
}
