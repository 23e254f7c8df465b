/** Whether the file has more syntax errors with a text than it has without, by tree-sitter. */

import type { Parser } from '../../ports.ts';
import { type FlatTree, NODE_ERROR, NODE_MISSING } from '../../syntax/flatTree.ts';
import { parsedWindow } from '../parsedWindow.ts';
import type { Place, Proposal } from '../place.ts';
import type { Facts } from './filter.ts';

/**
 * Compares with the better of two files: the one without the text, and the one without the cursor's line, since what was
 * typed so far is often an error of its own. A text cut off by a limit is compared with the first alone.
 */
export async function addsErrors(proposal: Proposal, place: Place, parser: Parser, partial: boolean): Promise<boolean> {
  const { before, behind, base } = parsedWindow(place);
  const errors = (text: string) => errorsOf(place, parser, text, base);
  const with_ = await errors(before + proposal.text + behind.slice(proposal.replaces));
  if (with_ === 0) return false;
  if (with_ > (await errors(before + behind))) return true;
  return !partial && with_ > (await errors(base));
}

/** Errors and missing nodes. */
async function errorsOf(place: Place, parser: Parser, text: string, base: string): Promise<number> {
  return fileErrors(parser, place.language, text, base);
}

/** The same of a whole file. */
export async function fileErrors(
  parser: Parser,
  language: Place['language'],
  text: string,
  base?: string,
): Promise<number> {
  const tree: FlatTree = await parser.parse(language, text, base);
  if (!tree.hasErrors) return 0;
  let errors = 0;
  for (let node = 0; node < tree.size; node++) {
    if (((tree.flags[node] as number) & (NODE_ERROR | NODE_MISSING)) !== 0) errors++;
  }
  return errors;
}

/** Signs with which no line of Python ends outside brackets. */
const DANGLING = /(?:[^.]\.|[=+*/%&|^@<>~-]|\b(?:and|or|not|in|is|lambda|if|import))$/;
/** What a line outside every function of Go may begin with. */
const TOP_LEVEL = /^(?:func|var|const|type|import|package)\b/;

/**
 * Errors that tree-sitter's grammars let pass: a line of Python that ends in the middle of an expression, a statement of
 * Go outside every function.
 */
export function slipsThroughParser({ around, lines, partial, scan }: Facts): boolean {
  const proposed = scan.lines.slice(0, lines.length);
  if (around.family === 'python') {
    const last = proposed[proposed.length - 1];
    const code = last?.text.replace(/#.*$/, '').trimEnd() ?? '';
    return (
      !partial &&
      last?.depthAfter === 0 &&
      scan.ends.inCode !== false &&
      last.openQuote === '' &&
      /[\w.=+*/%&|^@<>~-]$/.test(last.last) &&
      DANGLING.test(code)
    );
  }
  if (around.family !== 'go' || !/^package /m.test(around.place.prefix)) return false;
  const from = around.linePrefix.trim() === '' ? 0 : 1;
  return proposed.some(
    (line, i) =>
      i >= from &&
      line.first !== '' &&
      !line.inString &&
      line.depth === 0 &&
      /\w/.test(line.first) &&
      !TOP_LEVEL.test(line.text.trim()),
  );
}
