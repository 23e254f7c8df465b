/** Collects imports from matches and resolves callees through them. */
import type { ImportFact } from './facts.ts';
import type { FlatTree } from './flatTree.ts';
import { unquote } from './sourceText.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface ImportMatch {
  /** Node of the whole statement: matches of one statement are merged into one fact. */
  readonly node: number;
  readonly line: number;
  /** Nodes, -1 where absent. */
  readonly module: number;
  readonly name: number;
  readonly alias: number;
  readonly properties: ReadonlyMap<string, string>;
}

export class ImportTable {
  readonly facts: ImportFact[] = [];
  private lastNode = -1;

  constructor(
    private readonly tree: FlatTree,
    private readonly text: string,
  ) {}

  add(match: ImportMatch): void {
    const { properties } = match;
    const fact = this.factFor(match);
    if (match.module >= 0) {
      fact.module = unquote(this.textOf(match.module));
      fact.relative = this.isRelative(fact.module);
    }
    const fixedModule = properties.get('import.module');
    if (fixedModule !== undefined) fact.module = fixedModule;
    if (properties.get('typeOnly') === 'true') fact.typeOnly = true;
    const fixed = properties.get('import.name');
    if (match.name < 0 && fixed === undefined) return;
    const name = fixed ?? unquote(this.textOf(match.name));
    let alias = name;
    if (match.alias >= 0) alias = this.textOf(match.alias);
    else if (properties.get('import.alias') === 'module') alias = fact.module;
    else if (properties.get('import.alias') === 'lastPathSegment') alias = lastPathSegment(fact.module);
    else if (properties.has('import.alias')) alias = properties.get('import.alias') ?? '';
    (fact.names as { name: string; alias: string }[]).push({ name, alias });
  }

  /** A Rust use-tree: nested lists whose prefixes no query can join. One fact per module. */
  addUseTree(
    declaration: number,
    argument: number,
    line: number,
    kindNames: readonly string[],
    fieldNames: readonly (string | null)[],
  ): void {
    const { tree } = this;
    const modules = new Map<string, { name: string; alias: string }[]>();
    const bind = (module: string, name: string, alias: string) => {
      const names = modules.get(module);
      if (names) names.push({ name, alias });
      else modules.set(module, [{ name, alias }]);
    };
    const bindPath = (path: string, alias: string | undefined) => {
      const cut = path.lastIndexOf('::');
      if (path.endsWith('::self')) {
        const module = path.slice(0, cut);
        bind(module, '*', alias ?? module.slice(module.lastIndexOf(':') + 1));
      } else if (cut === -1) bind(path, '*', alias ?? path);
      else bind(path.slice(0, cut), path.slice(cut + 2), alias ?? path.slice(cut + 2));
    };
    const pending: { node: number; prefix: string }[] = [{ node: argument, prefix: '' }];
    for (let item = pending.pop(); item; item = pending.pop()) {
      const { node, prefix } = item;
      const children: number[] = [];
      const stop = tree.end[node] as number;
      for (let child = node + 1; child < stop; child = tree.end[child] as number) {
        if ((tree.flags[child] as number) & 1) children.push(child);
      }
      const child = (name: string) =>
        children.find((candidate) => fieldNames[tree.field[candidate] as number] === name);
      const kind = kindNames[tree.kind[node] as number];
      if (kind === 'use_list') {
        for (const member of children.reverse()) pending.push({ node: member, prefix });
      } else if (kind === 'scoped_use_list') {
        const path = child('path');
        const list = child('list');
        if (list !== undefined)
          pending.push({ node: list, prefix: path === undefined ? prefix : `${prefix}${this.path(path)}::` });
      } else if (kind === 'use_wildcard') {
        bind(children[0] === undefined ? prefix.replace(/::$/, '') : `${prefix}${this.path(children[0])}`, '*', '*');
      } else if (kind === 'use_as_clause') {
        const path = child('path');
        const alias = child('alias');
        if (path !== undefined && alias !== undefined) bindPath(`${prefix}${this.path(path)}`, this.textOf(alias));
      } else if (kind !== 'line_comment' && kind !== 'block_comment')
        bindPath(`${prefix}${this.path(node)}`, undefined);
    }
    for (const [module, names] of modules) {
      const [start, end] = [tree.startIndex[declaration] as number, tree.endIndex[declaration] as number];
      this.facts.push({ start, end, line, module, names, relative: this.isRelative(module), typeOnly: false });
    }
    this.lastNode = -1;
  }

  /** What callees' first segments stand for, by alias. */
  bindings(): Map<string, string> {
    const joiner = this.tree.language === 'rust' ? '::' : '.';
    const bindings = new Map<string, string>();
    for (const { module, names } of this.facts) {
      const source = module.replace(/^node:/, '');
      for (const { name, alias } of names) {
        if (alias === '' || alias === '*' || alias === '.' || alias === '_') continue;
        const whole = name === '*' || name === 'default';
        bindings.set(alias, whole ? source : source.endsWith('.') ? `${source}${name}` : `${source}${joiner}${name}`);
      }
    }
    return bindings;
  }

  private factFor(match: ImportMatch): Mutable<ImportFact> {
    const last = this.facts.at(-1);
    if (last && this.lastNode === match.node) return last;
    const fact: Mutable<ImportFact> = {
      start: this.tree.startIndex[match.node] as number,
      end: this.tree.endIndex[match.node] as number,
      module: '',
      names: [],
      relative: false,
      typeOnly: false,
      line: match.line,
    };
    this.facts.push(fact);
    this.lastNode = match.node;
    return fact;
  }

  private isRelative(module: string): boolean {
    return this.tree.language === 'rust' ? /^(crate|self|super)(::|$)/.test(module) : module.startsWith('.');
  }

  private path(node: number): string {
    return this.textOf(node).replace(/\s+/g, '');
  }

  private textOf(node: number): string {
    return this.text.slice(this.tree.startIndex[node], this.tree.endIndex[node]);
  }
}

/** What a Go package is called unless renamed: the path's last part that is no version, without `go-` and `.v3`. */
export function lastPathSegment(path: string): string {
  const parts = path.split('/');
  let last = parts.pop() ?? '';
  if (/^v\d+$/.test(last)) last = parts.pop() ?? last;
  return last.replace(/\.v\d+$/, '').replace(/^go-|-go$|\.go$/g, '');
}

/** `callee` with its first segment (or the longest imported prefix) replaced; '' if nothing of it was imported. */
export function resolveCallee(callee: string, bindings: ReadonlyMap<string, string>): string {
  for (let cut = callee.indexOf('.'), tries = 0; tries < 4; cut = callee.indexOf('.', cut + 1), tries++) {
    const head = cut === -1 ? callee : callee.slice(0, cut);
    const bare = head.endsWith(')') || head.endsWith(']') ? head.replace(/(\(\)|\[\])+$/, '') : head;
    const target = bindings.get(bare);
    if (target !== undefined) return target + callee.slice(bare.length);
    if (cut === -1) return '';
  }
  return '';
}
