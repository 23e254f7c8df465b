/**
 * Code around a hole by its indentation alone: what is left to go by where a file is so broken that its tree does not say what belongs
 * together.
 */
import type { CodeAround } from './place.ts';

/** UTF-16 units of an excerpt at most. */
const LONGEST = 6000;
/** Statements or members on each side that stay where a block is longer. */
const BESIDE = 2;
/** Excerpts that are worth a try. */
const TRIED = 3;

const CLOSER = /^\s*(?:[)\]}]|<\/)/;
const CONTINUATION = /^\s*(?:else|elif|except|finally|catch)\b/;
/** A line behind which more of the same statement comes. */
const OPENS = /(?:[{([:]|=>)\s*$/;
/** A file of Go has to begin with it. */
const PACKAGE = /^package\s+\w+/m;

/** Lines `[from, to)`. */
interface Lines {
  readonly from: number;
  readonly to: number;
}

/** What encloses the hole: the lines that begin and those that end it; the file has neither. */
interface Block {
  readonly head: Lines;
  readonly foot: Lines;
  readonly indent: number;
}

/** From the most to the least that is around the hole, none longer than is worth it. Whether one is sound is for a parser to say. */
export function lineExcerpts(place: CodeAround): CodeAround[] {
  const before = place.prefix.split('\n');
  const behind = place.suffix.split('\n');
  const hole = before.length - 1;
  const lines = [...before.slice(0, -1), `${before[hole]}${behind[0]}`, ...behind.slice(1)];
  const file: Block = { head: { from: 0, to: 0 }, foot: { from: lines.length, to: lines.length }, indent: -1 };
  const indent = indentOf(before[hole] as string);
  const blocks = [file, ...blocksAround(lines, hole, indent)];
  const found: CodeAround[] = [];
  blocks.forEach((block, level) => {
    const inner = blocks[level + 1];
    const child = inner
      ? { from: inner.head.from, to: inner.foot.to, indent: inner.indent }
      : { from: hole, to: hole + 1, indent };
    const outer = blocks.slice(0, level + 1);
    const kept = [
      ...outer.map(({ head }) => head),
      windowOf(lines, block, child),
      ...outer.toReversed().map(({ foot }) => foot),
    ];
    const text = (some: readonly Lines[]) => some.flatMap(({ from, to }) => lines.slice(from, to));
    const [above, below] = [kept.map(upTo(hole)), kept.map(from(hole + 1))];
    const start = place.language === 'go' ? (PACKAGE.exec(place.prefix)?.[0] ?? '') : '';
    const prefix = [...text(above), before[hole]].join('\n');
    const suffix = [behind[0], ...text(below)].join('\n');
    const isWhole = start === '' || PACKAGE.test(prefix);
    const excerpt = { ...place, prefix: isWhole ? prefix : `${start}\n${prefix}`, suffix };
    if (prefix.length + suffix.length <= LONGEST && found.at(-1)?.prefix !== excerpt.prefix) found.push(excerpt);
  });
  return found.slice(0, TRIED);
}

/** Outermost first. */
function blocksAround(lines: readonly string[], hole: number, indent: number): Block[] {
  const found: Block[] = [];
  let limit = indent;
  let end = hole + 1;
  for (let line = hole - 1; line >= 0 && limit > 0; line--) {
    const own = lineIndent(lines, line);
    if (own === undefined || own >= limit) continue;
    const to = line + 1;
    while (line > 0 && (lineIndent(lines, line) !== own || goesOn(lines[line] as string))) line--;
    const foot = footOf(lines, end, own);
    found.unshift({ head: { from: line, to }, foot, indent: own });
    [limit, end] = [own, foot.to];
  }
  return found;
}

/** The lines that end a block, from the first one behind it that is not deeper than its head. */
function footOf(lines: readonly string[], behind: number, indent: number): Lines {
  const next = (from: number) => {
    let line = from;
    while (line < lines.length && (lineIndent(lines, line) ?? indent + 1) > indent) line++;
    return line;
  };
  const from = next(behind);
  let to = from;
  while (to < lines.length && goesOn(lines[to] as string)) to = OPENS.test(lines[to] as string) ? next(to + 1) : to + 1;
  return { from, to };
}

/** The lines of a block, or where they are many those of the child around the hole and of some beside it. */
function windowOf(lines: readonly string[], { head, foot }: Block, child: Lines & { readonly indent: number }): Lines {
  const [first, last] = [head.to, foot.from];
  let units = 0;
  for (let line = first; line < last; line++) units += (lines[line] as string).length + 1;
  if (units <= LONGEST) return { from: first, to: last };
  const begins = (line: number) =>
    (lineIndent(lines, line) ?? child.indent + 1) <= child.indent && !goesOn(lines[line] as string);
  let from = child.from;
  for (let left = BESIDE; from > first && left > 0; ) if (begins(--from)) left--;
  let to = child.to;
  for (let left = BESIDE; to < last && (!begins(to) || left-- > 0); ) to++;
  return { from, to };
}

const upTo =
  (line: number) =>
  ({ from, to }: Lines): Lines => ({ from, to: Math.min(to, line) });
const from =
  (line: number) =>
  (lines: Lines): Lines => ({ from: Math.max(lines.from, line), to: lines.to });

function goesOn(line: string): boolean {
  return CLOSER.test(line) || CONTINUATION.test(line);
}

/** Undefined for a line with nothing in it. */
function lineIndent(lines: readonly string[], line: number): number | undefined {
  const text = lines[line] ?? '';
  return text.trim() === '' ? undefined : indentOf(text);
}

function indentOf(line: string): number {
  return /^\s*/.exec(line)?.[0].length ?? 0;
}
