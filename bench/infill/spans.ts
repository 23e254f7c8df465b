/** Spans of a repository that are blanked before anything is read: whole lines and nodes of the syntax tree, far apart, of three lengths. */
import { LineIndex } from '../../src/base/lineIndex.ts';
import { mix } from '../../src/base/statistics.ts';
import { lexemesOf } from '../../src/core/infill/place.ts';
import type { LanguageId } from '../../src/core/languages.ts';
import type { Span } from '../../src/core/syntax/facts.ts';
import { type FlatTree, type Grammar, NODE_ERROR, NODE_EXTRA, NODE_NAMED } from '../../src/core/syntax/flatTree.ts';

export type SpanKind = 'line' | 'node';

/** Most lexemes of each length that is reported. */
export const LENGTHS = [4, 8, 24] as const;

export interface BlankedSpan {
  readonly id: string;
  readonly repository: string;
  readonly path: string;
  readonly language: LanguageId;
  readonly kind: SpanKind;
  /** Type in the grammar; 'line' for a line. */
  readonly nodeType: string;
  /** UTF-16 offset of the hole in the blanked text. */
  readonly at: number;
  readonly truth: string;
  readonly lexemes: number;
  /** The truth's lexemes stand nowhere else in the blanked repository. */
  readonly novel: boolean;
}

export interface BlankedFile {
  readonly path: string;
  readonly language: LanguageId;
  readonly text: string;
}

export interface BlankedRepository {
  readonly name: string;
  readonly files: ReadonlyMap<string, BlankedFile>;
  readonly spans: readonly BlankedSpan[];
}

export interface ParsedFile extends BlankedFile {
  readonly tree: FlatTree;
  readonly grammar: Grammar;
}

/** At most one hole in so many lines, so that what stands around each is whole. */
const APART = 10;
/** Lines to another hole, at least. */
const DISTANCE = 6;

const STATEMENT = /(?:_statement|let_declaration|lexical_declaration|variable_declaration|short_var_declaration)$/;
const EXPRESSION =
  /(?:_expression|^call|^attribute|^subscript|^lambda|^list|^dictionary|^tuple|^object|^array|operator|^binary|^await)$/;
const ARGUMENTS = /^(?:arguments|argument_list|parameters|formal_parameters|parameter_list)$/;

interface Found extends Span {
  readonly path: string;
  readonly kind: SpanKind;
  readonly nodeType: string;
  readonly lexemes: number;
  readonly order: number;
  readonly line: number;
}

/** 0, 1 or 2; -1 for what is too long. */
export function lengthOf(lexemes: number): number {
  return LENGTHS.findIndex((most) => lexemes <= most);
}

/** Up to `each` spans of every kind and length. The same files and seed give the same spans. */
export function blank(name: string, files: readonly ParsedFile[], each: number, seed: number): BlankedRepository {
  const found = files.flatMap((file) => spansIn(file, `${name} ${seed}`));
  const quota = new Map<string, number>();
  const taken = new Map<string, Found[]>();
  const linesOf = new Map(files.map(({ path, text }) => [path, text.split('\n').length]));
  for (const span of found.sort((a, b) => a.order - b.order)) {
    const group = `${span.kind} ${lengthOf(span.lexemes)}`;
    const own = taken.get(span.path) ?? [];
    if ((quota.get(group) ?? 0) >= each) continue;
    if (own.length >= Math.floor((linesOf.get(span.path) as number) / APART)) continue;
    if (own.some(({ line }) => Math.abs(line - span.line) < DISTANCE)) continue;
    quota.set(group, (quota.get(group) ?? 0) + 1);
    taken.set(span.path, [...own, span]);
  }
  return blanked(name, files, taken);
}

function blanked(
  name: string,
  files: readonly ParsedFile[],
  taken: ReadonlyMap<string, readonly Found[]>,
): BlankedRepository {
  const texts = new Map<string, BlankedFile>();
  const spans: Omit<BlankedSpan, 'novel'>[] = [];
  for (const { path, language, text } of files) {
    let rest = '';
    let from = 0;
    for (const span of [...(taken.get(path) ?? [])].sort((a, b) => a.start - b.start)) {
      rest += text.slice(from, span.start);
      from = span.end;
      const { kind, nodeType, lexemes } = span;
      const truth = text.slice(span.start, span.end);
      const id = `${name}:${path}:${span.line}:${kind}`;
      spans.push({ id, repository: name, path, language, kind, nodeType, at: rest.length, truth, lexemes });
    }
    texts.set(path, { path, language, text: rest + text.slice(from) });
  }
  const whole = [...texts.values()].map(({ text }) => joined(text)).join('\n');
  const withNovelty = spans.map((span) => ({ ...span, novel: !whole.includes(joined(span.truth)) }));
  return { name, files: texts, spans: withNovelty };
}

/** Lexemes between signs that no lexeme has. */
function joined(text: string): string {
  return `\0${lexemesOf(text).join('\0')}\0`;
}

function spansIn({ path, text, tree, grammar }: ParsedFile, salt: string): Found[] {
  const lines = new LineIndex(text);
  const found: Found[] = [];
  const add = (kind: SpanKind, nodeType: string, { start, end }: Span): void => {
    const truth = text.slice(start, end);
    const lexemes = lexemesOf(truth).length;
    // A bracket on its own is nobody's question.
    if (lengthOf(lexemes) < 0 || lexemes < 1 || !/\w/.test(truth) || truth.length > 240) return;
    found.push({
      path,
      kind,
      nodeType,
      lexemes,
      start,
      end,
      line: lines.lineAt(start),
      order: mix(`${salt} ${path} ${kind} ${start}`),
    });
  };
  const prose = proseOf(tree, grammar);
  for (let number = 1; number <= lines.lineCount; number++) {
    const start = lines.lineStart(number);
    const line = text.slice(start, lines.offsetAt(number, Number.MAX_SAFE_INTEGER));
    const content = line.trim();
    const from = start + line.indexOf(content);
    if (content === '' || prose.some((span) => span.start <= from && span.end >= from + content.length)) continue;
    add('line', 'line', { start: from, end: from + content.length });
  }
  for (let node = 1; node < tree.size; node++) {
    const kind = grammar.kindNames[tree.kind[node] as number] ?? '';
    const flags = tree.flags[node] as number;
    if ((flags & NODE_NAMED) === 0 || (flags & (NODE_ERROR | NODE_EXTRA)) !== 0) continue;
    if (!STATEMENT.test(kind) && !EXPRESSION.test(kind) && !ARGUMENTS.test(kind)) continue;
    add('node', kind, { start: tree.startIndex[node] as number, end: tree.endIndex[node] as number });
  }
  return found;
}

/** Comments, and strings over several lines. */
function proseOf(tree: FlatTree, { kindNames }: Grammar): Span[] {
  const spans: Span[] = [];
  for (let node = 1; node < tree.size; node++) {
    const kind = kindNames[tree.kind[node] as number] ?? '';
    if (/comment|^string$|template_string|string_literal/.test(kind))
      spans.push({ start: tree.startIndex[node] as number, end: tree.endIndex[node] as number });
  }
  return spans;
}
