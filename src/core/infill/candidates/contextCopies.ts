/** What stands between the same neighbours elsewhere: places are found by what is before the hole, by what is behind it, and by shape. */
import { idOf, isLocalName } from '../../completion/repository/cells.ts';
import { EDGE, isNewLine, LONG } from '../../completion/repository/vocabulary.ts';
import { type HoleTokens, SIDE, type Source } from './holeTokens.ts';
import type { Stretch } from './rendering.ts';

/** A stretch with how much around it agrees with what is around the hole, in tokens. */
export interface CopyPlace extends Stretch {
  readonly left: number;
  readonly right: number;
  /** 3 own file, 2 own folder, 1 elsewhere. */
  readonly near: number;
  /** Tells texts apart: token numbers as they would stand here, line ends left out. */
  readonly key: string;
}

/** Places of one context that are looked at; of more, evenly drawn ones. */
const MOST = 3000;
/** Contexts of fewer tokens are asked only while fewer places were found. */
const ENOUGH = 1500;
const MOST_RENAMES = 6;
/** Tokens of an answer whose length nobody knows: on one line, and over several. */
const LONGEST_LINE = 48;
const LONGEST = 96;
/** No stretch has as many tokens: place and size make one number. */
const TOKENS = 2048;
/** Ends that are tried for one beginning. */
const ENDS = 3;

/** `known`: lexemes of the answer. */
export function copyPlaces(hole: HoleTokens, known: number | undefined): CopyPlace[] {
  const search = new Search(hole, known);
  search.exact();
  search.renamed();
  return [...search.found.values()];
}

class Search {
  readonly found = new Map<number, CopyPlace>();
  private readonly starts = new Set<number>();
  private readonly ends = new Set<number>();

  constructor(
    private readonly hole: HoleTokens,
    private readonly known: number | undefined,
  ) {}

  exact(): void {
    const { hole } = this;
    const before = hole.leftCells.subarray(Math.max(0, hole.leftCells.length - 4));
    const after = hole.right.subarray(0, 4);
    let seen = 0;
    const sides = hole.sources.map((source) => ({
      source,
      left: source.segment.exactRanges(before),
      right: source.follow.ranges(after),
    }));
    for (let depth = 4; depth >= 1; depth--) {
      for (const { source, left, right } of sides) {
        // Of the own file, everything.
        if (seen >= ENOUGH && !source.isOwn) continue;
        const [one, other] = [left[depth - 1], right[depth - 1]];
        if (one) seen += this.each(one, (rank) => this.from(source, source.segment.exactAt(rank)));
        if (other) seen += this.each(other, (rank) => this.to(source, source.follow.at(rank)));
      }
    }
  }

  /** Places that are alike but for the names of locals, which are bound to those here. */
  renamed(): void {
    const { hole } = this;
    const before = hole.leftCells.subarray(Math.max(0, hole.leftCells.length - 6));
    let seen = 0;
    const sides = hole.sources.map((source) => ({ source, ranges: source.segment.shapeRanges(before) }));
    for (let depth = 6; depth >= 3 && seen < ENOUGH; depth--)
      for (const { source, ranges } of sides) {
        const range = ranges[depth - 1];
        if (range) seen += this.each(range, (rank) => this.fromShape(source, source.segment.shapeAt(rank)));
      }
  }

  private each({ from, to }: { from: number; to: number }, visit: (rank: number) => void): number {
    const step = Math.max(1, (to - from) / MOST);
    let count = 0;
    for (let rank = from; rank < to; rank += step, count++) visit(Math.floor(rank));
    return count;
  }

  private from(source: Source, start: number): void {
    const { hole } = this;
    const id = this.numberOf(source, start);
    if (this.starts.has(id) || !hole.mayUse(source, start)) return;
    this.starts.add(id);
    const left = hole.leftAgreement(source, start);
    for (const end of this.endsFrom(source, start, (cell) => idOf(cell))) this.add(source, start, end, left);
  }

  private fromShape(source: Source, start: number): void {
    const { hole } = this;
    if (!hole.mayUse(source, start)) return;
    const { cells } = source.segment;
    const renames = new Map<number, number>();
    const taken = new Set<number>();
    let left = 0;
    for (; left < Math.min(SIDE, start, hole.leftCells.length); left++) {
      const there = cells[start - 1 - left] as number;
      const here = hole.leftCells[hole.leftCells.length - 1 - left] as number;
      const [a, b] = [idOf(there), idOf(here)];
      if (a === EDGE || b === EDGE) break;
      if (isLocalName(there) && isLocalName(here)) {
        const bound = renames.get(a);
        if (bound === undefined ? taken.has(b) || renames.size >= MOST_RENAMES : bound !== b) break;
        renames.set(a, b);
        taken.add(b);
      } else if (a !== b && !(isNewLine(a) && isNewLine(b))) break;
    }
    if (left < 3 || [...renames].every(([a, b]) => a === b)) return;
    const here = (cell: number) => (isLocalName(cell) ? (renames.get(idOf(cell)) ?? idOf(cell)) : idOf(cell));
    for (const end of this.endsFrom(source, start, here)) this.add(source, start, end, left, renames, here);
  }

