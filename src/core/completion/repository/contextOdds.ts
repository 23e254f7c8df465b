/** A nested-cache n-gram (Hellendoorn & Devanbu, FSE 2017): what follows a few tokens in the file and in the repository, mixed. */
import { cellOf, idOf, spaceBefore } from './cells.ts';
import type { CursorTokens } from './place.ts';
import { EXACT_DEPTH, type Range, type Segment } from './segment.ts';
import { EDGE } from './vocabulary.ts';

/** A context that stands in more places is not counted: what it says is said better by a longer one, or by none. */
const MOST_PLACES = 1000;
/** Counts of contexts that stand in more places are kept until a file changes. */
const WORTH_KEEPING = 100;
const MOST_KEPT = 4000;
/** A place in the cursor's own file counts as so many elsewhere, one in its folder as this many. */
const OWN_FILE = 3;
const OWN_FOLDER = 2;

interface Counts {
  readonly next: ReadonlyMap<number, number>;
  readonly total: number;
}

/** Counts after a context of one length: in other files, and in the cursor's own. */
interface Level {
  readonly elsewhere: ReadonlyMap<number, number>;
  readonly own: ReadonlyMap<number, number>;
  readonly total: number;
  readonly kinds: number;
}

/** What follows a context. Tokens are (number << 2 | white space before it); Witten–Bell interpolation from short contexts to long. */
export class Odds {
  /** From the shortest context to the longest that is known. */
  constructor(private readonly levels: readonly Level[]) {}

  probability(token: number): number {
    let p = 0;
    for (const { elsewhere, own, total, kinds } of this.levels) {
      p = ((elsewhere.get(token) ?? 0) + (own.get(token) ?? 0) + kinds * p) / (total + kinds);
    }
    return p;
  }

  /** Tokens that follow the two longest contexts: the likeliest are among them. */
  tokens(): Set<number> {
    const found = new Set<number>();
    for (const { elsewhere, own } of this.levels.slice(-2)) {
      for (const token of elsewhere.keys()) found.add(token);
      for (const token of own.keys()) found.add(token);
    }
    return found;
  }
}

const NONE: ReadonlyMap<number, number> = new Map();

/** Counts over other files, kept while neither the repository nor the cursor's file changes. */
export class CountCache {
  private key = '';
  private readonly counts = new Map<string, Counts>();

  /** The counts for a state of the repository (a version that grows with every change) and a file. */
  at(version: number, path: string): Map<string, Counts> {
    const key = `${version} ${path}`;
    if (this.key !== key || this.counts.size > MOST_KEPT) this.counts.clear();
    this.key = key;
    return this.counts;
  }
}

/** Answers for one cursor; remembers contexts already asked for. */
export class ContextOdds {
  private readonly known = new Map<string, Odds>();
  private readonly ownPlaces = new Map<number, readonly number[]>();
  private readonly stretches: { segment: Segment; own: Range; folder: Range }[];

  constructor(
    segments: readonly Segment[],
    private readonly tokens: CursorTokens,
    path: string,
    private readonly kept: Map<string, Counts>,
  ) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    this.stretches = segments.map((segment) => ({
      segment,
      own: segment.stretch((other) => (other < path ? -1 : other === path ? 0 : 1)),
      folder:
        folder === ''
          ? { from: 0, to: 0 }
          : segment.stretch((other) => (other.startsWith(folder) ? 0 : other < folder ? -1 : 1)),
    }));
  }

  /** What follows the last tokens of a context, EXACT_DEPTH at most. */
  next(context: readonly number[]): Odds {
    const ids = context.slice(-EXACT_DEPTH);
    const key = ids.join(' ');
    let odds = this.known.get(key);
    if (!odds) this.known.set(key, (odds = this.estimate(ids)));
    return odds;
  }

  private estimate(ids: readonly number[]): Odds {
    const query = Int32Array.from(ids, cellOf);
    const ranges = this.stretches.map(({ segment }) => segment.exactRanges(query));
    const own = this.ownMatches(ids);
    const levels: Level[] = [];
    for (let length = 1; length <= ids.length; length++) {
      const places = ranges.reduce((sum, found) => sum + sizeOf(found[length - 1]), 0);
      const elsewhere = places === 0 || places > MOST_PLACES ? undefined : this.count(ids, length, ranges, places);
      const counts = new Map<number, number>();
      let total = elsewhere?.total ?? 0;
      let kinds = elsewhere?.next.size ?? 0;
      for (const [at, matched] of own) {
        const cell = this.tokens.cells[at] as number;
        if (matched < length || cell === EDGE) continue;
        const key = (idOf(cell) << 2) | spaceBefore(cell);
        const before = counts.get(key);
        if (before === undefined && !elsewhere?.next.has(key)) kinds++;
        counts.set(key, (before ?? 0) + OWN_FILE);
        total += OWN_FILE;
      }
      if (total > 0) levels.push({ elsewhere: elsewhere?.next ?? NONE, own: counts, total, kinds });
      else if (places === 0) break;
    }
    return new Odds(levels);
  }

  /** What follows the last `length` tokens in other files. */
  private count(ids: readonly number[], length: number, ranges: readonly Range[][], places: number): Counts {
    const key = places > WORTH_KEEPING ? ids.slice(-length).join(' ') : '';
    const kept = key === '' ? undefined : this.kept.get(key);
    if (kept) return kept;
    const next = new Map<number, number>();
    let total = 0;
    this.stretches.forEach(({ segment, own, folder }, s) => {
      const range = ranges[s]?.[length - 1];
      if (!range) return;
      for (let rank = range.from; rank < range.to; rank++) {
        const position = segment.exactAt(rank);
        if (position >= own.from && position < own.to) continue;
        const cell = segment.cells[position] as number;
        if (cell === EDGE || (segment.dead > 0 && segment.slotAt(position) < 0)) continue;
        const by = position >= folder.from && position < folder.to ? OWN_FOLDER : 1;
        const token = (idOf(cell) << 2) | spaceBefore(cell);
        next.set(token, (next.get(token) ?? 0) + by);
        total += by;
      }
    });
    const counts = { next, total };
    if (key !== '') this.kept.set(key, counts);
    return counts;
  }

  /** Places of the cursor's own file that continue the last token, and how many tokens agree there. */
  private ownMatches(ids: readonly number[]): [number, number][] {
    const { cells, cursor } = this.tokens;
    const last = ids[ids.length - 1] as number;
    let places = this.ownPlaces.get(last);
    if (!places) {
      const found: number[] = [];
      for (let at = 1; at < cells.length; at++)
        if (idOf(cells[at - 1] as number) === last && at !== cursor) found.push(at);
      this.ownPlaces.set(last, (places = found));
    }
    return places.map((at) => {
      let matched = 1;
      while (
        matched < ids.length &&
        at - 1 - matched >= 0 &&
        idOf(cells[at - 1 - matched] as number) === ids[ids.length - 1 - matched]
      ) {
        matched++;
      }
      return [at, matched];
    });
  }
}

function sizeOf(range: Range | undefined): number {
  return range ? range.to - range.from : 0;
}
