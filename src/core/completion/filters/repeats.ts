/** Texts that say again what stands right above or right below the cursor. */
import type { Facts } from './filter.ts';

/** Letters of a line that is not written twice within this many lines. */
const LONG = 20;
const NEAR = 4;
const TELLING = /[\p{L}\p{N}_]{3}/u;

/** The text is what follows the cursor on its line, or what the suffix begins with. */
export function repeatsSuffix({ around, proposal }: Facts): boolean {
  const text = squeezed(proposal.text);
  if (text === '' || proposal.replaces > 0) return false;
  const rest = squeezed(around.lineRest);
  if (rest !== '')
    return (
      (rest.startsWith(text) && TELLING.test(text)) || (rest.length > 2 && TELLING.test(rest) && text.endsWith(rest))
    );
  return false;
}

/** All lines of the text are the next lines of the file, in order. */
export function repeatsNextLines(facts: Facts): boolean {
  const { around } = facts;
  const lines = meaningful(facts.wholeLines);
  // The cursor's own line, where it was typed already, is no part of what the text repeats.
  const proposed = around.linePrefix.trim() !== '' && facts.lines[0]?.trim() === '' ? lines.slice(1) : lines;
  if (proposed.length === 0 || !proposed.some((line) => TELLING.test(line))) return false;
  const below: string[] = [];
  for (const line of around.below) {
    if (line.trim() !== '') below.push(line.trim());
    if (below.length >= proposed.length + 1) break;
  }
  if (below.length === 0) return false;
  return proposed.every(
    (line, i) => line === below[i] || (i === proposed.length - 1 && i > 0 && below[i]?.startsWith(line)),
  );
}

/** The text begins by writing the lines above once more. */
export function repeatsPrefix(facts: Facts): boolean {
  const { around } = facts;
  const begun = around.linePrefix.trim() !== '';
  let lines = meaningful(facts.wholeLines);
  if (begun && facts.lines[0]?.trim() === '') lines = lines.slice(1);
  const typed = begun && facts.lines[0]?.trim() === '' ? [around.linePrefix.trim()] : [];
  const above = [...around.above.filter((line) => !line.blank).map((line) => line.text.trim()), ...typed];
  for (let length = Math.min(lines.length, above.length, 12); length > 0; length--) {
    const repeated = lines.slice(0, length);
    if (!repeated.every((line, i) => line === above[above.length - length + i])) continue;
    const telling = repeated.filter((line) => TELLING.test(line));
    if (telling.length > 0 && telling.join('').length >= 6) return true;
  }
  // Cut to its first line, a text that repeats several lines above shows only that: it must be a long one to tell.
  const [only] = lines;
  return (
    !begun && lines.length === 1 && only !== undefined && letters(only) >= LONG && above.slice(-NEAR).includes(only)
  );
}

function letters(line: string): number {
  return line.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}

function meaningful(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
