/** Fix actions for brackets: one that was never closed, one of the wrong kind, one too many. */
import { type CodeToken, isClosing, isOpening, partner, unclosedBrackets } from './codeTokens.ts';
import type { ActionEdit, FixSite } from './fixRules.ts';

/** Lines after the opening bracket in which its closing one is looked for. */
const MAX_LINES = 12;

const BLOCK_WORDS = /^(?:if|elif|else|for|while|def|class|with|try|except|async|match|case)$/;
const CLAUSE_WORDS = /^(?:and|or|if|else|for|in|is|not|as)$/;
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
  candidates.push({ edits: [{ start: wrong.start, end: wrong.start, newText: right }], weight: outer ? 1 : 0.7 });
  candidates.push({ edits: [{ start: wrong.start, end: wrong.end, newText: right }], weight: outer ? 0.75 : 1 });
  candidates.push({ edits: [{ start: wrong.start, end: wrong.end, newText: '' }], weight: 0.72 });
  for (const closing of closings(site, opening))
    if ((closing.edits[0]?.start ?? 0) < wrong.start) candidates.push({ ...closing, weight: closing.weight * 0.8 });
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
      const continues = lines === 0 || indentation(site, line) > indentation(site, line - lines);
      candidates.push({
        edits: [{ start: token.end, end: token.end, newText: closer }],
        weight: weight * (lines === 0 ? 1 : Math.max(0.4, 0.9 - 0.05 * lines)) * (continues ? 1 : 0.5),
      });
    }
  }
  return candidates.sort((a, b) => b.weight - a.weight);
}

/** How natural it is to close a bracket after this token. */
function closingWeight(site: FixSite, index: number, opening: CodeToken): number {
  const token = site.tokens[index] as CodeToken;
  const next = site.tokens[index + 1];
  const empty = token === opening;
  if (token.text === '.' || (token.kind === 'operator' && token.text !== '...')) return 0;
  if (CLAUSE_WORDS.test(token.text) && token.kind === 'word') return 0;
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
  if (next.text === ',') return 0.6 * factor;
  if (next.kind === 'operator') return 0.55 * factor;
  return 0.35 * factor;
}

function indentation(site: FixSite, line: number): number {
  const start = site.lines.lineStart(line);
  return /^[ \t]*/.exec(site.text.slice(start, start + 200))?.[0].length ?? 0;
}

function firstWord(site: FixSite, token: CodeToken): string {
  const start = site.lines.lineStart(site.lines.lineAt(token.start));
  return site.tokens.find((other) => other.start >= start)?.text ?? '';
}
