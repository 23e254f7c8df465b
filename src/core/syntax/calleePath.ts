/** The callee of a call as a dotted path, by the path rules of the language's query file. */
import type { PathRule } from './factQueries.ts';
import { type FlatTree, NODE_NAMED } from './flatTree.ts';

/** Nodes followed before the rest of a callee counts as computed. */
const MAX_NODES = 40;

/** Longest path kept: a fluent chain of a thousand links would make every link's path long, and the file's quadratic. */
const MAX_SEGMENTS = 8;

/**
 * `router.get`, `fs.promises.readFile`, `app.route().get`, `x[].run`; computed parts stand as '()' and '[]', and so does
 * whatever lies left of the eighth link.
 */
export function calleePath(
  tree: FlatTree,
  text: string,
  paths: readonly (PathRule | undefined)[],
  callee: number,
): string {
  let path = '';
  let node = callee;
  for (let links = 0, steps = 0; ; steps++) {
    if (steps === MAX_NODES) return `()${path}`;
    const rule = paths[tree.kind[node] as number];
    if (rule === undefined) return path ? `()${path}` : '()';
    if (rule.kind === 'name') return text.slice(tree.startIndex[node], tree.endIndex[node]) + path;
    const head = childOf(tree, node, rule.head);
    if (head < 0) return path ? `()${path}` : '()';
    if (rule.kind === 'member') {
      const tail = childOf(tree, node, rule.tail);
      if (tail < 0) return path ? `()${path}` : '()';
      path = `.${text.slice(tree.startIndex[tail], tree.endIndex[tail])}${path}`;
      if (++links === MAX_SEGMENTS) return `()${path}`;
    } else if (rule.kind === 'call') path = `()${path}`;
    else if (rule.kind === 'index') path = `[]${path}`;
    node = head;
  }
}

/** The first child with a field, or the first named child for field 0; -1 if there is none. */
function childOf(tree: FlatTree, node: number, field: number): number {
  const end = tree.end[node] as number;
  for (let child = node + 1; child < end; child = tree.end[child] as number) {
    if (field === 0 ? (tree.flags[child] as number) & NODE_NAMED : tree.field[child] === field) return child;
  }
  return -1;
}

/** Last segment of a path: what the call is called. */
export function lastSegment(path: string): string {
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (!name.endsWith(')') && !name.endsWith(']')) return name;
  return name.replace(/(\(\)|\[\])+$/, '') || name;
}
