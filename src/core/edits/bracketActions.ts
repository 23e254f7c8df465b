/** Fix actions for brackets: one that was never closed, one of the wrong kind, one too many. */
import { type CodeToken, isClosing, isOpening, partner, unclosedBrackets } from './codeTokens.ts';
import type { ActionEdit, FixSite } from './fixRules.ts';
import { indentation, lineText } from './siteLines.ts';

/** Lines after the opening bracket in which its closing one is looked for. */
const MAX_LINES = 12;

const BLOCK_WORDS = /^(?:if|elif|else|for|while|def|class|with|try|except|async|match|case)$/;
const CLAUSE_WORDS = /^(?:and|or|if|else|for|in|is|not|as)$/;
const ONE_ARGUMENT = /^(?:str|float|len|list|set|tuple|bool|repr|iter|abs|any|all|reversed|chr|ord|hash|id|callable)$/;
const COMPARISONS = /^(?:==|!=|<=|>=|<|>|=|===|!==|\+=|-=|\*=|\/=|&&|\|\|)$/;

/** Inserts the missing closing bracket at each place where the nesting allows it. */
export function closeBracket(site: FixSite): ActionEdit[] {
  const opening = openingBracket(site);
  return opening ? closings(site, opening) : [];
}

/** `(…]`: closes the inner one first, or takes the other kind, or drops the stray one. */
export function fixMismatch(site: FixSite): ActionEdit[] {
  const index = site.tokens.findIndex((token) => token.start === site.start && isClosing(token));
  const wrong = site.tokens[index];
  if (!wrong) return closeBracket(site);
  const open = unclosedBrackets(site.tokens.slice(0, index));
  const opening = open.at(-1);
  if (!opening) return [];
  const right = partner(opening.text);
  const candidates: ActionEdit[] = [];
  // Only if an outer bracket waits for the wrong one is a missing inner one the likelier reading.
  const outer = open.at(-2)?.text === partner(wrong.text);
  // A closing bracket that begins its line closes what was opened lines above, not the inner one.
  const lineStart = site.lines.lineStart(site.lines.lineAt(wrong.start));
  const alone = site.text.slice(lineStart, wrong.start).trim() === '';
  candidates.push({
    edits: [{ start: wrong.start, end: wrong.start, newText: right }],
    weight: outer ? (alone ? 0.6 : 1) : 0.7,
  });
  candidates.push({ edits: [{ start: wrong.start, end: wrong.end, newText: right }], weight: outer ? 0.75 : 1 });
  candidates.push({ edits: [{ start: wrong.start, end: wrong.end, newText: '' }], weight: 0.72 });
  for (const closing of closings(site, opening))
    if ((closing.edits[0]?.start ?? 0) < wrong.start)
      candidates.push({ ...closing, weight: closing.weight > 1 ? closing.weight : closing.weight * 0.8 });
  return candidates;
}

/** A closing bracket without an opening one: drops it, or opens one at the start of its expression. */
export function fixUnmatched(site: FixSite): ActionEdit[] {
  const index = site.tokens.findIndex((token) => token.start === site.start && isClosing(token));
  const stray = site.tokens[index];
  if (!stray) return [];
  const candidates: ActionEdit[] = [{ edits: [{ start: stray.start, end: stray.end, newText: '' }], weight: 1 }];
  const lineStart = site.lines.lineStart(site.diagnostic.line);
  for (let before = index - 1; before >= 0; before--) {
    const token = site.tokens[before] as CodeToken;
    if (token.start < lineStart || token.kind === 'newline') break;
    if (token.text === stray.text)
      candidates.push({ edits: [{ start: token.start, end: token.end, newText: '' }], weight: 0.55 });
    candidates.push(...splitWord(site, before));
    const next = site.tokens[before + 1] as CodeToken;
    const starts =
      token.kind === 'operator' ||
      isOpening(token) ||
      /^(?:return|if|elif|while|in|and|or|not|print)$/.test(token.text);
    if (starts && next.start < stray.start)
      candidates.push({ edits: [{ start: next.start, end: next.start, newText: partner(stray.text) }], weight: 0.5 });
  }
  return candidates;
}

