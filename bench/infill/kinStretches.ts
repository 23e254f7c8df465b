/** The parts of like functions' bodies that lie where the hole does in this one, by the lines on both sides. */
import { reindented } from '../../src/core/generation/rebind.ts';
import { kinOf } from '../../src/core/infill/candidates/kinBodies.ts';
import { KinScope, type Routine } from '../../src/core/infill/candidates/kinScope.ts';
import { alike } from '../../src/core/infill/candidates/severalLines.ts';
import type { SpanCorpus } from '../../src/core/infill/candidates/spanCorpus.ts';
import { type InfillPlace, lexemesOf } from '../../src/core/infill/place.ts';
import type { Proposal } from '../../src/core/infill/proposal.ts';

/** Functions whose bodies are read. */
const MOST_KIN = 6;
/** Lines on each side of the hole that are compared. */
const LINES = 6;
/** Lines that a stretch has at most, and how alike the lines around it must be. */
const LONGEST = 12;
const LEAST_ALIKE = 0.25;

/** What stands between the lines most like those around the hole, bound to the names here; the likest first. */
export function kinStretches(corpus: SpanCorpus, place: InfillPlace, routine: Routine): Proposal[] {
  const scope = new KinScope(corpus, place, routine);
  return kinOf(corpus, place, routine, MOST_KIN)
    .flatMap((near) => {
      const bound = scope.bound(near);
      if (bound === undefined) return [];
      const from = `${near.path}:${near.fact.startLine}`;
      return stretches(bound.text, place).map(({ text, left, right }): Proposal => {
        const evidence = { likeness: (left + right) / 2, kinLeft: left, kinRight: right };
        return { text, source: 'kin', from, evidence };
      });
    })
    .sort((a, b) => (b.evidence.likeness ?? 0) - (a.evidence.likeness ?? 0));
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
