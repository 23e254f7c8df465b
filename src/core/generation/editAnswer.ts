/** What a model answered to an edit: fitted to the selection's indentation, or refused where it is more than the selection. */

/** The answer without fences, with the selection's own indentation. */
export function fitted(answer: string, selection: string): string {
  const lines = answer
    .replace(/^\s*```[^\n]*\n/, '')
    .replace(/\n\s*```\s*$/, '')
    .replace(/^(?:[ \t]*\r?\n)+/, '')
    .trimEnd()
    .split(/\r?\n/);
  const [own, wanted] = [indentOf(lines), indentOf(selection.split(/\r?\n/))];
  const eol = selection.includes('\r\n') ? '\r\n' : '\n';
  if (own === wanted) return lines.join(eol);
  return lines.map((line) => (line.trim() === '' ? '' : wanted + line.slice(own.length))).join(eol);
}

/** The least indentation of lines that have anything on them. */
function indentOf(lines: readonly string[]): string {
  let least: string | undefined;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const indent = (/^[ \t]*/.exec(line) as RegExpExecArray)[0];
    if (least === undefined || indent.length < least.length) least = indent;
  }
  return least ?? '';
}

/** Lines of the file right above or below that an answer may hold before it counts as more than the selection. */
const MOST_REPEATED = 1;
const TELLING = /[\p{L}\p{N}]{2}/u;

/** Why an answer may not stand in place of the selection; undefined where it may. */
export function editRefusal(answer: string, selection: string, before: string, after: string): string | undefined {
  const lines = tellingLines(answer);
  if (lines.length === 0) return 'It has nothing in it.';
  if (answer.trimEnd() === selection.trimEnd()) return 'It is what stands there already.';
  const own = new Set(tellingLines(selection));
  const around = (texts: readonly string[]) => texts.filter((line) => !own.has(line) && lines.includes(line)).length;
  const above = tellingLines(before).slice(-4);
  const below = tellingLines(after).slice(0, 4);
  if (around(above) > MOST_REPEATED || around(below) > MOST_REPEATED)
    return 'It holds more of the file than the selection.';
  if (lines.length > 3 * own.size + 60) return 'It is far longer than the selection.';
  return undefined;
}

function tellingLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => TELLING.test(line));
}
