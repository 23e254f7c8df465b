/** Writes a subtree pattern as a line of code with holes, in the syntax of its language, for summaries. */
import type { SiteEvidence } from './siteCalls.ts';
import { type Dialect, dialectOf } from './skeletonDialects.ts';
import { type ArgumentPlace, buildTree, HOLE, type SkeletonNode } from './skeletonTree.ts';
import { RECEIVER } from './treeWriter.ts';

/** The pattern as code, at most `limit` characters: inner parts give way to holes until it fits. */
export function skeleton(
  labels: readonly string[],
  depths: Uint8Array,
  family: string,
  evidence: SiteEvidence = new Map(),
  places: ReadonlyMap<number, ArgumentPlace> = new Map(),
  limit = 120,
): string {
  const tree = buildTree(labels, depths, places);
  const deepest = Math.max(0, ...depths);
  for (let depth = deepest + 1; depth > 1; depth--) {
    const text = new SkeletonWriter(dialectOf(family), evidence, depth).write(tree).replace(/\s+/g, ' ').trim();
    if (text.length <= limit) return tree.head === 'block' ? text.replace(/^\{ (.*) \}$/, '$1') : text;
    if (depth === 2) return `${text.slice(0, limit - 1).replace(/[\s,;]*[^\s,;]*$/, '')} ${HOLE}`;
  }
  return HOLE;
}

/** A call on one line of at most `limit` characters; undefined where that would cut it, or where its arguments say nothing. */
export function shortCall(
  node: SkeletonNode,
  family: string,
  evidence: SiteEvidence,
  limit: number,
): string | undefined {
  for (const depth of [4, 3]) {
    const text = new SkeletonWriter(dialectOf(family), evidence, depth).write(node).replace(/\s+/g, ' ').trim();
    if (text.length > limit) continue;
    return /[A-Za-z]/.test(text.slice(text.indexOf('(') + 1)) && !text.includes('`') ? text : undefined;
  }
  return undefined;
}

/** Renders nodes; what the languages write differently is asked of the dialect. */
export class SkeletonWriter {
  constructor(
    private readonly dialect: Dialect,
    private readonly evidence: SiteEvidence,
    private readonly deepest: number,
    private readonly depth = 0,
  ) {}

  /** A node's text; '' for what the dialect leaves out. */
  write(node: SkeletonNode): string {
    if (this.depth >= this.deepest && node.children.length > 0)
      return this.dialect.own(this, node) ? HOLE : this.flat(node);
    const inner = new SkeletonWriter(this.dialect, this.evidence, this.deepest, this.depth + 1);
    return this.dialect.render(inner, node) ?? inner.common(node);
  }

  /** A named node without what is in it. */
  private flat(node: SkeletonNode): string {
    return this.write({ ...node, children: [] });
  }

  list(nodes: readonly SkeletonNode[], separator = ', '): string {
    return nodes
      .map((node) => this.write(node))
      .filter(Boolean)
      .join(separator);
  }

  /** All of a node's children, or a hole. */
  inside(nodes: readonly SkeletonNode[], separator = ', '): string {
    return this.list(nodes, separator) || HOLE;
  }

  /** `callee(arguments)`, with a hole for arguments that differ and nothing where there are none. */
  calling(callee: string, name: string, values: readonly SkeletonNode[]): string {
    const counts = this.evidence.get(name.split(/[.:]+/).pop() ?? name);
    if (values.length === 1 && values[0]?.head === 'template' && TAGS.test(callee)) return `${callee}\`${HOLE}\``;
    const shown: string[] = [];
    let last = -1;
    for (const value of values) {
      const text = this.write(value);
      if (text === '') continue;
      const gap = Math.min(2, value.place?.gap ?? 0);
      for (let hole = 0; hole < gap; hole++) shown.push(hole === 0 && value.place?.string ? `"${HOLE}"` : HOLE);
      shown.push(text);
      last = value.place?.slot ?? last + 1;
    }
    if (shown.length === 0) return counts?.most === 0 ? `${callee}()` : `${callee}(${HOLE})`;
    if (counts !== undefined && counts.usual > last + 1) shown.push(HOLE);
    return shown.every((text) => text === HOLE) ? `${callee}(${HOLE})` : `${callee}(${shown.join(', ')})`;
  }

