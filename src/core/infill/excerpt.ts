/**
 * The file around a hole without the statements and members that are far from it: as good as the whole for whether a sample parses, and
 * parsed in a fraction of the time.
 */
import type { Parser } from '../ports.ts';
import type { Span } from '../syntax/facts.ts';
import { type FlatTree, type Grammar, NODE_ERROR, NODE_NAMED } from '../syntax/flatTree.ts';
import type { CodeAround } from './place.ts';

/** UTF-16 units of a piece of code of which nothing is cut. */
const SHORT = 2000;
/** From here on it matters that nothing could be cut. */
const LONG = 8000;
/** Statements or members on each side that stay. */
const BESIDE = 2;
/** Where one of so many on each side is broken, what opens or closes it may be missing in the hole. */
const NEAR = 8;
/** Stands in the hole. */
const NAME = 'x';
/** Nodes whose named children can do without one another. */
const LISTS = new Set(
  'module program source_file block statement_block statement_list class_body declaration_list'.split(' '),
);
/** A file has to begin with it. */
const FIRST = 'package_clause';

export interface Excerpt {
  readonly place: CodeAround;
  /** It is long since the code is broken and the tree does not say what is far from the hole. */
  readonly isUncut: boolean;
}

/** Never cuts where the code around the hole could not be read. */
export async function excerptAround(parser: Parser, place: CodeAround): Promise<Excerpt> {
  const { language, prefix, suffix } = place;
  if (prefix.length + suffix.length <= SHORT) return { place, isUncut: false };
  const whole = prefix + NAME + suffix;
  const tree = await parser.parse(language, whole, prefix + suffix);
  const hole = { start: prefix.length, end: prefix.length + NAME.length };
  const cuts = cutsIn(tree, await parser.grammar(language), hole);
  const before = cuts.filter(({ end }) => end <= hole.start);
  const behind = cuts.filter(({ start }) => start >= hole.end);
  const cut = {
    ...place,
    prefix: without(whole, 0, hole.start, before),
    suffix: without(whole, hole.end, whole.length, behind),
  };
  return { place: cut, isUncut: tree.hasErrors && cut.prefix.length + cut.suffix.length > LONG };
}

function cutsIn(tree: FlatTree, grammar: Grammar, hole: Span): Span[] {
  const start = (node: number) => tree.startIndex[node] as number;
  const end = (node: number) => tree.endIndex[node] as number;
  const kind = (node: number) => grammar.kindNames[tree.kind[node] as number] ?? '';
  const isBroken = (node: number) => ((tree.flags[node] as number) & NODE_ERROR) !== 0;
  const cuts: Span[] = [];
  for (let node = 0; end(node) - start(node) > SHORT && !isBroken(node); ) {
    const children = childrenOf(tree, node);
    const first = children.findLastIndex((child) => start(child) <= hole.start);
    const last = children.findIndex((child) => end(child) >= hole.end);
    if (LISTS.has(kind(node))) {
      const isFree = (child: number) => ((tree.flags[child] as number) & NODE_NAMED) !== 0 && kind(child) !== FIRST;
      const from = children.slice(0, Math.max(0, first - BESIDE)).filter(isFree);
      const to = last < 0 ? [] : children.slice(last + 1 + BESIDE).filter(isFree);
      const kept = children.slice(Math.max(0, first - BESIDE), last < 0 ? children.length : last + 1 + BESIDE);
      const near = children.slice(Math.max(0, first - NEAR), last < 0 ? children.length : last + 1 + NEAR);
      if (near.some(isBroken)) return cuts;
      if (from.length > 0) cuts.push({ start: start(from[0] as number), end: start(kept[0] as number) });
      if (to.length > 0) cuts.push({ start: end(kept.at(-1) as number), end: end(to.at(-1) as number) });
    }
    if (first < 0 || first !== last) break;
    node = children[first] as number;
  }
  return cuts;
}

function childrenOf({ end }: FlatTree, node: number): number[] {
  const children: number[] = [];
  for (let child = node + 1; child < (end[node] as number); child = end[child] as number) children.push(child);
  return children;
}

function without(text: string, from: number, to: number, cuts: readonly Span[]): string {
  let written = '';
  let at = from;
  for (const cut of cuts.toSorted((a, b) => a.start - b.start)) {
    written += text.slice(at, cut.start);
    at = cut.end;
  }
  return written + text.slice(at, to);
}
