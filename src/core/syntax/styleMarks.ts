/** What a file's text and tree say of its style: counts of small choices, each of which a linter or a formatter could demand. */

/**
 * A choice and what was chosen. Their order is their number in `FileFacts.style`; analyses of another build are made anew, so it may
 * change.
 */
export const STYLE_MARKS = [
  'quotes single',
  'quotes double',
  'semicolons always',
  'semicolons never',
  'indent tabs',
  'indent 2',
  'indent 4',
  'commas in data trailing',
  'commas in data none',
  'commas in calls trailing',
  'commas in calls none',
  'braces spaced',
  'braces tight',
  'equality strict',
  'equality loose',
  'variables const or let',
  'variables var',
  'const where it can be',
  'let where const would do',
  'branches braced',
  'branches bare',
  'callbacks arrow',
  'callbacks function',
  'arrow parameters in parentheses',
  'arrow parameters bare',
  'texts templates',
  'texts added',
  'properties shorthand',
  'properties repeated',
  'exports named',
  'exports default',
  'types written',
  'types any',
  'objects interface',
  'objects type',
  'arrays short',
  'arrays generic',
  'missing optional chain',
  'missing non-null',
  'formats f-string',
  'formats percent',
  'formats method',
  'unions bar',
  'unions typing',
  'generics built-in',
  'generics typing',
  'none is',
  'none equals',
  'handlers typed',
  'handlers bare',
  'causes named',
  'causes lost',
  'anything any',
  'anything interface{}',
  'doc ends with period',
  'doc without period',
  'errors compared with Is',
  'errors compared plainly',
  'failures propagated',
  'failures unwrapped',
] as const;

export type StyleMark = (typeof STYLE_MARKS)[number];

const NUMBERS: ReadonlyMap<string, number> = new Map(STYLE_MARKS.map((mark, number) => [mark, number]));

/** Line lengths over which lines are counted; a print width lies at one of those from 79 on. */
export const WIDTHS = [72, 79, 80, 88, 90, 99, 100, 110, 119, 120, 130, 140, 160] as const;

export const markNumber = (mark: StyleMark): number => NUMBERS.get(mark) as number;
/** Lines longer than WIDTHS[at]. */
export const widthNumber = (at: number): number => STYLE_MARKS.length + at;

const ALL = STYLE_MARKS.length + WIDTHS.length;

/** Counts of marks, with the line of each one's first. */
export class StyleCounts {
  private readonly counts = new Int32Array(ALL);
  private readonly lines = new Int32Array(ALL);

  /** Whether the next of a mark is its first, whose line is asked for. */
  isNew(number: number): boolean {
    return this.counts[number] === 0;
  }

  add(number: number, line: number): void {
    if (this.counts[number] === 0) this.lines[number] = line;
    this.counts[number] = (this.counts[number] as number) + 1;
  }

  /** Number, count and first line of each mark that there is, flat. */
  triples(): number[] {
    const found: number[] = [];
    for (let number = 0; number < ALL; number++)
      if (this.counts[number]) found.push(number, this.counts[number] as number, this.lines[number] as number);
    return found;
  }
}
