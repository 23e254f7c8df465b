/** What stands around a cursor, read once for all the texts that are tried there. */
import { LruMap } from '../../base/lru.ts';
import { type Family, familyOf } from '../languages.ts';
import { indentOf, LineScanner, type OpenBracket, type ScannedLine } from './lineScanner.ts';
import type { Place } from './place.ts';

/** One unit of indentation: a tab, or this many spaces; undefined where the buffer does not tell. */
export type IndentUnit = { readonly tabs: boolean; readonly width: number };

/** Lines of the prefix that are kept with what the scanner saw. */
const REMEMBERED = 80;
/** A window shorter than this is the whole side of the file. */
const WHOLE_SUFFIX = 7_900;
/** A prefix this long may have been cut at its beginning. */
const CUT_WINDOW = 12_000;

export class Surroundings {
  readonly family: Family;
  /** The buffer's own line break. */
  readonly eol: '\n' | '\r\n';
  /** The cursor's line before and after the cursor. */
  readonly linePrefix: string;
  readonly lineRest: string;
  /** Lines of the prefix above the cursor's line, the last of them, as scanned. */
  readonly above: readonly ScannedLine[];
  /** Lines of the suffix below the cursor's line. */
  readonly below: readonly string[];
  /** The scanner before the cursor's line; branch it, never feed it. */
  readonly scanner: LineScanner;
  /** The suffix reaches the end of the file, as far as its length tells. */
  readonly wholeSuffix: boolean;
  readonly unit: IndentUnit | undefined;
  private ends: Ends | undefined;
  private before: boolean | undefined;

  constructor(readonly place: Place) {
    const { prefix, suffix } = place;
    this.family = familyOf(place.language);
    const broken = /\r?\n/.exec(prefix) ?? /\r?\n/.exec(suffix);
    this.eol = broken?.[0] === '\r\n' ? '\r\n' : '\n';
    const line = prefix.lastIndexOf('\n') + 1;
    const after = suffix.split('\n').map(withoutReturn);
    this.linePrefix = withoutReturn(prefix.slice(line));
    this.lineRest = after.shift() as string;
    this.below = after;
    const { scanner, scanned } = scanAbove(prefix.slice(0, line), this.family, prefix.length >= CUT_WINDOW);
    this.scanner = scanner;
    this.above = scanned.slice(-REMEMBERED);
    this.wholeSuffix = suffix.length < WHOLE_SUFFIX;
    // What strings that span lines hold is indented as it likes.
    const code = scanned.filter((line) => line.first !== '' && !line.inString).map((line) => line.text);
    this.unit = indentUnit(code.length > 20 ? [code] : [code, after]);
  }

  /** How the scan ends without any text at the cursor: what a text must not make worse. */
  get withoutText(): Ends {
    this.ends ??= scanAround(this, '', 0).ends;
    return this.ends;
  }

  /** The cursor's line is at odds with what is above it, before any text. */
  get faultBefore(): boolean {
    if (this.before === undefined) {
      const scanner = this.scanner.copy();
      scanner.faults = [];
      scanner.feed(this.linePrefix);
      this.before = scanner.faults.length > 0;
    }
    return this.before;
  }

  /** Nearest line with code or comment above the cursor's line. */
  get lastAbove(): ScannedLine | undefined {
    return this.above.findLast((line) => !line.blank);
  }

  /** Nearest line with something on it below the cursor's line. */
  get firstBelow(): string | undefined {
    return this.below.find((line) => line.trim() !== '');
  }
}

/** Where the walk over the closing brackets below the text comes to grief. */
export interface Ends {
  /** Closing brackets of the suffix that were answered before the first fault; Infinity without a fault. */
  readonly answered: number;
  /** The bracket at fault was opened on the cursor's line or by the text. */
  readonly faultIsFresh: boolean;
  readonly why?: 'wrongKind' | 'nothingOpen' | 'otherIndent';
  /** Brackets open at the end of the window. */
  readonly open: number;
  /** Of these, opened on the cursor's line or by the text. */
  readonly fresh: number;
  /** The window ends in plain code; undefined where a fault ended the walk before. */
  readonly inCode: boolean | undefined;
}

