/** What stands before a definition's body, on one line and without comments. */
import { type FlatTree, NODE_EXTRA } from './flatTree.ts';
import { fold } from './sourceText.ts';

/** Text that is looked at for one signature, in UTF-16 units: four times what is kept. */
const REACH = 1600;

/**
 * Source of [start, stop) folded, without comments and without what only a list over several lines needs: `f(a, b)` for
 * `f(` `a,` `b,` `)`. `first` is the node that begins at `start`.
 */
export function signatureText(tree: FlatTree, text: string, first: number, start: number, stop: number): string {
  const { startIndex, endIndex, flags, end, size } = tree;
  const reach = Math.min(stop, start + REACH);
  let kept = '';
  let from = start;
  for (let node = first; node < size && (startIndex[node] as number) < reach; ) {
    if ((flags[node] as number) & NODE_EXTRA && (startIndex[node] as number) >= from) {
      kept += `${text.slice(from, startIndex[node])} `;
      from = endIndex[node] as number;
      node = end[node] as number;
    } else node++;
  }
  return fold(kept + text.slice(from, Math.max(from, stop)))
    .replace(/\( /g, '(')
    .replace(/,? \)/g, ')')
    .replace(/[\s:{;]+$/, '');
}
