/** Places of the repository where the same stands before as before the cursor, the nearest files first. */
import { idOf, shapeOf } from './cells.ts';
import type { CursorTokens } from './place.ts';
import type { Range, Segment } from './segment.ts';
import { EDGE } from './vocabulary.ts';

/** A place whose continuation is a guess at the cursor's. */
export interface Hit {
  readonly cells: Int32Array;
  /** Index in `cells` of what follows the match. */
  readonly at: number;
  /** Tokens before it that agree exactly; and with local names alike. */
  readonly exact: number;
  readonly shape: number;
  /** 3 same file, 2 same folder, 1 same parent folder, 0 elsewhere. */
  readonly near: number;
  /** Tells files apart. */
  readonly file: number;
  /** Pairs of numbers: a name there, the name that stands here in its stead. */
  readonly renames: readonly number[];
  /** The same from further back, beyond tokens that differ: only for names that are unknown here. */
  readonly looseRenames: readonly number[];
}

/** Hits looked at, and those of the cursor's own file among them. */
const MOST = 192;
const MOST_LOCAL = 64;
/** A context that stands in more places says little, and nothing that the file itself does not say better. */
const UNINFORMATIVE = 3000;
/** Tokens that a match is followed back. */
const FOLLOWED = 32;
const MOST_RENAMES = 6;
/** Tokens that may differ on the way back to where a name was bound. */
const MOST_DIFFERENT = 3;

/** All hits for a cursor; the same for the same files, however they are spread over segments. */
export function findHits(segments: readonly Segment[], tokens: CursorTokens, path: string): Hit[] {
  const hits = localHits(tokens);
  const context = tokens.cells.subarray(Math.max(0, tokens.cursor - 8), tokens.cursor);
  const orders = segments.map((segment) => ({
    segment,
    exact: segment.exactRanges(context),
    shape: segment.shapeRanges(context),
    folders: foldersOf(segment, path),
    seen: new Set<number>(),
  }));
  const room = MOST + hits.length;
  for (const [kind, depth] of LEVELS) {
    if (hits.length >= room) break;
    const parts = orders.map((order) => ({ ...order, range: order[kind][depth - 1] }));
    const total = parts.reduce((sum, { range }) => sum + (range ? range.to - range.from : 0), 0);
    if (total === 0 || total > UNINFORMATIVE) continue;
    const found: { segment: Segment; position: number; slot: number; near: number; order: number }[] = [];
    for (const { segment, range, folders, seen } of parts) {
      if (!range) continue;
      for (let rank = range.from; rank < range.to; rank++) {
        const position = kind === 'exact' ? segment.exactAt(rank) : segment.shapeAt(rank);
        if (seen.has(position) || segment.cells[position] === EDGE) continue;
        seen.add(position);
        const slot = segment.slotAt(position);
        if (slot < 0 || segment.paths[slot] === path) continue;
        const near = nearness(folders, position);
        const order = near * 2 ** 32 + stir(segment.hashes[slot] as number, position - (segment.bases[slot] as number));
        found.push({ segment, position, slot, near, order });
      }
    }
    found.sort((a, b) => b.order - a.order);
    for (const { segment, position, slot, near } of found.slice(0, room - hits.length)) {
      const match = follow(tokens, segment.cells, position);
      hits.push({ cells: segment.cells, at: position, ...match, near, file: segment.hashes[slot] as number });
    }
  }
  return hits;
}

/** Orders from the most telling context to the least. */
const LEVELS: readonly (readonly ['exact' | 'shape', number])[] = [
  ['shape', 6],
  ['exact', 4],
  ['shape', 5],
  ['exact', 3],
  ['shape', 4],
  ['exact', 2],
  ['shape', 3],
];

