/** Bodies of the functions most like the hole's own: whole ones bound to the names here, and the stretch of one that lies where the hole does. */
import { byLikeness, isWorth, type Near, nearestIn } from '../../generation/nearestBody.ts';
import { rebound, reindented } from '../../generation/rebind.ts';
import type { FileFacts, FunctionFact } from '../../syntax/facts.ts';
import { type InfillPlace, lexemesOf } from '../place.ts';
import type { Proposal } from '../proposal.ts';
import type { SpanCorpus } from './spanCorpus.ts';

/** The function that the hole is in, or whose body it is; its offsets are of the file before its text was taken out. */
export interface Routine {
  readonly fact: FunctionFact;
  /** Names that it is expected to call. */
  readonly expected: readonly string[];
  /** Facts of the corpus' texts; undefined for a file that is unknown. */
  readonly facts: (path: string) => FileFacts | undefined;
}

/** Functions whose bodies are read. */
const MOST_KIN = 6;
/** Lines on each side of the hole that are compared; the next one counts most. */
const LINES = 6;
const FADE = 0.7;
/** Lines that a stretch has at most, and how alike the lines around it must be. */
const LONGEST = 12;
const LEAST_ALIKE = 0.25;

/** Whole bodies for a hole that is one; else stretches between the lines most like those around the hole. Likeliest first. */
export function kinBodies(corpus: SpanCorpus, place: InfillPlace, routine: Routine, most: number): Proposal[] {
  const found: Proposal[] = [];
  for (const near of kinOf(corpus, place, routine).slice(0, MOST_KIN)) {
    const body = bodyHere(corpus, place, routine, near);
    if (body === undefined) continue;
    const from = `${near.path}:${near.fact.startLine}`;
    if (place.unit === 'body') {
      const text = asBody(body, place);
      found.push({ text, source: 'kin', from, evidence: { likeness: near.likeness } });
    } else
      for (const { text, left, right } of stretches(body, place))
        found.push({
          ...{ text, source: 'kin', from },
          evidence: { likeness: (left + right) / 2, kinLeft: left, kinRight: right },
        });
  }
  const byFit = (a: Proposal, b: Proposal) => (b.evidence.likeness ?? 0) - (a.evidence.likeness ?? 0);
  return (place.unit === 'body' ? found : found.sort(byFit)).slice(0, most);
}

function kinOf(corpus: SpanCorpus, place: InfillPlace, { fact, expected, facts }: Routine): Near[] {
  const { path, language } = place;
  const sought = { path, language, words: [], fact, expected };
  let near: Near[] = [];
  for (const other of corpus.paths(language)) {
    const own = facts(other);
    if (own) near = [...near, ...nearestIn(other, own, sought, MOST_KIN)].sort(byLikeness).slice(0, MOST_KIN);
  }
  return near;
}

/** Lines of a kin's body, without its braces and its outer indentation, with the names that belong here. */
function bodyHere(corpus: SpanCorpus, place: InfillPlace, routine: Routine, { path, fact }: Near): string | undefined {
  const file = corpus.text(path);
  if (!file) return undefined;
  const body = file.text.slice(fact.body.start, fact.body.end);
  if (!isWorth(body, place.language)) return undefined;
  const inner = (body.startsWith('{') ? body.slice(1, -1) : body).replace(/^[ \t]*\r?\n/, '').trimEnd();
  const line = file.text.lastIndexOf('\n', fact.body.start) + 1;
  const before = file.text.slice(line, fact.body.start);
  const indent = body.startsWith('{') || before.trim() !== '' ? (/^[ \t]*/.exec(inner)?.[0] ?? '') : before;
  const known = (name: string) => place.prefix.includes(name) || place.suffix.includes(name);
  const { language } = place;
  return rebound(reindented(inner.trimStart(), indent, '', '\n'), { language, from: fact, to: routine.fact, known });
}

