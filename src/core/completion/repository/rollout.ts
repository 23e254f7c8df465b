/** Goes on from the cursor by the n-gram alone, and says of every path what the n-gram thinks of it. */
import { cellOf, idOf } from './cells.ts';
import type { ContextOdds, Odds } from './contextOdds.ts';
import { childOf, fits, type PathNode } from './continuations.ts';
import { OTHER_SPACE } from './lexer.ts';
import type { CursorTokens } from './place.ts';
import { EXACT_DEPTH } from './segment.ts';
import { IS_LOCAL_LIKE, isNewLine, LAST_NEW_LINE, LONG, NEW_LINE } from './vocabulary.ts';

/** First tokens that are gone on from, and tokens of each way. */
const WAYS = 2;
const LONGEST = 24;
/** A way is left where it is less likely than this. */
const LEAST = 0.03;
/** What a token counts that the n-gram does not expect at all. */
const UNSEEN = Math.log(0.0005);

/** Adds the n-gram's own ways to a tree. */
export function roll(root: PathNode, tokens: CursorTokens, odds: ContextOdds): void {
  const context = contextOf(tokens);
  const first = ranked(odds.next(context)).filter(([token]) => mayStart(token, tokens));
  for (const [key, p] of first.slice(0, WAYS)) {
    let at = root;
    let next: [number, number] | undefined = [key, p];
    let chance = 1;
    const way = [...context];
    while (next && at.depth < LONGEST) {
      const [token, probability]: [number, number] = next;
      chance *= probability;
      const id = token >>> 2;
      if (isNewLine(id) || id === LONG || chance < LEAST) break;
      if (at.depth > 0 && (token & 3) === OTHER_SPACE) break;
      const child = childOf(at, (id << 2) | Math.min(1, token & 3));
      child.rolled = true;
      if (child.hits === 0) {
        const isNew =
          (tokens.vocabulary.traits(id) & IS_LOCAL_LIKE) !== 0 && !tokens.words.has(id) && !followsDot(way, tokens);
        child.unknown = Math.min(99, at.depth === 0 ? 0 : at.unknown) + (isNew ? 1 : 0);
        child.renamed = 0;
      }
      way.push(id);
      at = child;
      next = ranked(odds.next(way))[0];
    }
  }
}

/** Fills in `chance`, `leastChance` and `endChance` of a path's nodes; those of its parents must be known. */
export function rate(path: PathNode, tokens: CursorTokens, odds: ContextOdds): void {
  const parent = path.parent as PathNode;
  const before = odds.next([...contextOf(tokens), ...idsOf(parent)]);
  const id = path.cell >>> 2;
  const p = [0, 1, 2].reduce((sum, space) => sum + before.probability((id << 2) | space), 0);
  const own = p > 0 ? Math.max(UNSEEN, Math.log(p)) : UNSEEN;
  path.chance = parent.chance + own;
  path.leastChance = Math.min(parent.leastChance, own);
  if (!path.end && !path.rolled) {
    path.endChance = UNSEEN;
    return;
  }
  const behind = odds.next([...contextOf(tokens), ...idsOf(path)]);
  let end = 0;
  for (let kind = NEW_LINE; kind <= LAST_NEW_LINE; kind++) end += behind.probability(kind << 2);
  path.endChance = end > 0 ? Math.max(UNSEEN, Math.log(end)) : UNSEEN;
}

function contextOf({ cells, cursor }: CursorTokens): number[] {
  return Array.from(cells.subarray(Math.max(0, cursor - EXACT_DEPTH), cursor), idOf);
}

/** The last tokens of a path. */
function idsOf(path: PathNode): number[] {
  const ids: number[] = [];
  for (let at: PathNode | undefined = path; at?.parent && ids.length < EXACT_DEPTH; at = at.parent)
    ids.push(at.cell >>> 2);
  return ids.reverse();
}

function mayStart(key: number, tokens: CursorTokens): boolean {
  return !isNewLine(key >>> 2) && key >>> 2 !== LONG && fits(cellOf(key >>> 2) | (key & 3), 0, tokens);
}

function followsDot(way: readonly number[], { vocabulary }: CursorTokens): boolean {
  return /^(?:\.|\?\.|::|->)$/.test(vocabulary.text(way.at(-1) ?? 0));
}

/** Tokens with their probabilities, the likeliest first. */
function ranked(odds: Odds): [number, number][] {
  const list = Array.from(odds.tokens(), (token): [number, number] => [token, odds.probability(token)]);
  return list.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}
