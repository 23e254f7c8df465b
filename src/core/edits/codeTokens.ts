/** A forgiving lexer for code that does not parse: strings and comments told from code, brackets and words found. */

export type TokenKind = 'word' | 'number' | 'string' | 'comment' | 'operator' | 'bracket' | 'newline';

export interface CodeToken {
  readonly kind: TokenKind;
  /** Half-open UTF-16 range. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** True for a string that its line (or the file) ends before its closing quote. */
  readonly open?: boolean;
}

export type LexicalFamily = 'python' | 'ecmascript';

const OPERATORS =
  /\.\.\.|>>>=|\*\*=|\/\/=|>>=|<<=|===|!==|&&=|\|\|=|\?\?=|>>>|=>|->|:=|==|!=|<=|>=|&&|\|\||\?\?|\?\.|\+\+|--|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|@=|\*\*|\/\/|<<|>>|[^\s]/y;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const NUMBER = /(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)?)[jJnlL]?/y;
const PYTHON_STRING = /[rRbBuUfFtT]{0,2}("""|'''|"|')/y;
const BRACKETS = '()[]{}';
/** Templates in templates in templates: nobody writes more, and each takes a frame of the stack. */
const MAX_NESTED_TEMPLATES = 200;

/** Every token but blanks, in order. Python's line breaks inside brackets are tokens too: callers decide. */
export function tokenize(text: string, family: LexicalFamily): CodeToken[] {
  const tokens: CodeToken[] = [];
  let at = 0;
  const push = (kind: TokenKind, end: number, open = false) => {
    tokens.push({ kind, start: at, end, text: text.slice(at, end), ...(open ? { open } : {}) });
    at = end;
  };
  while (at < text.length) {
    const char = text[at] as string;
    if (char === '\n') push('newline', at + 1);
    else if (/\s/.test(char)) at++;
    else if (family === 'python' && char === '#') push('comment', lineEnd(text, at));
    else if (family === 'ecmascript' && text.startsWith('//', at)) push('comment', lineEnd(text, at));
    else if (family === 'ecmascript' && text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2);
      push('comment', close === -1 ? text.length : close + 2, close === -1);
    } else if (family === 'python' && match(PYTHON_STRING, text, at)) {
      const opening = match(PYTHON_STRING, text, at) as RegExpExecArray;
      const { end, open } = stringEnd(text, at + opening[0].length, opening[1] as string);
      push('string', end, open);
    } else if (family === 'ecmascript' && (char === '"' || char === "'" || char === '`')) {
      const { end, open } = char === '`' ? templateEnd(text, at + 1) : stringEnd(text, at + 1, char);
      push('string', end, open);
    } else if (family === 'ecmascript' && char === '/' && startsExpression(tokens)) {
      const end = regexEnd(text, at);
      if (end === undefined) push('operator', at + 1);
      else push('string', end);
    } else {
      const word = match(WORD, text, at);
      const number = word ? undefined : match(NUMBER, text, at);
      if (word) push('word', at + word[0].length);
      else if (number) push('number', at + number[0].length);
      else if (BRACKETS.includes(char)) push('bracket', at + 1);
      else push('operator', at + ((match(OPERATORS, text, at)?.[0].length ?? 1) || 1));
    }
  }
  return tokens;
}

/** The closing bracket of an opening one, and the other way round; '' for anything else. */
export function partner(bracket: string): string {
  return { '(': ')', '[': ']', '{': '}', ')': '(', ']': '[', '}': '{' }[bracket] ?? '';
}

export function isOpening(token: CodeToken): boolean {
  return token.kind === 'bracket' && '([{'.includes(token.text);
}

export function isClosing(token: CodeToken): boolean {
  return token.kind === 'bracket' && ')]}'.includes(token.text);
}

/** Opening brackets that no closing one answers, innermost last; a closing bracket of the wrong kind is passed over. */
export function unclosedBrackets(tokens: readonly CodeToken[]): CodeToken[] {
  const stack: CodeToken[] = [];
  for (const token of tokens) {
    if (isOpening(token)) stack.push(token);
    else if (isClosing(token) && stack.at(-1)?.text === partner(token.text)) stack.pop();
  }
  return stack;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  const stop = end === -1 ? text.length : end;
  return text[stop - 1] === '\r' ? stop - 1 : stop;
}

function stringEnd(text: string, from: number, quote: string): { end: number; open: boolean } {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at += text[at + 1] === '\r' && text[at + 2] === '\n' ? 2 : 1;
    else if (text.startsWith(quote, at)) return { end: at + quote.length, open: false };
    else if (text[at] === '\n' && quote.length === 1) return { end: lineEnd(text, at), open: true };
  }
  return { end: text.length, open: true };
}

/** Nested `${…}` is followed by brace counting; its strings by recursion. */
function templateEnd(text: string, from: number, depth = 0): { end: number; open: boolean } {
  if (depth > MAX_NESTED_TEMPLATES) return { end: text.length, open: true };
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '`') return { end: at + 1, open: false };
    else if (text.startsWith('${', at)) {
      let braces = 1;
      for (at += 2; at < text.length && braces > 0; at++) {
        const char = text[at] as string;
        if (char === '{') braces++;
        else if (char === '}') braces--;
        else if (char === '`') at = templateEnd(text, at + 1, depth + 1).end - 1;
        else if (char === '"' || char === "'") at = stringEnd(text, at + 1, char).end - 1;
      }
      at--;
    }
  }
  return { end: text.length, open: true };
}

/** Whether a '/' here would begin a regular expression rather than divide. */
function startsExpression(tokens: readonly CodeToken[]): boolean {
  let last: CodeToken | undefined;
  for (let index = tokens.length - 1; index >= 0; index--) {
    last = tokens[index];
    if (last?.kind !== 'newline' && last?.kind !== 'comment') break;
  }
  if (!last) return true;
  if (last.kind === 'operator') return last.text !== '++' && last.text !== '--';
  if (last.kind === 'bracket') return isOpening(last) || last.text === '}';
  return (
    last.kind === 'word' && /^(?:return|typeof|case|in|of|delete|void|throw|new|await|yield|else|do)$/.test(last.text)
  );
}

function regexEnd(text: string, from: number): number | undefined {
  let inClass = false;
  for (let at = from + 1; at < text.length && text[at] !== '\n'; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) {
      let end = at + 1;
      while (/[a-z]/.test(text[end] ?? '')) end++;
      return end;
    }
  }
  return undefined;
}
