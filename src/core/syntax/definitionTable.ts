/** Functions and types of a file as they open and close in preorder: names, signatures, docs, containers, visibility. */
import type { FunctionFact, FunctionKind, Parameter, TypeFact } from './facts.ts';
import type { FlatTree } from './flatTree.ts';
import { LeadingNotes } from './leadingNotes.ts';
import type { LineCounter } from './lineCounter.ts';
import { MARK_EXPORTED, MARK_PRIVATE } from './marks.ts';
import { signatureText } from './signatureText.ts';
import { fold, stripDoc } from './sourceText.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type MutableFunction = Mutable<FunctionFact> & { parameters: Parameter[]; decorators: string[] };
type MutableType = Mutable<TypeFact> & { bases: string[]; members: Parameter[] };

/** Nodes of a function definition, -1 where absent. */
export interface FunctionNodes {
  readonly node: number;
  readonly name: number;
  readonly parameters: number;
  readonly body: number;
  readonly returns: number;
  readonly async: number;
  readonly container: number;
}

/** Members kept of one type. */
const MAX_MEMBERS = 1000;

interface Scope {
  readonly node: number;
  readonly kind: 'function' | 'type' | 'container' | 'module';
  /** Index in functions or types; -1 for a container. */
  readonly index: number;
  readonly name: string;
}

export class DefinitionTable {
  private readonly functions: MutableFunction[] = [];
  private readonly functionNodes: FunctionNodes[] = [];
  /** Visibility of functions[i]: exported by itself, inherited from its container, or not at all. */
  private readonly inherits: boolean[] = [];
  private readonly parameterStarts: number[][] = [];
  private readonly types: MutableType[] = [];
  private readonly typeNodes: number[] = [];
  private readonly scopes: Scope[] = [];
  private readonly names = new Map<number, number>();
  private readonly kinds = new Map<number, FunctionKind>();
  private readonly extents = new Map<number, number>();
  private readonly basesByName: { type: string; base: string }[] = [];
  private readonly notes: LeadingNotes;

  constructor(
    private readonly tree: FlatTree,
    private readonly text: string,
    private readonly lines: LineCounter,
    private readonly marks: Uint8Array,
  ) {
    this.notes = new LeadingNotes(tree, text);
  }

  setName(node: number, name: number): void {
    this.names.set(node, name);
  }

  setKind(node: number, kind: string): void {
    this.kinds.set(node, kind as FunctionKind);
  }

  /** `outer` is the statement that `inner` stands for: export, declaration, decorated definition. */
  setExtent(inner: number, outer: number): void {
    this.extents.set(inner, outer);
  }

  /** Innermost function around a node that is being visited; -1 at top level. */
  functionAt(node: number): number {
    this.close(node);
    for (let at = this.scopes.length - 1; at >= 0; at--) {
      const scope = this.scopes[at] as Scope;
      if (scope.kind === 'function') return scope.index;
    }
    return -1;
  }

  addFunction(properties: ReadonlyMap<string, string>, nodes: FunctionNodes): void {
    const { tree, text } = this;
    const { node } = nodes;
    const parent = this.functionAt(node);
    const scope = this.scopes.at(-1);
    const nameNode = nodes.name >= 0 ? nodes.name : (this.names.get(node) ?? -1);
    const name = nameNode < 0 ? '' : this.name(nameNode);
    let container = scope && (scope.kind === 'type' || scope.kind === 'container') ? scope.name : '';
    if (nodes.container >= 0) container = this.textOf(nodes.container);
    let kind = this.kinds.get(node) ?? ((properties.get('kind') ?? 'function') as FunctionKind);
    if (kind === 'function' && container && name) kind = 'method';
    const outer = this.outermost(node);
    const decorators = this.notes.takeDecorators(node, this.extents);
    const first = decorators.first < 0 ? outer : Math.min(outer, decorators.first);
    const start = tree.startIndex[first] as number;
    const end = tree.endIndex[outer] as number;
    const body = nodes.body < 0 ? end : (tree.startIndex[nodes.body] as number);
    const declared = this.isMarked(node, nameNode, MARK_EXPORTED);
    const hidden = this.isMarked(node, nameNode, MARK_PRIVATE);
    const fact: MutableFunction = {
      start,
      end,
      name,
      kind,
      signature: signatureText(tree, text, first, start, body),
      doc: this.notes.docBefore(start),
      container,
      exported: declared && !hidden,
      async: nodes.async >= 0,
      parameters: [],
      decorators: decorators.texts,
      startLine: this.lines.lineAt(start),
      endLine: this.lines.lineAt(Math.max(start, end - 1)),
      body: { start: body, end: nodes.body < 0 ? end : (tree.endIndex[nodes.body] as number) },
      parent,
    };
    if (nodes.returns >= 0) fact.returnType = fold(this.textOf(nodes.returns), 200);
    const index = this.functions.push(fact) - 1;
    this.functionNodes.push(nodes);
    this.parameterStarts.push([]);
    this.inherits.push(!hidden && container !== '' && properties.get('visibility') === 'inherited');
    this.scopes.push({ node, kind: 'function', index, name });
  }

