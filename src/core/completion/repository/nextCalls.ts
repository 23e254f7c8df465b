/** Which API is called next: retrieval's ranking for the function, what follows the calls just made, and what stands in such places. */
import { LodestoneError } from '../../../base/errors.ts';
import { cellOf, idOf, spaceBefore } from './cells.ts';
import type { ContextOdds } from './contextOdds.ts';
import type { PathNode } from './continuations.ts';
import type { CursorTokens } from './place.ts';
import { EXACT_DEPTH, type Segment } from './segment.ts';
import { EDGE, IS_WORD, isNewLine, type Vocabulary } from './vocabulary.ts';

/** A name that retrieval expects to be called in the function around the cursor. */
export interface RankedName {
  readonly name: string;
  readonly probability: number;
}

export interface CallGuess {
  readonly name: string;
  /** Among all names, that this one is called next; in (0, 1). */
  readonly probability: number;
}

export const CALL_FEATURES = [
  'ranked',
  'rankedFirst',
  'unranked',
  'share',
  'topShare',
  'shareLog',
  'topShareLog',
  'afterLast',
  'afterLastLog',
  'afterBefore',
  'afterReceiver',
  'afterReceiverLog',
  'inFile',
  'justCalled',
  'repeats',
  'popular',
  'memberFit',
  'localFollow',
  'ngram',
  'ngramLog',
] as const;

export type CallFeature = (typeof CALL_FEATURES)[number];
type Weights = Readonly<Partial<Record<CallFeature, number>>>;
/** For a cursor at the start of a line, where a receiver may come first, and for one behind something. */
export interface CallWeights {
  readonly atLine: Weights;
  readonly inLine: Weights;
}

export function parseCallWeights(value: unknown): CallWeights {
  const known = new Set<string>(CALL_FEATURES);
  const file = value as Partial<CallWeights> | null | undefined;
  const sound = (weights: unknown): boolean =>
    typeof weights === 'object' &&
    weights !== null &&
    Object.entries(weights).every(([name, weight]) => known.has(name) && Number.isFinite(weight));
  if (!sound(file?.atLine) || !sound(file?.inLine)) {
    throw new LodestoneError('badData', 'The weights for the next call are not such weights.', {
      advice: 'Rebuild data/completion/repository.json with `npm run bench -- nextCall --fit`, or reinstall Lodestone.',
    });
  }
  return value as CallWeights;
}

/** A name that may be called next, with its evidence in the order of CALL_FEATURES. */
export interface CallCandidate {
  readonly name: string;
  readonly evidence: Float64Array;
}

/** Words before a name that make it a declaration. */
const DECLARING: ReadonlySet<string> = new Set(['def', 'fn', 'func', 'function', 'class']);
/** Names of retrieval's ranking that are looked at. */
const RANKED = 200;
/** Places after a call that are followed, and tokens that each is followed for. */
const FOLLOWED = 600;
const FOLLOWED_TOKENS = 40;
/** Places after a receiver that are counted. */
const MEMBERS = 2000;
/** Tokens before the cursor in which calls are looked for. */
const LOOKED_BACK = 400;