export interface Scan {
  /** The cursor's line with the text's first line, the text's other lines (the last with the rest of its line). */
  readonly lines: readonly ScannedLine[];
  /** First line below with something on it. */
  readonly next: ScannedLine | undefined;
  readonly ends: Ends;
  /** A fault inside the text itself. */
  readonly faultInside: boolean;
}

/** Scans the cursor's line with a text in it and the suffix below it. `replaces`: as in a proposal. */
export function scanAround(around: Surroundings, text: string, replaces: number): Scan {
  const scanner = around.scanner.copy();
  const firstLine = scanner.lines;
  scanner.faults = [];
  const typed = around.linePrefix + text;
  const lines = (typed + around.lineRest.slice(replaces)).split('\n').map((line) => scanner.feed(withoutReturn(line)));
  const faultInside = scanner.faults.some((fault) => fault.why !== 'otherIndent');
  const closersBefore = scanner.closers;
  scanner.faults = [];
  let next: ScannedLine | undefined;
  let reached = 0;
  for (const line of around.below) {
    const scanned = scanner.feed(line);
    if (next === undefined && !scanned.blank) next = scanned;
    if (scanner.faults.length > 0) break;
    reached++;
  }
  const fault = scanner.faults[0];
  const open = scanner.stack.length;
  const isFresh = (bracket: OpenBracket) => bracket.line >= firstLine && bracket.line < firstLine + lines.length;
  const fresh = scanner.stack.filter(isFresh).length;
  const ends: Ends = {
    answered: fault ? fault.closer - closersBefore : Number.POSITIVE_INFINITY,
    ...(fault ? { why: fault.why } : {}),
    faultIsFresh: fault?.opener !== undefined && isFresh(fault.opener),
    open,
    fresh,
    inCode: reached === around.below.length ? scanner.inCode : undefined,
  };
  return { lines, next, ends, faultInside };
}

/** Windows above the cursor's line that were scanned last: they stay the same while a line is typed. */
const windows = new LruMap<string, ReturnType<typeof scanWindow>>(4);

function scanAbove(above: string, family: Family, cut: boolean): ReturnType<typeof scanWindow> {
  const key = `${family} ${cut} ${above}`;
  const known = windows.get(key);
  if (known) return known;
  const scanned = scanWindow(above.split('\n').slice(0, -1).map(withoutReturn), family, cut);
  windows.set(key, scanned);
  return scanned;
}

/** Scans a window; one that a limit cut may begin inside a string or a comment, whichever way makes less trouble. */
function scanWindow(
  lines: readonly string[],
  family: Family,
  cut: boolean,
): { scanner: LineScanner; scanned: ScannedLine[] } {
  const scan = (begin: (scanner: LineScanner) => void) => {
    const scanner = new LineScanner(family);
    begin(scanner);
    const scanned = lines.map((line) => scanner.feed(line));
    const wrong = scanner.faults.filter(({ why }) => why === 'wrongKind').length;
    const trouble = wrong + scanned.filter((line) => line.openQuote !== '').length + (scanner.inCode ? 0 : 1);
    return { scanner, scanned, trouble };
  };
  const plain = scan(() => undefined);
  if (!cut || plain.trouble === 0) return plain;
  const quotes = { python: ['"""', "'''"], go: ['`'], ecmascript: ['`'], rust: ['"'] }[family];
  const others = quotes.map((close) =>
    scan((scanner) => {
      scanner.string = { close, spansLines: true, escapes: family !== 'go' };
    }),
  );
  return [plain, ...others].reduce((best, each) => (each.trouble < best.trouble ? each : best));
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** The commonest step inwards between lines that follow each other. */
function indentUnit(sides: readonly (readonly string[])[]): IndentUnit | undefined {
  const steps = new Map<number, number>();
  let tabs = 0;
  let spaces = 0;
  for (const lines of sides) {
    let last = 0;
    for (const line of lines) {
      const indent = indentOf(line);
      if (indent === line.length) continue;
      if (indent > 0) {
        if (line[0] === '\t') tabs++;
        else spaces++;
      }
      const step = indent - last;
      if (step > 0 && step <= 8 && line[indent] !== '*') steps.set(step, (steps.get(step) ?? 0) + 1);
      last = indent;
    }
  }
  if (tabs + spaces < 2) return undefined;
  if (tabs > spaces) return { tabs: true, width: 1 };
  const [width, count] = [...steps].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
  return width > 1 && count >= 2 ? { tabs: false, width } : undefined;
}
