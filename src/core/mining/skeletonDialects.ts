/** How each language writes what the normalised trees call block, throw, function, new …; the rest is common to all. */
import type { SkeletonWriter } from './skeleton.ts';
import { HOLE, type SkeletonNode, tellsSomething } from './skeletonTree.ts';

export interface Dialect {
  /** Text of a node that this language writes its own way; undefined for the others. */
  render(write: SkeletonWriter, node: SkeletonNode): string | undefined;
  /** True for nodes that are nothing but what is in them: cut short they are a hole. */
  own(write: SkeletonWriter, node: SkeletonNode): boolean;
}

const BODY = /^(?:block|else|elif|case|default|catch|finally)$/;
/** What an `if` or a loop may hold without braces. */
const STATEMENT = /^(?:throw|return|break|continue|yield|delete)$/;
const SCAFFOLD =
  /^(?:block|object|array|tuple|function|async|binary|unary|declare|return|if|try|catch|for|while|switch|else)$/;

const own = (_: SkeletonWriter, { head }: SkeletonNode) => SCAFFOLD.test(head);

/** A function's children by their part. */
function partsOf(node: SkeletonNode) {
  const { children } = node;
  const body = children.filter(({ head }) => !/^(?:param|name|returns|decorator)$/.test(head));
  return {
    async: node.label.startsWith('async '),
    decorators: children.filter(({ head }) => head === 'decorator'),
    name: children.find(({ head }) => head === 'name')?.name,
    params: children.filter(({ head }) => head === 'param'),
    returns: children.find(({ head }) => head === 'returns')?.name,
    body,
    /** An expression as body: a lambda, a closure, a short arrow. */
    expression: body.length === 1 && body[0]?.head === 'return' ? body[0].children : undefined,
  };
}

/** Statements that say something, or all if none does. */
function telling(nodes: readonly SkeletonNode[]): readonly SkeletonNode[] {
  const good = nodes.filter(tellsSomething);
  return good.length > 0 ? good : nodes.filter(({ head }) => /^(?:return|throw|break|continue)$/.test(head));
}

function typeAndValue(children: readonly SkeletonNode[]) {
  const type = children[0]?.head === 'type' ? children[0] : undefined;
  return { type, value: type ? children.slice(1) : children };
}

function braces(write: SkeletonWriter, nodes: readonly SkeletonNode[]): string {
  return `{ ${write.list(telling(nodes), '; ') || HOLE} }`;
}

/** `head condition body`; a body that the pattern does not speak of is a hole. */
function guarded(write: SkeletonWriter, word: string, node: SkeletonNode, parenthesised: boolean): string {
  const braced = node.children.filter(({ head }) => BODY.test(head));
  const bare = node.children.filter(({ head }) => STATEMENT.test(head));
  const last = node.children.slice(1).slice(-1);
  // Without braces the body is a statement, or the last of several expressions.
  const body = !parenthesised ? braced : bare.length > 0 ? [...bare, ...braced] : braced.length > 0 ? braced : last;
  const condition = write.inside(
    node.children.filter((child) => !body.includes(child)),
    '; ',
  );
  const head = parenthesised ? `${word} (${condition})` : `${word} ${condition}`;
  return `${head} ${write.list(body, ' ') || `{ ${HOLE} }`}`;
}

