/** A radix trie from texts to values, bounded: long texts that begin alike share what they have in common. */

interface Node<V> {
  /** Text on the edge that leads here; '' at the root. */
  label: string;
  parent: Node<V> | undefined;
  readonly children: Map<string, Node<V>>;
  values: V | undefined;
}

export interface Found<V> {
  readonly value: V;
  /** Characters of the asked text that the value's own text has. */
  readonly length: number;
}

export class PrefixTrie<V> {
  private readonly root: Node<V> = { label: '', parent: undefined, children: new Map(), values: undefined };
  /** Nodes with a value; the one that was used longest ago comes first. */
  private readonly used = new Set<Node<V>>();

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.used.size;
  }

  /** The value at exactly this text, made by `make` where there is none. */
  at(text: string, make: () => V): V {
    const node = this.nodeFor(text);
    node.values ??= make();
    this.touch(node);
    const [oldest] = this.used;
    if (this.used.size > this.capacity && oldest) this.remove(oldest);
    return node.values;
  }

  /** Values of all texts that `text` begins with, the longest first. */
  *prefixesOf(text: string): Generator<Found<V>> {
    const path: { node: Node<V>; length: number }[] = [];
    let node: Node<V> | undefined = this.root;
    let length = 0;
    while (node) {
      if (node.values !== undefined) path.push({ node, length });
      const child: Node<V> | undefined = node.children.get(text.charAt(length));
      if (length >= text.length || !child || !text.startsWith(child.label, length)) break;
      length += child.label.length;
      node = child;
    }
    for (const { node, length } of path.reverse()) yield { value: node.values as V, length };
  }

  /** Counts as used: the value at exactly this text stays longer. */
  keep(text: string): void {
    const node = this.nodeFor(text, false);
    if (node?.values !== undefined) this.touch(node);
  }

  clear(): void {
    this.root.children.clear();
    this.root.values = undefined;
    this.used.clear();
  }

  private nodeFor(text: string): Node<V>;
  private nodeFor(text: string, make: false): Node<V> | undefined;
  private nodeFor(text: string, make = true): Node<V> | undefined {
    let node = this.root;
    let at = 0;
    while (at < text.length) {
      const child = node.children.get(text.charAt(at));
      if (!child) return make ? this.child(node, text.slice(at)) : undefined;
      const shared = sharedLength(child.label, text, at);
      if (shared < child.label.length) {
        if (!make) return undefined;
        this.split(child, shared);
        node = child.parent as Node<V>;
      } else node = child;
      at += shared;
    }
    return node;
  }

  private child(parent: Node<V>, label: string): Node<V> {
    const node: Node<V> = { label, parent, children: new Map(), values: undefined };
    parent.children.set(label.charAt(0), node);
    return node;
  }

  /** Puts a node between `node` and its parent, after `length` characters of its label. */
  private split(node: Node<V>, length: number): void {
    const between = this.child(node.parent as Node<V>, node.label.slice(0, length));
    node.label = node.label.slice(length);
    node.parent = between;
    between.children.set(node.label.charAt(0), node);
  }

  private touch(node: Node<V>): void {
    this.used.delete(node);
    this.used.add(node);
  }

  private remove(node: Node<V>): void {
    this.used.delete(node);
    node.values = undefined;
    for (let empty: Node<V> = node; empty.parent && empty.values === undefined; ) {
      const parent: Node<V> = empty.parent;
      if (empty.children.size > 0) return;
      parent.children.delete(empty.label.charAt(0));
      empty = parent;
    }
  }
}

function sharedLength(label: string, text: string, from: number): number {
  const most = Math.min(label.length, text.length - from);
  let length = 0;
  while (length < most && label.charCodeAt(length) === text.charCodeAt(from + length)) length++;
  return length;
}
