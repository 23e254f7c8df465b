/** What Python refuses although its grammar, which knows Python 2 too and no columns, reads it; after CPython 3.11's `ast`. */
import { hasGap, type Rule, type Strictness, type TreeView, words } from './treeView.ts';

const RESERVED = words(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield',
);

/** Nodes of several lines, and parts of nodes that have lines of their own. */
const LINES = /^(?:module|block|decorated_definition|string|string_content|ERROR)$/;
const PARTS = /^(?:block|(?:else|elif|except|except_group|finally|case)_clause)$/;

const refused: Rule = () => true;
const isTarget = (kind: string): boolean =>
  /^(?:identifier|attribute|subscript|tuple|list|parenthesized_expression|expression_list|tuple_pattern|list_pattern)$/.test(
    kind,
  );

/** Statements of a block begin in one column, or behind a semicolon. */
function isUneven(view: TreeView, node: number, wanted?: string): boolean {
  const children = view.children(node);
  let column = wanted;
  return children.some((child, i) => {
    if (!view.isNamed(child)) return false;
    const indent = view.indent(child);
    if (indent === undefined) return i > 0 && view.kind(children[i - 1] as number) !== ';';
    column ??= indent;
    return indent !== column;
  });
}

/** A line goes on behind its end within brackets alone, or behind a backslash. */
const goesOn: Rule = (view, node) => {
  if (LINES.test(view.kind(node))) return false;
  const children = view.children(node);
  const isTorn = children.some((child, i) => {
    const before = children[i - 1] ?? -1;
    if (before < 0 || PARTS.test(view.kind(child)) || PARTS.test(view.kind(before))) return false;
    return view.isBroken(view.end(before), view.start(child));
  });
  for (let at = node; isTorn && !LINES.test(view.kind(at)); at = view.parent(at))
    if (['(', '[', '{'].some((bracket) => view.has(at, bracket))) return false;
  return isTorn;
};

/** `else`, `except` and their like stand in the column of what they belong to. */
const isShifted: Rule = (view, node) => {
  const [own, owner] = [view.indent(node), view.indent(view.parent(node))];
  return own !== undefined && owner !== undefined && own !== owner;
};

/** Positional arguments come first, and nothing but keywords behind `**`. */
const areArgumentsMixed: Rule = (view, node) => {
  let [hasKeyword, hasMapping] = [false, false];
  for (const child of view.named(node)) {
    const kind = view.kind(child);
    if (kind === 'keyword_argument') hasKeyword = true;
    else if (kind === 'dictionary_splat') hasMapping = true;
    else if (hasMapping || (hasKeyword && kind !== 'list_splat')) return true;
  }
  return hasGap(view, node);
};

/** Defaults come last before `*`, something comes behind a bare `*`, nothing behind `**`. */
const areParametersMixed: Rule = (view, node) => {
  let [hasDefault, isBehindStar, isLast] = [false, false, false];
  const parameters = view.named(node);
  return parameters.some((parameter, i) => {
    if (isLast) return true;
    const own = view.kind(parameter);
    const kind = own === 'typed_parameter' ? view.kind(view.named(parameter)[0] ?? -1) : own;
    if (kind === 'dictionary_splat_pattern') isLast = true;
    else if (kind === 'list_splat_pattern') isBehindStar = true;
    else if (kind === 'keyword_separator') {
      isBehindStar = true;
      const next = view.kind(parameters[i + 1] ?? -1);
      return next === '' || next === 'dictionary_splat_pattern';
    } else if (kind === 'tuple_pattern') return true;
    else if (/^(?:typed_)?default_parameter$/.test(kind)) hasDefault = true;
    else return hasDefault && !isBehindStar && kind !== 'positional_separator';
    return false;
  });
};

/** Before 3.12 a replacement field has neither its string's own quote nor a backslash. */
const isNestedQuote: Rule = (view, node) => {
  const string = view.parent(node);
  const quote = view.textOf(view.children(string)[0] ?? -1).replace(/^\w*/, '');
  const text = view.textOf(node);
  return quote !== '' && (text.includes(quote) || text.includes('\\'));
};

/** `as` gives a name in `with`, `except` and `case` alone. */
const isMisplacedAs: Rule = (view, node) => {
  const parent = view.parent(node);
  const owner = view.kind(parent) === 'parenthesized_expression' ? view.parent(parent) : parent;
  const allowed = owner === parent ? /^(?:with_item|except(?:_group)?_clause|case_pattern)$/ : /^with_item$/;
  return !allowed.test(view.kind(owner));
};

export const PYTHON: Strictness = {
  names: ['identifier'],
  reserved: RESERVED,
  every: goesOn,
  rules: {
    module: (view, node) => isUneven(view, node, ''),
    block: (view, node) => view.named(node).length === 0 || isUneven(view, node),
    decorated_definition: (view, node) => isUneven(view, node),
    ...{ else_clause: isShifted, elif_clause: isShifted, finally_clause: isShifted },
    except_clause: (view, node) => isShifted(view, node) || view.has(node, ','),
    ...{ print_statement: refused, exec_statement: refused, '<>': refused },
    try_statement: (view, node) =>
      !view.has(node, 'except_clause') && (!view.has(node, 'finally_clause') || view.has(node, 'else_clause')),
    raise_statement: (view, node) => view.has(node, 'expression_list'),
    integer: (view, node) => /^0[\d_]*[1-9]|[lL]$/.test(view.textOf(node)),
    argument_list: areArgumentsMixed,
    parameters: areParametersMixed,
    lambda_parameters: areParametersMixed,
    for_in_clause: (view, node) => view.has(node, ','),
    dictionary: hasGap,
    expression_statement: (view, node) => view.kind(view.named(node)[0] ?? -1) === 'named_expression',
    delete_statement: (view, node) => view.named(node).some((child) => !isTarget(view.kind(child))),
    as_pattern: isMisplacedAs,
    as_pattern_target: (view, node) => view.named(node).some((child) => !isTarget(view.kind(child))),
    augmented_assignment: (view, node) => /pattern/.test(view.kind(view.field(node, 'left'))),
    interpolation: isNestedQuote,
  },
};
