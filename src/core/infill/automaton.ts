/** Whether the text of a hole can still become one whose brackets and quotes match, told from what is committed of it. */
import { familyOf, type LanguageId } from '../languages.ts';
import { BracketStack } from './brackets.ts';

/** What the code around a hole leaves open. */
export interface Surroundings {
  /** Closers that the hole owes to what stands before it, innermost last. */
  readonly open: readonly string[];
  /** Closers behind the hole whose openers the hole has to bring, in their order. */
  readonly closers: readonly string[];
  /** The hole stands in a string with this quote, or in a comment; '' in code. */
  readonly inside: '' | 'comment' | "'" | '"' | '`' | "'''" | '"""';
}

export const IN_CODE: Surroundings = { open: [], closers: [], inside: '' };

/** Parts of a language's lexical rules that brackets and quotes depend on. */
interface Lexicon {
  readonly lineComment: string;
  readonly hasBlockComments: boolean;
  /** Quotes, longer ones first. */
  readonly quotes: readonly string[];
  /** Quotes whose strings may go over several lines. */
  readonly long: readonly string[];
  readonly hasPatterns: boolean;
}

const LEXICONS: Readonly<Record<ReturnType<typeof familyOf>, Lexicon>> = {
  ecmascript: {
    ...{ lineComment: '//', hasBlockComments: true, hasPatterns: true },
    ...{ quotes: ['"', "'", '`'], long: ['`'] },
  },
  python: {
    ...{ lineComment: '#', hasBlockComments: false, hasPatterns: false },
    ...{ quotes: ['"""', "'''", '"', "'"], long: ['"""', "'''"] },
  },
  rust: { lineComment: '//', hasBlockComments: true, hasPatterns: false, quotes: ['"', "'"], long: ['"'] },
  go: { lineComment: '//', hasBlockComments: true, hasPatterns: false, quotes: ['"', "'", '`'], long: ['`'] },
};

interface KnownText {
  /** What is known, between gaps. */
  readonly runs: readonly string[];
  readonly closers: readonly string[];
  /** Brackets that fit into all gaps together. */
  readonly room: number;
}

/** Gaps within strings and comments at which both ways on are tried: the string ends in the gap, or goes on behind it. */
const BRANCHES = 4;
const [LINE, BLOCK] = ['line comment', 'block comment'];

export class Automaton {
  private readonly lexicon: Lexicon;
  private readonly family: ReturnType<typeof familyOf>;

  constructor(
    language: LanguageId,
    private readonly around: Surroundings = IN_CODE,
    /** Brackets without their partner that the text of one gap may have at most. */
    private readonly bracketsPerGap = Number.POSITIVE_INFINITY,
  ) {
    this.family = familyOf(language);
    this.lexicon = LEXICONS[this.family];
  }

  /** `pieces`: the hole's text in order, undefined for a gap that any text may fill. False where no filling can be right. */
  canBecome(pieces: readonly (string | undefined)[]): boolean {
    const { inside, open, closers } = this.around;
    if (inside === 'comment') return true;
    if (inside !== '') return pieces.every((piece) => piece === undefined || this.staysInside(piece));
    const gaps = pieces.filter((piece) => piece === undefined).length;
    const room = gaps === 0 ? 0 : gaps * this.bracketsPerGap;
    return this.reads({ runs: runsOf(pieces), closers, room }, 0, '', new BracketStack(open), BRANCHES);
  }

  /** Of a piece of a string's inside: no closing quote, and no line break where the string has one line. */
  private staysInside(piece: string): boolean {
    const { inside } = this.around;
    if (piece.includes('\n') && !this.lexicon.long.includes(inside)) return false;
    return !piece.replace(/\\[^]/g, '').includes(inside);
  }

