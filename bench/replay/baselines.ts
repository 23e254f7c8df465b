/** What replay is held against: the line between the same neighbours elsewhere, and a plain n-gram of the repository. */
import { cellOf, cellsOf, idOf } from '../../src/core/completion/repository/cells.ts';
import { lex, TokenKind } from '../../src/core/completion/repository/lexer.ts';
import type { FamilyCorpus } from '../../src/core/completion/repository/tokenCorpus.ts';
import { EDGE, IS_WORD, isNewLine, LONG, NEW_LINE } from '../../src/core/completion/repository/vocabulary.ts';
import type { LanguageId } from '../../src/core/languages.ts';
import type { Option } from './policy.ts';
import { isRight, type TypedLine } from './typing.ts';

/** Neighbours that are the same: above and below, two above, one above. A higher level outweighs any share. */
const LEVELS = 3;

/** Lines of the repository by what stands around them (white space at their ends left out). */
export class ContextCopy {
  private readonly tables = new Map<string, Map<string, number>>();
  private readonly texts = new Map<string, string>();

  set(path: string, text: string | undefined): void {
    const old = this.texts.get(path);
    if (old !== undefined) this.count(old, -1);
    if (text === undefined) this.texts.delete(path);
    else {
      this.texts.set(path, text);
      this.count(text, 1);
    }
  }

  /** What the lines with the same neighbours make of a line, at each stop. `path`'s own old text must be taken out before. */
  options({ above, below, text, stops }: TypedLine): Option[][] {
    const before = filled(above);
    const after = filled(below);
    const own = new Map<string, Map<string, number>>();
    each(before, (key, line) => add(own, key, line, 1));
    each(after, (key, line) => add(own, key, line, 1));
    const keys = keysOf(before.at(-1) ?? '', before.at(-2) ?? '', after[0] ?? '');
    return stops.map((stop) => {
      const typed = text.slice(0, stop);
      const options: Option[] = [];
      keys.forEach((key, level) => {
        const counts = new Map<string, number>();
        for (const table of [this.tables.get(key), own.get(key)])
          for (const [line, count] of table ?? [])
            if (line.startsWith(typed) && line.length - stop >= 3) counts.set(line, (counts.get(line) ?? 0) + count);
        const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
        for (const [line, count] of counts) {
          const rest = line.slice(stop);
          const score = LEVELS - level + (0.99 * count) / (total + 0.5);
          options.push({ text: rest, score, right: isRight(rest, text.slice(stop)), source: 'context copy' });
        }
      });
      return options.sort((a, b) => b.score - a.score).slice(0, 5);
    });
  }

  private count(text: string, by: number): void {
    each(filled(text), (key, line) => add(this.tables, key, line, by));
  }
}

