/** Makes text of a repository fit for an agent: no secrets, no control or hidden characters, no markers of models, no end. */
import { neutralise } from '../../base/neutralise.ts';
import { cleanLine, cleanSnippet, looksSecret } from '../retrieval/hygiene.ts';

const LEFT_OUT = '[left out: it looks like a secret]';

/** One line of at most `most` characters. */
export function cleanWords(text: string, most = 400): string {
  return shortened(cleanLine(neutralise(text, { oneLine: true })), most);
}

/** Lines of code without blank ones and without common indentation. */
export function cleanCode(text: string, most = 1200): string {
  return shortened(cleanSnippet(neutralise(text)).join('\n'), most);
}

/**
 * A unified diff. Lines that look like secrets are named as left out, markers and hidden characters are taken away: then it
 * is no longer `complete`, since it would not apply.
 */
export function cleanDiff(diff: string, most: number): { diff: string; complete: boolean } {
  let complete = true;
  const lines = diff.split('\n').map((line) => {
    const mark = line.slice(0, 1);
    const code = line.slice(1).replace(/\r$/, '');
    const end = line.slice(1 + code.length);
    if (looksSecret(code)) {
      complete = false;
      return `${mark}${LEFT_OUT}${end}`;
    }
    const clean = cleanLine(code.replaceAll('\t', '  '));
    if (clean === code.replaceAll('\t', '  ').trimEnd()) return line;
    complete = false;
    return `${mark}${clean}${end}`;
  });
  const text = lines.join('\n');
  return text.length <= most ? { diff: text, complete } : { diff: shortened(text, most), complete: false };
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
