/** Follows what a model streams and says when nothing more is wanted; at the end, what of it fits the cursor. */

import { specialTokenAt, tokenBegun } from '../markers.ts';
import type { Place } from '../place.ts';
import { Surroundings } from '../surroundings.ts';
import { type Extent, ExtentGuard, extentAt } from './extent.ts';
import { cutOverlap, cutRepeatedWord, reachesLinesBelow } from './overlap.ts';
import { inBuffersHand, withoutHalves } from './whitespace.ts';

export interface TrimOptions {
  /** Most lines of a completion; the rest is cut at a whole line. */
  readonly maxLines?: number;
  /** Overrides the rule of `extentAt`: a source that proposes one line, a command that asks for a body. */
  readonly extent?: Extent;
  /** The place already read, so that it is read once for all its texts. */
  readonly around?: Surroundings;
}

export interface Trimmed {
  readonly text: string;
  /** As in a proposal. */
  readonly replaces: number;
  readonly extent: Extent;
  /** The text was cut off by a limit of lines or tokens and not by its own end. */
  readonly partial: boolean;
}

const MAX_LINES = 30;
/** Characters after which a line that has not ended is long enough to be judged by its beginning. */
const DECISIVE = 8;

export class StreamTrimmer {
  readonly around: Surroundings;
  readonly extent: Extent;
  private readonly guard: ExtentGuard;
  private readonly maxLines: number;
  /** Lines that are whole and admitted. */
  private readonly lines: string[] = [];
  /** The line that is being streamed; held back: the beginning of a marker, perhaps. */
  private line = '';
  private held = '';
  private admitted = true;
  private stopped: 'extent' | 'token' | 'limit' | undefined;
  private lineWanted = true;
  /** The line that is being streamed was judged. */
  private asked = false;

  constructor(place: Place, options: TrimOptions = {}) {
    this.around = options.around ?? new Surroundings(place);
    this.extent = options.extent ?? extentAt(this.around);
    this.guard = new ExtentGuard(this.extent, this.around);
    this.maxLines = options.maxLines ?? MAX_LINES;
  }

  /** Takes the next piece in. `done`: the server can be stopped; later pieces are passed over. */
  push(piece: string): { readonly text: string; readonly done: boolean } {
    if (this.stopped === undefined) {
      let text = this.held + piece.replaceAll('\r', '');
      this.held = '';
      const at = specialTokenAt(text, this.around.place);
      if (at >= 0) text = text.slice(0, at);
      else {
        const begun = tokenBegun(text);
        this.held = begun > 0 ? text.slice(-begun) : '';
        text = begun > 0 ? text.slice(0, -begun) : text;
      }
      this.take(text);
      if (at >= 0) this.stopped ??= 'token';
    }
    return { text: this.soFar, done: this.stopped !== undefined };
  }

  /** What fits the cursor. `reason`: why the server ended, where it was not stopped by the caller. */
  end(reason: 'stop' | 'length' = 'stop'): Trimmed {
    if (this.stopped === undefined && this.held !== '') this.take(this.held);
    this.held = '';
    const cutOff = this.stopped === 'limit' || (this.stopped === undefined && reason === 'length');
    if (this.line !== '' && !this.admitted && this.lineWanted) this.lineWanted = this.guard.admits(this.line);
    const whole = this.lines.length > 0;
    // A line that the limit cut through is kept only where there is no other.
    let texts = this.lineWanted && !(cutOff && whole) ? [...this.lines, this.line] : [...this.lines];
    if (this.extent.kind === 'line' && cutOff && this.guard.opened > 0) texts = texts.slice(0, this.firstCodeLine + 1);
    const { text, replaces } = this.finish(texts);
    return { text, replaces, extent: this.extent, partial: cutOff };
  }

  private get soFar(): string {
    return [...this.lines, ...(this.lineWanted && this.admitted ? [this.line] : [])].join('\n');
  }

  private get firstCodeLine(): number {
    return Math.max(
      0,
      this.lines.findIndex((line) => line.trim() !== ''),
    );
  }

  private take(text: string): void {
    let from = 0;
    while (this.stopped === undefined && from < text.length) {
      const newline = text.indexOf('\n', from);
      this.line += newline < 0 ? text.slice(from) : text.slice(from, newline);
      if (newline < 0) {
        if (this.line.trimStart().length >= DECISIVE || /^\s*[^\s\w]/.test(this.line)) this.admit();
        return;
      }
      from = newline + 1;
      this.endLine();
    }
  }

  /** Asks once a line whether it still belongs to the completion. */
  private admit(): void {
    if (this.asked) return;
    this.asked = true;
    this.admitted = this.guard.admits(this.line);
    if (!this.admitted) this.stop('extent');
  }

  private endLine(): void {
    this.admit();
    if (this.stopped !== undefined) return;
    const previous = this.lines[this.lines.length - 1];
    if (
      previous !== undefined &&
      reachesLinesBelow(this.around, this.lines.length > 1 ? previous : this.around.linePrefix + previous, this.line)
    ) {
      if (this.lines.length > 1) this.lines.pop();
      this.stop('extent');
      return;
    }
    this.guard.accept(this.line);
    this.lines.push(this.line);
    this.line = '';
    this.asked = false;
    if (this.guard.complete) this.stop('extent');
    else if (this.lines.length >= this.maxLines) this.stop('limit');
  }

  private stop(why: 'extent' | 'limit'): void {
    this.stopped = why;
    this.lineWanted = false;
  }

  private finish(texts: readonly string[]): { text: string; replaces: number } {
    let text = withoutHalves(texts.join('\n')).trimEnd();
    text = cutRepeatedWord(this.around, dropLeadingLines(text, this.around.linePrefix));
    if (text.trim() === '') return { text: '', replaces: 0 };
    const { text: cut, replaces } = cutOverlap(this.around, text);
    return { text: inBuffersHand(cut, this.around), replaces };
  }
}

/** On an empty line the text begins on that line: no line break first, and no indentation twice. */
function dropLeadingLines(text: string, linePrefix: string): string {
  if (linePrefix.trim() !== '') return text;
  const dropped = text.replace(/^([ \t]*\n)+/, '');
  return dropped !== text && linePrefix !== '' && dropped.startsWith(linePrefix)
    ? dropped.slice(linePrefix.length)
    : dropped;
}
