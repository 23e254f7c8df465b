/** Names idioms as a person would: a verb from a closed list, and the APIs that set the sites apart. */
import type { BackgroundModel } from './background.ts';
import type { SiteEvidence } from './siteCalls.ts';
import { shortCall, skeleton } from './skeleton.ts';
import { type ArgumentPlace, buildTree, HOLE, type SkeletonNode } from './skeletonTree.ts';

const STRONG = /^(?:(?:call|chain|new|macro|decorator|base) |jsx [^a-z])/;
/** Labels are cut at this length; what is longer is shown to its last whole segment. */
const CUT = 47;

/** A pattern with label names instead of numbers. */
export interface NamedPattern {
  readonly labels: readonly string[];
  readonly depths: Uint8Array;
  readonly family?: string;
  /** By index in `labels`. */
  readonly places?: ReadonlyMap<number, ArgumentPlace>;
}

/** How a label is written in a name: `Joi.object`, `<Button>`, `@Injectable`, `println!`. */
export function displayLabel(label: string): string {
  const [, head = '', name = ''] = /^(\S+) (.*)$/s.exec(label) ?? [];
  if (head === 'jsx') return `<${name}>`;
  if (head === 'decorator') return `@${name}`;
  const whole = name.length >= CUT - 5 ? name.replace(/(?:\.|::)[^.:]*$/, '') : name;
  return whole.replace(/^\./, '').replace(/^(?:this|self)\./, '');
}

/** Strong anchors of a pattern, the most telling first; ties in the pattern's order. */
export function anchorsBySpecificity(pattern: Pick<NamedPattern, 'labels'>, model: BackgroundModel): string[] {
  const anchors = pattern.labels
    .map((label, order) => ({ label, order }))
    .filter(({ label }) => STRONG.test(label) && label !== 'call ()')
    .sort((a, b) => model.labelBits(b.label) - model.labelBits(a.label) || a.order - b.order)
    .map(({ label }) => displayLabel(label));
  return [...new Set(anchors)];
}

/** Names of calls whose receivers are worth asking the sites for. */
export function calledNames(labels: readonly string[]): Set<string> {
  return new Set(
    labels
      .filter((label) => /^(?:call|chain|new) /.test(label))
      .map((label) => label.split(/[ .:]+/).pop() as string)
      .filter((name) => name !== '' && name !== '()'),
  );
}

/** Longest code in a name. */
const LONGEST = 52;

const WRAPPERS = /^(?:declare|array|await|return|propagate|yield|unary &|assign (?:=|:=))$/;
const LEADS = /^(?:array|call|chain|new|await|propagate|macro|jsx|unary|binary)$/;

/** Strips `x = await …?` down to what is done. */
function coreOf(tree: SkeletonNode): { node: SkeletonNode; awaited: boolean; returned: boolean } {
  let node = tree;
  let [awaited, returned] = [false, false];
  while (WRAPPERS.test(node.label)) {
    const strong = node.children.filter(({ head }) => LEADS.test(head));
    if (strong.length !== 1) break;
    awaited ||= node.head === 'await';
    returned ||= node.head === 'return';
    node = strong[0] as SkeletonNode;
  }
  return { node, awaited, returned };
}

function all(node: SkeletonNode): SkeletonNode[] {
  return [node, ...node.children.flatMap(all)];
}

/** Writes the names of one pattern. */
class Namer {
  private readonly tree: SkeletonNode;
  private readonly nodes: readonly SkeletonNode[];
  /** Strong anchors, most specific first, and in the order of the code. */
  private readonly anchors: readonly string[];
  private readonly inOrder: readonly string[];

  constructor(
    private readonly pattern: NamedPattern,
    private readonly model: BackgroundModel,
    private readonly evidence: SiteEvidence,
  ) {
    this.tree = buildTree(pattern.labels, pattern.depths, pattern.places);
    this.nodes = all(this.tree);
    this.anchors = anchorsBySpecificity(pattern, model);
    const telling = this.anchors.slice(0, 3);
    this.inOrder = [...new Set(pattern.labels.filter((label) => STRONG.test(label)).map(displayLabel))].filter((name) =>
      telling.includes(name),
    );
  }

  /** An anchor in back quotes, with the receiver that its sites share. */
  private quote(name: string): string {
    return `\`${this.full(name)}\``;
  }

  private full(name: string): string {
    // A name that is imported stands alone at its sites; only methods have a receiver there.
    const isMethod = this.pattern.labels.some((label) => label.endsWith(` .${name}`));
    const callee = isMethod ? this.evidence.get(name)?.callee : undefined;
    const plain = callee?.replace(/^(?:this|self)\./, '');
    return plain !== undefined && plain.split('.').length <= 3 ? plain : name;
  }

