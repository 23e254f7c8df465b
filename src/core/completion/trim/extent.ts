/** How far a completion goes at a cursor: one line, one statement, a paragraph or a whole block. */
import { imbalance } from '../balance.ts';
import { indentOf, type LineScanner, type ScannedLine } from '../lineScanner.ts';
import type { Surroundings } from '../surroundings.ts';

/**
 * `insideLine`: never past the line's end, since something stands after the cursor.
 * `line`: to the line's end, or to where the brackets that it opens are closed.
 * `statement`: one statement with its block, decorators included.
 * `paragraph`: statements up to a blank line or the block's end.
 * `block`: everything deeper than the header's line.
 */
export type ExtentKind = 'insideLine' | 'line' | 'statement' | 'paragraph' | 'block';

export interface Extent {
  readonly kind: ExtentKind;
  /** Indentation (characters) of the header's line for a block, else of the statements wanted; -1 where unknown. */
  readonly indent: number;
}

/**
 * The rule, from the text around the cursor alone:
 * 1. Something other than blanks follows on the line: the completion stays inside the line.
 * 2. The line holds code and opens a block (it ends with a bracket, or in Python with a colon) whose body is empty (the
 *    next line is not deeper): the block. A Python function's docstring counts as its header.
 * 3. Other lines with code: to the end of the line.
 * 4. An empty line below such a header, with nothing deeper after it: the block.
 * 5. An empty line below a comment, a decorator or an attribute, and an empty line squeezed between two lines: one statement.
 * 6. An empty line with a blank line or the block's edge on one of its sides: a paragraph.
 */
export function extentAt(around: Surroundings): Extent {
  const { linePrefix, lineRest } = around;
  if (lineRest.trim() !== '') return { kind: 'insideLine', indent: indentOf(linePrefix) };
  const line = around.scanner.copy().feed(linePrefix);
  if (!line.blank) {
    if (opensEmptyBlock(line, around)) return { kind: 'block', indent: line.statementIndent };
    return { kind: 'line', indent: indentOf(linePrefix) };
  }
  const above = around.lastAbove;
  const adjacent = around.above[around.above.length - 1]?.blank === false;
  if (above && opensEmptyBlock(above, around)) return { kind: 'block', indent: above.statementIndent };
  const docstring = endsDocstring(around);
  if (docstring !== undefined && !isDeeper(around.firstBelow, docstring)) return { kind: 'block', indent: docstring };
  const indent = linePrefix.length > 0 ? linePrefix.length : impliedIndent(above, around);
  if (above && adjacent && (above.comment || /^\s*(@|#!?\[)/.test(above.text))) return { kind: 'statement', indent };
  const below = around.below[0];
  const squeezed = adjacent && below !== undefined && below.trim() !== '' && indentOf(below) >= indent;
  return { kind: squeezed ? 'statement' : 'paragraph', indent };
}

/** Whether a line opens a block that has no body yet. */
function opensEmptyBlock(line: ScannedLine, around: Surroundings): boolean {
  if (line.comment || line.inString) return false;
  const opens =
    around.family === 'python'
      ? (line.last === ':' && line.depthAfter === 0) || (line.depthAfter > line.depth && '([{'.includes(line.last))
      : line.depthAfter > 0 && line.last !== '' && '([{'.includes(line.last);
  return opens && !isDeeper(around.firstBelow, line.statementIndent);
}

function isDeeper(line: string | undefined, indent: number): boolean {
  return line !== undefined && indentOf(line) > indent && !/^\s*[)\]}]/.test(line);
}