const ecmascript: Dialect = {
  own,
  render(write, node) {
    const { head, name, children } = node;
    switch (head) {
      case 'block':
        return braces(write, children);
      case 'throw':
        return `throw ${write.inside(children)}`;
      case 'await':
        return `await ${write.inside(children)}`;
      case 'new':
        return `new ${write.calling(name, name, children)}`;
      case 'declare': {
        const [left, ...right] = children;
        if (left?.head === 'destructure') return `const ${write.write(left)} = ${write.inside(right)}`;
        const { type, value } = typeAndValue(children.filter((child) => child.head !== 'decorator'));
        const decorators = children.filter((child) => child.head === 'decorator');
        if (decorators.length > 0) return `${write.list(decorators, ' ')} ${HOLE}${type ? `: ${type.name}` : ''}`;
        const values = value.filter((child) => child.head !== 'type');
        const named = values.length > 1 && values[0]?.head === 'ref' && values[0].children.length === 0;
        const target = named ? write.write(values[0] as SkeletonNode) : HOLE;
        return `const ${target}${type ? `: ${type.name}` : ''} = ${write.inside(named ? values.slice(1) : values)}`;
      }
      case 'object':
        return `{ ${write.inside(children)} }`;
      case 'destructure':
        return children.length ? `{ ${write.list(children)} }` : `{ ${HOLE} }`;
      case 'key':
        return children.length ? `${name}: ${write.inside(children)}` : name;
      case 'computed_property_name':
        return `[${write.inside(children)}]`;
      case 'pair':
        return children[0]?.head === 'computed_property_name'
          ? `${write.write(children[0])}: ${write.inside(children.slice(1))}`
          : write.inside(children);
      case 'param': {
        const { type, value } = typeAndValue(children);
        const text = `${name || HOLE}${type ? `: ${type.name}` : ''}`;
        return name === '' && value.length > 0
          ? write.inside(value)
          : value.length
            ? `${text} = ${write.list(value)}`
            : text;
      }
      case 'async':
      case 'function': {
        const { async, decorators, name: own, params, body, expression } = partsOf(node);
        const lead = `${decorators.length ? `${write.list(decorators, ' ')} ` : ''}${async ? 'async ' : ''}`;
        if (expression) return `${lead}(${write.list(params) || HOLE}) => ${write.inside(expression)}`;
        const block = body.length ? write.list(body) : `{ ${HOLE} }`;
        const args = `(${write.list(params) || HOLE})`;
        return own || decorators.length ? `${lead}${own ?? HOLE}${args} ${block}` : `${lead}${args} => ${block}`;
      }
      case 'decorator':
        return children.length ? `@${write.calling(name, name, children)}` : `@${name}`;
      case 'class': {
        const bases = children.filter((child) => child.head === 'base').map((child) => child.name);
        const decorators = children.filter((child) => child.head === 'decorator');
        const rest = children.filter((child) => child.head !== 'base' && child.head !== 'decorator');
        const head = `class ${HOLE}${bases.length ? ` extends ${bases.join(', ')}` : ''}`;
        return `${decorators.length ? `${write.list(decorators, ' ')} ` : ''}${head} ${braces(write, rest)}`;
      }
      case 'jsx':
        return element(write, node);
      case 'attr':
        if (children.length === 0) return `${name}={${HOLE}}`;
        return children[0]?.head === 'string' ? `${name}="${HOLE}"` : `${name}={${write.inside(children)}}`;
      case 'fragment':
        return `<>${write.list(children, ' ')}</>`;
      case 'if':
      case 'while':
      case 'for':
      case 'switch':
        return guarded(write, head, node, true);
      case 'try':
        return `try ${write.list(children, ' ')}`;
      case 'catch':
        return `catch ${write.list(children.filter((child) => child.head === 'block')) || `{ ${HOLE} }`}`;
      case 'finally':
        return `finally ${write.list(children)}`;
      case 'template':
        return `\`${HOLE}\``;
      case 'null':
        return 'null';
      case 'ternary': {
        const [condition, ...values] = children;
        return children.length === 3 && condition
          ? `${write.write(condition)} ? ${write.list(values, ' : ')}`
          : `${HOLE} ? ${write.inside(children, ' : ')}`;
      }
      default:
        return undefined;
    }
  },
};

/** `<Row gap="…">`, with what is in it where the pattern speaks of that. */
function element(write: SkeletonWriter, { name, children }: SkeletonNode): string {
  const attributes = children.filter(({ head }) => head === 'attr');
  const inner = children.filter(({ head }) => head !== 'attr');
  const open = [name, ...attributes.map((child) => write.write(child))].join(' ');
  if (inner.length === 0) return `<${open}>`;
  const text = inner.map((child) => {
    if (!/^(?:jsx|fragment)$/.test(child.head)) return `{${write.write(child)}}`;
    const isLeaf = child.children.every(({ head }) => head === 'attr');
    // A bare tag of HTML says nothing.
    if (isLeaf && child.children.length === 0 && /^[a-z]/.test(child.name)) return '';
    return isLeaf ? write.write(child).replace(/>$/, ' />') : write.write(child);
  });
  return `<${open}>${text.join('')}</${name}>`;
}

