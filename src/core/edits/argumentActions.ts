/** Fix action that passes what a Python call lacks, where the function around it has something of that name. */
import { type CodeToken, isClosing, isOpening } from './codeTokens.ts';
import type { ActionEdit, FixSite } from './fixRules.ts';
import { indentation, lineText } from './siteLines.ts';

/** Passes the parameters that the group `names` lists ("a", "b") by position, or by keyword; all of them or none. */
export function passArguments(site: FixSite): ActionEdit[] {
  const names = [...(site.groups['names'] ?? '').matchAll(/"(\w+)"/g)].map(([, name]) => name as string);
  const brackets = callBrackets(site);
  const bound = boundBefore(site);
  if (!names.length || !brackets || !names.every((name) => bound.has(name))) return [];
  const { close, last } = brackets;
  const lead = isOpening(last) ? '' : last.text === ',' ? ' ' : ', ';
  const at = isOpening(last) ? close.start : last.end;
  const pass = (text: string, weight: number): ActionEdit => ({
    edits: [{ start: at, end: at, newText: lead + text }],
    weight,
    title: `Pass ${names.join(', ')}`,
  });
  const byKeyword = pass(names.map((name) => `${name}=${name}`).join(', '), 0.9);
  return site.groups['named'] ? [byKeyword] : [pass(names.join(', '), 1), byKeyword];
}

/** The closing bracket of the call at the site, and what stands before it. */
function callBrackets(site: FixSite): { close: CodeToken; last: CodeToken } | undefined {
  const code = site.tokens.filter(({ kind }) => kind !== 'newline' && kind !== 'comment');
  const first = code.findIndex(({ start, text }) => start >= site.start && text === '(');
  let depth = 0;
  for (let index = first; index >= 0 && index < code.length; index++) {
    const token = code[index] as CodeToken;
    if (isOpening(token)) depth++;
    if (isClosing(token) && --depth === 0) return { close: token, last: code[index - 1] as CodeToken };
  }
  return undefined;
}

/** Names that the function around the site mentions before it (its parameters, what it assigns); at module level all. */
function boundBefore(site: FixSite): Set<string> {
  const width = indentation(lineText(site, site.diagnostic.line));
  let from = 0;
  for (let line = site.diagnostic.line - 1; line >= 1; line--) {
    const text = lineText(site, line);
    if (indentation(text) < width && /^\s*(?:async\s+)?def\s/.test(text)) {
      from = site.lines.lineStart(line);
      break;
    }
  }
  const names = new Set<string>();
  site.tokens.forEach(({ kind, text, start }, index) => {
    const isMember = site.tokens[index - 1]?.text === '.';
    if (kind === 'word' && start >= from && start < site.start && !isMember) names.add(text);
  });
  return names;
}
