/** A forgiving line-by-line lexer: which brackets, strings and comments are open, in code that need not parse. */
import type { Family } from '../languages.ts';
import { type OpenString, openingQuote, regexEnd, stringEnd } from './quotes.ts';

/** An opening bracket that no closing one has answered yet. */
export interface OpenBracket {
  readonly kind: '(' | '[' | '{';
  /** Indentation (characters) of the line on which its statement begins, brackets that span lines looked through. */
  readonly indent: number;
  /** Number of the line that holds it, counted from the first line fed. */
  readonly line: number;
  /** The last code on its line: what follows is indented by one unit. */
  last: boolean;
  /** Indentation of the first line of code that began inside it; -1 while there is none. */
  childIndent: number;
  /** A line inside it is a label of a switch: what follows stands one deeper. */
  labelled: boolean;
  /** A placeholder's `${`: closing it goes on with the template. */
  readonly template: boolean;
}

/** A closing bracket that does not answer the innermost open one, or answers one of another indentation. */
export interface BracketFault {
  readonly why: 'wrongKind' | 'nothingOpen' | 'otherIndent';
  readonly line: number;
  /** Number of this closing bracket among all since the scan began. */
  readonly closer: number;
  readonly opener?: OpenBracket;
}

/** What a line of code looks like; offsets and columns are UTF-16 units of the line. */
export interface ScannedLine {
  readonly text: string;
  readonly indent: number;
  /** Nothing but blanks. */
  readonly blank: boolean;
  /** Begins inside a string that spans lines. */
  readonly inString: boolean;
  /** Holds comments and no code. */
  readonly comment: boolean;
  /** First and last character of code ('' without code). */
  readonly first: string;
  readonly last: string;
  /** Brackets open before and after it. */
  readonly depth: number;
  readonly depthAfter: number;
  /** Innermost bracket open before it. */
  readonly inside: OpenBracket | undefined;
  /** Indentation of the statement that it belongs to at its end. */
  readonly statementIndent: number;
  /** A one-line string of it has no closing quote: that quote. */
  readonly openQuote: string;
}

const LABEL = /^(?:case|default)\b/;
const PARTNER: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** Fed with whole lines in order; `copy` branches it, so that many texts can be tried at one place. */
export class LineScanner {
  /** Unclosed brackets, innermost last. */
  stack: OpenBracket[] = [];
  /** Closing brackets that went wrong, in order; only the first eight are kept. */
  faults: BracketFault[] = [];
  lines = 0;
  closers = 0;
  /** The string or block comment that the next line begins in. */
  string: OpenString | undefined;
  commentDepth = 0;
  /** Indentation of the first line of code outside every bracket; -1 while there is none. */
  rootIndent = -1;

  constructor(readonly family: Family) {}

  copy(): LineScanner {
    const twin = new LineScanner(this.family);
    twin.stack = this.stack.map((open) => ({ ...open }));
    twin.faults = [...this.faults];
    twin.lines = this.lines;
    twin.closers = this.closers;
    twin.string = this.string;
    twin.commentDepth = this.commentDepth;
    twin.rootIndent = this.rootIndent;
    return twin;
  }