const python: Dialect = {
  own,
  render(write, node) {
    const { head, name, children } = node;
    switch (head) {
      case 'block':
        return write.list(telling(children), '; ') || HOLE;
      case 'throw':
        return children.length ? `raise ${write.inside(children)}` : 'raise';
      case 'await':
        return `await ${write.inside(children)}`;
      case 'declare': {
        const type = children.find((child) => child.head === 'type');
        const [left, ...right] = children.filter((child) => child !== type);
        const target = `${HOLE}${type ? `: ${type.name}` : ''}`;
        const isTarget = left?.head === 'ref' && right.length > 0 && left.children.length === 0;
        return isTarget
          ? `${left?.name} = ${write.list(right)}`
          : `${target} = ${write.inside([...(left ? [left] : []), ...right])}`;
      }
      case 'object':
        return `{${write.inside(children)}}`;
      case 'key':
        return `"${name}": ${write.inside(children)}`;
      case 'param': {
        const { type, value } = typeAndValue(children);
        const text = `${name || HOLE}${type ? `: ${type.name}` : ''}`;
        return value.length ? `${text}${type ? ' = ' : '='}${write.list(value)}` : text;
      }
      case 'async':
      case 'function': {
        const { async, decorators, name: own, params, returns, body, expression } = partsOf(node);
        if (expression) return `lambda ${write.list(params) || HOLE}: ${write.inside(expression)}`;
        const lead = decorators.length ? `${write.list(decorators, ' ')} ` : '';
        const arrow = returns === undefined ? '' : ` -> ${returns}`;
        const block = body.length && body.some(tellsSomething) ? ` ${write.inside(body)}` : ` ${HOLE}`;
        return `${lead}${async ? 'async ' : ''}def ${own ?? HOLE}(${write.list(params) || HOLE})${arrow}:${block}`;
      }
      case 'decorator':
        return children.length ? `@${write.calling(name, name, children)}` : `@${name}`;
      case 'class': {
        const bases = children.filter((child) => child.head === 'base').map((child) => child.name);
        const decorators = children.filter((child) => child.head === 'decorator');
        const rest = children.filter((child) => child.head !== 'base' && child.head !== 'decorator');
        const head = `class ${HOLE}${bases.length ? `(${bases.join(', ')})` : ''}`;
        return `${decorators.length ? `${write.list(decorators, ' ')} ` : ''}${head}: ${write.list(telling(rest), '; ') || HOLE}`;
      }
      case 'if':
      case 'elif':
      case 'while':
      case 'for':
      case 'with':
      case 'switch':
      case 'case': {
        const body = children.filter((child) => BODY.test(child.head));
        const condition = children.filter((child) => !body.includes(child));
        const word = head === 'switch' ? 'match' : head;
        const bound = head === 'for' ? `${HOLE} in ` : '';
        return `${word} ${bound}${write.inside(condition)}: ${write.list(body, ' ') || HOLE}`;
      }
      case 'else':
        return `else: ${write.inside(children)}`;
      case 'try':
        return `try: ${write.list(children, ' ')}`;
      case 'catch': {
        const body = children.filter((child) => child.head === 'block');
        const types = children.filter((child) => child.head !== 'block');
        return `except${types.length ? ` ${write.inside(types)}` : ''}: ${write.list(body) || HOLE}`;
      }
      case 'finally':
        return `finally: ${write.inside(children)}`;
      case 'assert':
        return `assert ${write.inside(children)}`;
      case 'delete':
        return `del ${write.inside(children)}`;
      case 'pass':
        return 'pass';
      case 'true':
        return 'True';
      case 'false':
        return 'False';
      case 'null':
        return 'None';
      case 'ellipsis':
        return '...';
      case 'spread':
        return `*${write.inside(children)}`;
      case 'template':
        return `f"${HOLE}"`;
      case 'ternary':
        return `${write.inside(children.slice(0, 1))} if ${write.inside(children.slice(1))}`;
      case 'comprehension': {
        const [value, ...rest] = children;
        return `[${value && value.head !== 'for' ? write.write(value) : HOLE} ${write.list(value?.head === 'for' ? children : rest, ' ') || `for ${HOLE}`}]`.replace(
          /: …\]/,
          ']',
        );
      }
      default:
        return undefined;
    }
  },
};

const rust: Dialect = {
  own,
  render(write, node) {
    const { head, name, children } = node;
    switch (head) {
      case 'block':
        return braces(write, children);
      case 'await':
        return `${write.inside(children)}.await`;
      case 'propagate':
        return `${write.inside(children)}?`;
      case 'new':
        return children.length ? `${name} { ${write.list(children)} }` : `${name} { ${HOLE} }`;
      case 'key':
        return children.length ? `${name}: ${write.inside(children)}` : name;
      case 'declare': {
        const type = children.find((child) => child.head === 'type');
        const value = children.filter((child) => child !== type);
        if (value.length > 1 && value[0]?.head === 'destructure')
          return `let ${write.write(value[0])} = ${write.list(value.slice(1))}`;
        return `let ${HOLE}${type ? `: ${type.name}` : ''} = ${write.inside(value)}`;
      }
      case 'let': {
        const [pattern, ...value] = children;
        return value.length && pattern
          ? `let ${write.write(pattern)} = ${write.list(value)}`
          : `let ${write.inside(children)} = ${HOLE}`;
      }
      case 'destructure':
        return `${write.inside(children)} { .. }`;
      case 'param': {
        const { type, value } = typeAndValue(children);
        return value.length
          ? write.list([...value, ...(type ? [type] : [])], ': ')
          : `${name || HOLE}${type ? `: ${type.name}` : ''}`;
      }
      case 'function': {
        const { name: own, decorators, params, returns, body, expression } = partsOf(node);
        if (
          expression ||
          (own === undefined && decorators.length === 0 && returns === undefined && params.length === 0)
        )
          return `|${write.list(params) || HOLE}| ${write.inside(expression ?? body)}`;
        return rustFunction(write, '', own, decorators, params, returns, body);
      }
      case 'async': {
        if (node.label === 'async') return `async ${write.inside(children)}`;
        const { name: own, decorators, params, returns, body } = partsOf(node);
        return rustFunction(write, 'async ', own, decorators, params, returns, body);
      }
      case 'decorator':
        return `#[${children.length ? write.calling(name, name, children) : name}]`;
      case 'class': {
        const bases = children.filter((child) => child.head === 'base').map((child) => child.name);
        const decorators = children.filter((child) => child.head === 'decorator');
        const rest = children.filter((child) => child.head !== 'base' && child.head !== 'decorator');
        const head = bases.length ? `impl ${bases.join(' + ')} for ${HOLE}` : `struct ${HOLE}`;
        return `${decorators.length ? `${write.list(decorators, ' ')} ` : ''}${head} ${braces(write, rest)}`;
      }
      case 'if':
      case 'while':
      case 'for':
        return guarded(write, head, node, false);
      case 'switch':
        return guarded(write, 'match', node, false);
      case 'case':
        return `${write.inside(children, ' => ')}`;
      case 'object':
        return `{ ${write.inside(children)} }`;
      case 'type_item':
      case 'associated_type':
        return `type ${write.inside(children)} = ${HOLE}`;
      default:
        return undefined;
    }
  },
};

