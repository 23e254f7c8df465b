/** Cuts source text into the tokens that completion thinks in: words, numbers, signs, and line ends with what the indentation does. */
import type { LanguageId } from '../../languages.ts';

export enum TokenKind {
  Word,
  Number,
  Sign,
  /** A line's end with the blank lines and the indentation after it. */
  NewLine,
}

/** Bits of `Lexed.marks` above the kind. */
export const IN_TEXT = 8;
/** White space before the token: none, one space, or anything else. */
export const SPACE_SHIFT = 4;
export const OTHER_SPACE = 2;

/**
 * Tokens of a text, in order. Strings and comments are cut into words too (with IN_TEXT), since what is typed is often the
 * inside of one, and so that a quote that is not closed yet spoils nothing but its line.
 */
export interface Lexed {
  readonly count: number;
  /** UTF-16 offsets, start inclusive and end exclusive. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Kind in the lowest three bits, IN_TEXT, space before it from SPACE_SHIFT. */
  readonly marks: Uint8Array;
  /** For line ends the bits DEEPER, SHALLOWER and AFTER_BLANK; 0 elsewhere. */
  readonly turns: Uint8Array;
}

/** What the line after a line's end does, against the line before it: bits, so that six kinds in all. */
export const DEEPER = 1;
export const SHALLOWER = 2;
export const AFTER_BLANK = 4;

const enum Char {
  other,
  word,
  digit,
  space,
  line,
}

const CHARS = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const text = String.fromCharCode(c);
  if (/[A-Za-z_$]/.test(text)) CHARS[c] = Char.word;
  else if (/[0-9]/.test(text)) CHARS[c] = Char.digit;
  else if (text === ' ' || text === '\t' || text === '\f' || text === '\v') CHARS[c] = Char.space;
  else if (text === '\n' || text === '\r') CHARS[c] = Char.line;
}
const LETTER = /[\p{L}\p{M}\p{N}]/u;

/** Signs of several characters, by their first; longest first. */
const SIGNS = new Map<number, readonly string[]>();
for (const sign of (
  '=== !== ... <<= >>= **= ??= &&= ||= """ ' +
  "''' ``` => -> :: == != <= >= && || := .. += -= *= /= %= |= &= ^= ** // /* */ ?? ?. << >> ++ -- <- </ />"
).split(' ')) {
  const first = sign.charCodeAt(0);
  SIGNS.set(first, [...(SIGNS.get(first) ?? []), sign]);
}

const DOUBLE = 34;
const SINGLE = 39;
const BACKTICK = 96;
const TAB = 4;

function kindOf(text: string, at: number): Char {
  const code = text.charCodeAt(at);
  if (code < 128) return CHARS[code] as Char;
  if (code >= 0xd800 && code <= 0xdfff)
    return LETTER.test(String.fromCodePoint(text.codePointAt(at) ?? code)) ? Char.word : Char.other;
  if (code === 0xa0 || code === 0xfeff) return Char.space;
  return LETTER.test(text[at] as string) ? Char.word : Char.other;
}

/** Where strings and comments begin and end, as far as a completion has to know; carried from token to token. */
class TextState {
  /** The sign that ends the text that we are in; '' in code, '\n' in a line comment. */
  private closing = '';

  constructor(private readonly language: LanguageId) {}

  get inside(): boolean {
    return this.closing !== '';
  }

  /** At a line's end: only long strings and block comments go on. */
  endLine(): void {
    if (this.closing !== '*/' && this.closing !== '`' && this.closing.length !== 3) this.closing = '';
  }

  /** A sign was read; `next` is the offset behind it. */
  sign(sign: string, text: string, next: number): void {
    if (this.closing !== '') {
      if (sign === this.closing) this.closing = '';
      return;
    }
    const python = this.language === 'python';
    if (sign === '"' || sign === '"""' || sign === "'''") this.closing = sign;
    else if (sign === "'") {
      // A lifetime is no string.
      if (this.language !== 'rust' || text[next + 1] === "'" || text[next] === '\\') this.closing = sign;
    } else if (sign === '`' && !python && this.language !== 'rust') this.closing = sign;
    else if (sign === '//' && !python) this.closing = '\n';
    else if (sign === '#' && python) this.closing = '\n';
    else if (sign === '/*' && !python) this.closing = '*/';
  }
}

