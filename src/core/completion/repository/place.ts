/** The cursor's file as tokens: what stands before the cursor, what after, and the names that are in scope. */
import type { LanguageId } from '../../languages.ts';
import type { Place } from '../place.ts';
import { cellsOf, encode, idOf } from './cells.ts';
import { IN_TEXT, type Lexed, lex, TokenKind } from './lexer.ts';
import { EDGE, Vocabulary } from './vocabulary.ts';

/** UTF-16 units before and after the cursor that are looked at. */
const BEFORE = 48_000;
const AFTER = 12_000;
const WORD_END = /[\p{L}\p{M}\p{N}_$]$/u;

/** What lies at the cursor. */
export interface CursorTokens {
  /** EDGE, the tokens before the cursor, EDGE, the tokens after it, EDGE. */
  readonly cells: Int32Array;
  /** How many of `cells` stand before the cursor (with the EDGE), a word that is being typed left out. */
  readonly cursor: number;
  /** The word that is being typed, as far as it is; '' where the token before the cursor is whole or there is none. */
  readonly partial: string;
  /** Numbers of every word in the file. */
  readonly words: ReadonlySet<number>;
  readonly vocabulary: Vocabulary;
  /** The cursor stands in a string or a comment. */
  readonly inText: boolean;
  /** Tokens before the cursor on its line. */
  readonly column: number;
  /** White space stands right before the cursor, or nothing does on its line. */
  readonly spaced: boolean;
  /** Text after the cursor on its line, without white space at its end. */
  readonly rest: string;
}

interface Head {
  readonly text: string;
  readonly language: LanguageId;
  readonly base: Vocabulary;
  readonly size: number;
  readonly vocabulary: Vocabulary;
  readonly cells: Int32Array;
  readonly words: Set<number>;
}

/** Reads places; remembers the lines above the cursor and the text below it, which stay while a line is typed. */
export class PlaceReader {
  private head: Head | undefined;
  private tail: { head: Head; text: string; cells: Int32Array; words: Set<number> } | undefined;

  read(place: Place, base: Vocabulary): CursorTokens {
    const { language } = place;
    const window = windowOf(place.prefix);
    const line = Math.max(window.lastIndexOf('\n'), window.lastIndexOf('\r')) + 1;
    const head = this.headOf(window.slice(0, line), language, base);
    const { vocabulary } = head;
    const restEnd = /[\r\n]/.exec(place.suffix)?.index ?? place.suffix.length;
    const tail = this.tailOf(head, place.suffix.slice(restEnd, restEnd + AFTER), language);

    // The line is read with the head's last line end, so that its indentation is seen.
    const lineText = window.slice(line);
    const start = lastLineStart(window, line);
    const lexed = lex(window, language, start);
    const from = firstFrom(lexed, line);
    let cells = encode(window, lexed, vocabulary).subarray(from.index);
    let partial = '';
    const last = lexed.count - 1;
    const inText = last >= 0 && ((lexed.marks[last] as number) & IN_TEXT) !== 0;
    if (WORD_END.test(lineText) && last >= from.index && ((lexed.marks[last] as number) & 7) === TokenKind.Word) {
      const text = window.slice(lexed.starts[last], lexed.ends[last]);
      // A word that no one has written is not whole yet.
      if (base.find(text) < 0 && !head.words.has(vocabulary.find(text)) && !tail.words.has(vocabulary.find(text))) {
        partial = text;
        cells = cells.subarray(0, -1);
      }
    }
    const joined = new Int32Array(head.cells.length + cells.length + tail.cells.length + 3);
    joined[0] = EDGE;
    joined.set(head.cells, 1);
    joined.set(cells, head.cells.length + 1);
    const cursor = head.cells.length + cells.length + 1;
    joined.set(tail.cells, cursor + 1);
    const words = new Set([...head.words, ...tail.words]);
    for (const cell of cells) words.add(idOf(cell));
    return {
      cells: joined,
      cursor,
      partial,
      words,
      vocabulary,
      inText,
      column: cells.length - from.newLines,
      spaced: lineText === '' || /\s$/.test(lineText),
      rest: place.suffix.slice(0, restEnd).trimEnd(),
    };
  }

  private headOf(text: string, language: LanguageId, base: Vocabulary): Head {
    const known = this.head;
    if (known?.base === base && known.size === base.size && known.language === language && known.text === text)
      return known;
    const vocabulary = new Vocabulary(base);
    // The last line end is read with the line below it.
    const cells = cellsOf(text.replace(/\s+$/, ''), language, vocabulary);
    const head = { text, language, base, size: base.size, vocabulary, cells, words: wordsOf(cells) };
    this.head = head;
    return head;
  }

  private tailOf(head: Head, text: string, language: LanguageId) {
    const known = this.tail;
    if (known?.head === head && known.text === text) return known;
    const cells = cellsOf(text, language, head.vocabulary);
    return (this.tail = { head, text, cells, words: wordsOf(cells) });
  }
}

function wordsOf(cells: Int32Array): Set<number> {
  const words = new Set<number>();
  for (const cell of cells) words.add(idOf(cell));
  return words;
}

/** The end of a text, beginning with a line. */
function windowOf(prefix: string): string {
  if (prefix.length <= BEFORE) return prefix;
  const from = prefix.indexOf('\n', prefix.length - BEFORE);
  return from < 0 ? prefix.slice(-BEFORE) : prefix.slice(from + 1);
}

/** Start of the last line that is not blank above the line that starts at `line`. */
function lastLineStart(text: string, line: number): number {
  const end = text.slice(0, line).trimEnd().length;
  return Math.max(text.lastIndexOf('\n', end - 1), text.lastIndexOf('\r', end - 1)) + 1;
}

/** First token of the last line and the line end before it; how many of these are line ends. */
function firstFrom(lexed: Lexed, line: number): { index: number; newLines: number } {
  for (let i = 0; i < lexed.count; i++) {
    const isLineEnd = ((lexed.marks[i] as number) & 7) === TokenKind.NewLine;
    if (isLineEnd && (lexed.ends[i] as number) >= line) return { index: i, newLines: 1 };
    if ((lexed.starts[i] as number) >= line) return { index: i, newLines: 0 };
  }
  return { index: lexed.count, newLines: 0 };
}
