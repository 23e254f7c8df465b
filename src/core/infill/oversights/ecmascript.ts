/** What JavaScript and TypeScript refuse although their grammars read it; after TypeScript's own parser. */
import { hasGap, type Rule, type Strictness, type TreeView, words } from './treeView.ts';

const RESERVED = words(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with',
);

/** In a specifier or an element's name every word will do. */
const EXEMPT = /^(?:import_specifier|export_specifier|namespace_export|jsx_.*)$/;

/** An empty name belongs to a fragment. */
function elementName(view: TreeView, tag: number): string {
  const name = view.field(tag, 'name');
  return name < 0 ? '' : view.textOf(name).replace(/\s/g, '');
}

const hasAttributeWithoutName: Rule = (view, node) =>
  view.children(node).some((child) => view.kind(child) === 'jsx_expression' && !view.has(child, 'spread_element'));

const isArrow = (view: TreeView, node: number): boolean => view.kind(node) === 'arrow_function';

/** A parameter is a name or a pattern, no part of an object; nor has it such a part with a default or with dots. */
const isPartOfObject = (view: TreeView, node: number): boolean =>
  /^(?:member|subscript)_expression$/.test(view.kind(node)) ||
  (/^(?:assignment|rest)_pattern$/.test(view.kind(node)) && isPartOfObject(view, view.named(node)[0] ?? -1));

export const ECMASCRIPT: Strictness = {
  names: [
    'identifier',
    'shorthand_property_identifier',
    'shorthand_property_identifier_pattern',
    'statement_identifier',
  ],
  reserved: RESERVED,
  isExempt: (view, node) => EXEMPT.test(view.kind(view.parent(node))),
  rules: {
    try_statement: (view, node) => view.field(node, 'handler') < 0 && view.field(node, 'finalizer') < 0,
    super: (view, node) => !/^(?:member|subscript|call)_expression$/.test(view.kind(view.parent(node))),
    arguments: hasGap,
    object: hasGap,
    object_type: hasGap,
    number: (view, node) => /[\w$]/.test(view.signAt(view.end(node))),
    jsx_element: (view, node) => {
      const children = view.named(node);
      return elementName(view, children[0] ?? -1) !== elementName(view, children.at(-1) ?? -1);
    },
    jsx_opening_element: hasAttributeWithoutName,
    jsx_self_closing_element: hasAttributeWithoutName,
    binary_expression: (view, node) =>
      view.has(node, '**') && view.kind(view.field(node, 'left')) === 'unary_expression',
    formal_parameters: (view, node) => view.named(node).some((child) => isPartOfObject(view, child)),
    required_parameter: (view, node) => isPartOfObject(view, view.field(node, 'pattern')),
    expression_statement: (view, node) => {
      // A brace begins a block.
      if (view.signAt(view.start(node)) === '{') return true;
      const [first = -1] = view.named(node);
      return view.kind(first) === 'function_expression' && view.field(first, 'name') < 0;
    },
    member_expression: (view, node) => isArrow(view, view.field(node, 'object')),
    call_expression: (view, node) => isArrow(view, view.field(node, 'function')),
    arrow_function: (view, node) => view.kind(view.field(node, 'body')) === 'object',
    update_expression: (view, node) => view.kind(view.field(node, 'argument')) === 'update_expression',
    new_expression: (view, node) => view.has(view.field(node, 'constructor'), 'optional_chain'),
    for_in_statement: (view, node) =>
      view.has(node, 'of') && view.kind(view.field(node, 'right')) === 'sequence_expression',
  },
};

/** In TSX `<T>` begins an element: a single type parameter needs a comma or a bound. */
export const TSX: Strictness = {
  ...ECMASCRIPT,
  rules: {
    ...ECMASCRIPT.rules,
    type_parameters: (view, node) =>
      view.kind(view.parent(node)) === 'arrow_function' && /^<\s*\w+\s*>$/.test(view.textOf(node)),
  },
};
