/** A parser for one hole: it counts what it reads, stops when it is told to, and lets others have their turn in between. */
import { throwIfAborted } from '../../base/errors.ts';
import type { LanguageId } from '../languages.ts';
import type { Parser } from '../ports.ts';
import type { FlatTree, Grammar } from '../syntax/flatTree.ts';

export interface Pace {
  readonly signal?: AbortSignal;
  /** Milliseconds, monotonic; absent: it never gives way. */
  readonly now?: () => number;
}

/** Milliseconds after which waiting events have their turn, the one that cancels among them. */
const TURN_MS = 30;

export class PacedParser implements Parser {
  private units = 0;
  private turn: number;

  constructor(
    private readonly parser: Parser,
    private readonly pace: Pace,
    /** UTF-16 units to read. */
    private most: number,
  ) {
    this.turn = pace.now?.() ?? 0;
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
    await this.giveWay();
    throwIfAborted(this.pace.signal);
    this.units += text.length;
    return this.parser.parse(language, text, base);
  }

  /** Parsing is done in this thread: without a pause no request to stop would ever arrive. */
  private async giveWay(): Promise<void> {
    const { now } = this.pace;
    if (!now || now() - this.turn < TURN_MS) return;
    await new Promise<void>((resolve) => void setTimeout(resolve, 0));
    this.turn = now();
  }
}
