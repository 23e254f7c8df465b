/** Fix actions for Python's indentation: which lines move, and to which level. */
import type { TextEdit } from '../../base/textEdit.ts';
import type { ActionEdit, FixSite } from './fixRules.ts';

interface CodeLine {
  readonly number: number;
  /** Offset of the line's first unit, and its leading blanks. */
  readonly start: number;
  readonly blanks: string;
  /** Width of the leading blanks, tabs to multiples of eight as Python counts them. */
  readonly width: number;
  readonly text: string;
}

const OPENS_BLOCK = /^(?:if|elif|else|for|while|def|class|with|try|except|finally|async|match|case)\b/;
const CONTINUES = /^(?:else|elif|except|finally)\b/;

/**
 * Moves the reported line, its block, or everything to the next dedent to each level that is open there. Which of
 * these compiles is for the compiler to say; the weights say what a person most often meant.
 */
export function reindent(site: FixSite): ActionEdit[] {
  const all = codeLines(site);
  const index = all.findIndex((line) => line.number >= site.diagnostic.line);
  const line = all[index];
  const previous = all[index - 1];
  if (!line || !previous) return [];
  const unit = indentUnit(all);
  const levels = openLevels(all, index);
  const header = previous.text.trimEnd().endsWith(':') || OPENS_BLOCK.test(previous.text);
  const inside = previous.width + unit;
  const targets = new Map<number, number>();
  const aim = (width: number, weight: number) => {
    if (width >= 0 && width !== line.width) targets.set(width, Math.max(weight, targets.get(width) ?? 0));
  };
  if (header) aim(inside, 1);
  aim(previous.width, header ? 0.4 : 1);
  for (const [rank, level] of levels.entries()) {
    const opener = CONTINUES.test(line.text) ? answersOpener(all, index, level) : undefined;
    aim(level, opener === undefined ? 0.85 - 0.05 * rank : opener ? 0.98 - 0.03 * rank : 0.3);
  }
  const next = all[index + 1];
  if (next && next.width > line.width && !OPENS_BLOCK.test(line.text)) aim(next.width, 0.9);

  const candidates: ActionEdit[] = [];
  for (const [width, weight] of targets) {
    for (const { last, share } of ranges(all, index, width, unit)) {
      const edits = shift(site, all, index, last, width - line.width);
      candidates.push({ edits, weight: weight * share });
    }
  }
  candidates.push(...misplacedAbove(site, all, index, unit));
  return candidates.sort((a, b) => b.weight - a.weight);
}

/** The other reading: it is the lines above that stand too far left or right. */
function misplacedAbove(site: FixSite, all: readonly CodeLine[], index: number, unit: number): ActionEdit[] {
  const line = all[index] as CodeLine;
  const previous = all[index - 1] as CodeLine;
  if (previous.width === line.width) return [];
  let first = index - 1;
  while (first > 0 && (all[first - 1] as CodeLine).width === previous.width) first--;
  const before = all[first - 1];
  if (previous.width < line.width) {
    // The line before the gap stands where this one does: what lies between slipped.
    const weight = before?.width === line.width ? 1.05 : 0.5;
    const edits = shift(site, all, first, index - 1, line.width - previous.width);
    if (!before) return [{ edits, weight }];
    // Only the lines since the last one that opens a block may move.
    const opener = all.findLastIndex((one, at) => at < index && at >= first && one.text.trimEnd().endsWith(':'));
    const from = opener >= first ? opener + 1 : first;
    return from > index - 1 ? [] : [{ edits: shift(site, all, from, index - 1, line.width - previous.width), weight }];
  }
  const odd = previous.width % unit !== 0 && line.width % unit === 0;
  return [{ edits: shift(site, all, first, index - 1, line.width - previous.width), weight: odd ? 1.05 : 0.5 }];
}

/** Mixed tabs and blanks: every leading tab becomes the file's indentation step. */
export function expandTabs(site: FixSite): ActionEdit[] {
  const lines = codeLines(site).filter((line) => line.blanks.includes('\t'));
  const unit = indentUnit(codeLines(site).filter((line) => !line.blanks.includes('\t')));
  return [unit, 4, 8]
    .filter((step, at, steps) => steps.indexOf(step) === at)
    .map((step, rank) => ({
      edits: lines.map((line) => ({
        start: line.start,
        end: line.start + line.blanks.length,
        newText: line.blanks.replaceAll('\t', ' '.repeat(step)),
      })),
      weight: 1 - rank * 0.2,
    }));
}