/** All names that may be called at a cursor. `tree`: of the hits there; undefined where there are none. */
export function callCandidates(
  segments: readonly Segment[],
  tokens: CursorTokens,
  ranked: readonly RankedName[],
  tree: PathNode | undefined,
  odds: ContextOdds,
): CallCandidate[] {
  const { vocabulary, cells, cursor } = tokens;
  const open = vocabulary.find('(');
  const dots = new Set([vocabulary.find('.'), vocabulary.find('::'), vocabulary.find('?.')]);
  const isMember = dots.has(idOf(cells[cursor - 1] as number));
  const before = callsBefore(tokens, open);
  const last = before.at(-1) ?? -1;
  const followers = last >= 0 ? callsAfter(segments, last, open, vocabulary) : new Map<number, number>();
  const earlier =
    before.length > 1 ? callsAfter(segments, before.at(-2) as number, open, vocabulary) : new Map<number, number>();
  const receivers = isMember
    ? membersOf(segments, cells.subarray(Math.max(0, cursor - 2), cursor))
    : new Map<number, number>();
  const own = callsOf(cells, open, vocabulary);
  const local = followersIn(cells, cursor, last, open, vocabulary);

  const ids = new Map<number, number>();
  const rankedTop = ranked.slice(0, RANKED);
  for (const { name, probability } of rankedTop) {
    const id = vocabulary.find(name.replace(/!$/, ''));
    if (id >= 0) ids.set(id, Math.max(ids.get(id) ?? 0, probability));
  }
  const shares = new Map<number, PathNode>();
  for (const child of tree?.children ?? []) {
    const id = child.cell >>> 2;
    if (vocabulary.traits(id) & IS_WORD && !shares.has(id)) shares.set(id, child);
  }
  for (const list of [shares.keys(), followers.keys(), receivers.keys(), own.keys()])
    for (const id of list) if (!ids.has(id)) ids.set(id, 0);

  const ngram = new Map<number, number>();
  const next = odds.next(Array.from(cells.subarray(Math.max(0, cursor - EXACT_DEPTH), cursor), idOf));
  for (const token of next.tokens()) ngram.set(token >>> 2, (ngram.get(token >>> 2) ?? 0) + next.probability(token));
  for (const id of ngram.keys()) if (vocabulary.traits(id) & IS_WORD && !ids.has(id)) ids.set(id, 0);
  const total = (counts: ReadonlyMap<number, number>) => [...counts.values()].reduce((sum, count) => sum + count, 0);
  const [followed, followedEarlier, members, locals] = [
    total(followers),
    total(earlier),
    total(receivers),
    total(local),
  ];
  const best = rankedTop[0]?.probability ?? 0;
  const log = (share: number) => Math.log(0.002 + share) - Math.log(0.002);
  const candidates: CallCandidate[] = [];
  for (const [id, probability] of ids) {
    const calls = callsInAll(segments, id, open, dots);
    const node = shares.get(id);
    const inFile = own.get(id) ?? 0;
    if (calls.count === 0 && inFile === 0 && probability === 0) continue;
    const share = node && tree ? node.weight / tree.weight : 0;
    const topShare = node && tree ? node.top / Math.max(1, tree.top) : 0;
    const afterLast = (followers.get(id) ?? 0) / (followed + 1);
    const afterReceiver = (receivers.get(id) ?? 0) / (members + 1);
    const values: Record<CallFeature, number> = {
      ranked: Math.log(probability + 1e-4) - Math.log(1e-4),
      rankedFirst: best > 0 ? probability / best : 0,
      unranked: probability === 0 ? 1 : 0,
      share,
      topShare,
      shareLog: log(share),
      topShareLog: log(topShare),
      afterLast,
      afterLastLog: log(afterLast),
      afterBefore: log((earlier.get(id) ?? 0) / (followedEarlier + 1)),
      afterReceiver,
      afterReceiverLog: log(afterReceiver),
      inFile: Math.log2(1 + inFile),
      justCalled: id === last ? 1 : 0,
      repeats: before.includes(id) ? 1 : 0,
      popular: Math.log2(1 + calls.count),
      memberFit: calls.seen > 0 ? (isMember ? 1 : -1) * (calls.members / calls.seen - 0.5) * 2 : 0,
      localFollow: log((local.get(id) ?? 0) / (locals + 0.5)),
      ngram: ngram.get(id) ?? 0,
      ngramLog: log(ngram.get(id) ?? 0),
    };
    candidates.push({ name: vocabulary.text(id), evidence: Float64Array.from(CALL_FEATURES, (name) => values[name]) });
  }
  return candidates;
}

/** Guesses in the order of their probability, a softmax over all candidates. */
export function guessCalls(candidates: readonly CallCandidate[], weights: Weights): CallGuess[] {
  const linear = CALL_FEATURES.map((name) => weights[name] ?? 0);
  const scores = candidates.map(({ evidence }) =>
    linear.reduce((sum, weight, i) => sum + weight * (evidence[i] as number), 0),
  );
  const most = scores.reduce((top, score) => Math.max(top, score), Number.NEGATIVE_INFINITY);
  const sum = scores.reduce((all, score) => all + Math.exp(score - most), 0);
  return candidates
    .map(({ name }, i) => ({ name, probability: Math.exp((scores[i] as number) - most) / sum }))
    .sort((a, b) => b.probability - a.probability || (a.name < b.name ? -1 : 1));
}

