/**
 * A nested-cache n-gram read in either direction: which token follows, or precedes, a few others in the file, its folder, the
 * repository and public code (Tu, Su and Devanbu, FSE 2014; Hellendoorn and Devanbu, FSE 2017), interpolated after Witten and Bell (1991).
 */
import { cellOf, idOf } from '../../completion/repository/cells.ts';
import type { Range } from '../../completion/repository/segment.ts';
import { EDGE, LAST_NEW_LINE, NEW_LINE } from '../../completion/repository/vocabulary.ts';
import { CORPUS_ORDER, type Direction, type Votes } from './corpusNgram.ts';
import type { HoleTokens, Source } from './holeTokens.ts';

/** Tokens of context. */
export const ORDER = 8;
/** The two orders know so many; a longer context is followed in the text. */
const SORTED = 4;
/** A context that stands in more places is judged by evenly drawn ones. */
const MOST = 400;
const OWN_FILE = 4;
const OWN_FOLDER = 2;

/** Of the repository: as many votes for what was not seen as tokens were seen. */
class Counts implements Votes {
  private readonly votes = new Map<number, number>();
  total = 0;

  vote(id: number, votes: number): void {
    this.votes.set(id, this.votesFor(id) + votes);
    this.total += votes;
  }

  get unseen(): number {
    return this.votes.size;
  }

  votesFor(id: number): number {
    return this.votes.get(id) ?? 0;
  }

  /** All of them. */
  commonest(): Iterable<number> {
    return this.votes.keys();
  }
}

/** What follows one context. */
export class Odds {
  private readonly known = new Map<number, number>();

  constructor(
    private readonly levels: readonly Votes[],
    private readonly unseen: number,
  ) {}

  /** In (0, 1). */
  probability(id: number): number {
    let p = this.known.get(id);
    if (p === undefined) {
      p = this.unseen;
      for (const level of this.levels) p = (level.votesFor(id) + level.unseen * p) / (level.total + level.unseen);
      this.known.set(id, p);
    }
    return p;
  }

  /** Line ends of all kinds are one: how deep the next line is depends on what is not read. In (0, 1]. */
  lineEnd(): number {
    let p = 0;
    for (let kind = NEW_LINE; kind <= LAST_NEW_LINE; kind++) p += this.probability(kind);
    return Math.min(1, p);
  }

  /** The `most` likeliest of the tokens that follow the longest contexts. */
  likeliest(most: number): { readonly id: number; readonly p: number }[] {
    const ids = new Set<number>();
    for (let i = this.levels.length - 1; i >= 0 && (ids.size < most || i >= this.levels.length - 2); i--)
      for (const id of (this.levels[i] as Votes).commonest(most)) ids.add(id);
    return Array.from(ids, (id) => ({ id, p: this.probability(id) }))
      .sort((a, b) => b.p - a.p || a.id - b.id)
      .slice(0, most);
  }
}

export class SpanOdds {
  private readonly known = new Map<string, Odds>();
  private readonly ranges = new Map<string, Range[][]>();
  private readonly counted = new Map<string, Counts>();
  private readonly public = new Map<string, Votes | undefined>();

  constructor(
    private readonly hole: HoleTokens,
    private readonly direction: Direction,
  ) {}

  /** `context`: token numbers, the nearest first. */
  next(context: readonly number[]): Odds {
    const near = context.slice(0, ORDER);
    const key = near.join(' ');
    let odds = this.known.get(key);
    if (!odds) this.known.set(key, (odds = new Odds(this.levels(near), 1 / this.hole.vocabulary.size)));
    return odds;
  }

  /** Public code first, then the repository; of each the shortest context first. */
  private levels(context: readonly number[]): Votes[] {
    const ranges = this.rangesOf(context);
    const deepest = Math.max(0, ...ranges.map(({ length }) => length));
    const levels: Votes[] = [];
    for (let length = 1; length <= Math.min(context.length, CORPUS_ORDER - 1); length++) {
      const level = this.inPublic(context.slice(0, length));
      if (!level) break;
      levels.push(level);
    }
    for (let length = 1; length <= Math.min(deepest, SORTED); length++) {
      if (length === SORTED) levels.push(...this.followed(context, ranges));
      else levels.push(this.levelAt(context, length, ranges));
    }
    return levels.filter(({ total }) => total > 0);
  }

  private inPublic(context: readonly number[]): Votes | undefined {
    const key = context.join(' ');
    if (!this.public.has(key)) this.public.set(key, this.hole.corpus?.next(context, this.direction));
    return this.public.get(key);
  }

  private rangesOf(context: readonly number[]): Range[][] {
    const near = context.slice(0, SORTED);
    const key = near.join(' ');
    let ranges = this.ranges.get(key);
    if (!ranges) {
      const query = Int32Array.from(near, cellOf).reverse();
      const isForwards = this.direction === 'forwards';
      ranges = this.hole.sources.map(({ segment, follow }) =>
        isForwards ? segment.exactRanges(query) : follow.ranges(near),
      );
      this.ranges.set(key, ranges);
    }
    return ranges;
  }

  private levelAt(context: readonly number[], length: number, ranges: readonly Range[][]): Votes {
    const key = context.slice(0, length).join(' ');
    let level = this.counted.get(key);
    if (!level) {
      const fresh = new Counts();
      this.visit(ranges, length, (_, __, id, votes) => fresh.vote(id, votes));
      this.counted.set(key, (level = fresh));
    }
    return level;
  }

  /** The levels from the depth of the orders on: one walk over the places, each followed as far as it agrees. */
  private followed(context: readonly number[], ranges: readonly Range[][]): Votes[] {
    const levels = Array.from({ length: ORDER - SORTED + 1 }, () => new Counts());
    const step = this.direction === 'forwards' ? -1 : 1;
    this.visit(ranges, SORTED, ({ segment: { cells } }, place, id, votes) => {
      (levels[0] as Counts).vote(id, votes);
      let at = this.direction === 'forwards' ? place - 1 - SORTED : place + SORTED;
      for (let length = SORTED; length < context.length; length++, at += step) {
        if (at < 0 || at >= cells.length || idOf(cells[at] as number) !== context[length]) break;
        (levels[length - SORTED + 1] as Counts).vote(id, votes);
      }
    });
    return levels;
  }

  /** Each place of a context with the token behind it (before it, backwards) and what it counts. */
  private visit(
    ranges: readonly Range[][],
    length: number,
    take: (source: Source, place: number, id: number, votes: number) => void,
  ): void {
    const isForwards = this.direction === 'forwards';
    this.hole.sources.forEach((source, s) => {
      const range = ranges[s]?.[length - 1];
      if (!range) return;
      const { segment, follow, folder, isOwn } = source;
      const step = Math.max(1, (range.to - range.from) / MOST);
      for (let rank = range.from; rank < range.to; rank += step) {
        const place = isForwards ? segment.exactAt(Math.floor(rank)) : follow.at(Math.floor(rank));
        const at = isForwards ? place : place - 1;
        const id = at < 0 ? EDGE : idOf(segment.cells[at] as number);
        if (id === EDGE || !this.hole.mayUse(source, place)) continue;
        const weight = isOwn ? OWN_FILE : place >= folder.from && place < folder.to ? OWN_FOLDER : 1;
        take(source, place, id, weight * step);
      }
    });
  }
}
