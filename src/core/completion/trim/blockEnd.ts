/** Stops a completion at the end of the block that the cursor stands in, by the syntax tree. */

import type { Parser } from '../../ports.ts';
import { NODE_ERROR } from '../../syntax/flatTree.ts';
import { parsedWindow } from '../parsedWindow.ts';
import type { Place } from '../place.ts';

/** Nodes that hold statements or members: a completion stays inside the one it began in. */
const BLOCK = /(^|_)(block|body|suite|declaration_list|field_declaration_list|match_block|object_type|interface_body)$/;

/**
 * The text up to where the innermost block around the cursor ends once the text stands there; the text itself where it
 * stays inside, or where the tree is too broken to tell.
 */
export async function clipToBlock(place: Place, text: string, replaces: number, parser: Parser): Promise<string> {
  const { before, behind, base } = parsedWindow(place);
  const cursor = before.length;
  const tree = await parser.parse(place.language, before + text + behind.slice(replaces), base);
  const { kindNames } = await parser.grammar(place.language);
  let block = -1;
  for (let node = 0; node < tree.size; ) {
    const start = tree.startIndex[node] as number;
    const end = tree.endIndex[node] as number;
    if (start >= cursor) break;
    if (end < cursor) {
      node = tree.end[node] as number;
      continue;
    }
    if ((tree.flags[node] as number) & NODE_ERROR) return text;
    if (BLOCK.test(kindNames[tree.kind[node] as number] as string)) block = node;
    node++;
  }
  if (block < 0) return text;
  const length = (tree.endIndex[block] as number) - cursor;
  if (length <= 0 || length >= text.length || text.slice(length).trim() === '') return text;
  // What follows a block on its last line (`}, 10);`) belongs to the statement around it.
  const line = text.indexOf('\n', length);
  return line < 0 || text.slice(length, line).trim() !== '' ? text : text.slice(0, length);
}
