/** What followed at each hit, names put in place, as one tree: its paths are the candidates, its counts the evidence. */
import { idOf, isLocalName, spaceBefore } from './cells.ts';
import type { Hit } from './hits.ts';
import { OTHER_SPACE } from './lexer.ts';
import type { CursorTokens } from './place.ts';
import { EDGE, isNewLine, LONG } from './vocabulary.ts';

/** Tokens of a line that are looked at. */
const LONGEST = 48;
/** Tokens of the next line that are held against what stands below the cursor. */
const NEXT_TOKENS = 8;
/** A shorter line below is a bracket or a keyword, which stands below everything. */
const LEAST_BELOW = 3;
/** Words after which a new name stands. */
const BINDERS: ReadonlySet<string> = new Set(
  'const let var mut for fn def func class import from as use type interface struct enum static impl trait lambda with package'.split(
    ' ',
  ),
);

/** Evidence for a node's path, each over the hits whose continuation begins with it. */
export interface Tally {
  hits: number;
  /** Weight by length of match and nearness. */
  weight: number;
  files: number;
  lastFile: number;
  /** Longest matches. */
  exact: number;
  shape: number;
  /** Hits of the cursor's file, and of its folder (that file left out). */
  local: number;
  folder: number;
  /** Hits with the longest match of all. */
  top: number;
}

export interface PathNode extends Tally {
  /** What is typed: a number of the vocabulary with the space before it. */
  readonly cell: number;
  readonly parent: PathNode | undefined;
  readonly children: PathNode[];
  readonly depth: number;
  /** The line ends here for some hits: their evidence. */
  end: Tally | undefined;
  /** Of hits whose line ends here: the largest share of the line below the cursor that stands below them too; -1 if none ends, or a bracket alone stands there. */
  below: number;
  /** Least number of local names that the file does not have, and of names put in place of others. */
  unknown: number;
  renamed: number;
  /** Logarithm of the n-gram's probability for the path; for its least likely token; and for the line's end behind it. */
  chance: number;
  leastChance: number;
  endChance: number;
  /** The n-gram made it, perhaps beside hits. */
  rolled: boolean;
}

function tally(): Tally {
  return { hits: 0, weight: 0, files: 0, lastFile: 0, exact: 0, shape: 0, local: 0, folder: 0, top: 0 };
}

/** How much a hit says: e-folds by tokens of match and by nearness. */
function weightOf({ exact, shape, near }: Hit): number {
  return Math.exp(0.5 * Math.min(exact, 8) + 0.35 * Math.min(shape, 16) + 0.4 * near);
}

function count(into: Tally, hit: Hit, weight: number, top: number): void {
  into.hits++;
  into.weight += weight;
  if (into.lastFile !== hit.file) into.files++;
  into.lastFile = hit.file;
  into.exact = Math.max(into.exact, hit.exact);
  into.shape = Math.max(into.shape, hit.shape);
  if (hit.near === 3) into.local++;
  else if (hit.near === 2) into.folder++;
  if (hit.shape === top) into.top++;
}

function node(cell: number, parent: PathNode | undefined): PathNode {
  const depth = parent ? parent.depth + 1 : 0;
  return {
    ...tally(),
    ...{ cell, parent, children: [], depth, end: undefined, below: -1, unknown: 99, renamed: 99 },
    ...{ chance: 0, leastChance: 0, endChance: 0, rolled: false },
  };
}

/** The tree of continuations of the cursor's line; its root counts every hit. */
export function treeOf(hits: readonly Hit[], tokens: CursorTokens): PathNode {
  const root = node(EDGE, undefined);
  const { vocabulary } = tokens;
  const top = hits.reduce((most, { shape }) => Math.max(most, shape), 0);
  const below = lineBelow(tokens);
  for (const hit of hits) {
    const weight = weightOf(hit);
    count(root, hit, weight, top);
    let at: PathNode = root;
    let unknown = 0;
    let renamed = 0;
    const bound = new Set<number>();
    let previous = tokens.cells[tokens.cursor - 1] as number;
    for (let i = 0; ; i++) {
      const cell = hit.cells[hit.at + i];
      if (cell === undefined || cell === EDGE || isNewLine(idOf(cell))) {
        at.end ??= tally();
        count(at.end, hit, weight, top);
        at.below = Math.max(at.below, agreement(hit.cells, hit.at + i + 1, below));
        break;
      }
      if (i >= LONGEST || idOf(cell) === LONG) break;
      if (!fits(cell, i, tokens)) break;
      let id = idOf(cell);
      const target = renameOf(hit.renames, id);
      if (target >= 0) {
        id = target;
        renamed++;
      } else if (isLocalName(cell) && !tokens.words.has(id) && !bound.has(id)) {
        const loose = renameOf(hit.looseRenames, id);
        if (loose >= 0) {
          id = loose;
          renamed++;
        } else if (BINDERS.has(vocabulary.text(idOf(previous)))) bound.add(id);
        else unknown++;
      }
      previous = cell;
      const typed = (id << 2) | Math.min(1, spaceBefore(cell));
      at = childOf(at, typed);
      count(at, hit, weight, top);
      at.unknown = Math.min(at.unknown, unknown);
      at.renamed = Math.min(at.renamed, renamed);
    }
  }
  return root;
}

/** The child for a token; made where there is none. */
export function childOf(parent: PathNode, cell: number): PathNode {
  for (const child of parent.children) if (child.cell === cell) return child;
  const child = node(cell, parent);
  parent.children.push(child);
  return child;
}

/** Whether a token may follow at the cursor: white space as typed, and the word that is begun. */
export function fits(cell: number, index: number, { spaced, column, partial, vocabulary }: CursorTokens): boolean {
  const space = spaceBefore(cell);
  if (index > 0) return space !== OTHER_SPACE;
  if (partial !== '') {
    const text = vocabulary.text(idOf(cell));
    return text.length > partial.length && text.startsWith(partial);
  }
  if (spaced) return column === 0 || space > 0;
  return space !== OTHER_SPACE;
}

function renameOf(renames: readonly number[], id: number): number {
  for (let i = 0; i < renames.length; i += 2) if (renames[i] === id) return renames[i + 1] as number;
  return -1;
}

/** First tokens of the next line below the cursor, without its line end. */
function lineBelow({ cells, cursor }: CursorTokens): Int32Array {
  let from = cursor + 1;
  while (from < cells.length && isNewLine(idOf(cells[from] as number))) from++;
  let to = from;
  while (to < cells.length - 1 && to - from < NEXT_TOKENS && !isNewLine(idOf(cells[to] as number))) to++;
  return cells.subarray(from, to);
}

/** Share of the line below that stands at `at` too, from its start; -1 where that line is too short to tell anything. */
function agreement(cells: Int32Array, at: number, below: Int32Array): number {
  if (below.length < LEAST_BELOW) return -1;
  let agreed = 0;
  while (agreed < below.length && idOf(cells[at + agreed] ?? EDGE) === idOf(below[agreed] as number)) agreed++;
  return agreed / below.length;
}

/** The text of a path, as it is inserted at the cursor. */
export function textOf(path: PathNode, tokens: Pick<CursorTokens, 'spaced' | 'partial' | 'vocabulary'>): string {
  let text = '';
  for (let at: PathNode | undefined = path; at?.parent; at = at.parent) {
    const first = at.parent.parent === undefined;
    const space = at.cell & 1 && !(first && (tokens.spaced || tokens.partial !== '')) ? ' ' : '';
    text = space + tokens.vocabulary.text(at.cell >>> 2) + text;
  }
  return text.slice(tokens.partial.length);
}