/** `url_path_forself)`: an opening bracket lost between two names, at least the second of which the file knows. */
function splitWord(site: FixSite, index: number): ActionEdit[] {
  const token = site.tokens[index] as CodeToken;
  if (token.kind !== 'word' || token.text.length < 4) return [];
  const known = new Set(
    site.tokens.filter((other) => other.kind === 'word' && other !== token).map(({ text }) => text),
  );
  if (known.has(token.text)) return [];
  const defines = site.tokens[index - 1]?.text === 'def';
  const candidates: ActionEdit[] = [];
  for (let at = 1; at <= token.text.length - 2; at++) {
    const [first, second] = [token.text.slice(0, at), token.text.slice(at)];
    if (!known.has(second) || second.length < 2) continue;
    const member = site.tokens[index - 1]?.text === '.' && second.length > 2;
    const weight = known.has(first) || (defines && second === 'self') ? 1.05 : defines || member ? 1.03 : 0.9;
    // The longer the second name, the less likely it is one by chance.
    candidates.push({
      edits: [{ start: token.start + at, end: token.start + at, newText: '(' }],
      weight: weight - 0.02 / second.length,
    });
  }
  return candidates;
}

/** The bracket the diagnostic points at, else the innermost one that is open where it points. */
function openingBracket(site: FixSite): CodeToken | undefined {
  const pointed = site.tokens.find((token) => token.start === site.start && isOpening(token));
  if (pointed) return pointed;
  const before = site.tokens.filter((token) => token.start < Math.max(site.start, site.end));
  return unclosedBrackets(before).at(-1);
}

function closings(site: FixSite, opening: CodeToken): ActionEdit[] {
  const first = site.tokens.indexOf(opening);
  const lastLine = site.lines.lineAt(opening.start) + MAX_LINES;
  const closer = partner(opening.text);
  const candidates: ActionEdit[] = [];
  let depth = 0;
  for (let index = first; index < site.tokens.length; index++) {
    const token = site.tokens[index] as CodeToken;
    if (token.kind === 'newline' || token.kind === 'comment') continue;
    const line = site.lines.lineAt(token.start);
    if (line > lastLine) break;
    if (isOpening(token)) depth++;
    else if (isClosing(token)) {
      depth--;
      if (depth <= 0) break;
    }
    if (depth !== 1) continue;
    const weight = closingWeight(site, index, opening);
    if (weight > 0) {
      const lines = line - site.lines.lineAt(opening.start);
      // Continuation lines stand deeper than the line they continue.
      const continues = lines === 0 || indentation(lineText(site, line)) > indentation(lineText(site, line - lines));
      candidates.push({
        edits: [{ start: token.end, end: token.end, newText: closer }],
        weight: weight * (lines === 0 ? 1 : Math.max(0.4, 0.9 - 0.05 * lines)) * (continues ? 1 : 0.5),
      });
    }
  }
  candidates.push(...ownLine(site, opening, closer));
  return candidates.sort((a, b) => b.weight - a.weight);
}

