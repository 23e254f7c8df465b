/** SH5: tells a repair from a change that only makes the checker quiet: deletions, emptied bodies, suppressions, escapes. */
import { diffArrays } from 'diff';
import { parse } from 'yaml';
import { LodestoneError } from '../../base/errors.ts';
import { type CodeToken, tokenize } from '../edits/codeTokens.ts';
import { editDistance } from '../edits/editDistance.ts';

/** One entry of src/data/healing/escapes.yml. */
export interface Escape {
  readonly id: string;
  readonly extensions: readonly string[];
  readonly in: 'comment' | 'code';
  readonly pattern: RegExp;
  readonly message: string;
}

export interface GuardFinding {
  /** 'statement', 'call', 'export', 'function', 'body', or an escape's id. */
  readonly rule: string;
  readonly message: string;
}

/** Reads the list of escapes; throws LodestoneError badData that names the entry at fault. */
export function parseEscapes(yaml: string): readonly Escape[] {
  const data = parse(yaml) as { escapes?: unknown } | null;
  if (!Array.isArray(data?.escapes))
    throw new LodestoneError('badData', 'healing/escapes.yml: `escapes` must be a list.');
  return data.escapes.map((entry: Record<string, unknown>, index) => {
    const { id, extensions, message } = entry;
    const where = `healing/escapes.yml: entry ${index + 1}`;
    if (typeof id !== 'string' || typeof message !== 'string' || !Array.isArray(extensions)) {
      throw new LodestoneError('badData', `${where} needs id, message and extensions.`);
    }
    if (entry.in !== 'comment' && entry.in !== 'code') {
      throw new LodestoneError('badData', `${where} (${id}): \`in\` must be comment or code.`);
    }
    try {
      return {
        id,
        message,
        extensions: extensions.map(String),
        in: entry.in,
        pattern: new RegExp(String(entry.pattern), 'gmu'),
      };
    } catch (cause) {
      throw new LodestoneError('badData', `${where} (${id}): its pattern is no regular expression.`, { cause });
    }
  });
}

/** Words followed by '(' that are no calls. */
const NOT_CALLED = new Set(
  'if for while switch catch function return typeof await yield in of and or not elif with assert match del import'.split(
    ' ',
  ),
);

/** What makes a change of the text no heal; empty where it is one. */
export type Guard = (after: string) => GuardFinding[];

/**
 * Judges changes of one text. Works on tokens, so comments and layout do not matter, and a statement that moves, is
 * wrapped or keeps most of its words is still there.
 */
export function guardOf(path: string, before: string, escapes: readonly Escape[]): Guard {
  const python = /\.pyi?$/.test(path);
  const family = python ? 'python' : 'ecmascript';
  const own = escapes.filter(({ extensions }) => extensions.some((extension) => path.endsWith(extension)));
  const escapesIn = (text: string, tokens: readonly CodeToken[]) => {
    const shown = new Map([...new Set(own.map((escape) => escape.in))].map((at) => [at, blanked(text, tokens, at)]));
    return own.map((escape) => count(shown.get(escape.in) ?? '', escape.pattern));
  };
  const old = tokenize(before, family);
  const escaped = escapesIn(before, old);
  const was = statements(old, python);
  return (after) => {
    if (before === after) return [];
    const now = tokenize(after, family);
    const counts = escapesIn(after, now);
    return [
      ...own
        .filter((_, index) => (counts[index] ?? 0) > (escaped[index] ?? 0))
        .map(({ id, message }) => ({ rule: id, message })),
      ...lostCode(was, statements(now, python)),
    ];
  };
}