function rustFunction(
  write: SkeletonWriter,
  lead: string,
  own: string | undefined,
  decorators: readonly SkeletonNode[],
  params: readonly SkeletonNode[],
  returns: string | undefined,
  body: readonly SkeletonNode[],
): string {
  const attributes = decorators.length ? `${write.list(decorators, ' ')} ` : '';
  const arrow = returns === undefined ? '' : ` -> ${returns}`;
  return `${attributes}${lead}fn ${own ?? HOLE}(${write.list(params) || HOLE})${arrow} ${write.list(body) || `{ ${HOLE} }`}`;
}

/** Map types whose keys are strings in quotes. */
const GO_MAPS = /(?:\.[HMD]|[Mm]ap)$/;

const go: Dialect = {
  own,
  render(write, node) {
    const { head, name, children } = node;
    switch (head) {
      case 'block':
        return braces(write, children);
      case 'new': {
        const keys = children.map((child) =>
          child.head === 'key' && GO_MAPS.test(name)
            ? `"${child.name}": ${write.inside(child.children)}`
            : child.head === 'key'
              ? `${child.name}: ${write.inside(child.children)}`
              : write.write(child),
        );
        return `${name}{${keys.filter(Boolean).join(', ') || HOLE}}`;
      }
      case 'key':
        return `${name}: ${write.inside(children)}`;
      case 'array':
        return `[]${HOLE}{${write.inside(children)}}`;
      case 'declare': {
        const type = children.find((child) => child.head === 'type');
        const value = children.filter((child) => child !== type);
        return type && value.length === 0 ? `var ${HOLE} ${type.name}` : `${HOLE} := ${write.inside(value)}`;
      }
      case 'assign-type': {
        const type = children.find((child) => child.head === 'type');
        return `${write.inside(children.filter((child) => child !== type))}.(${type?.name ?? HOLE})`;
      }
      case 'spread':
      case 'variadic_argument':
        return children.length ? `${write.inside(children)}...` : HOLE;
      case 'param': {
        const { type } = typeAndValue(children);
        return `${name || HOLE}${type ? ` ${type.name}` : ''}`;
      }
      case 'async':
      case 'function': {
        const { name: own, params, returns, body } = partsOf(node);
        const result = returns === undefined ? '' : ` ${returns}`;
        return `func${own ? ` ${own}` : ''}(${write.list(params) || HOLE})${result} ${write.list(body) || `{ ${HOLE} }`}`;
      }
      case 'if':
      case 'switch':
      case 'while':
        return guarded(write, head, node, false);
      case 'for': {
        const range = children.find((child) => child.head === 'range');
        const body = write.list(children.filter((child) => child.head === 'block')) || `{ ${HOLE} }`;
        return range
          ? `for ${HOLE} := range ${write.inside(range.children)} ${body}`
          : guarded(write, 'for', node, false);
      }
      case 'case':
        return `case ${write.inside(children, ': ')}`;
      case 'class':
        return `type ${HOLE} struct ${braces(write, children)}`;
      case 'null':
        return 'nil';
      case 'return':
        return children.length ? `return ${write.list(children)}` : 'return';
      default:
        return undefined;
    }
  },
};

const DIALECTS: Readonly<Record<string, Dialect>> = { ecmascript, python, rust, go };

/** The dialect of a language family. */
export function dialectOf(family: string): Dialect {
  return DIALECTS[family] ?? ecmascript;
}
