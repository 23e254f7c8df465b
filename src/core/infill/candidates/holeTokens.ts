/** A hole's surroundings as tokens: what stands before it and behind it, nearest first, and the segments in which both are looked up. */
import { encode, idOf, spaceBefore } from '../../completion/repository/cells.ts';
import { type Lexed, lex } from '../../completion/repository/lexer.ts';
import { type Range, Segment } from '../../completion/repository/segment.ts';
import { EDGE, IS_LOCAL_LIKE, IS_WORD, isNewLine, Vocabulary } from '../../completion/repository/vocabulary.ts';
import { type InfillPlace, lexemesOf } from '../place.ts';
import { type CorpusNgram, CorpusView } from './corpusNgram.ts';
import { FollowOrder } from './followOrder.ts';
import { Rater } from './rating.ts';

/** Tokens on each side that matches are followed. */
export const SIDE = 32;
/** UTF-16 units of the own file that are read on each side. */
const BEFORE = 96_000;
const AFTER = 64_000;
/** Stands in the hole while the file is cut into tokens, so that the line ends around it say what the indentation does: a sign of its own. */
const PLACEHOLDER = '\u0001';

const BRACKETS: readonly (readonly [sign: string, turn: number])[] = [
  ...['(', '[', '{'].map((sign) => [sign, 1] as const),
  ...[')', ']', '}'].map((sign) => [sign, -1] as const),
];

export interface Source {
  readonly segment: Segment;
  readonly follow: FollowOrder;
  /** The place's own file around the hole. */
  readonly isOwn: boolean;
  /** Positions of the own path, which are left out, and of the place's folder. */
  readonly skipped: Range;
  readonly folder: Range;
}

export class HoleTokens {
  readonly vocabulary: Vocabulary;
  readonly corpus: CorpusView | undefined;
  /** Token numbers before the hole, the nearest first, and behind it. All of the file that is read. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** The same with what cells know beside the number; in the order of the text. */
  readonly leftCells: Int32Array;
  readonly rightCells: Int32Array;
  readonly sources: readonly Source[];
  /** The hole stands alone on its line. */
  readonly isLine: boolean;
  private readonly isLineStart: boolean;
  private readonly isLineEnd: boolean;
  /** Blanks stand right before the hole, and right behind it. */
  private readonly spaced: { readonly before: boolean; readonly after: boolean };
  /** Blanks before the hole's line. */
  readonly indent: string;
  /** The own file with the placeholder in the hole, its tokens, and the placeholder's index among them. */
  readonly text: string;
  readonly lexed: Lexed;
  readonly index: number;
  /** Lines at the file's beginning that are not read. */
  readonly linesCut: number;
  /** Every word of the file. */
  readonly words: ReadonlySet<number>;
  /** Remembers what it counted, for all who rate texts for this hole. */
  readonly rater: Rater;
  private readonly sizes: Uint8Array;
  private readonly blanks = new Map<number, boolean>();
  private readonly brackets = new Map<number, number>();
  private readonly baseSize: number;

  constructor(
    readonly place: InfillPlace,
    base: Vocabulary,
    segments: readonly { readonly segment: Segment; readonly follow: FollowOrder }[],
    /** How public code goes on. */
    corpus?: CorpusNgram,
  ) {
    const { path, language } = place;
    const prefix = tailOf(place.prefix);
    const suffix = headOf(place.suffix);
    this.vocabulary = new Vocabulary(base);
    this.corpus = corpus && new CorpusView(corpus, this.vocabulary);
    this.baseSize = base.size;
    this.text = prefix + PLACEHOLDER + suffix;
    this.linesCut = place.prefix.slice(0, place.prefix.length - prefix.length).split('\n').length - 1;
    this.lexed = lex(this.text, language);
    this.index = indexAt(this.lexed, prefix.length);
    const cells = encode(this.text, this.lexed, this.vocabulary);
    this.leftCells = cells.subarray(0, this.index);
    this.rightCells = cells.subarray(this.index + 1);
    this.left = Int32Array.from(this.leftCells, idOf).reverse();
    this.right = Int32Array.from(this.rightCells, idOf);
    this.words = new Set([...this.left, ...this.right].filter((id) => this.vocabulary.traits(id) & IS_WORD));
    const own = new Segment(
      [
        { path, cells: this.leftCells },
        { path: `${path}\uffff`, cells: this.rightCells },
      ],
      this.vocabulary.size,
    );
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const none = { from: 0, to: 0 };
    this.sources = [
      { segment: own, follow: new FollowOrder(own, this.vocabulary.size), isOwn: true, skipped: none, folder: none },
      ...segments.map(({ segment, follow }) => ({
        ...{ segment, follow, isOwn: false },
        skipped: segment.stretch((other) => (other < path ? -1 : other === path ? 0 : 1)),
        folder:
          folder === '' ? none : segment.stretch((other) => (other.startsWith(folder) ? 0 : other < folder ? -1 : 1)),
      })),
    ];
    const line = prefix.slice(prefix.lastIndexOf('\n') + 1);
    this.indent = (/^[ \t]*/.exec(line) as RegExpExecArray)[0];
    this.isLineStart = line.trim() === '';
    this.isLineEnd = /^[ \t]*(?:\r?\n|$)/.test(suffix);
    this.isLine = this.isLineStart && this.isLineEnd;
    this.spaced = { before: /\s$/.test(prefix), after: /^\s/.test(suffix) };
    for (const [sign, turn] of BRACKETS) {
      const id = this.vocabulary.find(sign);
      if (id >= 0) this.brackets.set(id, turn);
    }
    this.rater = new Rater(this);
    this.sizes = new Uint8Array(this.vocabulary.size).fill(255);
  }

