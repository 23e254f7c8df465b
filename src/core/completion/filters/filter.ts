/** What a filter is, and what it is told. */
import type { Place, Proposal } from '../place.ts';
import { type Scan, type Surroundings, scanAround } from '../surroundings.ts';

export const FILTER_IDS = [
  'empty',
  'chatter',
  'secret',
  'antipattern',
  'repetition',
  'commentLoop',
  'repeatsSuffix',
  'repeatsNextLines',
  'repeatsPrefix',
  'unbalancedBrackets',
  'brokenIndentation',
  'syntax',
  'unsure',
] as const;
export type FilterId = (typeof FILTER_IDS)[number];

/** A way of doing something that this repository has given up or keeps away from. */
export interface AvoidedPattern {
  readonly id: string;
  readonly summary: string;
  /** Whether code does it; given the cursor's line up to the text's end, so that a call begun before the cursor counts. */
  test(code: string): boolean;
}

/** What the filters may ask, worked out once a proposal and only when asked for. */
export class Facts {
  private scanned: Scan | undefined;
  /** The proposal's lines, without carriage returns. */
  readonly lines: readonly string[];

  constructor(
    readonly around: Surroundings,
    readonly proposal: Proposal,
    readonly avoided: readonly AvoidedPattern[],
    /** The text was cut off by a limit: brackets may stay open. */
    readonly partial: boolean,
  ) {
    this.lines = proposal.text.replaceAll('\r', '').split('\n');
  }

  /** The cursor's line, the proposal and what is below, read by the lexer. */
  get scan(): Scan {
    this.scanned ??= scanAround(this.around, this.proposal.text.replaceAll('\r', ''), this.proposal.replaces);
    return this.scanned;
  }

  /** The proposal's lines as they will stand in the file: the first with what is before the cursor. */
  get wholeLines(): readonly string[] {
    return this.lines.map((line, i) => (i === 0 ? this.around.linePrefix + line : line).trimEnd());
  }
}

export interface Filter {
  readonly id: FilterId;
  /** One sentence for "Why no suggestion?". */
  readonly explain: string;
  rejects(facts: Facts, place: Place): boolean;
}
