/** The rest of a mined idiom whose beginning was just typed, the names of the place in its holes. */
import type { LanguageId } from '../../languages.ts';
import type { Place, Proposal } from '../place.ts';
import { encode, idOf, shapeOf } from './cells.ts';
import { lex } from './lexer.ts';
import type { CursorTokens } from './place.ts';
import { isNewLine } from './vocabulary.ts';

/** Code of an attractor: a snippet or an example. */
export interface IdiomText {
  readonly language: LanguageId;
  readonly text: string;
}

/** Tokens of the idiom that must have been typed; fewer are the beginning of too much. */
const LEAST_TYPED = 4;
/** Lines that are proposed at most. */
const MOST_LINES = 12;

/**
 * The idiom of which most was typed, from the cursor to its end; undefined where none was begun. Names that were bound otherwise
 * are renamed throughout; indentation and line ends are the buffer's. It tells no confidence: nothing was fitted to it.
 */
export function completeIdiom(place: Place, tokens: CursorTokens, idioms: readonly IdiomText[]): Proposal | undefined {
  if (tokens.rest !== '' || tokens.partial !== '') return undefined;
  let best: { typed: number; text: string } | undefined;
  for (const idiom of idioms) {
    if (idiom.language !== place.language) continue;
    const source = idiom.text.trim();
    const lexed = lex(source, idiom.language);
    const cells = encode(source, lexed, tokens.vocabulary);
    for (
      let typed = Math.min(cells.length - 1, tokens.cursor - 1);
      typed >= LEAST_TYPED && typed > (best?.typed ?? 0);
      typed--
    ) {
      const renames = beginning(tokens, cells, typed);
      if (!renames) continue;
      best = { typed, text: restOf(source, lexed, cells, typed, renames, tokens, place) };
    }
  }
  return best && best.text.trim() !== '' ? { text: best.text, source: 'idiom', replaces: 0 } : undefined;
}

/** The names put in place, if the tokens before the cursor are the first `typed` ones of an idiom and begin a line. */
function beginning({ cells, cursor }: CursorTokens, idiom: Int32Array, typed: number): Map<number, number> | undefined {
  const start = cursor - typed;
  const before = cells[start - 1];
  if (before === undefined || (start > 1 && !isNewLine(idOf(before)))) return undefined;
  const renames = new Map<number, number>();
  for (let i = 0; i < typed; i++) {
    const [there, here] = [idiom[i] as number, cells[start + i] as number];
    if (isNewLine(idOf(there)) && isNewLine(idOf(here))) continue;
    if (shapeOf(there) !== shapeOf(here)) return undefined;
    const known = renames.get(idOf(there));
    if (known !== undefined && known !== idOf(here)) return undefined;
    renames.set(idOf(there), idOf(here));
  }
  return renames;
}

function restOf(
  source: string,
  { starts, ends, count }: { readonly starts: Int32Array; readonly ends: Int32Array; readonly count: number },
  cells: Int32Array,
  typed: number,
  renames: ReadonlyMap<number, number>,
  { vocabulary, spaced }: CursorTokens,
  { prefix }: Place,
): string {
  let text = '';
  let at = ends[typed - 1] as number;
  for (let i = typed; i < count; i++) {
    const renamed = renames.get(idOf(cells[i] as number));
    const own = source.slice(starts[i], ends[i]);
    text +=
      source.slice(at, starts[i]) +
      (renamed === undefined || isNewLine(idOf(cells[i] as number)) ? own : vocabulary.text(renamed));
    at = ends[i] as number;
  }
  if (spaced) text = text.replace(/^ /, '');
  const line = prefix.slice(Math.max(prefix.lastIndexOf('\n'), prefix.lastIndexOf('\r')) + 1);
  const indentation = /^\s*/.exec(line)?.[0] ?? '';
  const lineEnd = prefix.includes('\r\n') ? '\r\n' : '\n';
  // A snippet's first line has lost its indentation, the others share what the last of them has least of.
  const lines = text.split(/\r\n|\r|\n/).slice(0, MOST_LINES);
  const rest = source
    .split(/\r\n|\r|\n/)
    .slice(1)
    .filter((each) => each.trim() !== '');
  const least = Math.min(...rest.map((each) => /^\s*/.exec(each)?.[0].length ?? 0));
  return lines
    .map((each, i) => (i === 0 ? each : each.trim() === '' ? '' : indentation + each.slice(least)))
    .join(lineEnd);
}
