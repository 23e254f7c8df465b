/** What a text repeats of what already stands around the cursor: cut away, or counted as replaced. */
import { imbalance } from '../balance.ts';
import type { Surroundings } from '../surroundings.ts';

/** Lines below the cursor that a text's end is compared with. */
const LINES_COMPARED = 8;
const CLOSERS_ONLY = /^[\s\])}>'"`;,:]+$/;
const WORD_AT_END = /[\p{L}\p{N}_$]+$/u;

export interface Overlap {
  readonly text: string;
  /** UTF-16 units after the cursor that the text stands for, as in a proposal. */
  readonly replaces: number;
}

/** The word before the cursor, where the text begins by writing it once more ("pri" + "print(x)"). */
export function cutRepeatedWord(around: Surroundings, text: string): string {
  const word = WORD_AT_END.exec(around.linePrefix)?.[0] ?? '';
  return word.length >= 2 && text.startsWith(word) && text.length > word.length && !/^\s/.test(text)
    ? text.slice(word.length)
    : text;
}

/** Cuts or replaces what the rest of the cursor's line has already, then what the lines below have. */
export function cutOverlap(around: Surroundings, text: string): Overlap {
  const rest = around.lineRest.trimEnd();
  if (rest.trim() !== '') return overlapOnLine(around, text, rest);
  return { text: cutLinesBelow(around, text), replaces: 0 };
}

function overlapOnLine(around: Surroundings, text: string, rest: string): Overlap {
  const whole = rest.trim();
  if (text.trimEnd().endsWith(whole) && whole.length >= 3 && /[\p{L}\p{N}]/u.test(whole)) {
    return { text: text.trimEnd().slice(0, -whole.length), replaces: 0 };
  }
  const ok = (candidate: Overlap) => imbalance(around, candidate.text, candidate.replaces) === undefined;
  const asItIs = { text, replaces: 0 };
  if (ok(asItIs)) return asItIs;
  for (let length = Math.min(rest.length, text.length); length > 0; length--) {
    if (!text.endsWith(rest.slice(0, length)) || !CLOSERS_ONLY.test(rest.slice(0, length))) continue;
    const cut = { text: text.slice(0, -length), replaces: 0 };
    if (cut.text.trim() !== '' && ok(cut)) return cut;
  }
  const closers = /^[\])}>'"`;,]+/.exec(around.lineRest)?.[0] ?? '';
  for (let length = 1; length <= closers.length; length++) {
    const replacing = { text, replaces: length };
    if (isSubsequence(closers.slice(0, length), text) && ok(replacing)) return replacing;
  }
  return asItIs;
}

/** Whether the text has these closers in this order, none of them in the middle of a word. */
function isSubsequence(closers: string, text: string): boolean {
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === closers[at] && !/[\p{L}\p{N}_]/u.test(text[i + 1] ?? '')) at++;
  }
  return at === closers.length;
}

/** The text without its last lines where they are the first lines below; whole if that would leave nothing. */
function cutLinesBelow(around: Surroundings, text: string): string {
  const lines = text.split('\n');
  const below = around.below
    .filter((line) => line.trim() !== '')
    .slice(0, LINES_COMPARED)
    .map(trimmedEnd);
  const whole = lines.map((line, i) => trimmedEnd(i === 0 ? around.linePrefix + line : line));
  // The first line cannot go where it goes on with what was typed.
  const first = around.linePrefix.trim() === '' ? 0 : 1;
  for (let from = first; from < whole.length; from++) {
    const tail = whole.slice(from).filter((line) => line !== '');
    if (tail.length === 0 || tail.length > below.length || !tail.every((line, i) => line === below[i])) continue;
    const cut = lines.slice(0, from).join('\n').trimEnd();
    if (cut.trim() === '') continue;
    const telling = tail.some((line) => /[\p{L}\p{N}]{2}/u.test(line));
    if (telling || (imbalance(around, text, 0) !== undefined && imbalance(around, cut, 0) === undefined)) return cut;
  }
  return text;
}

/** Whether two lines in a row are the first two below: the text has run into what stands there. */
export function reachesLinesBelow(around: Surroundings, previous: string, line: string): boolean {
  const [first, second] = around.below.filter((each) => each.trim() !== '').map(trimmedEnd);
  return (
    first !== undefined &&
    second !== undefined &&
    trimmedEnd(previous) === first &&
    trimmedEnd(line) === second &&
    /[\p{L}\p{N}]{2}/u.test(first + second)
  );
}

function trimmedEnd(line: string): string {
  return line.trimEnd();
}
