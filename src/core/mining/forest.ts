/** The frequent part of many files' normalised trees as one flat forest: the database of the subtree miner. */
import type { LabelTable } from './labelTable.ts';

/** One file's trees with labels interned over the whole repository; kept between reports. */
export interface FileTrees {
  readonly path: string;
  /** Preorder; label numbers of `LabelTable`. */
  readonly label: Int32Array;
  readonly size: Int32Array;
  readonly line: Int32Array;
  readonly span: Int32Array;
  readonly functionNodes: Int32Array;
  readonly functionFacts: Int32Array;
  readonly statementNodes: Int32Array;
  readonly variableStart: Int32Array;
  readonly variables: Uint16Array;
  readonly slotNodes: Int32Array;
  readonly slots: Int32Array;
}

/**
 * Nodes whose label occurs in enough files, in preorder, file by file. A link to a parent whose label is not frequent is
 * cut: no frequent induced subtree can use it. -1 stands for "none".
 */
export interface Forest {
  readonly files: readonly FileTrees[];
  readonly count: number;
  readonly label: Int32Array;
  readonly parent: Int32Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  /** Index in `files`, and node number there. */
  readonly file: Int32Array;
  readonly node: Int32Array;
  /** Index into the file's statementNodes, or -1. */
  readonly statement: Int32Array;
}

/** Builds the forest of labels that occur in at least `minFiles` of the files. */
export function buildForest(files: readonly FileTrees[], labels: LabelTable, minFiles: number): Forest {
  const seenIn = new Int32Array(labels.count).fill(-1);
  const fileCount = new Int32Array(labels.count);
  let total = 0;
  files.forEach((file, index) => {
    total += file.label.length;
    for (const label of file.label) {
      if (seenIn[label] === index) continue;
      seenIn[label] = index;
      fileCount[label] = (fileCount[label] as number) + 1;
    }
  });
  const make = () => new Int32Array(total);
  const [label, parent, firstChild, nextSibling] = [make(), make().fill(-1), make().fill(-1), make().fill(-1)];
  const [fileOf, nodeOf, statement] = [make(), make(), make().fill(-1)];
  let count = 0;
  const stackEnd: number[] = [];
  const stackNode: number[] = [];
  const lastChild: number[] = [];
  files.forEach((file, index) => {
    stackEnd.length = 0;
    stackNode.length = 0;
    lastChild.length = 0;
    let statementAt = 0;
    for (let node = 0; node < file.label.length; node++) {
      while (stackEnd.length > 0 && (stackEnd.at(-1) as number) <= node) {
        stackEnd.pop();
        stackNode.pop();
        lastChild.pop();
      }
      while (statementAt < file.statementNodes.length && (file.statementNodes[statementAt] as number) < node)
        statementAt++;
      const name = file.label[node] as number;
      const kept = (fileCount[name] as number) >= minFiles ? count++ : -1;
      if (kept !== -1) {
        label[kept] = name;
        fileOf[kept] = index;
        nodeOf[kept] = node;
        if (file.statementNodes[statementAt] === node) statement[kept] = statementAt;
        const above = stackNode.length === 0 ? -1 : (stackNode.at(-1) as number);
        if (above !== -1) {
          parent[kept] = above;
          const before = lastChild.at(-1) as number;
          if (before === -1) firstChild[above] = kept;
          else nextSibling[before] = kept;
          lastChild[lastChild.length - 1] = kept;
        }
      }
      const size = file.size[node] as number;
      if (size > 1) {
        stackEnd.push(node + size);
        stackNode.push(kept);
        lastChild.push(-1);
      }
    }
  });
  const cut = (array: Int32Array) => array.subarray(0, count);
  cutRareEdges({ count, label, parent, firstChild, nextSibling, file: fileOf }, labels, minFiles);
  return {
    ...{ files, count, label: cut(label), parent: cut(parent), firstChild: cut(firstChild) },
    ...{ nextSibling: cut(nextSibling), file: cut(fileOf), node: cut(nodeOf), statement: cut(statement) },
  };
}

/**
 * Takes nodes out of their parents' lists where the pair of labels occurs in too few files: such an edge is in no frequent
 * pattern. Pairs share counters by hash, which keeps too much at worst; hashes are of names, so that the order in which
 * files arrived does not matter.
 */
function cutRareEdges(
  forest: Pick<Forest, 'count' | 'label' | 'parent' | 'firstChild' | 'nextSibling' | 'file'>,
  labels: LabelTable,
  minFiles: number,
): void {
  const { count, label, parent, firstChild, nextSibling, file } = forest;
  let bits = 12;
  while (bits < 21 && 1 << bits < count * 2) bits++;
  const lastFile = new Int32Array(1 << bits).fill(-1);
  const files = new Uint8Array(1 << bits);
  const slot = (node: number): number => {
    const above = labels.hash(label[parent[node] as number] as number);
    return (Math.imul(above, 0x9e3779b1) ^ Math.imul(labels.hash(label[node] as number), 0x85ebca6b)) >>> (32 - bits);
  };
  for (let node = 0; node < count; node++) {
    if (parent[node] === -1) continue;
    const at = slot(node);
    if (lastFile[at] === file[node]) continue;
    lastFile[at] = file[node] as number;
    if ((files[at] as number) < 255) files[at] = (files[at] as number) + 1;
  }
  for (let above = 0; above < count; above++) {
    let before = -1;
    let child = firstChild[above] as number;
    while (child !== -1) {
      const next = nextSibling[child] as number;
      if ((files[slot(child)] as number) >= minFiles) before = child;
      else {
        parent[child] = -1;
        nextSibling[child] = -1;
        if (before === -1) firstChild[above] = next;
        else nextSibling[before] = next;
      }
      child = next;
    }
  }
}
