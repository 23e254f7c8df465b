/** The part of a like function's body that lies where the hole does in this one, by the lines on both sides. */
import { reindented } from '../../generation/rebind.ts';
import { type InfillPlace, lexemesOf } from '../place.ts';
import { alike } from './severalLines.ts';

/** Lines on each side of the hole that are compared. */
const LINES = 6;
/** Lines that a stretch has at most, and how alike the lines around it must be. */
const LONGEST = 12;
const LEAST_ALIKE = 0.25;

/** Where a hole of whole lines would be in another body, and what is there; of a hole within a line what stands between its ends. */
export function stretches(body: string, place: InfillPlace): { text: string; left: number; right: number }[] {
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