  call(node: SkeletonNode): string {
    const { name, children } = node;
    if (name === '()') {
      const [callee, ...values] = children;
      const text = callee ? this.write(callee) : HOLE;
      if (values.length === 1 && values[0]?.head === 'template') return `${text}\`${HOLE}\``;
      return STYLED.test(callee?.name ?? '') && values.length === 0
        ? `${text}\`${HOLE}\``
        : this.calling(text, '', values);
    }
    if (!name.startsWith('.')) return this.calling(name, name, children);
    const plain = name.slice(1);
    const known = this.evidence.get(plain)?.callee;
    const [first, ...rest] = children;
    const isReceiver = first?.place
      ? first.place.slot === RECEIVER
      : /^(?:\.|this$|subscript$)/.test(first?.head ?? '');
    if (first === undefined || !isReceiver) return this.calling(known ?? `${HOLE}${name}`, plain, children);
    return this.calling(known ?? `${this.write(first)}${name}`, plain, rest);
  }

  /** What all languages write alike. */
  common(node: SkeletonNode): string {
    const { head, name, children, label } = node;
    switch (head) {
      case 'call':
        return this.call(node);
      case 'chain': {
        const receiver = children.find((child) => child.head !== 'args');
        const values = children.find((child) => child.head === 'args')?.children ?? [];
        return this.calling(`${receiver ? this.write(receiver) : HOLE}${name}`, name.slice(1), values);
      }
      case 'macro':
        return `${name}(${HOLE})`;
      case 'ref':
      case 'name':
        return children.length > 0 && children[0]?.head.startsWith('.') ? `${name}${children[0].head}` : name;
      case 'type':
      case 'returns':
      case 'base':
        return name;
      case 'kwarg':
        return `${name}=${this.inside(children)}`;
      case 'binary':
        return children.length > 1 ? this.list(children, ` ${name} `) : `${HOLE} ${name} ${this.inside(children)}`;
      case 'unary':
        return `${name}${/^\w/.test(name) ? ' ' : ''}${this.inside(children)}`;
      case 'assign': {
        const [left, ...right] = children;
        const isTarget = left !== undefined && /^(?:\.|ref$|subscript)/.test(left.head);
        return `${isTarget ? this.write(left) : HOLE} ${name} ${this.inside(isTarget ? right : children)}`;
      }
      case 'return':
      case 'yield':
      case 'delete':
      case 'defer':
      case 'go':
        return children.length || head === 'yield' ? `${head} ${this.inside(children)}` : head;
      case 'spread':
        return `...${this.inside(children)}`;
      case 'subscript': {
        const [object, ...index] = children;
        return index.length > 0 && object
          ? `${this.write(object)}[${this.inside(index)}]`
          : object && !/^(?:string|number)$/.test(object.head)
            ? `${this.write(object)}[${HOLE}]`
            : `${HOLE}[${this.inside(children)}]`;
      }
      case 'array':
        return `[${this.inside(children)}]`;
      case 'tuple':
        return children.length === 1 ? `(${this.inside(children)}, ${HOLE})` : `(${this.inside(children)})`;
      case 'item':
      case 'where':
      case 'pair':
        return this.inside(children);
      case 'string':
        return `"${HOLE}"`;
      case 'number':
        return HOLE;
      case 'true':
      case 'false':
      case 'break':
      case 'continue':
        return head;
      case 'else':
        return `else ${this.list(children)}`;
      case 'range':
        return `${HOLE}`;
      case '!':
      case 'regex':
        return head === 'regex' ? `/${HOLE}/` : head;
      default:
        // Kinds that no table knows are shown by what is in them, never by the grammar's word for them.
        return label.startsWith('.')
          ? `${children.length ? this.list(children) : HOLE}${label}`
          : this.inside(children);
    }
  }
}

/** Tags of template literals. */
const TAGS = /^(?:styled\b|css$|keyframes$|createGlobalStyle$|gql$|graphql$|sql$|html$|svg$|injectGlobal$|tw$)/;
const STYLED = /^styled\b/;