function filled(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function keysOf(above: string, above2: string, below: string): string[] {
  return [`b${above}\0${below}`, `2${above2}\0${above}`, `1${above}`];
}

function each(lines: readonly string[], put: (key: string, line: string) => void): void {
  for (let i = 0; i < lines.length; i++) {
    for (const key of keysOf(lines[i - 1] ?? '', lines[i - 2] ?? '', lines[i + 1] ?? '')) put(key, lines[i] as string);
  }
}

function add(tables: Map<string, Map<string, number>>, key: string, line: string, by: number): void {
  let table = tables.get(key);
  if (!table) tables.set(key, (table = new Map()));
  const count = (table.get(line) ?? 0) + by;
  if (count > 0) table.set(line, count);
  else table.delete(line);
  if (table.size === 0) tables.delete(key);
}

/** Tokens that the n-gram goes on for. */
const ROLLED = 16;
/** Places of a context that are counted; of more, evenly spaced ones. */
const COUNTED = 3000;

/** The plain n-gram: order 5 with Witten–Bell interpolation over the sorted tokens of the repository as it lies on disk. */
function estimates(corpus: FamilyCorpus, context: readonly number[]): ReadonlyMap<number, number> {
  const kept = estimated.get(corpus);
  const known = kept?.version === corpus.version ? kept.known : new Map<string, ReadonlyMap<number, number>>();
  if (kept?.known !== known) estimated.set(corpus, { version: corpus.version, known });
  const key = context.slice(-4).join(' ');
  let estimate = known.get(key);
  if (!estimate) known.set(key, (estimate = estimateAnew(corpus, context)));
  return estimate;
}

const estimated = new WeakMap<FamilyCorpus, { version: number; known: Map<string, ReadonlyMap<number, number>> }>();

function estimateAnew(corpus: FamilyCorpus, context: readonly number[]): Map<number, number> {
  const estimate = new Map<number, number>();
  const query = Int32Array.from(context.slice(-4), cellOf);
  const segments = corpus.segments();
  const ranges = segments.map((segment) => segment.exactRanges(query));
  for (let length = 1; length <= query.length; length++) {
    const counts = new Map<number, number>();
    let total = 0;
    segments.forEach((segment, s) => {
      const range = ranges[s]?.[length - 1];
      if (!range) return;
      const step = Math.max(1, Math.floor((range.to - range.from) / COUNTED));
      for (let rank = range.from; rank < range.to; rank += step) {
        const position = segment.exactAt(rank);
        const cell = segment.cells[position] as number;
        if (cell === EDGE || segment.slotAt(position) < 0) continue;
        const key = (idOf(cell) << 2) | (cell & 3);
        counts.set(key, (counts.get(key) ?? 0) + 1);
        total++;
      }
    });
    if (total === 0) break;
    const kinds = counts.size;
    for (const [key, p] of estimate) estimate.set(key, (p * kinds) / (total + kinds));
    for (const [key, count] of counts) estimate.set(key, (estimate.get(key) ?? 0) + count / (total + kinds));
  }
  return estimate;
}

/** The last four tokens of a text, as the corpus numbers them. */
function contextOf({ vocabulary }: FamilyCorpus, text: string, language: LanguageId): number[] {
  const window = text.slice(-2000);
  const lexed = lex(window, language);
  const ids: number[] = [];
  for (let i = Math.max(0, lexed.count - 4); i < lexed.count; i++) {
    const kind = (lexed.marks[i] as number) & 7;
    if (kind === TokenKind.NewLine) ids.push(NEW_LINE + (lexed.turns[i] as number));
    else ids.push(Math.max(0, vocabulary.find(window.slice(lexed.starts[i], lexed.ends[i]))));
  }
  return ids;
}

/** Words that are called somewhere, the n-gram's likeliest first. */
export function likeliestNames(corpus: FamilyCorpus, prefix: string, language: LanguageId): string[] {
  const { vocabulary } = corpus;
  const open = vocabulary.find('(');
  const byName = new Map<number, number>();
  for (const [key, p] of estimates(corpus, contextOf(corpus, prefix, language)))
    byName.set(key >> 2, (byName.get(key >> 2) ?? 0) + p);
  const names: string[] = [];
  for (const [id] of [...byName].sort((a, b) => b[1] - a[1] || a[0] - b[0])) {
    if (names.length >= 5) break;
    if (!(vocabulary.traits(id) & IS_WORD)) continue;
    const called = Int32Array.of(cellOf(id), cellOf(open));
    if (corpus.segments().some((segment) => segment.exactRanges(called).length === 2)) names.push(vocabulary.text(id));
  }
  return names;
}

/** Calls in the order of each file of a corpus: counts of what follows none, one and two calls. */
const callModels = new WeakMap<FamilyCorpus, { version: number; counts: Map<string, Map<number, number>> }>();

function callModelOf(corpus: FamilyCorpus): Map<string, Map<number, number>> {
  const known = callModels.get(corpus);
  if (known?.version === corpus.version) return known.counts;
  const counts = new Map<string, Map<number, number>>();
  for (const segment of corpus.segments())
    for (const { cells } of segment.files()) {
      const calls = callsIn(corpus, cells);
      calls.forEach((id, i) => {
        for (const key of callContexts(calls.slice(Math.max(0, i - 2), i))) {
          const table = counts.get(key) ?? new Map<number, number>();
          counts.set(key, table.set(id, (table.get(id) ?? 0) + 1));
        }
      });
    }
  callModels.set(corpus, { version: corpus.version, counts });
  return counts;
}

function callsIn({ vocabulary }: FamilyCorpus, cells: Int32Array): number[] {
  const open = vocabulary.find('(');
  const calls: number[] = [];
  for (let at = 0; at + 1 < cells.length; at++) {
    const next = cells[at + 1] as number;
    const id = idOf(cells[at] as number);
    if (idOf(next) === open && (next & 3) === 0 && vocabulary.traits(id) & IS_WORD) calls.push(id);
  }
  return calls;
}

function callContexts(before: readonly number[]): string[] {
  const [earlier, last] = before.length > 1 ? before.slice(-2) : [undefined, before[0]];
  const keys = [''];
  if (last !== undefined) keys.push(`${last}`);
  if (earlier !== undefined) keys.push(`${earlier} ${last}`);
  return keys;
}

/** A trigram of called names, Witten–Bell: what is called next where not even the receiver is typed. */
export function likeliestCalls(corpus: FamilyCorpus, prefix: string, language: LanguageId): string[] {
  const model = callModelOf(corpus);
  const before = callsIn(corpus, cellsOf(prefix.slice(-4000), language, corpus.vocabulary)).slice(-2);
  const estimate = new Map<number, number>();
  for (const key of callContexts(before)) {
    const table = model.get(key);
    if (!table) break;
    const total = [...table.values()].reduce((sum, count) => sum + count, 0);
    for (const [id, p] of estimate) estimate.set(id, (p * table.size) / (total + table.size));
    for (const [id, count] of table) estimate.set(id, (estimate.get(id) ?? 0) + count / (total + table.size));
  }
  const best = [...estimate].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 5);
  return best.map(([id]) => corpus.vocabulary.text(id));
}

/** What the n-gram makes of a line at each stop: the likeliest token again and again, with every part of what that gives. */
export function ngramOptions(corpus: FamilyCorpus, line: TypedLine): Option[][] {
  const { vocabulary } = corpus;
  return line.stops.map((stop) => {
    const context = contextOf(corpus, line.above + line.text.slice(0, stop), line.change.language);
    const options: Option[] = [];
    let text = '';
    let score = 1;
    for (let i = 0; i < ROLLED; i++) {
      let top: { cell: number; p: number } | undefined;
      for (const [cell, p] of estimates(corpus, context))
        if (!top || p > top.p || (p === top.p && cell < top.cell)) top = { cell, p };
      if (!top) break;
      const id = top.cell >> 2;
      score *= top.p;
      if (isNewLine(id) || id === LONG || score < 0.02) break;
      text += (top.cell & 3 && !(stop === 0 && i === 0) ? ' ' : '') + vocabulary.text(id);
      context.push(id);
      if (text.trim().length >= 3)
        options.push({ text, score, right: isRight(text, line.text.slice(stop)), source: 'n-gram' });
    }
    return options;
  });
}
