/** Where strings and regular expressions begin and end, for the line-by-line lexer. */
import type { Family } from '../languages.ts';

/** A string that has begun. */
export interface OpenString {
  readonly close: string;
  readonly spansLines: boolean;
  readonly escapes: boolean;
}

const IDENTIFIER = /[\p{L}\p{N}_$]/u;
const RUST_CHARACTER = /^'(?:\\u\{[^}]*\}|\\x..|\\.|[^'\\])'/u;
/** Code after which a slash begins a regular expression and does not divide. */
const BEFORE_REGEX = /[(,=:[!&|?{;+*%~^]$|\b(return|typeof|case|in|of|do|else|void|delete|await|yield)$/;

/** The quote that begins at `at`: its length, and the string that it opens (none for a character or a lone apostrophe). */
export function openingQuote(
  text: string,
  at: number,
  family: Family,
): { length: number; string: OpenString | undefined } | undefined {
  const char = text[at] as string;
  if (family === 'rust') {
    // A character, else a lifetime or a label.
    if (char === "'")
      return { length: RUST_CHARACTER.exec(text.slice(at, at + 14))?.[0].length ?? 1, string: undefined };
    if (char === 'r' && !IDENTIFIER.test(text[at - 1] ?? '') && /^r#*"/.test(text.slice(at, at + 12))) {
      const hashes = text.indexOf('"', at) - at - 1;
      const string = { close: `"${'#'.repeat(hashes)}`, spansLines: true, escapes: false };
      return { length: hashes + 2, string };
    }
    return char === '"' ? { length: 1, string: { close: '"', spansLines: true, escapes: true } } : undefined;
  }
  if (char === '`' && family !== 'python') {
    return { length: 1, string: { close: '`', spansLines: true, escapes: family === 'ecmascript' } };
  }
  if (char !== '"' && char !== "'") return undefined;
  if (family === 'python' && text.startsWith(char.repeat(3), at)) {
    return { length: 3, string: { close: char.repeat(3), spansLines: true, escapes: true } };
  }
  // An apostrophe inside a word of a page's text ("don't") begins nothing.
  if (family === 'ecmascript' && char === "'" && /\p{L}/u.test(text[at - 1] ?? '')) {
    return { length: 1, string: undefined };
  }
  return { length: 1, string: { close: char, spansLines: false, escapes: true } };
}

/** Where a string goes on to from `from`: past its closing quote, past a placeholder's opening, or to the line's end. */
export function stringEnd(
  text: string,
  from: number,
  string: OpenString,
): { at: number; closed: boolean; placeholder: boolean } {
  const quote = string.close.charCodeAt(0);
  for (let at = from; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 92 && string.escapes) at++;
    else if (char === quote && (string.close.length === 1 || text.startsWith(string.close, at))) {
      return { at: at + string.close.length, closed: true, placeholder: false };
    } else if (char === 36 && string.close === '`' && string.escapes && text[at + 1] === '{') {
      return { at: at + 2, closed: false, placeholder: true };
    }
  }
  return { at: text.length, closed: false, placeholder: false };
}

/** End of the regular expression that begins at `at`, or the offset after the slash where it is none. `lastAt`: last code before. */
export function regexEnd(text: string, at: number, lastAt: number): number {
  const before = text.slice(Math.max(0, lastAt - 10), lastAt + 1);
  if (lastAt >= 0 && !BEFORE_REGEX.test(before)) return at + 1;
  let inClass = false;
  for (let i = at + 1; i < text.length && i < at + 500; i++) {
    const char = text[i];
    if (char === '\\') i++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return i + 1;
  }
  return at + 1;
}