/** A list that stands on lines of its own is closed on a line of its own, under the line that opened it. */
function ownLine(site: FixSite, opening: CodeToken, closer: string): ActionEdit[] {
  const line = site.lines.lineAt(opening.start);
  if (site.tokens[site.tokens.indexOf(opening) + 1]?.kind !== 'newline') return [];
  const depth = indentation(lineText(site, line));
  const blanks = site.text.slice(site.lines.lineStart(line), site.lines.lineStart(line) + depth);
  const eol = site.text.includes('\r\n') ? '\r\n' : '\n';
  let lastCode = line;
  for (let at = line + 1; at <= Math.min(site.lines.lineCount, line + 200); at++) {
    const start = site.lines.lineStart(at);
    const text = lineText(site, at);
    if (text.trim() === '') continue;
    if (indentation(text) > depth && !/^\s*(?:->|=>)/.test(text)) {
      lastCode = at;
      continue;
    }
    if (/^\s*(?:->|=>)/.test(text))
      return [{ edits: [{ start: start + depth, end: start + depth, newText: closer }], weight: 1.05 }];
    break;
  }
  if (lastCode === line) return [];
  const next = site.lines.lineStart(lastCode + 1);
  const nextEnd = site.lines.offsetAt(lastCode + 1, Number.MAX_SAFE_INTEGER);
  const free = lastCode < site.lines.lineCount && site.text.slice(next, nextEnd).trim() === '';
  const end = site.text[nextEnd - 1] === '\r' ? nextEnd - 1 : nextEnd;
  const edit = free
    ? { start: next, end: Math.max(next, end), newText: blanks + closer }
    : { start: next, end: next, newText: blanks + closer + eol };
  return [{ edits: [edit], weight: 1.04 }];
}

/** How natural it is to close a bracket after this token. */
function closingWeight(site: FixSite, index: number, opening: CodeToken): number {
  const token = site.tokens[index] as CodeToken;
  const next = site.tokens[index + 1];
  const empty = token === opening;
  if (token.text === '.' || (token.kind === 'operator' && token.text !== '...')) return 0;
  if (CLAUSE_WORDS.test(token.text) && token.kind === 'word') return 0;
  if (isWholeSubscript(site, index, opening) && next && !isClosing(next) && next.text !== ',' && next.text !== ':')
    return token.kind === 'string' || token.kind === 'number' ? 1.05 : CLAUSE_WORDS.test(next.text) ? 1.03 : 0.8;
  if (takesOneArgument(site, opening) && next?.text === ',') return 0.97;
  const factor = empty ? 0.75 : 1;
  if (!next || next.kind === 'newline' || next.kind === 'comment') return 0.85 * factor;
  if (next.text === '->' || next.text === '=>') return factor;
  if (next.text === ':') {
    const after = site.tokens[index + 2];
    const endsLine = !after || after.kind === 'newline' || after.kind === 'comment';
    if (BLOCK_WORDS.test(firstWord(site, token)) && opening.text !== '{') return (endsLine ? 1 : 0.95) * factor;
    return (opening.text === '[' ? 0.5 : 0.6) * factor;
  }
  if (next.text === ';' || next.text === '{') return 0.95 * factor;
  if (isClosing(next)) return 0.9 * factor;
  if (COMPARISONS.test(next.text)) return 0.8 * factor;
  if (next.kind === 'word' && CLAUSE_WORDS.test(next.text)) return 0.7 * factor;
  if (next.text === ',') return (site.tokens[index + 2]?.kind === 'newline' ? 0.84 : 0.6) * factor;
  if (next.kind === 'operator') return 0.55 * factor;
  return 0.35 * factor;
}

/** `name["key"` or `name[index`: one token in a subscript. */
function isWholeSubscript(site: FixSite, index: number, opening: CodeToken): boolean {
  const before = site.tokens[index - 2];
  if (opening.text !== '[' || site.tokens[index - 1] !== opening || !before) return false;
  return before.end === opening.start && (before.kind === 'word' || isClosing(before));
}

function takesOneArgument(site: FixSite, opening: CodeToken): boolean {
  const callee = site.tokens[site.tokens.indexOf(opening) - 1];
  return site.family === 'python' && opening.text === '(' && callee !== undefined && ONE_ARGUMENT.test(callee.text);
}

function firstWord(site: FixSite, token: CodeToken): string {
  const start = site.lines.lineStart(site.lines.lineAt(token.start));
  return site.tokens.find((other) => other.start >= start)?.text ?? '';
}