/** The body as it is written between what stands around it. */
function asBody(body: string, { prefix, suffix }: InfillPlace): string {
  const line = prefix.slice(prefix.lastIndexOf('\n') + 1);
  if (line.trim() === '') return reindented(body, '', line, '\n');
  const own = (/^[ \t]*/.exec(line) as RegExpExecArray)[0];
  const unit = /^\t|\n\t/.test(prefix) ? '\t' : /\n {2}\S/.test(prefix) ? '  ' : '    ';
  const lead = `\n${own}${unit}`;
  const tail = /^\s*\n/.test(suffix) || !/^\s*\}/.test(suffix) ? '' : `\n${own}`;
  return lead + reindented(body, '', own + unit, '\n') + tail;
}

/** Where a hole of whole lines would be in another body, and what is there; of a hole within a line what stands between its ends. */
function stretches(body: string, place: InfillPlace): { text: string; left: number; right: number }[] {
  const line = place.prefix.slice(place.prefix.lastIndexOf('\n') + 1);
  const rest = /^[^\r\n]*/.exec(place.suffix)?.[0] ?? '';
  const lines = body.split('\n').filter((each) => each.trim() !== '');
  const words = lines.map(lexemesOf);
  const whole = (text: string) =>
    text
      .split(/\r?\n/)
      .filter((each) => each.trim() !== '')
      .map(lexemesOf);
  const before = whole(place.prefix.slice(0, place.prefix.length - line.length))
    .slice(-LINES)
    .reverse();
  const after = whole(place.suffix.slice(rest.length)).slice(0, LINES);
  if (line.trim() !== '' || rest.trim() !== '')
    return withinLines(lines, words, lexemesOf(line), lexemesOf(rest), before, after, place.lexemes);
  const found: { text: string; left: number; right: number }[] = [];
  for (let from = 0; from <= lines.length; from++) {
    const left = alike(before, (i) => words[from - 1 - i]);
    for (let to = from + 1; to <= Math.min(lines.length, from + (place.lexemes === undefined ? 1 : LONGEST)); to++) {
      const size = words.slice(from, to).reduce((sum, each) => sum + each.length, 0);
      if (place.lexemes !== undefined && size !== place.lexemes) continue;
      const right = alike(after, (i) => words[to + i]);
      if ((left + right) / 2 < LEAST_ALIKE) continue;
      const own = (/^[ \t]*/.exec(lines[from] as string) as RegExpExecArray)[0];
      found.push({ text: reindented(lines.slice(from, to).join('\n').trimStart(), own, line, '\n'), left, right });
    }
  }
  return found;
}

function withinLines(
  lines: readonly string[],
  words: readonly string[][],
  line: readonly string[],
  rest: readonly string[],
  before: readonly string[][],
  after: readonly string[][],
  known: number | undefined,
): { text: string; left: number; right: number }[] {
  return lines.flatMap((text, i) => {
    const own = words[i] as string[];
    const starts = own.findIndex(
      (_, at) => at >= line.length && line.every((each, k) => own[at - line.length + k] === each),
    );
    const start = line.length === 0 ? 0 : starts;
    const end = own.length - rest.length;
    if (start < 0 || end <= start || !rest.every((each, k) => own[end + k] === each)) return [];
    if (known !== undefined && end - start !== known) return [];
    const spans = [...text.matchAll(/\w+|[^\w\s]/g)];
    const [first, last] = [spans[start] as RegExpExecArray, spans[end - 1] as RegExpExecArray];
    const [left, right] = [alike(before, (k) => words[i - 1 - k]), alike(after, (k) => words[i + 1 + k])];
    return [
      { text: text.slice(first.index, last.index + last[0].length), left: (1 + left) / 2, right: (1 + right) / 2 },
    ];
  });
}

/** In [0, 1]: the lines from the hole outwards, each counted less than the one before. */
function alike(lines: readonly string[][], other: (i: number) => readonly string[] | undefined): number {
  let sum = 0;
  let total = 0;
  lines.forEach((line, i) => {
    const weight = FADE ** i;
    total += weight;
    sum += weight * dice(line, other(i) ?? []);
  });
  return total === 0 ? 0 : sum / total;
}

/** Twice what two lines share over what both have (Dice 1945), as bags of lexemes. */
function dice(a: readonly string[], b: readonly string[]): number {
  const left = [...b];
  const shared = a.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
  return (2 * shared) / Math.max(1, a.length + b.length);
}
