/** What is to be written anew: stretches of a file that begin and end where nodes of its syntax tree do. */
import { LodestoneError } from '../../base/errors.ts';
import { exactlyNamed, fullName } from '../generation/targets.ts';
import type { FileFacts, FunctionFact, Span, TypeFact } from '../syntax/facts.ts';
import { type FlatTree, type Grammar, NODE_ERROR, NODE_EXTRA, NODE_NAMED } from '../syntax/flatTree.ts';

/** `function`, `class`: with signature, documentation and decorators, which the other units keep. `nodes`: what a range covers. */
export const MASK_UNITS = ['function', 'class', 'body', 'block', 'statement', 'expression', 'nodes', 'hole'] as const;
export type MaskUnit = (typeof MASK_UNITS)[number];

/** Units that belong to one function or class: all of it, or its body. */
export type SymbolUnit = 'function' | 'class' | 'body';

/** False for no unit at all. */
export const isSymbolUnit = (unit: MaskUnit | undefined): unit is SymbolUnit =>
  unit === 'function' || unit === 'class' || unit === 'body';

/** UTF-16 offsets. */
export interface MaskedSpan extends Span {
  readonly unit: MaskUnit;
  /** Type of the node in its grammar; of several the first one's; '' for a hole, where nothing stands yet. */
  readonly nodeType: string;
  /** Function or class that it belongs to; '' for neither. */
  readonly symbol: string;
}

export interface MaskTarget {
  /** Of a function or class: `total`, `Ledger.total`. */
  readonly name?: string;
  /** Line from 1 at which it begins, where several have the name. */
  readonly line?: number;
  /** A stretch, or a cursor (empty): the smallest unit around it; without a unit an empty one is a hole. */
  readonly range?: Span;
  /** Absent: the body of what is named, the nodes that a range covers. */
  readonly unit?: MaskUnit;
}

export interface MaskedFile {
  readonly path: string;
  readonly text: string;
  readonly tree: FlatTree;
  readonly grammar: Grammar;
  readonly facts: FileFacts;
}

const BLOCK = /^(?:block|statement_block|declaration_list|class_body|compound_statement|switch_body|match_block)$/;
/** What a type consists of, in braces (a block in Python). */
const MEMBERS =
  /^(?:block|class_body|declaration_list|field_declaration_list|interface_body|object_type|enum_body|enum_variant_list)$/;
const STATEMENT = /(?:_statement|_declaration|_definition|_item|let_declaration)$/;
const EXPRESSION =
  /(?:_expression|^call|^attribute|^subscript|^lambda|_literal|^identifier|^string|^integer|^float|^number|^list|^dictionary|^tuple|^object|^array|operator|^binary|^await|^closure)/;

/** Throws `notFound` and `badArguments` with what to do. The same file and target always give the same span. */
export function maskedSpan(file: MaskedFile, target: MaskTarget): MaskedSpan {
  const { name, range, unit } = target;
  if (name !== undefined) return ofName(file, name, target.line, unit ?? 'body');
  if (!range || range.start < 0 || range.end > file.text.length || range.start > range.end)
    throw new LodestoneError('badArguments', `${file.path} has no such stretch.`, {
      advice: `Name a function of it, or lines from 1 to ${file.text.split('\n').length}.`,
      args: { path: file.path },
    });
  if (range.start === range.end && (unit === undefined || unit === 'hole' || unit === 'nodes'))
    return { ...range, unit: 'hole', nodeType: '', symbol: symbolAround(file, range) };
  if (isSymbolUnit(unit)) return ofSymbol(file, around(file, range, unit), unit);
  if (unit === 'hole')
    throw new LodestoneError('badArguments', 'A hole is a place where nothing stands; this stretch holds text.', {
      advice: 'Give an empty stretch, as in "3:5-3:5", or no unit: then what stands there is written anew.',
      args: { path: file.path },
    });
  if (unit === undefined || unit === 'nodes') return covered(file, trimmed(file.text, range));
  return smallest(file, range, unit);
}

type Symbol = { readonly fact: FunctionFact } | { readonly type: TypeFact };

const nameOf = (symbol: Symbol): string => ('fact' in symbol ? fullName(symbol.fact) : symbol.type.name);