  private to(source: Source, end: number): void {
    const { hole } = this;
    const id = this.numberOf(source, end);
    if (this.ends.has(id) || !hole.mayUse(source, end)) return;
    this.ends.add(id);
    for (const start of this.startsTo(source, end)) this.add(source, start, end, hole.leftAgreement(source, start));
  }

  /** Where an answer that begins there may end. */
  private *endsFrom(source: Source, start: number, here: (cell: number) => number): Generator<number> {
    const { hole, known } = this;
    const { cells } = source.segment;
    let size = 0;
    let ends = 0;
    let depth = 0;
    const most = Math.min(cells.length, start + this.longest);
    for (let end = start + 1; end <= most; end++) {
      const id = idOf(cells[end - 1] as number);
      if (id === EDGE || id === LONG) return;
      size += hole.lexemes(id);
      if (known !== undefined && size > known) return;
      depth += hole.opens(id);
      // Within a line an answer closes what it opens, and nothing else.
      if (depth < 0 && !hole.isLine) return;
      const next = end < cells.length ? (cells[end] as number) : EDGE;
      if (known !== undefined) {
        if (size < known) continue;
        if (hole.isLine ? isNewLine(idOf(next)) || next === EDGE : depth === 0) yield end;
        return;
      }
      if (size === 0 || (depth > 0 && !hole.isLine)) continue;
      if (this.isEnd(here(next))) {
        yield end;
        if (++ends === ENDS || (hole.isLine && isNewLine(idOf(next)))) return;
      } else if (hole.isLine && isNewLine(idOf(next))) {
        // The line ends, but the next one is deeper or less deep than it is here.
        yield end;
        return;
      }
    }
  }

  private *startsTo(source: Source, end: number): Generator<number> {
    const { hole, known } = this;
    const { cells } = source.segment;
    let size = 0;
    let starts = 0;
    let depth = 0;
    for (let start = end - 1; start > 0 && end - start <= this.longest; start--) {
      const id = idOf(cells[start] as number);
      if (id === EDGE || id === LONG) return;
      size += hole.lexemes(id);
      if (known !== undefined && size > known) return;
      depth -= hole.opens(id);
      if (depth < 0 && !hole.isLine) return;
      if (known === undefined ? size === 0 : size < known) continue;
      const before = idOf(cells[start - 1] as number);
      const agrees = before === hole.left[0] || (isNewLine(before) && isNewLine(hole.left[0] ?? EDGE));
      if (known !== undefined) {
        if (hole.isLine ? isNewLine(before) || before === EDGE : depth === 0) yield start;
        return;
      }
      if (hole.isLine ? isNewLine(before) || before === EDGE : agrees && depth === 0) {
        yield start;
        if (++starts === ENDS || hole.isLine) return;
      }
    }
  }

  private isEnd(id: number): boolean {
    const wanted = this.hole.right[0];
    return wanted === undefined ? id === EDGE : id === wanted || (isNewLine(id) && isNewLine(wanted));
  }

  private get longest(): number {
    if (this.known !== undefined) return this.known + 24;
    return this.hole.isLine ? LONGEST_LINE : LONGEST;
  }

  private add(
    source: Source,
    from: number,
    to: number,
    left: number,
    renames?: ReadonlyMap<number, number>,
    here: (cell: number) => number = idOf,
  ): void {
    const { hole } = this;
    const { cells } = source.segment;
    // The same stretch may be read twice: as it is, and with other names.
    const place = (this.numberOf(source, from) * TOKENS + (to - from)) * 2 + (renames ? 1 : 0);
    if (this.found.has(place) || !hole.isSpacedAlike(cells, from, to)) return;
    if (!hole.mayTouch(idOf(cells[from] as number), idOf(cells[to - 1] as number))) return;
    let key = '';
    for (let at = from; at < to; at++) {
      const id = here(cells[at] as number);
      if (!isNewLine(id)) key += `${id} `;
    }
    if (renames && this.found.get(place - 1)?.key === key) return;
    const right = renames ? this.rightOf(cells, to, here) : hole.rightAgreement(source, to);
    const inFolder = from >= source.folder.from && from < source.folder.to;
    this.found.set(place, {
      ...{ source, from, to, left, right, key, near: source.isOwn ? 3 : inFolder ? 2 : 1 },
      ...(renames ? { renames } : {}),
    });
  }

  private rightOf(cells: Int32Array, to: number, here: (cell: number) => number): number {
    const { right } = this.hole;
    let same = 0;
    while (same < Math.min(SIDE, right.length) && to + same < cells.length) {
      const id = here(cells[to + same] as number);
      const wanted = right[same] as number;
      if (id === EDGE || (id !== wanted && !(isNewLine(id) && isNewLine(wanted)))) break;
      same++;
    }
    return same;
  }

  private numberOf(source: Source, position: number): number {
    return this.hole.sources.indexOf(source) * 2 ** 32 + position;
  }
}
