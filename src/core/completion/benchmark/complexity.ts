/** Cyclomatic complexity (McCabe, 1976) of a stretch of a file: one and its decisions. */

import type { Span } from '../../syntax/facts.ts';
import type { FlatTree, Grammar } from '../../syntax/flatTree.ts';

/** Nodes that decide, in the grammars of all languages; a short-circuit operator decides too. */
const DECIDES =
  /^(?:(?:if|for|for_in|while|do)_statement|(?:if|for|while|loop|conditional|ternary)_expression|elif_clause|(?:catch|except|case|for_in)_clause|switch_case|match_arm|(?:expression|type|communication)_case|&&|\|\||\?\?|and|or)$/;

export function cyclomaticComplexity(tree: FlatTree, { kindNames }: Grammar, { start, end }: Span): number {
  let decisions = 0;
  for (let node = 0; node < tree.size; node++) {
    if ((tree.startIndex[node] as number) < start || (tree.endIndex[node] as number) > end) continue;
    const kind = kindNames[tree.kind[node] as number] ?? '';
    if (DECIDES.test(kind)) decisions++;
  }
  return 1 + decisions;
}
