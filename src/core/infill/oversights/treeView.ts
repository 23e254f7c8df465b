/** A syntax tree with its text, as rules about single nodes read it. */
import { type FlatTree, type Grammar, NODE_EXTRA, NODE_NAMED } from '../../syntax/flatTree.ts';

/** Nodes are numbers in preorder; -1 is none. */
export class TreeView {
  constructor(
    private readonly tree: FlatTree,
    private readonly grammar: Grammar,
    private readonly text: string,
  ) {}

  kind(node: number): string {
    return node < 0 ? '' : (this.grammar.kindNames[this.tree.kind[node] as number] ?? '');
  }

  start(node: number): number {
    return this.tree.startIndex[node] as number;
  }

  end(node: number): number {
    return this.tree.endIndex[node] as number;
  }

  parent(node: number): number {
    return this.tree.parent[node] as number;
  }

  isNamed(node: number): boolean {
    return ((this.tree.flags[node] as number) & NODE_NAMED) !== 0;
  }

  textOf(node: number): string {
    return this.text.slice(this.start(node), this.end(node));
  }

  /** Without comments, which may stand anywhere. */
  children(node: number): number[] {
    const { end, flags } = this.tree;
    const found: number[] = [];
    for (let child = node + 1; child < (end[node] as number); child = end[child] as number)
      if (!((flags[child] as number) & NODE_EXTRA)) found.push(child);
    return found;
  }

  named(node: number): number[] {
    return this.children(node).filter((child) => this.isNamed(child));
  }

  field(node: number, name: string): number {
    const { field } = this.tree;
    return this.children(node).find((child) => this.grammar.fieldNames[field[child] as number] === name) ?? -1;
  }

  has(node: number, kind: string): boolean {
    return this.children(node).some((child) => this.kind(child) === kind);
  }

  /** The text between two offsets has a line break, other than behind a backslash. */
  isBroken(from: number, to: number): boolean {
    return /(?<!\\\r?)\n/.test(this.text.slice(from, to));
  }

  /** The sign at an offset; '' behind the end. */
  signAt(offset: number): string {
    return this.text.charAt(offset);
  }

  /** White space before a node that is the first of its line; undefined where something stands before it. */
  indent(node: number): string | undefined {
    const start = this.start(node);
    const before = this.text.slice(this.text.lastIndexOf('\n', start - 1) + 1, start);
    return before.trim() === '' ? before : undefined;
  }
}

/** True for a node that the language refuses although its grammar reads it. */
export type Rule = (view: TreeView, node: number) => boolean;

/** A list with a comma where an element is missing: at the beginning, or behind another comma. */
export const hasGap: Rule = (view, list) => {
  const children = view.children(list);
  return children.some((child, i) => view.kind(child) === ',' && !view.isNamed(children[i - 1] ?? -1));
};

/** What a family of languages refuses. */
export interface Strictness {
  /** Kinds of nodes that are names, and the words that are none. */
  readonly names: readonly string[];
  readonly reserved: ReadonlySet<string>;
  /** Whether a name may be such a word where it stands. */
  readonly isExempt?: (view: TreeView, node: number) => boolean;
  /** Of every node that has children. */
  readonly every?: Rule;
  /** By kind of node. */
  readonly rules: Readonly<Record<string, Rule>>;
}

export function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
