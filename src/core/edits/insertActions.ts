/** Fix actions that insert, replace or respell one token where the compiler points. */

import { type CodeToken, isClosing, isOpening, unclosedBrackets } from './codeTokens.ts';
import { editDistance } from './editDistance.ts';
import type { ActionEdit, FixSite } from './fixRules.ts';
import { indentation, lineText } from './siteLines.ts';

/** Inserts what the message says is expected (group `expected`, else option `text`). */
export function insertExpected(site: FixSite): ActionEdit[] {
  const text = site.groups['expected'] ?? String(site.options['text'] ?? '');
  if (!text) return [];
  const index = site.tokens.findIndex((token) => token.kind !== 'newline' && token.end > site.start);
  const before = site.tokens
    .slice(0, index === -1 ? site.tokens.length : index)
    .findLast((token) => token.kind !== 'newline' && token.kind !== 'comment');
  const candidates: ActionEdit[] = [];
  const insert = (at: number, newText: string, weight: number) =>
    candidates.push({ edits: [{ start: at, end: at, newText }], weight });
  // A closing brace mostly ends a block and stands on a line of its own, see below.
  const block = text === '}' && before !== undefined && site.lines.lineAt(before.end) < site.lines.lineAt(site.start);
  if (before) insert(before.end, text === '{' ? ' {' : text, block ? 0.6 : text === '}' ? 0.75 : 1);
  if (site.start !== before?.end) insert(site.start, text, block ? 0.55 : text === '}' ? 0.7 : 0.9);
  const here = site.tokens[index];
  if (here && here.start <= site.start && site.start < here.end && here.kind !== 'comment') insert(here.end, text, 0.5);
  if (text === '}') {
    // A block that never ends: on a line of its own, under the line that opened it.
    for (const opening of unclosedBrackets(site.tokens.filter((token) => token.start < Math.max(site.start, 1)))
      .filter((token) => token.text === '{')
      .slice(-3)) {
      const column = indentOf(site, opening);
      const lineEnd = before ? site.lines.offsetAt(site.lines.lineAt(before.end), Number.MAX_SAFE_INTEGER) : site.start;
      const eol = site.text.includes('\r\n') ? '\r\n' : '\n';
      const stop = site.text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
      insert(stop, `${eol}${column}}`, 0.97);
      for (const at of dedents(site, opening, column)) insert(at, `${column}}${eol}`, 0.98);
    }
    for (const { opening, column } of unclosedBlocks(site).slice(0, 3)) {
      const eol = site.text.includes('\r\n') ? '\r\n' : '\n';
      insert(site.lines.lineStart(lastInside(site, opening, column.length) + 1), `${column}}${eol}`, 1.05);
    }
  }
  return candidates;
}

/** Inserts option `text` at option `where`: 'before' or 'after' the range, or 'lineEnd'. */
export function insertText(site: FixSite): ActionEdit[] {
  const newText = String(site.options['text'] ?? '');
  const lineEnd = site.tokens.find(
    (token) => token.start >= site.start && (token.kind === 'newline' || token.kind === 'comment'),
  );
  const last = site.tokens.findLast(
    (token) =>
      token.kind !== 'newline' && token.kind !== 'comment' && token.end <= (lineEnd?.start ?? site.text.length),
  );
  const where = { before: site.start, after: site.end, lineEnd: last?.end ?? site.end }[
    String(site.options['where'] ?? 'before')
  ];
  return where === undefined || !newText ? [] : [{ edits: [{ start: where, end: where, newText }], weight: 1 }];
}

