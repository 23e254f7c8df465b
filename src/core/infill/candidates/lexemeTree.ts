/**
 * Code as a small ordered tree, lexemes nested by brackets and parted by commas, and what stands for what in two such trees: the mapping
 * of least edit distance (Zhang and Shasha, "Simple fast algorithms for the editing distance between trees and related problems", SIAM
 * Journal on Computing 18(6), 1989). It needs no grammar, so that a header without its body will do.
 */
import { lex, TokenKind } from '../../completion/repository/lexer.ts';
import type { LanguageId } from '../../languages.ts';

/** Nodes in postorder. */
export interface LexemeTree {
  /** A lexeme; of an opening bracket with all that it holds the bracket; '' for what stands between two commas. */
  readonly labels: readonly string[];
  /** Of each node its subtree's first leaf. */
  readonly leftmost: readonly number[];
  readonly isWord: readonly boolean[];
}

const KIND = 7;
const OPEN = new Set(['(', '[', '{']);
const CLOSE = new Set([')', ']', '}']);
/** Lexemes of which a tree is made: the time is cubic at worst. */
const MOST = 120;

interface Node {
  readonly label: string;
  readonly isWord: boolean;
  readonly children: Node[];
}

export function lexemeTree(text: string, language: LanguageId): LexemeTree {
  const lexed = lex(text, language);
  const root: Node = { label: '', isWord: false, children: [] };
  const open: Node[] = [root];
  for (let i = 0; i < Math.min(lexed.count, MOST); i++) {
    const kind = (lexed.marks[i] as number) & KIND;
    if (kind === TokenKind.NewLine) continue;
    const label = text.slice(lexed.starts[i], lexed.ends[i]);
    const top = open.at(-1) as Node;
    if (OPEN.has(label)) {
      const group: Node = { label: '', isWord: false, children: [] };
      top.children.push({ label, isWord: false, children: [group] });
      open.push(group);
    } else if (CLOSE.has(label)) {
      if (open.length > 1) open.pop();
    } else if (label === ',' && open.length > 1) {
      const bracket = (open.at(-2) as Node).children.at(-1) as Node;
      const group: Node = { label: '', isWord: false, children: [] };
      bracket.children.push(group);
      open[open.length - 1] = group;
    } else top.children.push({ label, isWord: kind === TokenKind.Word, children: [] });
  }
  const [labels, leftmost, isWord]: [string[], number[], boolean[]] = [[], [], []];
  const visit = (node: Node): number => {
    const lefts = node.children.map(visit);
    const own = labels.push(node.label) - 1;
    isWord.push(node.isWord);
    return (leftmost[own] = lefts[0] ?? own);
  };
  visit(root);
  return { labels, leftmost, isWord };
}

/** Pairs of nodes that stand for one another, in no order. */
export function mapping(a: LexemeTree, b: LexemeTree): [number, number][] {
  const width = b.labels.length;
  const distances = new Float64Array(a.labels.length * width);
  const lasts = keyroots(b);
  for (const i of keyroots(a)) for (const j of lasts) forest(a, b, i, j, distances);
  const pairs: [number, number][] = [];
  const open: [number, number][] = [[a.labels.length - 1, width - 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [firstA, firstB] = [a.leftmost[next[0]] as number, b.leftmost[next[1]] as number];
    const { costs, stride } = forest(a, b, ...next, distances);
    const at = (x: number, y: number) => costs[(x - firstA + 1) * stride + (y - firstB + 1)] as number;
    let [x, y] = next;
    while (x >= firstA && y >= firstB) {
      const own = at(x, y);
      const isTree = a.leftmost[x] === firstA && b.leftmost[y] === firstB;
      if (isTree && own === at(x - 1, y - 1) + costOf(a, b, x, y)) {
        pairs.push([x, y]);
        [x, y] = [x - 1, y - 1];
      } else if (own === at(x - 1, y) + ALONE) x--;
      else if (own === at(x, y - 1) + ALONE) y--;
      else {
        open.push([x, y]);
        [x, y] = [(a.leftmost[x] as number) - 1, (b.leftmost[y] as number) - 1];
      }
    }
  }
  return pairs;
}

/** To take a node away or to add one; to change a name is half of both, and a sign into another sign, or a name, is dearer than both. */
const ALONE = 1;
const RENAMED = 0.75;
const IMPOSSIBLE = 4;

function costOf(a: LexemeTree, b: LexemeTree, x: number, y: number): number {
  if (a.labels[x] === b.labels[y]) return 0;
  return a.isWord[x] && b.isWord[y] ? RENAMED : IMPOSSIBLE;
}

/** Distances of all prefixes of two subtrees' forests; those between whole subtrees are kept in `distances`. */
function forest(
  a: LexemeTree,
  b: LexemeTree,
  i: number,
  j: number,
  distances: Float64Array,
): { costs: Float64Array; stride: number } {
  const [firstA, firstB] = [a.leftmost[i] as number, b.leftmost[j] as number];
  const stride = j - firstB + 2;
  const costs = new Float64Array((i - firstA + 2) * stride);
  for (let x = 1; x <= i - firstA + 1; x++) costs[x * stride] = x * ALONE;
  for (let y = 1; y < stride; y++) costs[y] = y * ALONE;
  for (let x = 1; x <= i - firstA + 1; x++)
    for (let y = 1; y < stride; y++) {
      const [nodeA, nodeB] = [firstA + x - 1, firstB + y - 1];
      const [leftA, leftB] = [a.leftmost[nodeA] as number, b.leftmost[nodeB] as number];
      const alone = Math.min(costs[(x - 1) * stride + y] as number, costs[x * stride + y - 1] as number) + ALONE;
      const key = nodeA * b.labels.length + nodeB;
      if (leftA === firstA && leftB === firstB) {
        const both = (costs[(x - 1) * stride + y - 1] as number) + costOf(a, b, nodeA, nodeB);
        distances[key] = costs[x * stride + y] = Math.min(alone, both);
      } else {
        const apart = costs[(leftA - firstA) * stride + leftB - firstB] as number;
        costs[x * stride + y] = Math.min(alone, apart + (distances[key] as number));
      }
    }
  return { costs, stride };
}

/** The last node of each first leaf: the subtrees whose distances are not found on the way to another's. */
function keyroots({ leftmost }: LexemeTree): number[] {
  const last = new Map<number, number>();
  leftmost.forEach((left, node) => {
    last.set(left, node);
  });
  return [...last.values()].sort((x, y) => x - y);
}