/** Ends of the range that moves with line `index`: itself, its block, to the dedent, and each sibling between. */
function ranges(
  all: readonly CodeLine[],
  index: number,
  target: number,
  unit: number,
): { last: number; share: number }[] {
  const line = all[index] as CodeLine;
  const rising = target > line.width;
  let block = index;
  while (block + 1 < all.length && (all[block + 1] as CodeLine).width > line.width) block++;
  let dedent = block;
  const siblings: number[] = [];
  while (dedent + 1 < all.length && (all[dedent + 1] as CodeLine).width >= line.width) {
    const next = all[dedent + 1] as CodeLine;
    if (next.width === line.width && dedent + 1 !== index) siblings.push(dedent);
    dedent++;
  }
  const found = new Map<number, number>();
  const add = (last: number, share: number) => found.set(last, Math.max(share, found.get(last) ?? 0));
  // Lines below a header that all stand on its level belong inside; a line that slipped too far came alone.
  // The block below may already stand where it belongs.
  const placed = block > index && (all[index + 1] as CodeLine).width === target + unit;
  add(index, placed ? 1 : block > index ? 0.6 : rising ? 0.85 : 0.95);
  add(block, placed ? 0.85 : rising ? 0.88 : 1);
  add(dedent, rising ? 1 : placed ? 0.8 : 0.9);
  for (const last of siblings.slice(0, 12)) add(last, 0.7);
  return [...found].map(([last, share]) => ({ last, share }));
}

/** Moves logical lines with their comments and continuation lines; text inside strings stays as it is. */
function shift(site: FixSite, all: readonly CodeLine[], from: number, to: number, by: number): TextEdit[] {
  const first = (all[from] as CodeLine).number;
  const end = all[to + 1]?.number ?? site.lines.lineCount + 1;
  const edits: TextEdit[] = [];
  const long = site.tokens.filter(({ kind, text }) => kind === 'string' && text.includes('\n'));
  for (let number = first; number < end; number++) {
    const line = readLine(site, number);
    const inString = long.some((token) => token.start < line.start && line.start < token.end);
    if (line.text.trim() === '' || inString) continue;
    const newText = moved(line.blanks, line.width, by);
    if (newText !== line.blanks) edits.push({ start: line.start, end: line.start + line.blanks.length, newText });
  }
  return edits;
}

function moved(blanks: string, width: number, by: number): string {
  if (blanks.includes('\t') && !blanks.includes(' ') && by % 8 === 0) {
    return '\t'.repeat(Math.max(0, blanks.length + by / 8));
  }
  return ' '.repeat(Math.max(0, width + by));
}

/** Widths of the blocks open before line `index`, innermost first. */
function openLevels(all: readonly CodeLine[], index: number): number[] {
  const levels: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let at = index - 1; at >= 0; at--) {
    const { width } = all[at] as CodeLine;
    if (width < least) {
      levels.push(width);
      least = width;
    }
  }
  return levels;
}

/** Whether the last line on this level opens something an `else` or `except` may answer. */
function answersOpener(all: readonly CodeLine[], index: number, level: number): boolean {
  const opener = all.slice(0, index).findLast((line) => line.width === level);
  return opener !== undefined && /^(?:if|elif|for|while|try|except|async)\b/.test(opener.text);
}

/** The commonest growth from a line to the next deeper one; four where nothing tells. */
function indentUnit(all: readonly CodeLine[]): number {
  const steps = new Map<number, number>();
  for (let at = 1; at < all.length; at++) {
    const step = (all[at] as CodeLine).width - (all[at - 1] as CodeLine).width;
    if (step > 0 && step <= 8) steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  return [...steps].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 4;
}

/** Lines that begin a logical line: not blank, not a comment, not inside brackets or a string. */
function codeLines(site: FixSite): CodeLine[] {
  const starts = new Set<number>();
  let depth = 0;
  let fresh = true;
  for (const token of site.tokens) {
    if (token.kind === 'newline') {
      if (depth === 0) fresh = true;
      continue;
    }
    if (fresh && token.kind !== 'comment') {
      starts.add(site.lines.lineAt(token.start));
      fresh = false;
    }
    if (token.kind === 'bracket') depth = Math.max(0, depth + ('([{'.includes(token.text) ? 1 : -1));
  }
  return [...starts].map((number) => readLine(site, number));
}

function readLine(site: FixSite, number: number): CodeLine {
  const start = site.lines.lineStart(number);
  const raw = site.text.slice(start, site.lines.offsetAt(number, Number.MAX_SAFE_INTEGER));
  const blanks = /^[ \t]*/.exec(raw)?.[0] ?? '';
  let width = 0;
  for (const char of blanks) width = char === '\t' ? (Math.floor(width / 8) + 1) * 8 : width + 1;
  return { number, start, blanks, width, text: raw.slice(blanks.length).replace(/\r$/, '') };
}
