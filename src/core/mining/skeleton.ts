/** Writes a subtree pattern as a line of code with holes, for names and summaries. */
import { parents } from './embedding.ts';

interface SkeletonNode {
  readonly label: string;
  readonly children: SkeletonNode[];
}

/** The pattern's tree with its labels' names. */
function build(labels: readonly string[], depths: Uint8Array): SkeletonNode {
  const nodes = labels.map((label): SkeletonNode => ({ label, children: [] }));
  parents(depths).forEach((above, index) => {
    if (above !== -1) nodes[above]?.children.push(nodes[index] as SkeletonNode);
  });
  return nodes[0] as SkeletonNode;
}

const HOLE = '…';

/** Code-like text of a pattern, at most `limit` characters: `await request(…).post(…).expect(…)`. */
export function skeleton(labels: readonly string[], depths: Uint8Array, limit = 120): string {
  const text = render(build(labels, depths)).replace(/\s+/g, ' ').trim();
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}${HOLE}`;
}

function list(nodes: readonly SkeletonNode[], separator = ', '): string {
  return nodes.map(render).filter(Boolean).join(separator);
}

function calling(callee: string, values: readonly SkeletonNode[]): string {
  const inside = values.filter(({ label }) => !/^(?:string|number|template|\.\w+)$/.test(label) || values.length === 1);
  return `${callee}(${list(inside) || HOLE})`;
}

function render(node: SkeletonNode): string {
  const { label, children } = node;
  const space = label.indexOf(' ');
  const head = space === -1 ? label : label.slice(0, space);
  const name = space === -1 ? '' : label.slice(space + 1);
  switch (head) {
    case 'call':
      return calling(
        name.replace(/^\./, ''),
        children.filter(({ label: inner }) => !inner.startsWith('.')),
      );
    case 'chain': {
      const receiver = children.find(({ label: inner }) => inner !== 'args');
      const inside = children.find(({ label: inner }) => inner === 'args');
      return `${receiver ? render(receiver) : HOLE}.${calling(name.replace(/^\./, ''), inside?.children ?? [])}`;
    }
    case 'new':
      return `new ${calling(name, children)}`;
    case 'macro':
      return `${name}(${HOLE})`;
    case 'jsx':
      return `<${name}${children.map((child) => ` ${render(child)}`).join('')}>`;
    case 'attr':
      return children.length ? `${name}={${list(children)}}` : name;
    case 'key':
      return children.length ? `${name}: ${list(children)}` : name;
    case 'kwarg':
      return `${name}=${list(children) || HOLE}`;
    case 'ref':
    case 'name':
      return `${name}${children.map((child) => (child.label.startsWith('.') ? child.label : ` ${render(child)}`)).join('')}`;
    case 'param':
      return children.length ? `${name}: ${list(children)}` : name;
    case 'type':
    case 'returns':
    case 'base':
      return name;
    case 'decorator':
      return `@${children.length ? calling(name, children) : name}`;
    case 'binary':
      return children.length > 1 ? list(children, ` ${name} `) : `${HOLE} ${name} ${list(children) || HOLE}`;
    case 'unary':
      return `${name}${list(children) || HOLE}`;
    case 'assign': {
      const [left, ...right] = children;
      const isTarget = left !== undefined && right.length > 0 && /^(?:\.|ref |subscript)/.test(left.label);
      return `${isTarget ? render(left) : HOLE} ${name} ${list(isTarget ? right : children) || HOLE}`;
    }
    case 'class':
      return `class (${list(children) || HOLE})`;
    case 'async':
    case 'function':
      return `${head === 'async' ? 'async ' : ''}(${list(children.filter(({ label: inner }) => inner.startsWith('param')))}) => ${
        list(children.filter(({ label: inner }) => !/^(?:param|name|returns)\b/.test(inner))) || HOLE
      }`;
    default:
      return keywordNode(head, children);
  }
}

function keywordNode(head: string, children: readonly SkeletonNode[]): string {
  switch (head) {
    case 'block':
      return `{ ${list(children, '; ') || HOLE} }`;
    case 'declare': {
      const [left, ...right] = children;
      return left !== undefined && (left.label === 'destructure' || (right.length > 0 && left.label.startsWith('ref ')))
        ? `${render(left)} = ${list(right) || HOLE}`
        : `${HOLE} = ${list(children) || HOLE}`;
    }
    case 'spread':
    case 'variadic_argument':
      return `...${list(children) || HOLE}`;
    case 'subscript': {
      const [object, ...index] = children;
      return `${object ? render(object) : HOLE}[${list(index) || HOLE}]`;
    }
    case 'tuple':
      return `(${list(children) || HOLE})`;
    case 'propagate':
      return `${list(children) || HOLE}?`;
    case 'if':
    case 'while':
    case 'for':
    case 'switch':
    case 'with': {
      const body = children.filter(({ label }) => /^(?:block|else|case|default)$/.test(label));
      const condition = children.filter((child) => !body.includes(child));
      return `${head} ${list(condition) || HOLE} ${list(body, ' ')}`;
    }
    case 'item':
      return list(children) || HOLE;
    case 'object':
      return `{ ${list(children) || HOLE} }`;
    case 'destructure':
      return `{ ${list(children)} }`;
    case 'array':
      return `[${list(children) || HOLE}]`;
    case 'string':
    case 'template':
      return `"${HOLE}"`;
    case 'number':
      return HOLE;
    case 'null':
      return 'null';
    case 'else':
      return `else ${list(children)}`;
    default:
      return head.startsWith('.')
        ? `${list(children) || HOLE}${head}`
        : `${head.replaceAll('_', ' ')} ${list(children, ' ')}`.trim();
  }
}