function ofSymbol({ path, text, facts, tree, grammar }: MaskedFile, symbol: Symbol, unit: SymbolUnit): MaskedSpan {
  const whole = 'fact' in symbol ? symbol.fact : symbol.type;
  const name = nameOf(symbol);
  if (unit !== 'body')
    return { start: whole.start, end: whole.end, unit, nodeType: typeAt(tree, grammar, whole), symbol: name };
  const body = 'fact' in symbol ? symbol.fact.body : bodyOfType(text, tree, grammar, symbol.type);
  if (!body || body.end <= body.start)
    throw new LodestoneError('notFound', `${name} in ${path} is a declaration without a body.`, {
      advice: 'Name one that has a body, even an empty one, or ask for all of it: the unit "function" or "class".',
      args: { path, name },
    });
  const inner = facts.language === 'python' ? withoutDocstring(text, body) : withoutBraces(text, body);
  return { ...inner, unit: 'body', nodeType: typeAt(tree, grammar, body), symbol: name };
}

function ofName(file: MaskedFile, name: string, line: number | undefined, unit: MaskUnit): MaskedSpan {
  if (isSymbolUnit(unit)) return ofSymbol(file, symbolNamed(file, name, line, unit), unit);
  throw new LodestoneError(
    'badArguments',
    `A name stands for a function, a class or a body, not for a unit "${unit}".`,
    {
      advice: `Give the ${unit} by its stretch, as in "3:5-3:9".`,
      args: { path: file.path, name },
    },
  );
}

/** Overloads are signatures; what is meant is written below them. */
const OVERLOAD = /\boverload\b/;

function symbolNamed({ path, facts }: MaskedFile, name: string, line: number | undefined, unit: SymbolUnit): Symbol {
  const functions = facts.functions.filter(
    (fact) => unit !== 'class' && fact.name !== '' && (fact.name === name || fullName(fact) === name),
  );
  const written = functions.filter(
    ({ body, decorators }) => body.end > body.start && !OVERLOAD.test(decorators.join(' ')),
  );
  const types = facts.types.filter((type) => unit !== 'function' && type.name === name);
  const isNamedByLine = line !== undefined || written.length === 0;
  const found: Symbol[] = [
    ...(isNamedByLine ? functions : written).map((fact) => ({ fact })),
    ...types.map((type) => ({ type })),
  ];
  const at = (symbol: Symbol) => ('fact' in symbol ? symbol.fact : symbol.type).startLine;
  const here = line === undefined ? exactlyNamed(found, name, nameOf) : found.filter((symbol) => at(symbol) === line);
  const [only, other] = here;
  if (only && !other) return only;
  if (!only && found.length > 0)
    throw new LodestoneError('notFound', `No "${name}" of ${path} begins at line ${line}.`, {
      advice: `It begins at ${found.map(at).join(', ')}.`,
      args: { path, name },
    });
  const known = [
    ...new Set([
      ...facts.functions.filter((fact) => fact.name !== '').map(fullName),
      ...facts.types.map((type) => type.name),
    ]),
  ];
  if (!only)
    throw new LodestoneError('notFound', `${path} has no ${unit === 'body' ? 'function or class' : unit} "${name}".`, {
      advice: `It has ${known.slice(0, 12).join(', ') || 'none'}${known.length > 12 ? ', …' : ''}.`,
      args: { path, name },
    });
  throw new LodestoneError('badArguments', `${path} has ${here.length} of the name "${name}".`, {
    advice: `Say at which line: ${here.map(at).join(', ')}.`,
    args: { path, name },
  });
}

/** The innermost function (of any kind) or class around a range. */
function around({ path, facts }: MaskedFile, range: Span, unit: SymbolUnit): Symbol {
  const holds = ({ start, end }: Span) => start <= range.start && end >= range.end;
  const type = facts.types.filter(holds).sort(bySize)[0];
  const fact = facts.functions.filter(holds).sort(bySize)[0];
  if (unit === 'class' ? type : fact)
    return unit === 'class' ? { type: type as TypeFact } : { fact: fact as FunctionFact };
  throw new LodestoneError(
    'notFound',
    `No ${unit === 'class' ? 'class' : 'function'} stands around there in ${path}.`,
    {
      advice: 'Put the cursor into one.',
      args: { path },
    },
  );
}