  /** `state`: '' in code, else the quote or comment that is open. */
  private reads(text: KnownText, from: number, state: string, stack: BracketStack, branches: number): boolean {
    const { runs, closers, room } = text;
    let within = state;
    for (let run = from; run < runs.length; run++) {
      if (run > from) {
        stack.gap();
        const goesOn = within !== '' && branches > 0;
        const rest = { ...text, runs: runs.slice(run) };
        if (goesOn && this.reads(rest, 0, within, stack.copy(), branches - 1)) return true;
        within = '';
      }
      const next = this.readRun(runs[run] as string, within, stack, run === 0 && from === 0 && state === '');
      if (next === undefined) return false;
      within = next;
    }
    if (within !== '' && within !== LINE) return false;
    return closers.every((closer) => stack.read(closer)) && stack.isSettled(room);
  }

  /** The state behind a stretch of known text; undefined where it cannot be right. */
  private readRun(text: string, state: string, stack: BracketStack, isFirst: boolean): string | undefined {
    const { lexicon } = this;
    let within = state;
    for (let at = 0; at < text.length; ) {
      const sign = text[at] as string;
      if (within === LINE) {
        if (sign === '\n') within = '';
        at++;
      } else if (within === BLOCK) {
        const end = text.indexOf('*/', at);
        if (end === -1) return within;
        within = '';
        at = end + 2;
      } else if (within !== '') {
        if (sign === '\\') at += 2;
        else if (text.startsWith(within, at)) {
          at += within.length;
          within = '';
        } else if (sign === '\n' && !lexicon.long.includes(within)) return undefined;
        else at++;
      } else if (text.startsWith(lexicon.lineComment, at)) {
        within = LINE;
        at += lexicon.lineComment.length;
      } else if (lexicon.hasBlockComments && text.startsWith('/*', at)) {
        within = BLOCK;
        at += 2;
      } else if (sign === '/' && lexicon.hasPatterns) at = patternEnd(text, at, isFirst);
      else {
        const quote = this.quoteAt(text, at);
        if (quote !== undefined) {
          within = quote;
          at += quote.length;
        } else if (stack.read(sign)) at++;
        else return undefined;
      }
    }
    return within;
  }

  private quoteAt(text: string, at: number): string | undefined {
    const quote = this.lexicon.quotes.find((each) => text.startsWith(each, at));
    if (quote !== "'") return quote;
    // A lifetime has no second quote; an apostrophe within a word is text of a JSX element.
    if (this.family === 'rust') return /^'(?:\\|[^'\n]'|$)/.test(text.slice(at, at + 4)) ? quote : undefined;
    if (this.family === 'ecmascript' && /^\w'\w/.test(text.slice(Math.max(0, at - 1), at + 2)) && at > 0)
      return undefined;
    return quote;
  }
}

/** The most closing brackets that one token of a vocabulary has; 1 where brackets stand alone. */
export function bracketsPerToken(encode: (text: string) => readonly number[]): number {
  for (let count = MOST_BRACKETS; count > 1; count--)
    for (const pattern of [')', ']', '}', ')}', '})', ')]'])
      if (encode(pattern.repeat(count).slice(0, count)).length === 1) return count;
  return 1;
}

const MOST_BRACKETS = 8;

/** Known text between gaps; the first and the last run may be empty. */
function runsOf(pieces: readonly (string | undefined)[]): string[] {
  const runs = [''];
  let isGap = false;
  for (const piece of pieces) {
    if (piece !== undefined) runs[runs.length - 1] += piece;
    else if (!isGap) runs.push('');
    isGap = piece === undefined;
  }
  return runs;
}

/** Behind a regular expression that begins here, or behind the sign where it divides. */
function patternEnd(text: string, at: number, isFirst: boolean): number {
  const before = text.slice(0, at).trimEnd();
  const begins = before === '' ? isFirst : /[(,=:[!&|?{};+\n]$|\b(?:return|typeof|case)$/.test(before);
  if (!begins) return at + 1;
  const found = /^\/(?:\\.|\[(?:\\.|[^\]\n\\])*\]|[^/\n\\[])+\//.exec(text.slice(at));
  return found ? at + found[0].length : at + 1;
}
