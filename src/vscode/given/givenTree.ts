/** What is given at a place as a tree of plain nodes: the block's lines, its attractors, the APIs in reach, the seed. */
import type { ApiInReach, ContextReport } from '../../core/retrieval/context.ts';
import { type AttractorNode, attractorNode, childrenOf, type RepositoryView } from '../sidebar/attractorTree.ts';

export type GivenNode =
  | { readonly type: 'block'; readonly text: string; readonly bytes: number }
  | { readonly type: 'line'; readonly id: string; readonly text: string }
  | { readonly type: 'chosen'; readonly children: readonly AttractorNode[] }
  | { readonly type: 'apis'; readonly root: string; readonly apis: readonly ApiInReach[] }
  | { readonly type: 'api'; readonly id: string; readonly root: string; readonly api: ApiInReach }
  | { readonly type: 'seed'; readonly text: string }
  | AttractorNode;

/** Top of the tree; what is empty is left out. Attractors that the view's report no longer has are passed over. */
export function givenRoots(given: ContextReport, view: RepositoryView): readonly GivenNode[] {
  const known = new Map(view.report?.attractors.map((attractor) => [attractor.id, attractor]));
  const chosen = given.attractors.flatMap((id) => known.get(id) ?? []);
  const nodes: GivenNode[] = [];
  if (given.considerBlock !== '') nodes.push({ type: 'block', text: given.considerBlock, bytes: given.bytes });
  if (chosen.length)
    nodes.push({ type: 'chosen', children: chosen.map((attractor) => attractorNode(view, 'chosen', attractor)) });
  if (given.apis.length) nodes.push({ type: 'apis', root: view.root, apis: given.apis });
  if (given.seed !== '') nodes.push({ type: 'seed', text: given.seed });
  return nodes;
}

export function givenChildren(node: GivenNode): readonly GivenNode[] {
  switch (node.type) {
    case 'block':
      return node.text.split('\n').map((text, index) => ({ type: 'line', id: `line${index}`, text }));
    case 'chosen':
      return node.children;
    case 'apis':
      return node.apis.map((api, index) => ({ type: 'api', id: `api${index}`, root: node.root, api }));
    case 'line':
    case 'api':
    case 'seed':
      return [];
    default:
      return childrenOf(node, { filter: '', expanded: new Set() });
  }
}