/** The text with strings and comments (or all but comments) as blanks; offsets stay. */
function blanked(text: string, tokens: readonly CodeToken[], keep: Escape['in']): string {
  let result = '';
  let at = 0;
  for (const { kind, text: own, start, end } of tokens) {
    const shown = keep === 'comment' ? kind === 'comment' : kind !== 'comment' && kind !== 'string';
    result += text.slice(at, start) + (shown ? own : own.replace(/[^\n]/g, ' '));
    at = end;
  }
  return result + text.slice(at);
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

type Statement = readonly CodeToken[];

/** Statements that may come and go; comparing takes the square of them. */
const MAX_EDIT_LENGTH = 2000;
/** Words that a lost one is compared with, to tell a corrected spelling. */
const MAX_SIMILAR = 200;

/** Logical lines: a line end outside brackets, ';' and, where they open blocks, braces end one. */
function statements(tokens: readonly CodeToken[], python: boolean): Statement[] {
  const found: Statement[] = [];
  let current: CodeToken[] = [];
  let depth = 0;
  const close = () => {
    if (current.length) found.push(current);
    current = [];
  };
  for (const token of tokens) {
    // What a string without an end swallows is no code yet: it is told apart once the string ends.
    if (token.kind === 'comment' || (token.open && token.text.includes('\n'))) continue;
    if (token.kind === 'newline') {
      if (depth <= 0) close();
      continue;
    }
    const { kind, text } = token;
    if (kind === 'bracket' && (text === '{' || text === '}') && !python) {
      // A block inside brackets (a callback) holds statements of its own.
      close();
      found.push([token]);
      depth = 0;
      continue;
    }
    if (kind === 'operator' && text === ';') {
      close();
      continue;
    }
    if (kind === 'bracket') {
      if (text === '(' || text === '[' || text === '{') depth++;
      if (text === ')' || text === ']' || text === '}') depth = Math.max(0, depth - 1);
    }
    current.push(token);
  }
  close();
  return found;
}

const textOf = (statement: Statement) => statement.map(({ text }) => text).join(' ');
const isValue = ({ kind }: CodeToken) => kind === 'word' || kind === 'number' || kind === 'string';

/** Compares what each changed region said with what it says now. */
function lostCode(before: readonly Statement[], after: readonly Statement[]): GuardFinding[] {
  const findings: GuardFinding[] = [];
  const changes = diffArrays(before.map(textOf), after.map(textOf), { maxEditLength: MAX_EDIT_LENGTH });
  if (!changes) return [{ rule: 'statement', message: 'It changes too much to tell what it deletes.' }];
  const moved = new Pool(changes.filter(({ added }) => added).flatMap(({ value }) => value));
  let from = 0;
  let to = 0;
  let gone: Statement[] = [];
  let come: Statement[] = [];
  const flush = () => {
    if (gone.length) {
      // A statement that reappears elsewhere in the file was moved, not deleted.
      const away = gone.filter((statement) => !moved.take(textOf(statement)));
      findings.push(...lostInRegion(away, come));
    }
    gone = [];
    come = [];
  };
  for (const change of changes) {
    const size = change.value.length;
    if (change.removed) {
      gone.push(...before.slice(from, from + size));
      from += size;
    } else if (change.added) {
      come.push(...after.slice(to, to + size));
      to += size;
    } else {
      flush();
      from += size;
      to += size;
    }
  }
  flush();
  const byRule = new Map(findings.map((finding) => [finding.rule, finding]));
  return [...byRule.values()];
}

function lostInRegion(gone: readonly Statement[], come: readonly Statement[]): GuardFinding[] {
  const findings: GuardFinding[] = [];
  const added = come.flat();
  const pool = new Pool(added.filter(isValue).map(({ text }) => text));
  for (const statement of gone) {
    const values = statement.filter(isValue).map(({ text }) => text);
    if (!values.length) continue;
    // A lone keyword or name that goes (a stray word the parser choked on) is no statement.
    const changed = values.filter((value) => !pool.take(value));
    const kept = values.length - changed.filter((value) => !pool.takeSimilar(value)).length;
    if (kept === 0 || (kept < values.length / 3 && values.length > 3)) {
      findings.push({ rule: 'statement', message: `It deletes code: ${shorten(textOf(statement))}` });
    }
  }
  const lostCalls = callsIn(gone.flat()) - callsIn(added);
  if (lostCalls > 0) findings.push({ rule: 'call', message: 'It deletes a call.' });
  const exported = ['export', 'pub'];
  if (wordsIn(gone.flat(), exported) > wordsIn(added, exported)) {
    findings.push({ rule: 'export', message: 'It takes an export away.' });
  }
  const declared = ['function', 'def', 'class', 'fn', 'func', 'interface', 'struct', 'trait', 'impl'];
  if (wordsIn(gone.flat(), declared) > wordsIn(added, declared)) {
    findings.push({ rule: 'function', message: 'It deletes a declaration.' });
  }
  if (gone.some((statement) => statement.some(isValue)) && come.some((statement) => isEmptyBody(statement))) {
    findings.push({ rule: 'body', message: 'It empties a body.' });
  }
  return findings;
}

/** `pass` or `...` alone stands for a body with nothing in it. */
function isEmptyBody(statement: Statement): boolean {
  return textOf(statement) === 'pass' || textOf(statement) === '...';
}

function callsIn(tokens: readonly CodeToken[]): number {
  let calls = 0;
  tokens.forEach((token, index) => {
    const previous = tokens[index - 1];
    if (token.text !== '(' || token.kind !== 'bracket' || !previous) return;
    if (previous.kind === 'word' && !NOT_CALLED.has(previous.text)) calls++;
  });
  return calls;
}

function wordsIn(tokens: readonly CodeToken[], words: readonly string[]): number {
  return tokens.filter(({ kind, text }) => kind === 'word' && words.includes(text)).length;
}

/** Words that are there so many times and are taken one by one. */
class Pool {
  private readonly left = new Map<string, number>();

  constructor(values: readonly string[]) {
    for (const value of values) this.left.set(value, (this.left.get(value) ?? 0) + 1);
  }

  take(value: string): boolean {
    const left = this.left.get(value);
    if (left === undefined) return false;
    if (left === 1) this.left.delete(value);
    else this.left.set(value, left - 1);
    return true;
  }

  /** A corrected spelling is still the same word. */
  takeSimilar(value: string): boolean {
    let seen = 0;
    for (const other of this.left.keys()) {
      if (similar(other, value)) return this.take(other);
      if (++seen >= MAX_SIMILAR) return false;
    }
    return false;
  }
}

function similar(a: string, b: string): boolean {
  if (a.length > 60 || b.length > 60) return a.slice(0, 40) === b.slice(0, 40);
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  const most = Math.max(1, Math.floor(Math.max(x.length, y.length) * 0.4));
  return editDistance(x, y, most) <= most;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
