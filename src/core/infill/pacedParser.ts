/** A parser for one hole: it counts what it reads, stops when it is told to, and lets others have their turn in between. */
import { throwIfAborted } from '../../base/errors.ts';
import { Breather } from '../../base/progress.ts';
import type { LanguageId } from '../languages.ts';
import type { Parser } from '../ports.ts';
import type { FlatTree, Grammar } from '../syntax/flatTree.ts';

export interface Pace {
  readonly signal?: AbortSignal;
  /** Milliseconds, monotonic; absent: it never gives way. */
  readonly now?: () => number;
}

/** Ends a turn: parsing is done in this thread, and without a pause no request to stop would ever arrive. */
const yieldNow = () => new Promise<void>((resolve) => void setTimeout(resolve, 0));
/** Milliseconds after which waiting events have their turn, the one that cancels among them. */
const TURN_MS = 30;

export class PacedParser implements Parser {
  private units = 0;
  private readonly breather: Breather | undefined;

  constructor(
    private readonly parser: Parser,
    private readonly pace: Pace,
    /** UTF-16 units to read. */
    private most: number,
  ) {
    const { now, signal } = pace;
    this.breather = now && new Breather({ now, yieldNow }, () => throwIfAborted(signal), TURN_MS);
  }

  /** So much was read as may be. It still parses what it is given: to stop is for those who ask. */
  get isSpent(): boolean {
    return this.units >= this.most;
  }

  /** From here on so much may be read. */
  allow(units: number): void {
    this.units = 0;
    this.most = units;
  }

  grammar(language: LanguageId): Promise<Grammar> {
    return this.parser.grammar(language);
  }

  /** Throws what the parser throws, and `cancelled`. */
  async parse(language: LanguageId, text: string, base?: string): Promise<FlatTree> {
    if (this.breather?.due) await this.breather.breathe();
    throwIfAborted(this.pace.signal);
    this.units += text.length;
    return this.parser.parse(language, text, base);
  }
}
