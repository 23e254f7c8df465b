/** Reads the subset of tree-sitter's query language that grammars/README.md documents into a syntax tree. */
import { LodestoneError } from '../../../base/errors.ts';

/** One node of a pattern. */
export interface PatternNode {
  /** Kind names it may have; empty for a wildcard. */
  readonly names: readonly string[];
  /** True for `(name)` and `(_)`, false for `"text"`; a bare `_` takes both. */
  readonly named: boolean | 'any';
  field?: string;
  readonly captures: string[];
  readonly children: PatternChild[];
  readonly negatedFields: readonly string[];
  /** `.` after the last child. */
  readonly anchoredEnd: boolean;
}

export interface PatternChild {
  /** More than one stands for `[a b]` whose members have children or captures of their own. */
  readonly alternatives: readonly PatternNode[];
  readonly optional: boolean;
  /** `.` before this child. */
  readonly anchored: boolean;
}

/** `(#name? @capture "text" …)`: captures keep their `@`. */
export interface PatternPredicate {
  readonly name: string;
  readonly args: readonly { readonly capture: boolean; readonly text: string }[];
}

export interface Pattern {
  readonly alternatives: readonly PatternNode[];
  readonly predicates: readonly PatternPredicate[];
  /** Line in the query file, from 1. */
  readonly line: number;
}

interface Token {
  readonly type: '(' | ')' | '[' | ']' | '.' | '?' | '!' | 'name' | 'string' | 'capture' | 'predicate' | 'field';
  readonly text: string;
  readonly line: number;
}

const TOKEN =
  /\s+|;[^\n]*|([()[\].?])|!([\w-]+)|"((?:[^"\\]|\\.)*)"|@([\w.-]+)|#([\w-]+[?!])|([A-Za-z_][\w.-]*)(:)?|./gy;

function tokenize(source: string, origin: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const match of source.matchAll(TOKEN)) {
    const [whole, punctuation, negated, string, capture, predicate, name, colon] = match;
    if (punctuation !== undefined) tokens.push({ type: punctuation as Token['type'], text: whole, line });
    else if (negated !== undefined) tokens.push({ type: '!', text: negated, line });
    else if (string !== undefined) tokens.push({ type: 'string', text: unescape(string), line });
    else if (capture !== undefined) tokens.push({ type: 'capture', text: capture, line });
    else if (predicate !== undefined) tokens.push({ type: 'predicate', text: predicate, line });
    else if (name !== undefined) tokens.push({ type: colon ? 'field' : 'name', text: name, line });
    else if (!/^(\s|;)/.test(whole)) throw queryError(origin, line, `unexpected "${whole}"`);
    for (let at = whole.indexOf('\n'); at !== -1; at = whole.indexOf('\n', at + 1)) line++;
  }
  return tokens;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_all, char: string) => ({ n: '\n', t: '\t', r: '\r', '0': '\0' })[char] ?? char);
}

/** The error for a query that cannot be read, naming file and line. */
export function queryError(origin: string, line: number, message: string): LodestoneError {
  return new LodestoneError('badData', `${origin}:${line}: ${message}`, {
    advice: 'Correct the query file; grammars/README.md lists what a pattern may contain.',
  });
}

class QueryParser {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly origin: string,
  ) {}

  patterns(): Pattern[] {
    const found: Pattern[] = [];
    while (this.at < this.tokens.length) {
      const { line } = this.peek();
      const predicates: PatternPredicate[] = [];
      const grouped = this.peek().type === '(' && '(['.includes(this.tokens[this.at + 1]?.type ?? '');
      if (grouped) this.at++;
      const alternatives = this.alternatives(predicates);
      if (grouped) {
        while (this.peek().type === '(') predicates.push(this.predicate());
        this.expect(')');
      }
      found.push({ alternatives, predicates, line });
    }
    return found;
  }

  private alternatives(predicates: PatternPredicate[]): PatternNode[] {
    if (this.peek().type !== '[') return [this.node(predicates)];
    this.at++;
    const members: PatternNode[] = [];
    while (this.peek().type !== ']') members.push(...this.alternatives(predicates));
    this.at++;
    const captures = this.captures();
    for (const member of members) member.captures.push(...captures);
    return mergeLeaves(members);
  }

  private node(predicates: PatternPredicate[]): PatternNode {
    const token = this.next();
    if (token.type === 'string' || (token.type === 'name' && token.text === '_')) {
      const wildcard = token.type === 'name';
      return {
        names: wildcard ? [] : [token.text],
        named: wildcard ? 'any' : false,
        captures: this.captures(),
        children: [],
        negatedFields: [],
        anchoredEnd: false,
      };
    }
    if (token.type !== '(') throw queryError(this.origin, token.line, `expected a node, found "${token.text}"`);
    const name = this.expect('name');
    const children: PatternChild[] = [];
    const negatedFields: string[] = [];
    let anchored = false;
    for (;;) {
      const { type, text } = this.peek();
      if (type === ')') break;
      if (type === '.') {
        anchored = true;
        this.at++;
      } else if (type === '!') {
        negatedFields.push(text);
        this.at++;
      } else if (type === '(' && this.tokens[this.at + 1]?.type === 'predicate') {
        predicates.push(this.predicate());
      } else {
        children.push(this.child(anchored, predicates));
        anchored = false;
      }
    }
    this.at++;
    return {
      names: name.text === '_' ? [] : [name.text],
      named: true,
      captures: this.captures(),
      children,
      negatedFields,
      anchoredEnd: anchored,
    };
  }

  private child(anchored: boolean, predicates: PatternPredicate[]): PatternChild {
    const field = this.peek().type === 'field' ? this.next().text : undefined;
    const alternatives = this.alternatives(predicates);
    if (field !== undefined) for (const node of alternatives) node.field = field;
    const optional = this.tokens[this.at]?.type === '?';
    if (optional) {
      this.at++;
      const captures = this.captures();
      for (const node of alternatives) node.captures.push(...captures);
    }
    return { alternatives, optional, anchored };
  }

  private predicate(): PatternPredicate {
    this.expect('(');
    const name = this.expect('predicate').text;
    const args: { capture: boolean; text: string }[] = [];
    while (this.peek().type !== ')') {
      const token = this.next();
      args.push({ capture: token.type === 'capture', text: token.text });
    }
    this.at++;
    return { name, args };
  }

  private captures(): string[] {
    const names: string[] = [];
    while (this.tokens[this.at]?.type === 'capture') names.push(this.next().text);
    return names;
  }

  private peek(): Token {
    const token = this.tokens[this.at];
    if (!token) throw queryError(this.origin, this.tokens.at(-1)?.line ?? 1, 'the file ends inside a pattern');
    return token;
  }

  private next(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  private expect(type: Token['type']): Token {
    const token = this.next();
    if (token.type !== type) throw queryError(this.origin, token.line, `expected ${type}, found "${token.text}"`);
    return token;
  }
}

/** `[(a) (b)] @x` whose members are plain leaves is one node with two names. */
function mergeLeaves(members: PatternNode[]): PatternNode[] {
  const [first] = members;
  const mergeable = members.every(
    (member) =>
      member.children.length === 0 &&
      member.negatedFields.length === 0 &&
      member.names.length > 0 &&
      member.named === first?.named &&
      member.captures.join() === first?.captures.join(),
  );
  return first && mergeable ? [{ ...first, names: members.flatMap((member) => member.names) }] : members;
}

/** Patterns of a query file; `origin` names it in errors. Throws LodestoneError badData. */
export function parseQuery(source: string, origin: string): Pattern[] {
  return new QueryParser(tokenize(source, origin), origin).patterns();
}