/** Inserts option `text` between each two neighbouring operands on the reported lines. */
export function insertBetween(site: FixSite): ActionEdit[] {
  const newText = String(site.options['text'] ?? ',');
  const from = site.lines.lineStart(site.diagnostic.line);
  const to = site.lines.offsetAt(site.diagnostic.endLine, Number.MAX_SAFE_INTEGER);
  const candidates: ActionEdit[] = [];
  site.tokens.forEach((token, index) => {
    const next = site.tokens[index + 1];
    if (!next || token.start < from || next.end > to + 1) return;
    const after = next.kind === 'newline' ? site.tokens.slice(index + 1).find(({ kind }) => kind !== 'newline') : next;
    if (!after || !endsOperand(token) || !startsOperand(after)) return;
    const inside = token.start >= site.start && token.end <= site.end;
    candidates.push({ edits: [{ start: token.end, end: token.end, newText }], weight: inside ? 1 : 0.7 });
  });
  return candidates;
}

/** Replaces the reported range by the entry of option `map` for its text (or for the group `name`). */
export function replaceRange(site: FixSite): ActionEdit[] {
  const map = site.options['map'] as Record<string, string> | undefined;
  const word = site.tokens.find((token) => token.start <= site.start && site.start < token.end);
  const range = site.end > site.start ? { start: site.start, end: site.end } : word;
  if (!range) return [];
  const newText = map?.[site.text.slice(range.start, range.end)];
  return newText === undefined ? [] : [{ edits: [{ start: range.start, end: range.end, newText }], weight: 1 }];
}

/** Corrects words of the reported line (and the one before) that are one slip away from an entry of option `words`. */
export function respellWord(site: FixSite): ActionEdit[] {
  const words = (site.options['words'] as readonly string[] | undefined) ?? [];
  const known = new Set(words);
  const candidates: ActionEdit[] = [];
  for (const token of site.tokens) {
    const line = site.lines.lineAt(token.start);
    if (token.kind !== 'word' || line > site.diagnostic.line || line < site.diagnostic.line - 1) continue;
    if (known.has(token.text)) continue;
    for (const word of words) {
      const slip = token.text.toLowerCase() === word.toLowerCase();
      if (!slip && (token.text.length < 2 || word.length < 2 || editDistance(token.text, word, 1) > 1)) continue;
      const near =
        line === site.diagnostic.line ? (token.end >= site.start - 1 && token.start <= site.end ? 1 : 0.85) : 0.6;
      candidates.push({
        edits: [{ start: token.start, end: token.end, newText: word }],
        weight: near * (slip ? 1 : word.length > 4 ? 1.02 : word.length > 3 ? 0.95 : 0.6),
        title: `Change ${token.text} to ${word}`,
      });
    }
  }
  return candidates.sort((a, b) => b.weight - a.weight);
}

/** Makes the function around the place asynchronous (Python). */
export function makeAsync(site: FixSite): ActionEdit[] {
  for (let line = site.diagnostic.line; line >= 1; line--) {
    const start = site.lines.lineStart(line);
    const text = site.text.slice(start, site.lines.offsetAt(line, Number.MAX_SAFE_INTEGER));
    const found = /^(\s*)def\s/.exec(text);
    if (!found) continue;
    const at = start + (found[1] as string).length;
    return [{ edits: [{ start: at, end: at, newText: 'async ' }], weight: 1 }];
  }
  return [];
}

/** Opens a block whose brace is missing: a closing brace stands under a line that opens nothing, before deeper lines. */
export function openBlock(site: FixSite): ActionEdit[] {
  const open: CodeToken[] = [];
  const candidates: ActionEdit[] = [];
  for (const token of site.tokens) {
    if (token.kind !== 'bracket' || (token.text !== '{' && token.text !== '}')) continue;
    if (token.text === '{') {
      open.push(token);
      continue;
    }
    const opening = open.pop();
    const line = site.lines.lineAt(token.start);
    const column = indentOf(site, token);
    const alone = site.text.slice(site.lines.lineStart(line), token.start).trim() === '';
    if (!alone || (opening && indentOf(site, opening).length >= column.length)) continue;
    const header = headerAbove(site, line, column.length);
    if (header === undefined) continue;
    const code = site.tokens.findLast(
      ({ kind, end }) =>
        kind !== 'newline' && kind !== 'comment' && end <= site.lines.offsetAt(header, Number.MAX_SAFE_INTEGER),
    );
    if (code) candidates.push({ edits: [{ start: code.end, end: code.end, newText: ' {' }], weight: 1 });
    // The brace that was taken for this block's belongs to the one around it.
    if (opening) open.push(opening);
  }
  return candidates.slice(0, 4);
}

