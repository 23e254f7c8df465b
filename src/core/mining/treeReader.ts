/** Reading a flat tree by its grammar's names: children by field, kinds, roles and source text. */
import { type FlatTree, NODE_NAMED } from '../syntax/flatTree.ts';
import type { FieldName, GrammarRoles } from './syntaxRoles.ts';

/** Longest name in a label, in UTF-16 units. */
export const MAX_NAME = 48;

export class TreeReader {
  constructor(
    protected readonly tree: FlatTree,
    protected readonly grammar: GrammarRoles,
    protected readonly text: string,
  ) {}

  protected source(node: number): string {
    return this.text.slice(this.tree.startIndex[node], this.tree.endIndex[node]);
  }

  /** A label's name part: one line, bounded. */
  protected clip(text: string): string {
    return (/\s/.test(text) ? text.replace(/\s+/g, ' ') : text).slice(0, MAX_NAME);
  }

  protected child(node: number, field: FieldName): number {
    const wanted = this.grammar.fields[field];
    if (wanted === 0) return -1;
    const { end, field: fields } = this.tree;
    const stop = end[node] as number;
    for (let at = node + 1; at < stop; at = end[at] as number) if (fields[at] === wanted) return at;
    return -1;
  }

  protected firstOf(node: number, ...fields: FieldName[]): number {
    for (const field of fields) {
      const found = this.child(node, field);
      if (found !== -1) return found;
    }
    return -1;
  }

  protected *named(node: number): Generator<number> {
    const { end, flags } = this.tree;
    for (let at = node + 1; at < (end[node] as number); at = end[at] as number)
      if ((flags[at] as number) & NODE_NAMED) yield at;
  }

  protected kindName(node: number): string {
    return this.grammar.kinds[this.tree.kind[node] as number] as string;
  }

  protected role(node: number): string {
    return this.grammar.roles[this.tree.kind[node] as number]?.role as string;
  }
}