/** True where a word is called: an opening bracket follows at once. */
function isCall(cells: Int32Array, at: number, open: number, vocabulary: Vocabulary): boolean {
  const next = cells[at + 1];
  return (
    next !== undefined &&
    idOf(next) === open &&
    spaceBefore(next) === 0 &&
    (vocabulary.traits(idOf(cells[at] as number)) & IS_WORD) !== 0
  );
}

/** Names called before the cursor, in order; not beyond the function's likely start. */
function callsBefore({ cells, cursor, vocabulary }: CursorTokens, open: number): number[] {
  const calls: number[] = [];
  for (let at = Math.max(0, cursor - LOOKED_BACK); at < cursor; at++) {
    if (isCall(cells, at, open, vocabulary) && at + 1 < cursor) calls.push(idOf(cells[at] as number));
  }
  return calls.slice(-8);
}

function callsOf(cells: Int32Array, open: number, vocabulary: Vocabulary): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at < cells.length; at++) {
    if (!isCall(cells, at, open, vocabulary)) continue;
    if (at > 0 && DECLARING.has(vocabulary.text(idOf(cells[at - 1] as number)))) continue;
    const id = idOf(cells[at] as number);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** Ranks of an order for the places that continue a context, evenly spaced where there are more than `most`. */
function* places(segment: Segment, context: Int32Array, most: number): Generator<number> {
  const range = segment.exactRanges(context)[context.length - 1];
  if (!range) return;
  const step = Math.max(1, Math.floor((range.to - range.from) / most));
  for (let rank = range.from; rank < range.to; rank += step) {
    const position = segment.exactAt(rank);
    if (segment.slotAt(position) >= 0) yield position;
  }
}

/** The calls that come next after calls of a name, over the repository. */
function callsAfter(
  segments: readonly Segment[],
  name: number,
  open: number,
  vocabulary: Vocabulary,
): Map<number, number> {
  const counts = new Map<number, number>();
  const context = Int32Array.of(cellOf(name), cellOf(open));
  for (const segment of segments) {
    for (const position of places(segment, context, FOLLOWED)) {
      const id = nextCall(segment.cells, position, open, vocabulary);
      if (id >= 0) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

function nextCall(cells: Int32Array, from: number, open: number, vocabulary: Vocabulary): number {
  for (let at = from; at < Math.min(cells.length - 1, from + FOLLOWED_TOKENS); at++) {
    const id = idOf(cells[at] as number);
    if (id === EDGE) return -1;
    if (!isNewLine(id) && isCall(cells, at, open, vocabulary)) return id;
  }
  return -1;
}

/** The same over the cursor's own file. */
function followersIn(
  cells: Int32Array,
  cursor: number,
  last: number,
  open: number,
  vocabulary: Vocabulary,
): Map<number, number> {
  const counts = new Map<number, number>();
  if (last < 0) return counts;
  for (let at = 0; at < cells.length - 2; at++) {
    if (idOf(cells[at] as number) !== last || idOf(cells[at + 1] as number) !== open) continue;
    const id = nextCall(cells, at + 2, open, vocabulary);
    if (id >= 0 && (at > cursor || at + FOLLOWED_TOKENS < cursor || id !== last))
      counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** What follows a receiver and its dot. */
function membersOf(segments: readonly Segment[], context: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const segment of segments) {
    for (const position of places(segment, context, MEMBERS)) {
      const id = idOf(segment.cells[position] as number);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

/** How often a name is called, and how many of some such calls are of a member. */
function callsInAll(
  segments: readonly Segment[],
  name: number,
  open: number,
  dots: ReadonlySet<number>,
): { count: number; seen: number; members: number } {
  const context = Int32Array.of(cellOf(name), cellOf(open));
  let [count, seen, members] = [0, 0, 0];
  for (const segment of segments) {
    const range = segment.exactRanges(context)[1];
    if (!range) continue;
    count += range.to - range.from;
    const step = Math.max(1, (range.to - range.from) >> 4);
    for (let rank = range.from; rank < range.to; rank += step) {
      seen++;
      if (dots.has(idOf(segment.cells[segment.exactAt(rank) - 3] ?? EDGE))) members++;
    }
  }
  return { count, seen, members };
}