/** The nearest line above on the same level that is followed by deeper lines and ends in none of `{ ( [ , ;`. */
function headerAbove(site: FixSite, line: number, depth: number): number | undefined {
  let deeper = false;
  for (let number = line - 1; number >= 1 && number > line - 400; number--) {
    const text = lineText(site, number);
    if (text.trim() === '') continue;
    const width = indentation(text);
    if (width > depth) deeper = true;
    else if (width < depth) return undefined;
    else return deeper && !/[{([,;]\s*$/.test(text) ? number : undefined;
  }
  return undefined;
}

/** Starts of lines below an opening brace that stand no deeper than it: its block most likely ends before one of them. */
function dedents(site: FixSite, opening: CodeToken, column: string): number[] {
  const found: number[] = [];
  const first = site.lines.lineAt(opening.start) + 1;
  for (let line = first; line <= site.lines.lineCount && found.length < 3; line++) {
    const start = site.lines.lineStart(line);
    const text = site.text.slice(start, site.lines.offsetAt(line, Number.MAX_SAFE_INTEGER));
    if (text.trim() === '') continue;
    const blanks = /^[ \t]*/.exec(text)?.[0] ?? '';
    if (blanks.length <= column.length && !/^[ \t]*[})\]]/.test(text)) found.push(start);
    else if (blanks.length < column.length) found.push(start);
  }
  return found;
}

/** Blocks without an end: a brace that closes further left than its block began belongs to an outer one. */
function unclosedBlocks(site: FixSite): { opening: CodeToken; column: string }[] {
  const open: CodeToken[] = [];
  const found: { opening: CodeToken; column: string }[] = [];
  for (const token of site.tokens) {
    if (token.kind !== 'bracket') continue;
    if (token.text === '{') open.push(token);
    if (token.text !== '}') continue;
    const own = site.text.slice(site.lines.lineStart(site.lines.lineAt(token.start)), token.start);
    for (let opening = open.pop(); opening; opening = open.pop()) {
      const column = indentOf(site, opening);
      if (own.trim() !== '' || own.length >= column.length) break;
      found.push({ opening, column });
    }
  }
  return found;
}

/** The last line of the deeper lines that follow an opening brace; blank lines between them count, those after do not. */
function lastInside(site: FixSite, opening: CodeToken, depth: number): number {
  let last = site.lines.lineAt(opening.start);
  for (let line = last + 1; line <= site.lines.lineCount; line++) {
    const text = site.text.slice(site.lines.lineStart(line), site.lines.offsetAt(line, Number.MAX_SAFE_INTEGER));
    if (text.trim() === '') continue;
    if (text.length - text.trimStart().length <= depth) break;
    last = line;
  }
  return last;
}

function indentOf(site: FixSite, token: CodeToken): string {
  const start = site.lines.lineStart(site.lines.lineAt(token.start));
  return /^[ \t]*/.exec(site.text.slice(start, token.start))?.[0] ?? '';
}

function endsOperand(token: CodeToken): boolean {
  return token.kind === 'number' || token.kind === 'string' || isClosing(token) || isName(token);
}

function startsOperand(token: CodeToken): boolean {
  return token.kind === 'number' || token.kind === 'string' || isOpening(token) || isName(token);
}

function isName(token: CodeToken): boolean {
  return (
    token.kind === 'word' &&
    !/^(?:and|or|not|in|is|if|else|for|return|lambda|yield|await|import|from|as)$/.test(token.text)
  );
}
