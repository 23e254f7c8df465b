/** Loops: a line, a group of lines or a run of tokens written again and again. */
import type { Facts } from './filter.ts';

/** An element of a list, which may well stand there several times. */
const ELEMENT = /^[\w.:"'-]+,$/;
const ELEMENTS_IN_ROW = 6;
/** Equal lines in a row, groups of lines in a row, and runs of tokens in a row that nobody writes. */
const LINES_IN_ROW = 3;
const GROUPS_IN_ROW = 3;
const RUNS_IN_ROW = 4;
/** A looping run must cover this many characters. */
const MIN_LOOP = 16;
const MAX_TOKENS = 600;
/** Characters at the end of a stream that are looked at. */
const STREAMED = 600;
const TOKEN = /[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu;

export function loops(facts: Facts): boolean {
  const lines = facts.wholeLines.map((line) => line.trim()).filter((line) => line !== '');
  return loopsByLine(lines) || loopsByToken(facts.proposal.text) || loopsByCharacter(facts.proposal.text);
}

/** Whether a text that is still being written goes round in circles; cheap enough to ask after each piece. */
export function loopsAtEnd(text: string): boolean {
  const tail = text.slice(-STREAMED);
  const lines = tail.split('\n').map((line) => line.trim());
  // The first line is cut, the last one perhaps not whole.
  return loopsByLine(lines.slice(1, -1).filter((line) => line !== '')) || loopsByToken(tail) || loopsByCharacter(tail);
}

function loopsByLine(lines: readonly string[]): boolean {
  const telling = lines.map((line) => /[\p{L}\p{N}]{2}/u.test(line));
  for (let period = 1; period <= 4; period++) {
    let run = 0;
    for (let i = period; i < lines.length; i++) {
      const inRow = ELEMENT.test(lines[i] as string) ? ELEMENTS_IN_ROW : period === 1 ? LINES_IN_ROW : GROUPS_IN_ROW;
      const wanted = period * (inRow - 1);
      run = lines[i] === lines[i - period] ? run + 1 : 0;
      if (run >= wanted && telling.slice(i - period + 1, i + 1).some(Boolean)) return true;
    }
  }
  // Not in a row, but hardly anything else.
  const counts = new Map<string, number>();
  lines.forEach((line, i) => {
    if (telling[i] && !ELEMENT.test(line)) counts.set(line, (counts.get(line) ?? 0) + 1);
  });
  return [...counts.values()].some((count) => count >= 4 && count * 2 > lines.length);
}

/** Whether the end of the text is a run of at most 12 tokens again and again (the failure function of Knuth, Morris and Pratt). */
function loopsByToken(text: string): boolean {
  const tokens = (text.slice(-6_000).match(TOKEN) ?? []).slice(-MAX_TOKENS).reverse();
  const failure: number[] = [0];
  for (let i = 1, k = 0; i < tokens.length; i++) {
    while (k > 0 && tokens[i] !== tokens[k]) k = failure[k - 1] as number;
    if (tokens[i] === tokens[k]) k++;
    failure.push(k);
    const length = i + 1;
    const period = length - k;
    if (period > 12 || length < period * RUNS_IN_ROW) continue;
    const run = tokens.slice(0, period);
    const characters = tokens.slice(0, length).join('').length;
    const words = run.filter((token) => /[\p{L}]/u.test(token)).length;
    // Tables of numbers and rulers repeat by nature; words do not.
    if (words > 0 && characters >= MIN_LOOP) return true;
    if (words === 0 && length >= 40 && characters >= 40 && !/^[-=*#~_/.]+$/.test(run.join(''))) return true;
  }
  return false;
}

/** The same by characters, for runs that are glued together ("foobarfoobarfoobar"). */
function loopsByCharacter(text: string): boolean {
  const tail = text.trimEnd().slice(-400);
  const last = tail.length - 1;
  for (let period = 3; period <= 60 && period * RUNS_IN_ROW <= tail.length; period++) {
    let run = 0;
    while (run < tail.length - period && tail[last - run] === tail[last - run - period]) run++;
    const covered = run + period;
    const looped = tail.slice(-period);
    if (covered >= Math.max(MIN_LOOP, period * RUNS_IN_ROW) && new Set(looped.match(/\p{L}/gu)).size >= 2) return true;
  }
  return false;
}