  /** Reads one line, without its line break. */
  feed(text: string): ScannedLine {
    const indent = indentOf(text);
    const inside = this.stack[this.stack.length - 1];
    const depth = this.stack.length;
    const inString = this.string !== undefined;
    const startsInComment = this.commentDepth > 0;
    let first = '';
    let lastAt = -1;
    let statementIndent = indent;
    let openQuote = '';
    let at = inString || startsInComment ? 0 : indent;
    const code = (from: number, to = from) => {
      if (first === '') {
        first = text[from] as string;
        if (!inString && !startsInComment) {
          if (inside === undefined) {
            if (this.rootIndent < 0) this.rootIndent = indent;
          } else if (PARTNER[first] === undefined) {
            if (inside.childIndent < 0) inside.childIndent = indent;
            if ((first === 'c' || first === 'd') && LABEL.test(text.slice(indent))) inside.labelled = true;
          }
        }
      }
      lastAt = to;
    };
    while (at < text.length) {
      if (this.commentDepth > 0) {
        at = this.leaveComment(text, at);
        continue;
      }
      if (this.string) {
        const end = stringEnd(text, at, this.string);
        if (end.placeholder) {
          code(end.at - 1);
          this.open('{', statementIndent, true);
          this.string = undefined;
        } else if (end.closed) {
          code(end.at - 1);
          this.string = undefined;
        } else {
          if (!this.string.spansLines && !(this.string.escapes && text.endsWith('\\'))) {
            openQuote = this.string.close;
            this.string = undefined;
          }
          code(text.length - 1);
        }
        at = end.at;
        continue;
      }
      const char = text[at] as string;
      if (char === ' ' || char === '\t' || char === '\r') {
        at++;
        continue;
      }
      if (this.startsLineComment(text, at)) break;
      if (char === '/' && text[at + 1] === '*' && this.family !== 'python') {
        this.commentDepth = 1;
        at += 2;
        continue;
      }
      if (char === '(' || char === '[' || char === '{') {
        code(at);
        this.open(char, statementIndent, false);
        at++;
        continue;
      }
      if (char === ')' || char === ']' || char === '}') {
        const leading = first === '' && !inString;
        code(at);
        const opener = this.close(char, leading ? indent : -1);
        if (opener?.template) this.string = { close: '`', spansLines: true, escapes: true };
        else if (opener && opener.line !== this.lines) statementIndent = opener.indent;
        at++;
        continue;
      }
      const opened = openingQuote(text, at, this.family);
      if (opened) {
        code(at, at + opened.length - 1);
        at += opened.length;
        this.string = opened.string;
        if (at >= text.length && this.string && !this.string.spansLines) {
          openQuote = this.string.close;
          this.string = undefined;
        }
        continue;
      }
      if (char === '/' && this.family === 'ecmascript') {
        const end = regexEnd(text, at, lastAt);
        code(at, end - 1);
        at = end;
        continue;
      }
      code(at);
      at++;
    }
    this.lines++;
    const last = lastAt < 0 ? '' : (text[lastAt] as string);
    const innermost = this.stack[this.stack.length - 1];
    if (innermost && innermost.line === this.lines - 1) innermost.last = last === innermost.kind;
    const blank = first === '' && text.trim() === '';
    return {
      text,
      indent,
      blank,
      inString,
      comment: first === '' && !blank,
      first,
      last,
      depth,
      depthAfter: this.stack.length,
      inside,
      statementIndent,
      openQuote,
    };
  }

  /** Whether the next line begins in plain code. */
  get inCode(): boolean {
    return this.string === undefined && this.commentDepth === 0;
  }

  private open(kind: OpenBracket['kind'], indent: number, template: boolean): void {
    this.stack.push({ kind, indent, line: this.lines, last: false, childIndent: -1, labelled: false, template });
  }

  /** `leadingIndent` is the line's indentation where the bracket is its first code, else -1. */
  private close(char: string, leadingIndent: number): OpenBracket | undefined {
    const kind = PARTNER[char] as string;
    const closer = this.closers++;
    const opener = this.stack[this.stack.length - 1];
    if (opener === undefined) {
      this.fault({ why: 'nothingOpen', line: this.lines, closer });
      return undefined;
    }
    if (opener.kind === kind) {
      this.stack.pop();
      if (leadingIndent >= 0 && opener.line !== this.lines && opener.last && leadingIndent !== opener.indent) {
        this.fault({ why: 'otherIndent', line: this.lines, closer, opener });
      }
      return opener;
    }
    this.fault({ why: 'wrongKind', line: this.lines, closer, opener });
    // Recover: the bracket closes what it fits, if that is near; else it is passed over.
    for (let i = this.stack.length - 2; i >= Math.max(0, this.stack.length - 4); i--) {
      const fits = this.stack[i] as OpenBracket;
      if (fits.kind === kind) {
        this.stack.length = i;
        return fits;
      }
    }
    return undefined;
  }

  private fault(fault: BracketFault): void {
    if (this.faults.length < 8) this.faults.push(fault);
  }

  private startsLineComment(text: string, at: number): boolean {
    return this.family === 'python' ? text[at] === '#' : text[at] === '/' && text[at + 1] === '/';
  }

  private leaveComment(text: string, from: number): number {
    for (let at = from; at < text.length; at++) {
      if (text[at] === '*' && text[at + 1] === '/') {
        this.commentDepth--;
        if (this.commentDepth === 0) return at + 2;
        at++;
      } else if (this.family === 'rust' && text[at] === '/' && text[at + 1] === '*') {
        this.commentDepth++;
        at++;
      }
    }
    return text.length;
  }
}

/** Length of the blanks that a line begins with. */
export function indentOf(line: string): number {
  let at = 0;
  while (line[at] === ' ' || line[at] === '\t') at++;
  return at;
}
