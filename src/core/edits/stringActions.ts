/** Fix actions for strings that never end. */
import type { CodeToken } from './codeTokens.ts';
import type { ActionEdit, FixSite } from './fixRules.ts';

/** Closes a one-line string at each likely place, or drops a stray quote. */
export function closeString(site: FixSite): ActionEdit[] {
  const line = site.lines.lineAt(site.start);
  const string =
    site.tokens.find((token) => token.open && token.start <= site.start && site.start <= token.end) ??
    site.tokens.find((token) => token.open && site.lines.lineAt(token.start) === line);
  if (!string) return [];
  const prefix = /^[A-Za-z]*/.exec(string.text)?.[0].length ?? 0;
  const quote = string.text[prefix] as string;
  const body = string.start + prefix + 1;
  const content = site.text.slice(body, string.end);
  const candidates: ActionEdit[] = [];
  const close = (offset: number, weight: number) =>
    candidates.push({ edits: [{ start: body + offset, end: body + offset, newText: quote }], weight });
  const unquote = (weight: number) =>
    candidates.push({ edits: [{ start: string.start, end: body, newText: '' }], weight });

  const other = quote === '"' ? "'" : '"';
  const wrong = content.lastIndexOf(other);
  if (wrong !== -1 && !content.slice(0, wrong).includes(other))
    candidates.push({ edits: [{ start: body + wrong, end: body + wrong + 1, newText: quote }], weight: 1 });

  const trimmed = content.trimEnd();
  if (trimmed === '') {
    // A lone quote at the end of a line was never meant to open anything.
    candidates.push({ edits: [{ start: string.start, end: string.end, newText: '' }], weight: 1 });
    close(0, 0.5);
    return candidates;
  }
  const identifier = /^[\p{L}_]\w*/u.exec(trimmed)?.[0];
  const whole = site.tokens.some(
    (token) => token.kind === 'string' && !token.open && token.text.slice(1, -1) === identifier,
  );
  const used = identifier !== undefined && !whole && usedNearby(site, identifier, string);
  // `'counter` where `counter` is a variable: the quote is the slip. `int(x)+1`: code, not text.
  const code = used || /^[\w.]+[([]/.test(trimmed);
  // `split(",)`: a lone sign before the brackets is what the string holds.
  if (/^[^\w\s)\]}][)\]}]+:?$/.test(trimmed)) close(1, 1.02);
  else if (/^[,)\]:]/.test(trimmed)) close(0, 0.99);
  unquote(code ? 1 : 0.55);

  const scale = code ? 0.8 : 1;
  const tail = /[\s)\]},:;]*$/.exec(trimmed)?.[0] ?? '';
  const coreLength = trimmed.length - tail.length;
  const comment = /\s+(?:#|\/\/)\s.*$/.exec(trimmed);
  if (comment) close(comment.index, 0.75 * scale);
  close(coreLength, (tail ? 1 : 0.98) * scale);
  for (let length = coreLength + 1; length <= trimmed.length; length++)
    close(length, (length === trimmed.length ? 0.8 : 0.75) * scale);
  // Earlier places: before a bracket, comma, operator or blank that would go on with code.
  for (const { index } of content.slice(0, coreLength).matchAll(/[)\],:=+]| (?:in|for|if|else|and|or|not)\b|\./g))
    if (index > 0) close(index, 0.6 * scale);
  const word = identifier?.length ?? 0;
  if (word > 0 && word < coreLength) close(word, 0.55 * scale);
  return candidates.sort((a, b) => b.weight - a.weight);
}

/** A line of Python: a string that went on past it would hide code. */
const STATEMENT =
  /^\s*(?:(?:if|elif|for|while|with|def|class|async)\b.*:|(?:else|try|finally)\s*:|(?:return|yield|raise|assert|del|global|nonlocal|pass|break|continue)\b|from\s+\S+\s+import\s|import\s+[\w.]+\s*$|@\w|[\w.]+(?:\[[^\]]*\])*(?:\s*,\s*[\w.]+)*\s*[-+*/]?=\s*\S|[\w.]+\(.*\)\s*$)/;

/**
 * Closes a triple-quoted string: completes quotes that are too few, or ends it with one of its lines, at the latest with
 * the last one before the code begins again.
 */
export function closeTripleString(site: FixSite): ActionEdit[] {
  // Until Python 3.9 the place is the end of the file: an open string that runs on is then the one.
  const string =
    site.tokens.find((token) => token.open && token.start <= site.start && site.start < token.end) ??
    site.tokens.findLast((token) => token.open && token.end === site.text.length);
  if (!string) return [];
  const opening = /^[A-Za-z]*("""|''')/.exec(string.text);
  if (!opening) return [];
  const triple = opening[1] as string;
  const quote = triple[0] as string;
  const candidates: ActionEdit[] = [];
  let at = string.start;
  for (let line = 0; at < string.end && line < 60; line++) {
    const newline = site.text.indexOf('\n', at);
    const end = newline === -1 || newline > string.end ? string.end : newline;
    const text = site.text.slice(at, end).replace(/\r$/, '').trimEnd();
    const body = line === 0 ? text.slice(opening[0].length) : text;
    if (line > 0 && STATEMENT.test(text)) break;
    const stop = at + text.length;
    const few = /["']+$/.exec(body)?.[0] ?? '';
    if (few && few.length < 3 && [...few].every((char) => char === quote))
      candidates.push({
        edits: [{ start: stop, end: stop, newText: quote.repeat(3 - few.length) }],
        weight: Math.max(0.7, 1 - line / 50),
      });
    else if (body.trim())
      candidates.push({ edits: [{ start: stop, end: stop, newText: triple }], weight: Math.max(0.2, 0.7 - line / 50) });
    at = end + 1;
  }
  // One quote too many: `x = """` where '' or "" was meant.
  candidates.push({
    edits: [{ start: string.start, end: string.start + opening[0].length, newText: '' }],
    weight: 0.2,
  });
  return candidates.sort((a, b) => b.weight - a.weight);
}

/** A variable of this name within a screenful: what stands after a dot is no variable. */
function usedNearby(site: FixSite, word: string, except: CodeToken): boolean {
  const line = site.lines.lineAt(except.start);
  return site.tokens.some(
    (token, index) =>
      token.kind === 'word' &&
      token.text === word &&
      site.tokens[index - 1]?.text !== '.' &&
      Math.abs(site.lines.lineAt(token.start) - line) <= 25 &&
      site.lines.lineAt(token.start) !== line,
  );
}