/** Indentation of the header whose docstring ends right above the cursor's line; undefined where none does. */
function endsDocstring(around: Surroundings): number | undefined {
  if (around.family !== 'python') return undefined;
  const lines = around.above.filter((line) => !line.blank);
  const last = lines[lines.length - 1];
  if (!last || !/("""|''')\s*$/.test(last.text)) return undefined;
  let first = lines.length - 1;
  while (first > 0 && (lines[first] as ScannedLine).inString) first--;
  const header = lines[first - 1];
  return header?.last === ':' && /^\s*[rRbBuU]?("""|''')/.test((lines[first] as ScannedLine).text)
    ? header.statementIndent
    : undefined;
}

/** Where the editor gave no indentation: that of the line above, one unit deeper below an opening one. */
function impliedIndent(above: ScannedLine | undefined, around: Surroundings): number {
  if (!above) return 0;
  const apart = around.above[around.above.length - 1]?.blank === true;
  const below = around.firstBelow;
  if (apart) return Math.min(above.statementIndent, below === undefined ? 0 : indentOf(below));
  const opens = /[([{]$/.test(above.last) || (around.family === 'python' && above.last === ':');
  return above.statementIndent + (opens ? (around.unit?.width ?? 4) : 0);
}

/** Words and signs with which a line goes on with the statement above it. */
const CONTINUES = /^\s*([)\]}{.?:|&+*/%=<>]|-[^-]|else\b|elif\b|except\b|finally\b|catch\b|where\b|case\b|default\b)/;

const CONTINUES_PYTHON = /^\s*([)\]}]|(?:else|elif|except|finally|case)\b)/;
/** A single line whose brackets stay open is tried against the suffix this often. */
const LINES_TRIED = 12;

/** Follows lines of a completion and says where its extent ends. */
export class ExtentGuard {
  private readonly scanner: LineScanner;
  private readonly depth: number;
  private readonly target: number;
  private readonly lines: string[] = [];
  private seen = 0;
  private last: ScannedLine | undefined;
  private header = false;

  constructor(
    private readonly extent: Extent,
    private readonly around: Surroundings,
  ) {
    this.scanner = around.scanner.copy();
    this.depth = this.scanner.copy().feed(around.linePrefix).depthAfter;
    // Brackets that the cursor's line opened and the suffix does not close are for a single line to close.
    this.target =
      around.withoutText.fresh > 0 || around.withoutText.faultIsFresh ? this.scanner.stack.length : this.depth;
  }

  /** Whether a line that begins like this still belongs to the completion; asked once, before `accept`. */
  admits(streamed: string): boolean {
    const line = this.inBuffersUnit(streamed);
    if (this.extent.kind === 'insideLine') return this.seen === 0;
    if (this.seen === 0 || !this.last) return true;
    if (!this.scanner.inCode) return true;
    const open = this.scanner.stack.length > (this.extent.kind === 'line' ? this.target : this.depth);
    if (line.trim() === '') return !(this.extent.kind === 'line' && this.hasCode && !open);
    const indent = indentOf(line);
    const { kind } = this.extent;
    if (kind === 'block') return this.admitsInBlock(line, indent);
    if (!this.hasCode || open || this.header) return true;
    if (kind === 'line') return false;
    const base = this.extent.indent;
    if (indent < base) return false;
    if (this.blankAbove && kind === 'paragraph' && indent <= base) return false;
    if (kind === 'paragraph') return true;
    return indent > base || (this.around.family === 'python' ? CONTINUES_PYTHON : CONTINUES).test(line);
  }

  private admitsInBlock(line: string, indent: number): boolean {
    if (indent > this.extent.indent) return true;
    // The header's own closing bracket comes with the body unless the suffix has it; after it nothing does.
    return (
      /^\s*[)\]}]/.test(line) &&
      indent === this.extent.indent &&
      this.scanner.stack.length >= this.depth &&
      !this.closed
    );
  }

  private get closed(): boolean {
    return this.depth > 0 && this.scanner.stack.length < this.depth;
  }

  /** A line whose tabs or spaces are of the other kind than the buffer's, measured in the buffer's. */
  private inBuffersUnit(line: string): string {
    const { unit } = this.around;
    const lead = line.slice(0, indentOf(line));
    if (!unit || lead === '' || lead.includes('\t') === unit.tabs) return line;
    const own = unit.tabs ? '\t'.repeat(Math.ceil(lead.length / 4)) : lead.replaceAll('\t', ' '.repeat(unit.width));
    return own + line.slice(lead.length);
  }

  private hasCode = false;
  private blankAbove = false;

  /** Takes a whole line in. `first`: the text's first line, with the cursor's line before it. */
  accept(streamed: string): void {
    const line = this.inBuffersUnit(streamed);
    const whole = this.seen === 0 ? this.around.linePrefix + line : line;
    this.last = this.scanner.feed(whole);
    this.lines.push(line);
    this.seen++;
    this.blankAbove = line.trim() === '' && this.seen > 1;
    if (line.trim() !== '' && !this.last.comment) this.hasCode = true;
    else if (line.trim() !== '' && this.extent.kind === 'line') this.hasCode = true;
    this.header =
      this.hasCode && (/^\s*(@|#!?\[)/.test(whole) || (this.around.family === 'python' && this.last.last === '\\'));
  }

  /** Whether the lines so far are enough, so that the next need not be waited for. */
  get complete(): boolean {
    const { kind } = this.extent;
    if (this.seen === 0) return false;
    if (kind === 'insideLine') return true;
    if (kind === 'block') return this.closed && this.scanner.inCode;
    if (kind !== 'line' || !this.hasCode || !this.scanner.inCode || this.header) return false;
    if (this.scanner.stack.length <= this.target) return true;
    return this.seen <= LINES_TRIED && imbalance(this.around, this.lines.join('\n'), 0) === undefined;
  }

  /** Brackets that the completion has opened and not closed. */
  get opened(): number {
    return Math.max(0, this.scanner.stack.length - this.depth);
  }
}
