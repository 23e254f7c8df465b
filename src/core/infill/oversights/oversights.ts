/** What a grammar reads and the language itself refuses: grammars of editors are lenient, compilers are not. */
import type { LanguageId } from '../../languages.ts';
import type { Span } from '../../syntax/facts.ts';
import type { FlatTree, Grammar } from '../../syntax/flatTree.ts';
import { ECMASCRIPT, TSX } from './ecmascript.ts';
import { GO } from './go.ts';
import { PYTHON } from './python.ts';
import { RUST } from './rust.ts';
import { type Rule, type Strictness, TreeView } from './treeView.ts';

const STRICTNESS: Readonly<Record<LanguageId, Strictness>> = {
  ...{ typescript: ECMASCRIPT, tsx: TSX, javascript: ECMASCRIPT, python: PYTHON, rust: RUST, go: GO },
};

export interface Oversight extends Span {
  /** Number in the grammar. */
  readonly kind: number;
}

export class Oversights {
  /** By number of the kind. */
  private readonly rules: readonly (readonly Rule[])[];
  private readonly every: Rule;

  constructor(private readonly grammar: Grammar) {
    const { names, reserved, isExempt, every, rules } = STRICTNESS[grammar.language];
    this.every = every ?? (() => false);
    const isReserved: Rule = (view, node) => reserved.has(view.textOf(node)) && !isExempt?.(view, node);
    this.rules = grammar.kindNames.map((kind) => {
      const own = Object.hasOwn(rules, kind) ? [rules[kind] as Rule] : [];
      return names.includes(kind) ? [...own, isReserved] : own;
    });
  }

  /** Nodes that a compiler would refuse. */
  in(tree: FlatTree, text: string): Oversight[] {
    const view = new TreeView(tree, this.grammar, text);
    const found: Oversight[] = [];
    for (let node = 0; node < tree.size; node++) {
      const rules = this.rules[tree.kind[node] as number] as readonly Rule[];
      const hasChildren = (tree.end[node] as number) > node + 1;
      if (rules.some((refuses) => refuses(view, node)) || (hasChildren && this.every(view, node)))
        found.push({ kind: tree.kind[node] as number, start: view.start(node), end: view.end(node) });
    }
    return found;
  }
}
