/** Numbers for the texts of tokens, and what a token is apart from its text. */

/** Before a file's first token, and behind its last. */
export const EDGE = 0;
/** What a local name is to a search that does not care for names. */
export const ANY_NAME = 1;
/** Line ends: NEW_LINE + the bits DEEPER, SHALLOWER and AFTER_BLANK of the lexer. */
export const NEW_LINE = 2;
export const LAST_NEW_LINE = NEW_LINE + 7;
/** A word too long to be kept or proposed. */
export const LONG = 10;
const FIRST = 11;
/** UTF-16 units. */
const LONGEST = 60;
/** V8 copies shorter slices by itself. */
const LEAST_SLICE = 13;

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'and as assert async await bool break byte case catch chan class const continue crate def default defer del do dyn elif else ' +
    'enum except export extends false False final finally float fn for from func function get global go if impl implements import ' +
    'in instanceof int interface is lambda let loop map match mod move mut new nil None nonlocal not null number object of or ' +
    'package pass private protected public pub raise range readonly ref return select self Self set static str string struct super ' +
    'switch this throw trait true True try type typeof undefined unsafe use usize var void where while with yield'
  ).split(' '),
);

/** Bits of `traits`. */
export const IS_WORD = 1;
/** A word that could name a local: no keyword, and not written like a type or a constant. */
export const IS_LOCAL_LIKE = 2;

export class Vocabulary {
  private readonly ids = new Map<string, number>();
  private readonly texts: string[] = new Array<string>(FIRST).fill('');
  private traitsOf = new Uint8Array(4096);

  /** With `base`, an overlay: numbers of the base are used where it has them, new ones are known here alone. */
  constructor(private readonly base?: Vocabulary) {
    if (base) this.offset = base.size - FIRST;
  }

  private readonly offset: number = 0;

  get size(): number {
    return this.texts.length + this.offset;
  }

  intern(text: string): number {
    const known = this.find(text);
    if (known >= 0) return known;
    if (text.length > LONGEST) return LONG;
    const slot = this.texts.length;
    // A long slice would keep the whole file's text alive; a copy does not.
    const own = text.length < LEAST_SLICE ? text : text.split('').join('');
    this.texts.push(own);
    this.ids.set(own, slot + this.offset);
    if (slot >= this.traitsOf.length) {
      const wider = new Uint8Array(this.traitsOf.length * 2);
      wider.set(this.traitsOf);
      this.traitsOf = wider;
    }
    const word = /^[\p{L}_$]/u.test(text);
    const local = word && !KEYWORDS.has(text) && /^[_$]*\p{Ll}/u.test(text);
    this.traitsOf[slot] = (word ? IS_WORD : 0) | (local ? IS_LOCAL_LIKE : 0);
    return slot + this.offset;
  }

  /** -1 where the text is unknown. */
  find(text: string): number {
    return this.base?.ids.get(text) ?? this.ids.get(text) ?? -1;
  }

  text(id: number): string {
    const slot = id - this.offset;
    return (slot >= FIRST || !this.base ? this.texts[slot] : this.base.text(id)) ?? '';
  }

  traits(id: number): number {
    const slot = id - this.offset;
    return (slot >= FIRST || !this.base ? this.traitsOf[slot] : this.base.traits(id)) ?? 0;
  }

  /** UTF-16 units of all texts. */
  get characters(): number {
    return this.texts.reduce((sum, text) => sum + text.length, 0);
  }
}

export function isNewLine(id: number): boolean {
  return id >= NEW_LINE && id <= LAST_NEW_LINE;
}
