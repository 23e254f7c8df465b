/** What Go refuses although its grammar reads it; after `gofmt`'s parser, which puts a semicolon at the end of a line. */
import { type Rule, type Strictness, type TreeView, words } from './treeView.ts';

const RESERVED = words(
  'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var',
);

const DECLARATION = /^(?:function|method|type|const|var)_declaration$/;

/** The package first, then imports, then declarations. */
const isFileMixed: Rule = (view, node) => {
  const kinds = view.named(node).map((child) => view.kind(child));
  const firstDeclaration = kinds.findIndex((kind) => DECLARATION.test(kind));
  return kinds.some((kind, i) => {
    if (i === 0 || kind === 'package_clause') return i > 0 || kind !== 'package_clause';
    if (kind === 'import_declaration') return firstDeclaration >= 0 && i > firstDeclaration;
    return !DECLARATION.test(kind);
  });
};

/** The last element of a list over several lines has a comma behind it. */
function lacksComma(view: TreeView, node: number): boolean {
  const children = view.children(node);
  const [last = -1, closer = -1] = children.slice(-2);
  return view.isNamed(last) && view.isBroken(view.end(last), view.start(closer));
}

const isNoCall: Rule = (view, node) =>
  view.named(node).some((child) => !/^(?:call|type_conversion)_expression$/.test(view.kind(child)));

const isLastVariadic = (view: TreeView, node: number, kind: string): boolean =>
  view
    .named(node)
    .slice(0, -1)
    .every((child) => view.kind(child) !== kind);

/** All parameters have names, or none. */
const areParametersMixed: Rule = (view, node) => {
  const named = view.named(node).map((child) => view.field(child, 'name') >= 0);
  return (
    (named.includes(true) && named.includes(false)) ||
    !isLastVariadic(view, node, 'variadic_parameter_declaration') ||
    lacksComma(view, node)
  );
};

/** The bracket stands in the line of what it belongs to. */
const isBehindLine: Rule = (view, node) => {
  const siblings = view.children(view.parent(node));
  const before = siblings[siblings.indexOf(node) - 1] ?? -1;
  const owner = view.kind(view.parent(node));
  return before >= 0 && !/^(?:block|statement_list)$/.test(owner) && view.isBroken(view.end(before), view.start(node));
};

/** A function's head is one line, but for what stands in its brackets. */
const isTorn: Rule = (view, node) => {
  const children = view.children(node);
  return children.some((child, i) => i > 0 && view.isBroken(view.end(children[i - 1] as number), view.start(child)));
};

export const GO: Strictness = {
  names: ['identifier', 'field_identifier', 'type_identifier'],
  reserved: RESERVED,
  rules: {
    source_file: isFileMixed,
    defer_statement: isNoCall,
    go_statement: isNoCall,
    parameter_list: areParametersMixed,
    argument_list: (view, node) => lacksComma(view, node) || !isLastVariadic(view, node, 'variadic_argument'),
    ...{ literal_value: lacksComma, index_expression: lacksComma, parenthesized_expression: lacksComma },
    block: isBehindLine,
    ...{ function_declaration: isTorn, method_declaration: isTorn },
    interpreted_string_literal: (view, node) => !/^(?:[^\\]|\\[abfnrtv\\"0-7xuU])*$/.test(view.textOf(node)),
  },
};