  addType(properties: ReadonlyMap<string, string>, node: number, nameNode: number, bodyNode: number): void {
    const { tree, text } = this;
    this.close(node);
    const kind = (properties.get('kind') ?? 'class') as TypeFact['kind'];
    const name = this.name(nameNode >= 0 ? nameNode : (this.names.get(node) ?? -1));
    const outer = this.outermost(node);
    const decorators = this.notes.takeDecorators(node, this.extents);
    const first = decorators.first < 0 ? outer : Math.min(outer, decorators.first);
    const start = tree.startIndex[first] as number;
    const end = tree.endIndex[outer] as number;
    const index =
      this.types.push({
        start,
        end,
        name,
        kind,
        signature: signatureText(tree, text, first, start, bodyNode < 0 ? end : (tree.startIndex[bodyNode] as number)),
        doc: this.notes.docBefore(start),
        exported: this.isMarked(node, nameNode, MARK_EXPORTED) && !this.isMarked(node, nameNode, MARK_PRIVATE),
        startLine: this.lines.lineAt(start),
        endLine: this.lines.lineAt(Math.max(start, end - 1)),
        bases: [],
        members: [],
      }) - 1;
    this.typeNodes.push(node);
    this.scopes.push({ node, kind: kind === 'module' ? 'module' : 'type', index, name });
  }

  /** A block that gives its functions a container without declaring a type: a Rust `impl`. */
  addContainer(node: number, nameNode: number): void {
    this.close(node);
    this.scopes.push({ node, kind: 'container', index: -1, name: this.name(nameNode) });
  }

  /** `parameter` lies in the parameter list of the innermost open function, or is ignored. */
  addParameter(parameter: number, nameNode: number, typeNode: number): void {
    const index = this.functionAt(parameter);
    const list = this.functionNodes[index]?.parameters ?? -1;
    if (list < 0) return;
    const at = nameNode >= 0 ? nameNode : parameter;
    if (at !== list && (this.tree.parent[parameter] as number) !== list && parameter !== list) return;
    const name = nameNode < 0 ? '' : fold(this.textOf(nameNode), 80);
    const starts = this.parameterStarts[index] as number[];
    const start = this.tree.startIndex[parameter] as number;
    // Patterns on the list run before those on its members, so a parameter may come late.
    let place = starts.length;
    while (place > 0 && (starts[place - 1] as number) > start) place--;
    starts.splice(place, 0, start);
    this.functions[index]?.parameters.splice(place, 0, this.parameter(name, typeNode));
  }

  addMember(nameNode: number, typeNode: number): void {
    this.close(nameNode);
    for (let at = this.scopes.length - 1; at >= 0; at--) {
      const scope = this.scopes[at] as Scope;
      if (scope.kind !== 'type') continue;
      const type = this.types[scope.index] as MutableType;
      const name = this.name(nameNode);
      if (type.members.length < MAX_MEMBERS && !type.members.some((member) => member.name === name))
        type.members.push(this.parameter(name, typeNode));
      return;
    }
  }

  /** A base of the innermost open type, or with `of` of the type by that name. */
  addBase(base: number, of: number): void {
    const text = fold(this.textOf(base), 120);
    if (of >= 0) {
      this.basesByName.push({ type: this.name(of), base: text });
      return;
    }
    this.close(base);
    const scope = this.scopes.at(-1);
    if (scope?.kind === 'type') this.types[scope.index]?.bases.push(text);
  }

  addDecorator(node: number, expression: number): void {
    const text = this.notes.decoratorText(expression < 0 ? node : expression);
    const scope = this.scopes.at(-1);
    // JavaScript keeps a method's decorators inside the method.
    if (scope?.kind === 'function' && scope.node === (this.tree.parent[node] as number)) {
      this.functions[scope.index]?.decorators.push(text);
    } else this.notes.addDecorator(node, text);
  }

  addComment(node: number): void {
    this.notes.addComment(node);
  }

  /** The doc of the definition whose body's first statement this string is. */
  addDocstring(node: number): void {
    this.close(node);
    const scope = this.scopes.at(-1);
    if (!scope || scope.index < 0) return;
    const fact = scope.kind === 'function' ? this.functions[scope.index] : this.types[scope.index];
    if (fact) fact.doc = stripDoc(this.textOf(node));
  }

  /** Settles visibility and bases that depend on the rest of the file. `exportedNames` are local names exported apart. */
  finish(exportedNames: ReadonlySet<string>): { functions: FunctionFact[]; types: TypeFact[] } {
    const byName = new Map<string, MutableType>();
    this.types.forEach((type, index) => {
      if (exportedNames.has(type.name) && this.tree.parent[this.outermost(this.typeNodes[index] as number)] === 0)
        type.exported = true;
      if (!byName.has(type.name)) byName.set(type.name, type);
    });
    for (const { type, base } of this.basesByName) byName.get(type)?.bases.push(base);
    this.functions.forEach((fact, index) => {
      if (fact.parent >= 0) fact.exported = false;
      else if (fact.container) {
        if (this.inherits[index]) fact.exported = byName.get(fact.container)?.exported ?? false;
      } else if (exportedNames.has(fact.name)) fact.exported = true;
    });
    return { functions: this.functions, types: this.types };
  }

  private close(node: number): void {
    const { scopes, tree } = this;
    while (scopes.length && (tree.end[(scopes.at(-1) as Scope).node] as number) <= node) scopes.pop();
  }

  private outermost(node: number): number {
    let outer = node;
    for (let next = this.extents.get(outer); next !== undefined; next = this.extents.get(outer)) outer = next;
    return outer;
  }

  private isMarked(node: number, nameNode: number, mark: number): boolean {
    if (nameNode >= 0 && (this.marks[nameNode] as number) & mark) return true;
    for (let at: number | undefined = node; at !== undefined; at = this.extents.get(at)) {
      if ((this.marks[at] as number) & mark) return true;
    }
    return false;
  }

  private parameter(name: string, typeNode: number): Parameter {
    return typeNode < 0 ? { name } : { name, type: fold(this.textOf(typeNode), 200) };
  }

  private name(node: number): string {
    return node < 0 ? '' : fold(this.textOf(node), 120);
  }

  private textOf(node: number): string {
    return this.text.slice(this.tree.startIndex[node], this.tree.endIndex[node]);
  }
}
