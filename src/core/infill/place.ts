/** Where something is to be written: what every source of candidates is told. */
import type { LanguageId } from '../languages.ts';
import type { MaskUnit } from './masker.ts';

export interface InfillPlace {
  /** Repository-relative, with '/'. */
  readonly path: string;
  readonly language: LanguageId;
  /** The whole file's text before and after the hole; what stood in it is in neither. */
  readonly prefix: string;
  readonly suffix: string;
  readonly unit: MaskUnit;
  /** Type of the node in its grammar; '' for a hole where nothing stands yet. */
  readonly nodeType: string;
  /** How many lexemes the answer has; undefined where nobody knows. */
  readonly lexemes?: number;
  /** Several lines stood there, so that several are wanted. */
  readonly severalLines?: boolean;
  /** Line ends that stood in the hole: so many lines further down a person finds what stands behind it. */
  readonly linesTaken?: number;
}

/** Code around a hole. */
export type CodeAround = Pick<InfillPlace, 'language' | 'prefix' | 'suffix'>;

const LEXEME = /\w+|[^\w\s]/g;

/** Words and signs: the unit in which lengths are given and answers compared. */
export function lexemesOf(text: string): string[] {
  return text.match(LEXEME) ?? [];
}

/** Whether two answers are the same but for white space. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [lexemesOf(one), lexemesOf(other)];
  return a.length === b.length && a.every((lexeme, i) => lexeme === b[i]);
}

/** Whether nothing but white space shares the hole's lines with it. */
export function isWholeLine(prefix: string, suffix: string): boolean {
  return /(?:^|\n)[ \t]*$/.test(prefix) && /^[ \t]*(?:\r?\n|$)/.test(suffix);
}

/** The text with the line ends of the file that it goes into. */
export function withLineEnds(text: string, { prefix, suffix }: Pick<CodeAround, 'prefix' | 'suffix'>): string {
  const [end] = /\r?\n/.exec(prefix) ?? /\r?\n/.exec(suffix) ?? [];
  return end === undefined ? text : text.replace(/\r?\n/g, end);
}
