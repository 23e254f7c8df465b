/** Style of a syntax tree: one look at each node whose kind says something, through a table made once per grammar. */
import { type FlatTree, type Grammar, NODE_NAMED } from './flatTree.ts';
import type { LineCounter } from './lineCounter.ts';
import { markNumber, StyleCounts, type StyleMark } from './styleMarks.ts';
import { countLines } from './styleOfLines.ts';

/** Longest text that is looked into. */
const MAX_TEXT = 200;
/** Texts and lists of one file that are looked at: more of them say the same. */
const MOST_LOOKED = 200;

/** Counts of a file's style marks: number, count and first line of each, flat (see StyleCounts). */
export function styleOf(tree: FlatTree, grammar: Grammar, text: string, lines: LineCounter): number[] {
  const counts = new StyleCounts();
  countLines(text, counts);
  new StyleReader(tree, grammar, text, lines, counts).read();
  return counts.triples();
}

type Look = (reader: StyleReader, node: number) => void;

/** Nodes before them have no closing bracket on a line of its own. */
const DATA = `array object named_imports export_clause object_pattern array_pattern enum_body list dictionary tuple set
  tuple_expression array_expression field_initializer_list import_from_statement`;
const CALLS = 'arguments formal_parameters argument_list parameters';

const LOOKS: Readonly<Record<string, Readonly<Record<string, Look>>>> = {
  ecmascript: {
    string: (r, node) => r.kindOfParent(node) !== 'jsx_attribute' && r.quotes(node, r.start(node)),
    'expression_statement return_statement import_statement throw_statement': (r, node) =>
      r.choose(node, r.text.charCodeAt(r.stop(node) - 1) === 59, 'semicolons always', 'semicolons never'),
    '=== !==': (r, node) => r.note('equality strict', node),
    // What may be null or undefined is often asked for both at once.
    '== !=': (r, node) => !/^(?:null|undefined)$/.test(r.kindOf(r.next(node))) && r.note('equality loose', node),
    lexical_declaration: (r, node) => {
      r.note('variables const or let', node);
      r.constant(node);
    },
    // What is declared to be global elsewhere can only be a `var`.
    variable_declaration: (r, node) =>
      !r.isWithin(node, 'ambient_declaration', 'program') && r.note('variables var', node),
    'assignment_expression augmented_assignment_expression update_expression': (r, node) => r.assigned(node),
    if_statement: (r, node) => {
      const branch = r.next(r.childOf(node, 'parenthesized_expression'));
      r.choose(node, r.kindOf(branch) === 'statement_block', 'branches braced', 'branches bare');
    },
    arrow_function: (r, node) => {
      if (r.kindOfParent(node) === 'arguments') r.note('callbacks arrow', node);
      r.arrowParameters(node);
    },
    function_expression: (r, node) => r.kindOfParent(node) === 'arguments' && r.note('callbacks function', node),
    template_string: (r, node) => r.childOf(node, 'template_substitution') > 0 && r.note('texts templates', node),
    binary_expression: (r, node) => r.added(node),
    shorthand_property_identifier: (r, node) => r.note('properties shorthand', node),
    pair: (r, node) => {
      const value = r.next(node + 2);
      if (r.kindOf(node + 1) !== 'property_identifier' || r.kindOf(value) !== 'identifier') return;
      if (r.textOf(node + 1) === r.textOf(value)) r.note('properties repeated', node);
    },
    export_statement: (r, node) => {
      if (r.childOf(node, 'default') > 0) r.note('exports default', node);
      else if (/declaration$/.test(r.kindOf(r.next(node + 1)))) r.note('exports named', node);
    },
    predefined_type: (r, node) => r.isText(node, 'any') && r.note('types any', node),
    type_annotation: (r, node) => r.note('types written', node),
    interface_declaration: (r, node) => r.note('objects interface', node),
    type_alias_declaration: (r, node) => r.childOf(node, 'object_type') > 0 && r.note('objects type', node),
    array_type: (r, node) => r.note('arrays short', node),
    generic_type: (r, node) => /^(?:Readonly)?Array$/.test(r.textOf(node + 1)) && r.note('arrays generic', node),
    optional_chain: (r, node) => r.note('missing optional chain', node),
    non_null_expression: (r, node) => r.note('missing non-null', node),
    [DATA]: (r, node) => {
      r.trailing(node, 'commas in data trailing', 'commas in data none');
      r.spacing(node);
    },
    [CALLS]: (r, node) => r.trailing(node, 'commas in calls trailing', 'commas in calls none'),
  },
  python: {
    string: (r, node) => {
      const first = /^[a-z]*/i.exec(r.text.slice(r.start(node), r.start(node) + 3))?.[0].length ?? 0;
      const at = r.start(node) + first;
      if (r.text.charCodeAt(at + 1) !== r.text.charCodeAt(at) || r.stop(node) === at + 2) r.quotes(node, at);
      if (r.childOf(node, 'interpolation') > 0) r.note('formats f-string', node);
    },
    binary_operator: (r, node) => {
      if (r.kindOf(node + 1) === 'string' && r.kindOf(r.next(node + 1)) === '%') r.note('formats percent', node);
    },
    attribute: (r, node) => {
      if (r.kindOf(node + 1) === 'string' && r.text.endsWith('.format', r.stop(node))) r.note('formats method', node);
    },
    type: (r, node) => {
      if (/^(?:type_parameter|generic_type|binary_operator)$/.test(r.kindOfParent(node))) return;
      const type = r.textOf(node);
      if (/\b(?:Optional|Union)\[/.test(type)) r.note('unions typing', node);
      else if (type.includes(' | ')) r.note('unions bar', node);
      if (/\b(?:List|Dict|Tuple|Set)\[/.test(type)) r.note('generics typing', node);
      else if (/\b(?:list|dict|tuple|set)\[/.test(type)) r.note('generics built-in', node);
    },
    comparison_operator: (r, node) => {
      if (r.childOf(node, 'none') < 0) return;
      const compared = r.childOf(node, '==') > 0 || r.childOf(node, '!=') > 0;
      r.choose(node, !compared, 'none is', 'none equals');
    },
    except_clause: (r, node) => r.choose(node, r.kindOf(node + 2) !== ':', 'handlers typed', 'handlers bare'),
    raise_statement: (r, node) => {
      if (r.childOf(node, 'from') > 0) r.note('causes named', node);
      else if (r.childOf(node, 'call') > 0 && r.isWithin(node, 'except_clause', 'function_definition'))
        r.note('causes lost', node);
    },
    [DATA]: (r, node) => r.trailing(node, 'commas in data trailing', 'commas in data none'),
    [CALLS]: (r, node) => r.trailing(node, 'commas in calls trailing', 'commas in calls none'),
  },
  go: {
    interface_type: (r, node) => /^interface ?\{\}$/.test(r.textOf(node)) && r.note('anything interface{}', node),
    type_identifier: (r, node) => r.isText(node, 'any') && r.note('anything any', node),
    selector_expression: (r, node) => {
      if (r.isText(node, 'errors.Is') || r.isText(node, 'errors.As')) r.note('errors compared with Is', node);
    },
    binary_expression: (r, node) => {
      const operator = r.next(node + 1);
      if (!r.isText(node + 1, 'err') || !/^[!=]=$/.test(r.kindOf(operator))) return;
      if (r.kindOf(r.next(operator)) !== 'nil') r.note('errors compared plainly', node);
    },
    comment: (r, node) => {
      const next = r.next(node);
      if (next < 0 || r.start(next) !== r.stop(node) + 1) return;
      if (!/^(?:function|method|type)_declaration$/.test(r.kindOf(next))) return;
      r.choose(
        node,
        /[.!?:)]\s*$/.test(r.text.slice(r.stop(node) - 4, r.stop(node))),
        'doc ends with period',
        'doc without period',
      );
    },
  },
  rust: {
    try_expression: (r, node) => r.isProduct(node) && r.note('failures propagated', node),
    field_identifier: (r, node) => {
      if ((r.isText(node, 'unwrap') || r.isText(node, 'expect')) && r.isProduct(node))
        r.note('failures unwrapped', node);
    },
    [DATA]: (r, node) => r.trailing(node, 'commas in data trailing', 'commas in data none'),
    [CALLS]: (r, node) => r.trailing(node, 'commas in calls trailing', 'commas in calls none'),
  },
};

interface Looks {
  readonly looks: readonly (Look | undefined)[];
  /** 1 where there is one: most nodes have none. */
  readonly isLooked: Uint8Array;
}

const tables = new WeakMap<Grammar, Looks>();

function looksOf(grammar: Grammar): Looks {
  const known = tables.get(grammar);
  if (known) return known;
  const family = /^(?:typescript|tsx|javascript)$/.test(grammar.language) ? 'ecmascript' : grammar.language;
  const byKind = new Map<string, Look>();
  for (const [kinds, look] of Object.entries(LOOKS[family] ?? {}))
    for (const kind of kinds.split(/\s+/)) byKind.set(kind, look);
  const looks = grammar.kindNames.map((kind) => byKind.get(kind));
  const table = { looks, isLooked: Uint8Array.from(looks, (look) => (look ? 1 : 0)) };
  tables.set(grammar, table);
  return table;
}

class StyleReader {
  /** `let` with one plain name and a value, and names that are assigned somewhere in the file. */
  private readonly lets: { readonly name: string; readonly node: number }[] = [];
  private readonly assignedNames = new Set<string>();
  private texts = 0;
  private lists = 0;
  /** Where Rust's tests begin. */
  private readonly tests: number;

  constructor(
    readonly tree: FlatTree,
    private readonly grammar: Grammar,
    readonly text: string,
    private readonly lines: LineCounter,
    private readonly counts: StyleCounts,
  ) {
    const tests = grammar.language === 'rust' ? text.indexOf('#[cfg(test)]') : -1;
    this.tests = tests < 0 ? text.length : tests;
  }

  read(): void {
    const { kind, size } = this.tree;
    const { looks, isLooked } = looksOf(this.grammar);
    for (let node = 0; node < size; node++) {
      const own = kind[node] as number;
      if (isLooked[own] === 1) looks[own]?.(this, node);
    }
    for (const { name, node } of this.lets)
      if (!this.assignedNames.has(name)) this.note('let where const would do', node);
  }

  note(mark: StyleMark, node: number): void {
    const number = markNumber(mark);
    this.counts.add(number, this.counts.isNew(number) ? this.lines.lineAt(this.start(node)) : 0);
  }

  choose(node: number, first: boolean, one: StyleMark, other: StyleMark): void {
    this.note(first ? one : other, node);
  }

  start = (node: number): number => this.tree.startIndex[node] as number;
  stop = (node: number): number => this.tree.endIndex[node] as number;

  /** Without cutting the text out. */
  isText(node: number, text: string): boolean {
    return this.stop(node) - this.start(node) === text.length && this.text.startsWith(text, this.start(node));
  }

  textOf(node: number): string {
    return node < 0 ? '' : this.text.slice(this.start(node), Math.min(this.stop(node), this.start(node) + MAX_TEXT));
  }

  kindOf(node: number): string {
    return node < 0 ? '' : (this.grammar.kindNames[this.tree.kind[node] as number] ?? '');
  }

  kindOfParent(node: number): string {
    return this.kindOf(this.tree.parent[node] as number);
  }

  /** The next sibling, or -1. */
  next(node: number): number {
    if (node < 0) return -1;
    const next = this.tree.end[node] as number;
    const parent = this.tree.parent[node] as number;
    return parent >= 0 && next < (this.tree.end[parent] as number) ? next : -1;
  }

  /** The first child of a kind, or -1. */
  childOf(node: number, kind: string): number {
    for (let child = this.first(node); child >= 0; child = this.next(child))
      if (this.kindOf(child) === kind) return child;
    return -1;
  }

  private first(node: number): number {
    return node + 1 < (this.tree.end[node] as number) ? node + 1 : -1;
  }

  isWithin(node: number, kind: string, border: string): boolean {
    for (let at = this.tree.parent[node] as number; at >= 0; at = this.tree.parent[at] as number) {
      if (this.kindOf(at) === kind) return true;
      if (this.kindOf(at) === border) return false;
    }
    return false;
  }

  /** Above the tests that Rust keeps in the same file. */
  isProduct(node: number): boolean {
    return this.start(node) < this.tests;
  }

  /** A text whose quotes were free to choose. */
  quotes(node: number, at: number): void {
    if (this.texts++ > MOST_LOOKED) return;
    const { text } = this;
    const quote = text.charCodeAt(at);
    if (quote !== 39 && quote !== 34) return;
    const stop = Math.min(this.stop(node) - 1, at + MAX_TEXT);
    for (let inside = at + 1; inside < stop; inside++) {
      const unit = text.charCodeAt(inside);
      if (unit === 39 || unit === 34) return;
    }
    this.choose(node, quote === 39, 'quotes single', 'quotes double');
  }

  /** What stands before a closing bracket on a line of its own. */
  trailing(node: number, with_: StyleMark, without: StyleMark): void {
    const { text } = this;
    const close = text.charCodeAt(this.stop(node) - 1);
    if (close !== 41 && close !== 93 && close !== 125) return;
    let at = this.stop(node) - 2;
    let isOnOwnLine = false;
    for (; at > this.start(node); at--) {
      const unit = text.charCodeAt(at);
      if (unit === 10) isOnOwnLine = true;
      else if (unit !== 32 && unit !== 9 && unit !== 13) break;
    }
    if (!isOnOwnLine || at <= this.start(node) || this.lists++ > MOST_LOOKED) return;
    const [before, last] = this.lastTwo(node);
    // After a comment or a rest element no comma may stand, and what shares its line with others needs none.
    if (/comment|rest|splat|spread_pattern|^base_/.test(this.kindOf(last)) || before < 0) return;
    if (!text.slice(this.stop(before), this.start(last)).includes('\n')) return;
    this.choose(node, text.charCodeAt(at) === 44, with_, without);
  }

  private lastTwo(node: number): readonly [number, number] {
    let [before, last] = [-1, -1];
    for (let child = this.first(node); child >= 0; child = this.next(child))
      if ((this.tree.flags[child] as number) & NODE_NAMED) [before, last] = [last, child];
    return [before, last];
  }

  /** Whether a space follows the brace of what stands on one line. */
  spacing(node: number): void {
    const at = this.start(node);
    if (this.text.charCodeAt(at) !== 123 || this.stop(node) - at < 4) return;
    const unit = this.text.charCodeAt(at + 1);
    if (unit !== 10 && unit !== 13) this.choose(node, unit === 32, 'braces spaced', 'braces tight');
  }

  constant(node: number): void {
    if (this.kindOf(node + 1) === 'const') return this.note('const where it can be', node);
    const declarator = this.next(node + 1);
    if (this.kindOf(declarator) !== 'variable_declarator' || this.kindOf(declarator + 1) !== 'identifier') return;
    if (this.kindOfParent(node) === 'for_statement' || this.childOf(declarator, '=') < 0) return;
    this.lets.push({ name: this.textOf(declarator + 1), node });
  }

  assigned(node: number): void {
    const [from, to] =
      this.kindOf(node) === 'update_expression'
        ? [node + 1, this.tree.end[node] as number]
        : [node + 1, this.tree.end[node + 1] as number];
    for (let at = from; at < to; at++)
      if (/^(?:identifier|shorthand_property_identifier_pattern)$/.test(this.kindOf(at)))
        this.assignedNames.add(this.textOf(at));
  }

  /** Only one plain parameter may go without parentheses. */
  arrowParameters(node: number): void {
    const parameters = this.childOf(node, 'formal_parameters');
    if (parameters < 0) {
      if (this.childOf(node, 'identifier') > 0) this.note('arrow parameters bare', node);
    } else if (/^\(\s*[\w$]+\s*\)$/.test(this.textOf(parameters))) this.note('arrow parameters in parentheses', node);
  }

  /** A text that something is added to, which is no text or number itself. */
  added(node: number): void {
    const left = node + 1;
    const operator = this.next(left);
    if (this.kindOf(operator) !== '+') return;
    const kinds = [this.kindOf(left), this.kindOf(this.next(operator))];
    if (kinds.filter((kind) => kind === 'string').length !== 1) return;
    if (!kinds.includes('number') && !kinds.includes('binary_expression')) this.note('texts added', node);
  }
}
