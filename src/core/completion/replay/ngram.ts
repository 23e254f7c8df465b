/** What replay is held against: a plain n-gram of the repository. */
import type { LanguageId } from '../../languages.ts';
import { cellOf, idOf } from '../repository/cells.ts';
import { lex, TokenKind } from '../repository/lexer.ts';
import type { FamilyCorpus } from '../repository/tokenCorpus.ts';
import { EDGE, isNewLine, LONG, NEW_LINE } from '../repository/vocabulary.ts';
import type { Option } from './policy.ts';
import { isRight, type TypedLine } from './typedLines.ts';

/** Tokens that the n-gram goes on for. */
const ROLLED = 16;
/** Places of a context that are counted; of more, evenly spaced ones. */
const COUNTED = 3000;

/** The plain n-gram: order 5 with Witten–Bell interpolation over the sorted tokens of the repository as it lies on disk. */
export function estimates(corpus: FamilyCorpus, context: readonly number[]): ReadonlyMap<number, number> {
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

/** Some source of the corpus calls this name. */
export function isCalled(corpus: FamilyCorpus, name: string): boolean {
  const [id, open] = [corpus.vocabulary.find(name), corpus.vocabulary.find('(')];
  if (id < 0 || open < 0) return false;
  const called = Int32Array.of(cellOf(id), cellOf(open));
  return corpus.segments().some((segment) => segment.exactRanges(called).length === 2);
}

/** The last four tokens of a text, as the corpus numbers them. */
export function contextOf({ vocabulary }: FamilyCorpus, text: string, language: LanguageId): number[] {
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