  /** Lexemes of a token: `===` is three, a line's end none. */
  lexemes(id: number): number {
    const known = this.sizes[id];
    if (known !== undefined && known !== 255) return known;
    const size = isNewLine(id) ? 0 : Math.min(254, lexemesOf(this.vocabulary.text(id)).length);
    if (id < this.sizes.length) this.sizes[id] = size;
    return size;
  }

  /** Whether a stretch has blanks on its sides where the hole has them: code is written alike. */
  isSpacedAlike(cells: Int32Array, from: number, to: number): boolean {
    const first = cells[from] as number;
    const next = to < cells.length ? (cells[to] as number) : EDGE;
    if (!this.isLineStart && spaceBefore(first) > 0 !== this.spaced.before) return false;
    const behind = idOf(next);
    return this.isLineEnd || behind === EDGE || isNewLine(behind) || spaceBefore(next) > 0 === this.spaced.after;
  }

  /** Two words are not one. */
  mayTouch(first: number, last: number): boolean {
    const word = (id: number | undefined) => id !== undefined && (this.vocabulary.traits(id) & IS_WORD) !== 0;
    return (
      (this.spaced.before || !word(this.left[0]) || !word(first)) &&
      (this.spaced.after || !word(this.right[0]) || !word(last))
    );
  }

  /** A word that is no keyword: a local's, or one that is written like a type. */
  isName(id: number): boolean {
    const traits = this.vocabulary.traits(id);
    if ((traits & IS_WORD) === 0) return false;
    return (traits & IS_LOCAL_LIKE) !== 0 || /^[_$]*\p{Lu}/u.test(this.vocabulary.text(id));
  }

  /** 1 for a token that opens a bracket, -1 for one that closes one. */
  opens(id: number): number {
    return this.brackets.get(id) ?? 0;
  }

  /** The repository's files have this token. */
  isOfRepository(id: number): boolean {
    return id < this.baseSize;
  }

  /** Text that stands between two tokens of a line: as they stand beside each other elsewhere, else as most do. */
  between(before: number, after: number): string {
    const key = before * 0x400000 + after;
    let blank = this.blanks.get(key);
    if (blank === undefined) {
      const words = (this.vocabulary.traits(before) & this.vocabulary.traits(after) & IS_WORD) !== 0;
      blank = this.isSpaced(before, after) ?? this.corpus?.isSpaced(before, after) ?? words;
      this.blanks.set(key, blank);
    }
    return blank ? ' ' : '';
  }

  private isSpaced(before: number, after: number): boolean | undefined {
    for (const { segment, follow } of this.sources) {
      const range = follow.ranges([before, after])[1];
      if (range) return spaceBefore(segment.cells[follow.at(range.from) + 1] as number) > 0;
    }
    return undefined;
  }

  /** Whether a position of a source may be part of an answer. */
  mayUse(source: Source, position: number): boolean {
    if (position >= source.skipped.from && position < source.skipped.to) return false;
    return source.segment.dead === 0 || source.segment.slotAt(position) >= 0;
  }

  /** Tokens before a position that agree with those before the hole. */
  leftAgreement({ segment: { cells } }: Source, position: number): number {
    return agreement(this.left, cells, position - 1, -1);
  }

  rightAgreement({ segment: { cells } }: Source, position: number): number {
    return agreement(this.right, cells, position, 1);
  }
}

/** Line ends of all kinds agree: blank lines and depth differ where the code does not. EDGE agrees with nothing. */
function agreement(wanted: Int32Array, cells: Int32Array, from: number, step: number): number {
  const most = Math.min(SIDE, wanted.length);
  let same = 0;
  for (let at = from; same < most && at >= 0 && at < cells.length; at += step) {
    const id = idOf(cells[at] as number);
    const here = wanted[same] as number;
    if (id !== here && !(isNewLine(id) && isNewLine(here))) break;
    if (id === 0) break;
    same++;
  }
  return same;
}

function indexAt({ count, starts, ends }: Lexed, offset: number): number {
  for (let i = 0; i < count; i++) if ((starts[i] as number) <= offset && (ends[i] as number) > offset) return i;
  return count;
}

function tailOf(prefix: string): string {
  if (prefix.length <= BEFORE) return prefix;
  const from = prefix.indexOf('\n', prefix.length - BEFORE);
  return from < 0 ? prefix.slice(-BEFORE) : prefix.slice(from + 1);
}

function headOf(suffix: string): string {
  if (suffix.length <= AFTER) return suffix;
  const to = suffix.lastIndexOf('\n', AFTER);
  return suffix.slice(0, to < 0 ? AFTER : to);
}