/** Reads a whole text; any text is accepted. `from` and `to` are UTF-16 offsets. */
export function lex(text: string, language: LanguageId, from = 0, to = text.length): Lexed {
  let size = 64 + ((to - from) >> 1);
  let starts = new Int32Array(size);
  let ends = new Int32Array(size);
  let marks = new Uint8Array(size);
  let turns = new Uint8Array(size);
  let count = 0;
  const state = new TextState(language);
  const put = (start: number, end: number, kind: TokenKind, spaces: number, turn: number): void => {
    if (count === size) {
      size *= 2;
      const wider = <T extends Int32Array | Uint8Array>(old: T, fresh: T): T => {
        fresh.set(old);
        return fresh;
      };
      starts = wider(starts, new Int32Array(size));
      ends = wider(ends, new Int32Array(size));
      marks = wider(marks, new Uint8Array(size));
      turns = wider(turns, new Uint8Array(size));
    }
    starts[count] = start;
    ends[count] = end;
    marks[count] = kind | (state.inside ? IN_TEXT : 0) | (spaces << SPACE_SHIFT);
    turns[count] = turn;
    count++;
  };
  let at = from;
  let indentation = 0;
  // Indentation of the first line.
  for (; at < to && kindOf(text, at) === Char.space; at++) indentation += text[at] === '\t' ? TAB : 1;
  let spaces = 0;
  while (at < to) {
    const kind = kindOf(text, at);
    const start = at;
    if (kind === Char.space) {
      while (at < to && kindOf(text, at) === Char.space) at++;
      spaces = at - start === 1 && text.charCodeAt(start) === 32 ? 1 : OTHER_SPACE;
      continue;
    }
    if (kind === Char.line) {
      let lines = 0;
      let depth = 0;
      for (; at < to; at++) {
        const code = text.charCodeAt(at);
        if (code === 10) {
          lines++;
          depth = 0;
        } else if (code === 13) {
          if (text.charCodeAt(at + 1) !== 10) lines++;
          depth = 0;
        } else if (kindOf(text, at) === Char.space) depth += code === 9 ? TAB : 1;
        else break;
      }
      state.endLine();
      const turn = depth > indentation ? DEEPER : depth < indentation ? SHALLOWER : 0;
      put(start, at, TokenKind.NewLine, 0, turn | (lines > 1 ? AFTER_BLANK : 0));
      indentation = depth;
      spaces = 0;
      continue;
    }
    if (kind === Char.word) {
      do at++;
      while (at < to && (kindOf(text, at) === Char.word || kindOf(text, at) === Char.digit));
      put(start, at, TokenKind.Word, spaces, 0);
    } else if (kind === Char.digit) {
      do at++;
      while (at < to && (kindOf(text, at) === Char.word || kindOf(text, at) === Char.digit || isPoint(text, at)));
      put(start, at, TokenKind.Number, spaces, 0);
    } else {
      const long = longSign(text, at, to);
      at += long === undefined ? ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) : long.length;
      at = Math.min(at, to);
      // A backslash takes the next sign with it, so that an escaped quote ends no string.
      const code = text.charCodeAt(start);
      if (code === 92 && at < to && isQuote(text.charCodeAt(at))) at++;
      const inside = state.inside;
      if (isQuote(code) || code === 35 || code === 47 || code === 42) {
        const sign = long ?? text[start] ?? '';
        state.sign(sign, text, at);
      }
      put(start, at, TokenKind.Sign, spaces, 0);
      // A quote belongs to the code around it.
      if (!inside) marks[count - 1] = (marks[count - 1] as number) & ~IN_TEXT;
    }
    spaces = 0;
  }
  return { count, starts, ends, marks, turns };
}

function isQuote(code: number): boolean {
  return code === DOUBLE || code === SINGLE || code === BACKTICK;
}

function isPoint(text: string, at: number): boolean {
  return text.charCodeAt(at) === 46 && (CHARS[text.charCodeAt(at + 1)] as Char | undefined) === Char.digit;
}

function longSign(text: string, at: number, to: number): string | undefined {
  const signs = SIGNS.get(text.charCodeAt(at));
  if (signs) for (const sign of signs) if (at + sign.length <= to && text.startsWith(sign, at)) return sign;
  return undefined;
}
