/** A subtree pattern as a tree of labels, and what of it tells something. */
import { parents } from './embedding.ts';

/** Where the sites have an argument. */
export interface ArgumentPlace {
  /** How many others stand between it and the argument shown before it, and whether a string is the first of them. */
  readonly gap: number;
  readonly string: boolean;
  /** From 0; RECEIVER for what stands before the dot. */
  readonly slot: number;
}

export interface SkeletonNode {
  readonly label: string;
  /** The label's first word, and the rest. */
  readonly head: string;
  readonly name: string;
  readonly children: SkeletonNode[];
  /** For arguments of calls. */
  readonly place?: ArgumentPlace;
}

export const HOLE = '…';

/** The pattern's tree with its labels' names. */
export function buildTree(
  labels: readonly string[],
  depths: Uint8Array,
  places: ReadonlyMap<number, ArgumentPlace> = new Map(),
): SkeletonNode {
  const nodes = labels.map((label, index): SkeletonNode => {
    const space = label.indexOf(' ');
    const place = places.get(index);
    return {
      ...(place ? { place } : {}),
      ...{ label, children: [], head: space === -1 ? label : label.slice(0, space) },
      name: space === -1 ? '' : label.slice(space + 1),
    };
  });
  parents(depths).forEach((above, index) => {
    if (above !== -1) nodes[above]?.children.push(nodes[index] as SkeletonNode);
  });
  return nodes[0] as SkeletonNode;
}

/** True for a node that shows a name, or has one below: the rest is scaffolding. */
export function tellsSomething(node: SkeletonNode): boolean {
  return (
    (/^(?:call|chain|new|macro|jsx|attr|key|kwarg|ref|type|decorator|base|returns) ./.test(node.label) &&
      node.name !== '()') ||
    (node.head.startsWith('.') && node.head.length > 1) ||
    node.head === 'throw' ||
    node.children.some(tellsSomething)
  );
}