/** Places of the cursor's own file, the best matches first. */
function localHits(tokens: CursorTokens): Hit[] {
  const { cells, cursor } = tokens;
  const hits: Hit[] = [];
  const shape = shapeOf(cells[cursor - 1] as number);
  for (let at = cells.length - 2; at > 1; at--) {
    if (shapeOf(cells[at - 1] as number) !== shape || at === cursor || cells[at] === EDGE) continue;
    const match = follow(tokens, cells, at);
    if (match.exact >= 2 || match.shape >= 3) hits.push({ cells, at, ...match, near: 3, file: 1 });
  }
  const distance = ({ at }: Hit) => Math.abs(at - cursor);
  if (hits.length > MOST_LOCAL) {
    hits.sort((a, b) => b.exact + b.shape - a.exact - a.shape || distance(a) - distance(b));
    hits.length = MOST_LOCAL;
  }
  return hits;
}

/** How far the tokens before a place agree with those before the cursor, and which names stand for which. */
function follow(
  tokens: CursorTokens,
  cells: Int32Array,
  at: number,
): Pick<Hit, 'exact' | 'shape' | 'renames' | 'looseRenames'> {
  const renames: number[] = [];
  let exact = 0;
  let shape = 0;
  const most = Math.min(FOLLOWED, tokens.cursor, at);
  for (; shape < most; shape++) {
    const there = cells[at - 1 - shape] as number;
    const here = tokens.cells[tokens.cursor - 1 - shape] as number;
    if (idOf(there) !== idOf(here)) {
      if (shapeOf(there) !== shapeOf(here)) break;
      if (!rename(renames, idOf(there), idOf(here))) break;
    } else {
      if (there === EDGE) break;
      if (exact === shape) exact++;
    }
  }
  return { exact, shape, renames, looseRenames: renamesBeyond(tokens, cells, at, shape, renames) };
}

/** Names that stand for each other where the texts go on alike behind single tokens that differ. */
function renamesBeyond(
  tokens: CursorTokens,
  cells: Int32Array,
  at: number,
  matched: number,
  known: readonly number[],
): readonly number[] {
  const renames = [...known];
  const most = Math.min(FOLLOWED, tokens.cursor, at);
  let different = 0;
  for (let back = matched; back < most && different <= MOST_DIFFERENT; back++) {
    const there = cells[at - 1 - back] as number;
    const here = tokens.cells[tokens.cursor - 1 - back] as number;
    if (there === EDGE || here === EDGE) break;
    if (shapeOf(there) !== shapeOf(here)) different++;
    else if (idOf(there) !== idOf(here)) rename(renames, idOf(there), idOf(here));
  }
  return renames;
}

/** False where the name stands for another already, or too many do. */
function rename(renames: number[], from: number, to: number): boolean {
  for (let i = 0; i < renames.length; i += 2) {
    if (renames[i] === from || renames[i + 1] === to) return renames[i] === from && renames[i + 1] === to;
  }
  if (renames.length >= 2 * MOST_RENAMES) return false;
  renames.push(from, to);
  return true;
}

interface Folders {
  readonly own: Range;
  readonly parent: Range;
}

/** The stretches of positions of the cursor's folder and of the folder around it. */
function foldersOf(segment: Segment, path: string): Folders {
  const slash = path.lastIndexOf('/');
  const parentSlash = slash < 0 ? -1 : path.lastIndexOf('/', slash - 1);
  return {
    own: stretch(segment, path.slice(0, slash + 1)),
    parent: parentSlash < 0 ? { from: 0, to: 0 } : stretch(segment, path.slice(0, parentSlash + 1)),
  };
}

/** Positions of the files whose path begins so; none for the repository's root, which is no neighbourhood. */
function stretch(segment: Segment, start: string): Range {
  if (start === '') return { from: 0, to: 0 };
  return segment.stretch((path) => (path.startsWith(start) ? 0 : path < start ? -1 : 1));
}

function nearness({ own, parent }: Folders, position: number): number {
  if (position >= own.from && position < own.to) return 2;
  return position >= parent.from && position < parent.to ? 1 : 0;
}

function stir(hash: number, offset: number): number {
  let value = Math.imul(hash ^ Math.imul(offset, 0x9e3779b1), 0x85ebca6b);
  value ^= value >>> 13;
  return Math.imul(value, 0xc2b2ae35) >>> 0;
}
