/** Code as a language model's tokens: words, numbers and single signs, white space left out. */

const TOKEN = /[\p{L}_$][\p{L}\p{N}_$]*|\p{N}[\p{L}\p{N}_.]*|\S/gu;
const WORD = /^[\p{L}_$]/u;

/** Keywords of the six languages, whose place is grammar's and not a block's to tell. */
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'and as assert async await break case catch chan class const continue crate def default defer del do elif else enum except export ' +
    'extends False final finally fn for from func function get global go if impl implements import in instanceof interface is lambda let ' +
    'loop map match mod move mut new nil None nonlocal not null of or package pass pub raise range ref return select self Self set static ' +
    'struct super switch this throw trait true True try type typeof undefined unsafe use var void where while with yield false'
  ).split(' '),
);

export function tokensOf(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

export function isIdentifier(token: string): boolean {
  return WORD.test(token) && !KEYWORDS.has(token);
}