  /** What somebody wrote down that calls of this API do. */
  private said(label: string): string | undefined {
    return this.evidence.get(label.split(/[ .:]+/).pop() as string)?.say;
  }

  /** A short expression as it is written, in back quotes. */
  private written(node: SkeletonNode): string | undefined {
    const text = shortCall(node, this.pattern.family ?? '', this.evidence, LONGEST)?.replace(/^(?:this|self|…)\./, '');
    return text === undefined || /^["….]/.test(text) ? undefined : `\`${text}\``;
  }

  private pair(names: readonly string[], joint: string): string {
    return names
      .slice(0, 2)
      .map((name) => this.quote(name))
      .join(` ${joint} `);
  }

  /** The most telling keyword, key, attribute or constant below `node` that is not named yet. */
  private extra(node: SkeletonNode, used: string): string {
    const words = all(node)
      .filter(({ head, label }) => /^(?:key|kwarg|attr|ref|type)$/.test(head) && !used.includes(displayLabel(label)))
      .map((found) => ({
        label: found.label,
        bits: this.model.labelBits(found.label),
        // What the call itself is given says more than what is deeper in.
        own: Number(found.head !== 'ref' && node.children.includes(found)),
      }))
      .filter(({ bits }) => bits >= 5)
      .sort((a, b) => b.own - a.own || b.bits - a.bits);
    const best = words[0];
    if (best === undefined) return '';
    const shown = displayLabel(best.label);
    return /^[\w$.:]{2,40}$/.test(shown) ? ` with \`${shown}\`` : '';
  }

  private other(...used: readonly string[]): string | undefined {
    return this.anchors.find((name) => !used.includes(name) && !used.some((known) => known.endsWith(`.${name}`)));
  }

  /** `… with X`: another API of the pattern inside `node`, else a key of it. */
  private withInside(node: SkeletonNode, main: string, known: readonly string[] = []): string {
    const inside = new Set(
      all(node)
        .slice(1)
        .map(({ label }) => displayLabel(label)),
    );
    const other = this.anchors.find((name) => name !== main && !known.includes(name) && inside.has(name));
    return other === undefined ? this.extra(node, main) : ` with ${this.quote(other)}`;
  }

  /** ` with `a` and `b``: the most telling keys of a literal, in their order. */
  private keys(node: SkeletonNode): string {
    const keys = node.children.filter(({ head, name }) => head === 'key' && /^[\w$]+$/.test(name));
    const best = new Set(
      keys.toSorted((a, b) => this.model.labelBits(b.label) - this.model.labelBits(a.label)).slice(0, 2),
    );
    const shown = keys.filter((key) => best.has(key)).map(({ name }) => `\`${name}\``);
    return shown.length > 1 ? ` with ${shown.join(' and ')}` : '';
  }

  private sequence(names: readonly string[]): string {
    if (names.length === 1) return `Call ${this.quote(names[0] as string)}${this.extra(this.tree, names[0] as string)}`;
    return `Call ${names
      .slice(0, 3)
      .map((name) => this.quote(name))
      .join(', then ')}`;
  }

  name(): string {
    const thrown = this.nodes.find(({ head }) => head === 'throw');
    const error = thrown && all(thrown).find(({ head }) => head === 'new' || head === 'call');
    // Sites that throw this or that have something else in common.
    if (thrown !== undefined && (error !== undefined || thrown === this.tree)) return this.thrown(thrown, error);
    const { node, awaited, returned } = coreOf(this.tree);
    const first = this.anchors[0] ?? '';
    switch (node.head) {
      case 'catch':
        return `Handle caught errors with ${this.pair(this.inOrder, 'and')}`;
      case 'try':
        return `Catch errors of ${this.pair(this.inOrder, 'and')}`;
      case 'if':
        return this.nodes.some(({ head }) => head === 'return') ? this.earlyReturn() : this.guard(node);
      case 'for':
      case 'while':
        return `Loop with ${this.pair(this.inOrder, 'and')}`;
      case 'with':
        return `Open a with block on ${this.pair(this.inOrder, 'and')}`;
      case 'defer':
        return `Defer ${this.quote(first)}`;
      case 'go':
        return `Start ${this.quote(first)} in a goroutine`;
      case 'assert':
        return `Assert on ${this.pair(this.inOrder, 'and')}`;
      case 'class':
        return this.type(node);
      case 'jsx':
        return this.element(node);
      case 'new': {
        const own = displayLabel(node.label);
        const say = this.said(node.label);
        if (say !== undefined) return `${say} ${this.quote(own)}`;
        return `Build ${this.quote(own)}${this.keys(node) || this.extra(node, own)}`;
      }
      case 'macro':
        return `Use ${this.quote(displayLabel(node.label))}`;
      case 'assign':
        return `Set ${this.target(node) || 'a value '}from ${this.pair(this.inOrder, 'and')}`;
      case 'switch':
        return `Switch over ${this.pair(this.inOrder, 'and')}`;
      case 'block':
        return this.block(node);
      case 'function':
      case 'async':
        return this.func(node);
      case 'call':
      case 'chain':
        return this.call(node, awaited, returned);
      case 'binary': {
        const written = this.written(node);
        return written !== undefined ? `Compute ${written}` : `Compute with ${this.pair(this.inOrder, 'and')}`;
      }
      default:
        return this.inOrder.length > 1 ? `Use ${this.pair(this.inOrder, 'with')}` : this.sequence([first]);
    }
  }

  private thrown(node: SkeletonNode, made: SkeletonNode | undefined): string {
    const verb = this.pattern.family === 'python' ? 'Raise' : 'Throw';
    const error = made ? displayLabel(made.label) : (this.anchors[0] ?? '');
    const inside = new Set(all(node).map(({ label }) => displayLabel(label)));
    const outside = this.inOrder.find((name) => name !== error && !inside.has(name));
    const around = this.nodes.find((other) => displayLabel(other.label) === outside && all(other).includes(node));
    if (outside !== undefined && around !== undefined && around.head !== 'catch')
      return `${verb} ${this.quote(error)} inside ${this.quote(outside)}`;
    const caught = this.nodes.some(({ head }) => head === 'catch' || head === 'try');
    if (outside !== undefined)
      return caught
        ? `Catch errors of ${this.quote(outside)} and ${verb.toLowerCase()} ${this.quote(error)}`
        : `Call ${this.quote(outside)}, else ${verb.toLowerCase()} ${this.quote(error)}`;
    return `${verb} ${this.quote(error)}${made ? this.withInside(made, error) : ''}`;
  }

  private guard(node: SkeletonNode): string {
    const body = new Set(
      node.children
        .filter(({ head }) => head === 'block')
        .flatMap(all)
        .map(({ label }) => displayLabel(label)),
    );
    const inBody = this.inOrder.filter((name) => body.has(name));
    const inCondition = this.inOrder.filter((name) => !body.has(name));
    if (inCondition.length > 0 && inBody.length > 0)
      return `If ${this.quote(inCondition[0] as string)}, call ${this.pair(inBody, 'and')}`;
    if (inBody.length > 0) return `Call ${this.pair(inBody, 'and')} on a condition`;
    return `Check ${this.pair(inCondition, 'and')}`;
  }

  /** `if (…) return x(…)`: what is returned, and what is looked at before. */
  private earlyReturn(): string {
    const at = this.pattern.labels.lastIndexOf('return');
    const returned = this.pattern.labels
      .slice(at)
      .filter((label) => STRONG.test(label) && label !== 'call ()')
      .map(displayLabel);
    const before = this.inOrder.filter((name) => !returned.includes(name));
    if (returned.length === 0) return `Return early on ${this.pair(before, 'and')}`;
    const after = before[0] === undefined ? '' : ` after ${this.quote(before[0])}`;
    const verb = this.said(returned[0] as string) ?? 'Return';
    const early = /^(?:Return|Answer|Redirect|Abort)/.test(verb) ? ' early' : '';
    return `${verb} ${this.quote(returned[0] as string)}${early}${after}`;
  }

  private type(node: SkeletonNode): string {
    const base = node.children.find(({ head }) => head === 'base');
    const decorator = node.children.find(({ head }) => head === 'decorator');
    const main = base ?? decorator;
    if (main === undefined) return `Define a type with ${this.pair(this.inOrder, 'and')}`;
    const own = displayLabel(main.label);
    const verb = base === undefined ? 'Define a class under' : this.pattern.family === 'rust' ? 'Implement' : 'Extend';
    const derived = this.pattern.family === 'rust' && base === undefined;
    const other = this.other(own);
    if (derived) return `Define a type with ${this.quote(own.replace(/^@(.*)$/, '#[$1]'))}${this.extra(main, own)}`;
    return `${verb} ${this.quote(own)}${other === undefined ? '' : ` with ${this.quote(other)}`}`;
  }

  private element(node: SkeletonNode): string {
    const own = displayLabel(node.label);
    const other = this.other(own);
    if (other === undefined) return `Render ${this.quote(own)}${this.extra(node, node.label)}`;
    return other.startsWith('<')
      ? `Render ${this.quote(other)} inside ${this.quote(own)}`
      : `Render ${this.quote(own)} with ${this.quote(other)}`;
  }

  private target(node: SkeletonNode): string {
    const left = node.children[0];
    return left?.head.startsWith('.') && left.head.length > 2 ? `\`${left.head.slice(1)}\` ` : '';
  }

  private block(node: SkeletonNode): string {
    const statements = node.children.filter((child) => all(child).some(({ label }) => STRONG.test(label)));
    // One statement is named as such; its braces say nothing.
    if (statements.length === 1)
      return new Namer(
        { ...flatten(statements[0] as SkeletonNode), ...(this.pattern.family ? { family: this.pattern.family } : {}) },
        this.model,
        this.evidence,
      ).name();
    const elements = this.inOrder.filter((name) => name.startsWith('<'));
    if (elements.length === this.inOrder.length) return `Render ${this.pair(this.inOrder, 'with')}`;
    return this.sequence(statementApis(statements, this.anchors));
  }

  private func(node: SkeletonNode): string {
    const decorator = node.children.find(({ head }) => head === 'decorator');
    if (decorator !== undefined) {
      const rust = this.pattern.family === 'rust';
      const own = displayLabel(decorator.label);
      const other = this.other(own);
      const shown = rust ? `\`#[${decorator.name}]\`` : this.quote(own);
      if (/(?:^|\.|::)test$/.test(decorator.name))
        return other ? `Test with ${shown} and ${this.quote(other)}` : `Test with ${shown}`;
      return `Decorate functions with ${shown}${other ? ` and ${this.quote(other)}` : this.extra(decorator, own).replace(' with ', ' and ')}`;
    }
    const params = node.children.filter(({ head }) => head === 'param').flatMap(all);
    const inParams = this.inOrder.filter((name) => params.some(({ label }) => displayLabel(label) === name));
    if (inParams.length > 0) {
      const [source = '', ...rest] = inParams;
      const type = params.find(({ head, label }) => head === 'type' && this.model.labelBits(label) >= 5)?.name;
      if (rest[0] !== undefined) return `Take parameters from ${this.pair([source, rest[0]], 'with')}`;
      return `Take ${type && /^[\w.]+$/.test(type) ? `\`${type}\`` : 'parameters'} from ${this.quote(source)}`;
    }
    const body = node.children.find(({ head }) => head === 'block');
    if (body) return this.block(body);
    return this.inOrder.length > 1 ? `Call ${this.pair(this.inOrder, 'with')}` : this.sequence([this.anchors[0] ?? '']);
  }

  /** Calls along a chain in the order in which they run. */
  private chain(node: SkeletonNode): SkeletonNode[] {
    const links: SkeletonNode[] = [];
    let at: SkeletonNode | undefined = node;
    while (at !== undefined && /^(?:chain|call|new|macro|await|propagate)$/.test(at.head)) {
      if (!/^(?:await|propagate)$/.test(at.head)) links.unshift(at);
      if (!/^(?:chain|await|propagate)$/.test(at.head)) break;
      at = at.children.find(({ head }) => head !== 'args');
    }
    return links;
  }

  private call(node: SkeletonNode, awaited: boolean, returned: boolean): string {
    const links = this.chain(node);
    const names = links.map(({ label }) => displayLabel(label)).filter((name) => name !== '()');
    const tagged = this.nodes.some(({ head }) => head === 'template');
    if (/^styled\b/.test(names[0] ?? '') || (node.name === '()' && this.anchors.includes('styled')))
      return `Style a component with \`${names[0] ?? 'styled'}\``;
    if (node.name === '()') return this.sequence(this.inOrder);
    // What a chain begins is what it is about.
    const say = this.said(node.label) ?? (links[0] === undefined ? undefined : this.said(links[0].label));
    const verb = say ?? (awaited ? 'Await' : returned ? 'Return' : 'Call');
    if (links.length > 1) {
      const path = names.map((name, index) => (index === 0 ? this.full(name) : name));
      if (links[0]?.head === 'macro') return `Run ${this.quote(path[0] as string)} and \`${path.slice(1).join('.')}\``;
      if (path.length === 2) {
        const inside = this.withInside(node, names[1] as string, names);
        return `${verb} \`${path[0]}(…).${path[1]}\`${say === undefined ? inside : inside.replace(' with ', ' and ')}`;
      }
      if (names.every((name) => name === names[0])) return `Chain calls of \`${path[0]}\``;
      const written = (parts: readonly string[]) => `\`${parts.map((part) => `${part}(…)`).join('.')}\``;
      const chain = say ?? 'Chain';
      return path.length > 3
        ? `${chain} ${written(path.slice(0, 2))} up to \`${path.at(-1)}\``
        : `${chain} ${written(path)}`;
    }
    const callee = displayLabel(node.label);
    const taken = this.taken();
    if (taken !== '') return `Take ${taken} from ${this.quote(callee)}`;
    const wraps = node.children.some(({ head, label }) => head === 'function' || label === 'async function');
    const others = this.anchors.filter((name) => name !== callee);
    const only = node.children.filter(({ head }) => head !== 'args');
    if (wraps && only.length === 1 && others.length === 0 && !tagged) return `Wrap a function in ${this.quote(callee)}`;
    const written = this.written(node);
    if (written !== undefined) return `${verb} ${written}`;
    const rest = this.withInside(node, callee) || this.extra(this.tree, callee);
    return `${verb} ${this.quote(callee)}${say === undefined ? rest : rest.replace(' with ', ' and ')}`;
  }

  /** `const { a, b } = f()`: what is taken out of the result. */
  private taken(): string {
    const pattern = this.tree.children.find(({ head }) => head === 'destructure');
    if (this.tree.head !== 'declare' || pattern === undefined) return '';
    return pattern.children
      .filter(({ head, name }) => head === 'key' && /^[\w$]+$/.test(name))
      .slice(0, 2)
      .map(({ name }) => `\`${name}\``)
      .join(' and ');
  }
}

/** The most telling API of each statement, in order. */
function statementApis(statements: readonly SkeletonNode[], anchors: readonly string[]): string[] {
  const shown = statements.map((statement) => {
    const inside = new Set(all(statement).map(({ label }) => displayLabel(label)));
    return anchors.find((name) => inside.has(name));
  });
  const telling = [...new Set(shown.filter((name) => name !== undefined))];
  if (telling.length <= 3) return telling;
  const best = new Set(anchors.filter((name) => telling.includes(name)).slice(0, 3));
  return telling.filter((name) => best.has(name));
}

/** A tree's labels, depths and places in preorder. */
function flatten(node: SkeletonNode): NamedPattern {
  const labels: string[] = [];
  const depths: number[] = [];
  const places = new Map<number, ArgumentPlace>();
  const walk = (at: SkeletonNode, depth: number) => {
    if (at.place !== undefined) places.set(labels.length, at.place);
    labels.push(at.label);
    depths.push(depth);
    for (const child of at.children) walk(child, depth + 1);
  };
  walk(node, 0);
  return { labels, depths: Uint8Array.from(depths), places };
}

/** A short name, e.g. "Wrap a function in `catchAsync`"; every quoted word occurs at the sites. */
export function idiomName(pattern: NamedPattern, model: BackgroundModel, evidence: SiteEvidence = new Map()): string {
  return new Namer(pattern, model, evidence).name();
}

/** One sentence: the code with its holes, or what it is named after where it is a name alone, how often, where. */
export function idiomSummary(
  pattern: NamedPattern,
  name: string,
  sites: readonly { path: string }[],
  files: number,
  evidence: SiteEvidence = new Map(),
): string {
  const code = skeleton(pattern.labels, pattern.depths, pattern.family ?? '', evidence, pattern.places);
  const [, named] = (code === HOLE && /`([^`]+)`/.exec(name)) || [];
  return `\`${named ?? code}\` in ${sites.length} places over ${files} files${place(sites)}.`;
}

/** ", mostly in src/services" where one folder holds at least 70 % of the sites. */
export function place(sites: readonly { path: string }[]): string {
  const inFolder = new Map<string, number>();
  for (const { path } of sites) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    inFolder.set(folder, (inFolder.get(folder) ?? 0) + 1);
  }
  const counts = new Map<string, number>();
  for (const [folder, count] of inFolder)
    for (let above = folder; above !== ''; above = above.slice(0, Math.max(0, above.lastIndexOf('/'))))
      counts.set(above, (counts.get(above) ?? 0) + count);
  const dense = [...counts.entries()]
    .filter(([, count]) => count >= sites.length * 0.7)
    .sort((a, b) => b[0].length - a[0].length || (a[0] < b[0] ? -1 : 1));
  const best = dense[0];
  if (best === undefined) return '';
  return best[1] === sites.length ? `, all in ${best[0]}` : `, mostly in ${best[0]}`;
}