/** The children of one node that a range touches: whole nodes, so that what is left parses the same around them. */
function covered(file: MaskedFile, range: Span): MaskedSpan {
  const { tree, grammar } = file;
  let parent = 0;
  for (let node = 1; node < tree.size; node++) {
    if ((tree.startIndex[node] as number) > range.start) break;
    if (isSound(tree, node) && (tree.endIndex[node] as number) >= range.end && node < (tree.end[parent] as number))
      parent = node;
  }
  const isWhole = tree.startIndex[parent] === range.start && tree.endIndex[parent] === range.end;
  let [start, end, first] = [tree.startIndex[parent] as number, tree.endIndex[parent] as number, parent];
  if (!isWhole) {
    const touched: number[] = [];
    for (let child = parent + 1; child < (tree.end[parent] as number); child = tree.end[child] as number)
      if ((tree.startIndex[child] as number) < range.end && (tree.endIndex[child] as number) > range.start)
        touched.push(child);
    // A stretch within a token, or of blanks, is taken as it is.
    if (touched.length === 0) [start, end] = [range.start, range.end];
    else {
      first = touched[0] as number;
      [start, end] = [tree.startIndex[first] as number, tree.endIndex[touched.at(-1) as number] as number];
    }
  }
  return {
    start,
    end,
    unit: 'nodes',
    nodeType: kindOf(tree, grammar, first),
    symbol: symbolAround(file, { start, end }),
  };
}

function smallest(file: MaskedFile, range: Span, unit: MaskUnit): MaskedSpan {
  const { tree, grammar, path } = file;
  const wanted = unit === 'block' ? BLOCK : unit === 'statement' ? STATEMENT : EXPRESSION;
  let best = -1;
  for (let node = 0; node < tree.size; node++) {
    const [start, end] = [tree.startIndex[node] as number, tree.endIndex[node] as number];
    if (start > range.start) break;
    if (end < range.end || !isSound(tree, node) || !wanted.test(kindOf(tree, grammar, node))) continue;
    best = node;
  }
  if (best < 0)
    throw new LodestoneError('notFound', `No ${unit} stands there in ${path}.`, {
      advice: 'Put the cursor into one, or give the stretch itself.',
      args: { path },
    });
  const span = { start: tree.startIndex[best] as number, end: tree.endIndex[best] as number };
  const inner = unit === 'block' && file.text[span.start] === '{' ? withoutBraces(file.text, span) : span;
  return { ...inner, unit, nodeType: kindOf(tree, grammar, best), symbol: symbolAround(file, span) };
}

function symbolAround({ facts }: MaskedFile, { start, end }: Span): string {
  const fact = facts.functions
    .filter((each) => each.name !== '' && each.start <= start && each.end >= end)
    .sort(bySize)[0];
  if (fact) return fullName(fact);
  return facts.types.filter((each) => each.start <= start && each.end >= end).sort(bySize)[0]?.name ?? '';
}

/** With it a type ends: braces before belong to its parameters, or to a part of it. */
function bodyOfType(text: string, tree: FlatTree, grammar: Grammar, { start, end }: Span): Span | undefined {
  for (let node = 0; node < tree.size; node++) {
    const span = { start: tree.startIndex[node] as number, end: tree.endIndex[node] as number };
    const isLast = span.start > start && span.end <= end && /^[\s;]*$/.test(text.slice(span.end, end));
    if (isLast && MEMBERS.test(kindOf(tree, grammar, node))) return span;
    if (span.start > end) return undefined;
  }
  return undefined;
}

const isSound = ({ flags }: FlatTree, node: number): boolean =>
  ((flags[node] as number) & NODE_NAMED) !== 0 && ((flags[node] as number) & (NODE_ERROR | NODE_EXTRA)) === 0;

const kindOf = (tree: FlatTree, { kindNames }: Grammar, node: number): string =>
  kindNames[tree.kind[node] as number] ?? '';

/** Type of the outermost node with just this span; '' where none has it. */
function typeAt(tree: FlatTree, grammar: Grammar, { start, end }: Span): string {
  for (let node = 0; node < tree.size; node++)
    if (tree.startIndex[node] === start && tree.endIndex[node] === end) return kindOf(tree, grammar, node);
  return '';
}

const bySize = (a: Span, b: Span): number => a.end - a.start - (b.end - b.start);

function trimmed(text: string, { start, end }: Span): Span {
  const inside = text.slice(start, end);
  if (inside.trim() === '') return { start, end };
  return {
    start: start + (inside.length - inside.trimStart().length),
    end: end - (inside.length - inside.trimEnd().length),
  };
}

function withoutBraces(text: string, { start, end }: Span): Span {
  if (text[start] !== '{' || text[end - 1] !== '}') return { start, end };
  return { start: start + 1, end: end - 1 };
}

const DOCSTRING = /^[rRbBuU]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')[ \t]*\r?\n\s*/;

function withoutDocstring(text: string, { start, end }: Span): Span {
  const documentation = DOCSTRING.exec(text.slice(start, end))?.[0].length ?? 0;
  return { start: start + documentation, end };
}
