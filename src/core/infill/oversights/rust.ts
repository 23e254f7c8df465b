/** What Rust refuses although its grammar reads it; after `rustfmt`'s parser, edition 2021. */
import { hasGap, type Rule, type Strictness, type TreeView, words } from './treeView.ts';

const RESERVED = words(
  'abstract as async await become box break const continue do dyn else enum extern false final fn for if impl in let loop macro match mod move mut override priv pub ref return static struct trait true try type typeof unsafe unsized use virtual where while yield',
);

const COMPARISONS = ['<', '>', '<=', '>=', '==', '!='];
const compares = (view: TreeView, node: number): boolean =>
  view.kind(node) === 'binary_expression' && COMPARISONS.some((sign) => view.has(node, sign));

/** A block that begins a statement is the whole of it, unless what follows can begin nothing else. */
const continuesBlock: Rule = (view, node) =>
  BLOCK.test(view.kind(view.field(node, 'left'))) &&
  /^(?:block|expression_statement|match_arm)$/.test(view.kind(view.parent(node))) &&
  CONTINUATIONS.some((sign) => view.has(node, sign));
const BLOCK = /^(?:if|match|loop|while|for)_expression$|^(?:unsafe_)?block$/;
const CONTINUATIONS = ['=', '+', '/', '%', '^', '==', '!=', '>', '>=', '<='];

/** Statements stand in functions, items anywhere; an attribute belongs to what comes behind it. */
const hasStatement: Rule = (view, node) => {
  const children = view.named(node);
  return children.some((child, i) => {
    const kind = view.kind(child);
    if (kind === 'attribute_item') return i === children.length - 1;
    if (kind === 'macro_invocation')
      return view.textOf(child).endsWith(')') && view.signAt(view.end(child)) !== ';' && i < children.length;
    return (
      kind === 'let_declaration' ||
      (kind === 'expression_statement' && view.kind(view.named(child)[0] ?? -1) !== 'macro_invocation')
    );
  });
};

export const RUST: Strictness = {
  names: ['identifier', 'type_identifier', 'field_identifier', 'shorthand_field_identifier'],
  reserved: RESERVED,
  // A macro's tokens are its own affair; `'static` is a name.
  isExempt: (view, node) => /^(?:token_tree.*|attribute|lifetime)$/.test(view.kind(view.parent(node))),
  rules: {
    source_file: hasStatement,
    declaration_list: hasStatement,
    block: (view, node) => view.kind(view.named(node).at(-1) ?? -1) === 'attribute_item',
    parameters: (view, node) =>
      /^function_(?:signature_)?item$/.test(view.kind(view.parent(node))) &&
      view
        .children(node)
        .some((child) => !/^(?:(?:self_|variadic_)?parameter|attribute_item|\W|\.\.\.)$/.test(view.kind(child))),
    self_parameter: (view, node) => {
      const parameters = view.named(view.parent(node)).filter((child) => view.kind(child) !== 'attribute_item');
      return parameters[0] !== node;
    },
    shorthand_field_initializer: (view, node) => view.textOf(node) === '_',
    // `a < b < c` is refused; types of a call need `::` before them.
    binary_expression: (view, node) =>
      continuesBlock(view, node) || (compares(view, node) && compares(view, view.field(node, 'left'))),
    assignment_expression: continuesBlock,
    compound_assignment_expr: (view, node) => BLOCK.test(view.kind(view.field(node, 'left'))),
    range_expression: (view, node) =>
      view.has(node, '...') || view.named(node).some((child) => view.kind(child) === 'range_expression'),
    escape_sequence: (view, node) => !/^\\[nrt0\\'"xu\r\n]/.test(view.textOf(node)),
    char_literal: (view, node) => view.textOf(node) === "''",
    arguments: hasGap,
    field_initializer_list: (view, node) =>
      view
        .named(node)
        .slice(0, -1)
        .some((child) => view.kind(child) === 'base_field_initializer'),
    generic_function: (view, node) =>
      view.kind(view.field(node, 'function')) === 'field_expression' &&
      view.kind(view.parent(node)) !== 'call_expression',
  },
};
