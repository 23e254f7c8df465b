/** Lines of a fix site's text and their indentation. */
import type { FixSite } from './fixRules.ts';

/** The text of a 1-based line, without its line break. */
export function lineText(site: FixSite, line: number): string {
  return site.text
    .slice(site.lines.lineStart(line), site.lines.offsetAt(line, Number.MAX_SAFE_INTEGER))
    .replace(/\r$/, '');
}

/** How many blanks a line begins with; all of them where it is blank. */
export function indentation(text: string): number {
  return text.length - text.trimStart().length;
}
