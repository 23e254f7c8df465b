/** A token in 32 bits: its number, whether it may be renamed, and the white space before it. */
import type { LanguageId } from '../../languages.ts';
import { IN_TEXT, type Lexed, lex, OTHER_SPACE, SPACE_SHIFT, TokenKind } from './lexer.ts';
import { ANY_NAME, IS_LOCAL_LIKE, NEW_LINE, type Vocabulary } from './vocabulary.ts';

const SPACES = 3;
const LOCAL = 4;
const ID_SHIFT = 3;

export function idOf(cell: number): number {
  return cell >>> ID_SHIFT;
}

/** A cell with nothing but a number: what a search by exact tokens asks for. */
export function cellOf(id: number): number {
  return id << ID_SHIFT;
}

/** The number by which a search that does not care for local names compares. */
export function shapeOf(cell: number): number {
  return cell & LOCAL ? ANY_NAME : cell >>> ID_SHIFT;
}

/** True for a name that stands for a value here: neither called, nor a member, nor inside a string. */
export function isLocalName(cell: number): boolean {
  return (cell & LOCAL) !== 0;
}

/** 0, 1, or OTHER_SPACE for white space that is not one space. */
export function spaceBefore(cell: number): number {
  return cell & SPACES;
}

/** The cells of a lexed text. A name is local unless its neighbours say that it is a member or called. */
export function encode(text: string, lexed: Lexed, vocabulary: Vocabulary): Int32Array {
  const { count, starts, ends, marks, turns } = lexed;
  const cells = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const mark = marks[i] as number;
    const kind = mark & 7;
    if (kind === TokenKind.NewLine) {
      cells[i] = (NEW_LINE + (turns[i] as number)) << ID_SHIFT;
      continue;
    }
    const id = vocabulary.intern(text.slice(starts[i], ends[i]));
    let cell = (id << ID_SHIFT) | Math.min(OTHER_SPACE, mark >> SPACE_SHIFT);
    if (kind === TokenKind.Word && !(mark & IN_TEXT) && vocabulary.traits(id) & IS_LOCAL_LIKE) {
      const before = i === 0 ? 0 : text.charCodeAt((ends[i - 1] as number) - 1);
      const width = i === 0 ? 0 : (ends[i - 1] as number) - (starts[i - 1] as number);
      const isMember =
        (before === 46 && width <= 2) ||
        (before === 58 && width === 2) ||
        (before === 62 && width === 2 && text.charCodeAt((ends[i - 1] as number) - 2) === 45);
      const next = ends[i] as number;
      const after = text.charCodeAt(next);
      const isCalled =
        after === 40 ||
        (after === 58 && text.charCodeAt(next + 1) === 58) ||
        (after === 33 && text.charCodeAt(next + 1) === 40);
      if (!isMember && !isCalled) cell |= LOCAL;
    }
    cells[i] = cell;
  }
  return cells;
}

export function cellsOf(text: string, language: LanguageId, vocabulary: Vocabulary): Int32Array {
  return encode(text, lex(text, language), vocabulary);
}
