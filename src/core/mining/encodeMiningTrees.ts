/** Turns a syntax tree into the compact normalised tree from which idioms are mined; runs in the syntax worker. */

import type { FileFacts } from '../syntax/facts.ts';
import { type FlatTree, type Grammar, NODE_ERROR, NODE_NAMED } from '../syntax/flatTree.ts';
import { LineCounter } from '../syntax/lineCounter.ts';
import { type GrammarRoles, grammarRoles, PRIMITIVE_TYPES } from './syntaxRoles.ts';
import { MAX_NAME, TreeReader } from './treeReader.ts';
import { type EncodedTrees, RECEIVER, TreeWriter } from './treeWriter.ts';

/** Deeper code is cut off here: generated nesting must not overflow the stack, and no idiom is this deep. */
const MAX_DEPTH = 200;
/** Nodes a file may contribute; what comes after them is left out. */
const MAX_NODES = 120_000;

/**
 * The file's normalised forest: local identifiers are dropped (statements keep 16-bit hashes of the variables they mention,
 * so that sequences can ask for shared data), literals become their class, and names of calls, properties, imports, types,
 * decorators, keyword arguments and keys are kept in labels such as "call Joi.string", "chain .min", "key body", "jsx Button".
 */
export function encodeMiningTrees(
  tree: FlatTree,
  grammar: Grammar,
  text: string,
  facts: FileFacts,
  lines = new LineCounter(text),
): EncodedTrees {
  const encoder = new Encoder(tree, grammarRoles(grammar), text, facts, lines);
  if (tree.size > 0) encoder.emit(0, 0);
  return encoder.writer.finish();
}

const ASYNC = /^(?:(?:export|pub(?:\([^)]*\))?|static|public|private|protected|override|default)\s+)*async\b/;

const ARGUMENTS = /^argument(?:s|_list)$/;

class Encoder extends TreeReader {
  readonly writer = new TreeWriter();
  private readonly imported = new Set<string>();
  private readonly functionByBody = new Map<number, number>();
  /** Hashes of local variables in the order they are met. */
  private readonly mentioned: number[] = [];
  private pendingDecorators: number[] = [];
  /** Nodes that the call whose arguments come next already has: its receiver. */
  private ahead = 0;

  constructor(
    tree: FlatTree,
    grammar: GrammarRoles,
    text: string,
    facts: FileFacts,
    private readonly lines: LineCounter,
  ) {
    super(tree, grammar, text);
    for (const { names, module } of facts.imports) {
      for (const { alias, name } of names) if ((alias || name) !== '*') this.imported.add(alias || name);
      if (names.length === 0 || names.every(({ alias }) => alias === '*' || alias === '')) {
        // Go and Python name the module by its last segment.
        const last = module
          .split(/[/.:]+/)
          .filter((part) => !/^v\d+$/.test(part))
          .pop();
        if (last) this.imported.add(last);
      }
    }
    facts.functions.forEach((fact, index) => {
      this.functionByBody.set(fact.body.start, index);
    });
  }

  private open(label: string, node: number): number {
    let start = this.tree.startIndex[node] as number;
    const decorators = this.pendingDecorators;
    const takes = decorators.length > 0 && (label.endsWith('function') || label === 'class' || label === 'declare');
    if (takes) start = Math.min(start, this.tree.startIndex[decorators[0] as number] as number);
    const end = this.tree.endIndex[node] as number;
    const startLine = this.lines.lineAt(start);
    const opened = this.writer.open(label, startLine, end <= start ? startLine : this.lines.lineAt(end - 1));
    if (takes) {
      this.pendingDecorators = [];
      for (const decorator of decorators) this.decorator(decorator);
    }
    return opened;
  }

  private leaf(label: string, node: number): void {
    this.writer.close(this.open(label, node));
  }

  private children(node: number, depth: number, except = -1, except2 = -1): void {
    const { end, flags } = this.tree;
    const stop = end[node] as number;
    for (let at = node + 1; at < stop; at = end[at] as number) {
      if (at === except || at === except2 || !((flags[at] as number) & NODE_NAMED)) continue;
      this.emit(at, depth);
    }
  }

  /** Arguments of a call or construction: local names are dropped, and what follows one keeps its place. */
  private arguments(node: number, depth: number): void {
    const { end, flags } = this.tree;
    const stop = end[node] as number;
    let slot = 0;
    let rank = this.ahead;
    this.ahead = 0;
    for (let at = node + 1; at < stop; at = end[at] as number) {
      if (!((flags[at] as number) & NODE_NAMED) || this.kindName(at).endsWith('comment')) continue;
      const first = this.writer.size;
      this.emit(at, depth + 1);
      if (this.writer.size > first) {
        if (slot !== rank) this.writer.slotAt(first, slot);
        rank++;
      }
      slot++;
    }
  }

  emit(node: number, depth: number): void {
    if (depth > MAX_DEPTH || this.writer.size > MAX_NODES) return;
    const flags = this.tree.flags[node] as number;
    if (!(flags & NODE_NAMED) || flags & NODE_ERROR) return;
    const { role, label } = this.grammar.roles[this.tree.kind[node] as number] as { role: string; label: string };
    if (role === 'skip') return;
    if (role === 'decorator') {
      this.pendingDecorators.push(node);
      return;
    }
    this.emitRole(node, role, label, depth);
    // Attributes of fields, variants and the like have no node to hang on.
    if (this.pendingDecorators.length > 0) this.pendingDecorators = [];
  }

  private emitRole(node: number, role: string, label: string, depth: number): void {
    switch (role) {
      case 'splice':
        return ARGUMENTS.test(this.kindName(node)) ? this.arguments(node, depth) : this.children(node, depth + 1);
      case 'plain':
        return this.plain(node, label, depth);
      case 'text':
        return this.leaf(this.source(node).toLowerCase(), node);
      case 'name':
        return this.identifier(node);
      case 'member':
        return this.member(node, depth);
      case 'path':
        return this.path(node, depth);
      case 'call':
        return this.call(node, depth);
      case 'new':
        return this.construction(node, depth);
      case 'macro':
        return this.leaf(`macro ${this.clip(this.source(this.child(node, 'macro')))}!`, node);
      case 'operator':
        return this.operation(node, label, depth);
      case 'pair':
        return this.pair(node, depth);
      case 'keyword':
        return this.keyword(node, depth);
      case 'shorthand':
        this.mention(this.source(node));
        return this.leaf(`key ${this.clip(this.source(node))}`, node);
      case 'function':
        return this.function(node, depth);
      case 'class':
        return this.class(node, depth);
      case 'type':
        return this.type('type', node);
      case 'element':
        return this.element(node, depth);
      case 'attribute':
        return this.attribute(node, depth);
      default:
        return this.parameter(node, depth);
    }
  }

  private mention(name: string): void {
    let hash = 7;
    for (let at = 0; at < name.length; at++) hash = (hash * 31 + name.charCodeAt(at)) & 0xffff;
    this.mentioned.push(hash);
  }

  private plain(node: number, label: string, depth: number): void {
    if (label === 'block') return this.block(node, depth);
    // CommonJS imports are no idiom; conventions look at imports.
    if (label === 'declare' && /^[^=(]{1,400}=\s*require\(/.test(this.source(node).slice(0, 500))) return;
    const opened = this.open(label === 'text-string' ? 'string' : label, node);
    if (label === 'declare') {
      const type = this.child(node, 'type');
      this.children(node, depth + 1, type);
      if (type !== -1) this.type('type', type);
    } else if (label !== 'text-string' || this.tree.end[node] !== node + 1) {
      this.children(node, depth + 1);
    }
    this.writer.close(opened);
  }

  /** A block notes for each of its statements which variables it mentions. */
  private block(node: number, depth: number): void {
    const opened = this.open('block', node);
    this.statements(node, depth);
    this.writer.close(opened);
  }

  /** A string that stands alone is a docstring or a directive. */
  private isDocstring(statement: number): boolean {
    if (this.kindName(statement) !== 'expression_statement') return false;
    const only = statement + 1;
    return only < (this.tree.end[statement] as number) && this.kindName(only) === 'string';
  }

  private statements(node: number, depth: number): void {
    const { end, flags } = this.tree;
    const stop = end[node] as number;
    for (let at = node + 1; at < stop; at = end[at] as number) {
      if (!((flags[at] as number) & NODE_NAMED)) continue;
      if (this.isDocstring(at)) continue;
      if (this.role(at) === 'splice' && this.kindName(at) === 'statement_list') {
        this.statements(at, depth + 1);
        continue;
      }
      const first = this.writer.size;
      const before = this.mentioned.length;
      this.emit(at, depth + 1);
      if (this.writer.size === first || this.mentioned.length === before) continue;
      this.writer.statementAt(first, this.mentioned, before);
    }
  }

  /** A name that other files know too: an import, or a capitalised constant, class or enum. */
  private isShared(name: string): boolean {
    return this.imported.has(name) || (name.length > 1 && /^[A-Z]/.test(name));
  }

  private identifier(node: number): void {
    const name = this.source(node);
    if (this.kindName(node) === 'type_identifier') return this.leaf(`type ${this.clip(name)}`, node);
    if (this.isShared(name)) this.leaf(`ref ${this.clip(name)}`, node);
    else this.mention(name);
  }

  private memberParts(node: number): { object: number; property: string } {
    const object = this.firstOf(node, 'object', 'operand', 'value');
    const property = this.firstOf(node, 'property', 'attribute', 'field');
    return { object, property: property === -1 ? '' : this.clip(this.source(property)) };
  }

  private member(node: number, depth: number): void {
    const { object, property } = this.memberParts(node);
    if (object !== -1 && this.kindName(object) === 'identifier' && this.isShared(this.source(object))) {
      const opened = this.open(`ref ${this.clip(this.source(object))}`, node);
      this.leaf(`.${property}`, node);
      this.writer.close(opened);
      return;
    }
    const opened = this.open(`.${property}`, node);
    if (object !== -1) this.emit(object, depth + 1);
    this.writer.close(opened);
  }

  private path(node: number, depth: number): void {
    const inner = this.child(node, 'function');
    if (inner !== -1) return this.emit(inner, depth + 1);
    this.leaf(`ref ${this.clip(this.source(node))}`, node);
  }

  /** Dotted path of a callee whose root is shared (`Joi.object`, `fs.promises.readFile`), or undefined. */
  private sharedPath(node: number, segments: number): string | undefined {
    const kind = this.kindName(node);
    if (kind === 'this' || kind === 'super') return kind;
    if (kind === 'identifier') {
      const name = this.source(node);
      return name === 'self' || name === 'cls' || this.isShared(name) ? name : undefined;
    }
    if (kind === 'self') return kind;
    if (this.role(node) !== 'member' || segments === 0) return undefined;
    const { object, property } = this.memberParts(node);
    const root = object === -1 ? undefined : this.sharedPath(object, segments - 1);
    return root === undefined || root === 'this' || root === 'self' ? undefined : `${root}.${property}`;
  }

  private call(node: number, depth: number): void {
    let callee = this.child(node, 'function');
    if (callee === -1) callee = this.named(node).next().value ?? -1;
    if (callee === -1) return;
    const outer = callee;
    for (let steps = 0; steps < 4; steps++) {
      const kind = this.kindName(callee);
      const inner =
        kind === 'generic_function'
          ? this.child(callee, 'function')
          : kind === 'parenthesized_expression' || kind === 'non_null_expression' || kind === 'instantiation_expression'
            ? (this.named(callee).next().value ?? -1)
            : -1;
      if (inner === -1) break;
      callee = inner;
    }
    const role = this.role(callee);
    const [label, receiver] = this.calleeLabel(callee, role);
    const opened = this.open(label, node);
    if (receiver !== -1) this.emit(receiver, depth + 1);
    const hasReceiver = this.writer.size > opened + 1;
    if (label.startsWith('chain ')) {
      // `a().b(c())` is not `c().b()`: the arguments of a chain stand apart from its receiver.
      const inside = this.open('args', node);
      this.children(node, depth + 1, outer);
      this.writer.close(inside);
      this.writer.dropIfEmpty(inside);
    } else {
      if (hasReceiver) this.writer.slotAt(opened + 1, RECEIVER);
      this.ahead = hasReceiver ? 1 : 0;
      this.children(node, depth + 1, outer);
      this.ahead = 0;
    }
    this.writer.close(opened);
  }

  /** Label of a call and the receiver that is still to be emitted (-1: none). */
  private calleeLabel(callee: number, role: string): [string, number] {
    if (role === 'name') return [`call ${this.clip(this.source(callee))}`, -1];
    if (role === 'path') return [`call ${this.clip(this.source(callee))}`, -1];
    if (role !== 'member') return [this.kindName(callee) === 'super' ? 'call super' : 'call ()', callee];
    const { object, property } = this.memberParts(callee);
    if (object === -1) return [`call .${property}`, -1];
    const root = this.sharedPath(object, 2);
    if (root !== undefined) return [this.clip(`call ${root}.${property}`), -1];
    const objectRole = this.role(object);
    // A receiver that is itself computed makes a chain: the label keeps it apart from a call in the arguments.
    const chained = objectRole !== 'member' && objectRole !== 'name';
    return [`${chained ? 'chain' : 'call'} .${property}`, object];
  }

  private construction(node: number, depth: number): void {
    const type = this.firstOf(node, 'constructor', 'type', 'name');
    const name = type === -1 ? '' : this.clip(this.source(type));
    // Go's slices and maps are literals of the language, not types of somebody.
    const opened = this.open(/^(?:\[|map\[|$)/.test(name) ? 'array' : `new ${name}`, node);
    this.children(node, depth + 1, type);
    this.writer.close(opened);
  }

  private operation(node: number, label: string, depth: number): void {
    const operator = this.firstOf(node, 'operator', 'operators');
    let name = operator === -1 ? '' : this.clip(this.source(operator));
    if (operator === -1)
      for (let at = node + 1; at < (this.tree.end[node] as number); at = this.tree.end[at] as number)
        if (!((this.tree.flags[at] as number) & NODE_NAMED)) name = this.clip(this.source(at));
    if (label === 'assign') {
      const left = this.firstOf(node, 'left', 'name');
      const type = this.child(node, 'type');
      const simple = left !== -1 && (this.role(left) === 'name' || this.kindName(left) === 'pattern_list');
      const opened = this.open(simple && (name === '=' || name === ':=') ? 'declare' : `assign ${name}`, node);
      this.children(node, depth + 1, type);
      if (type !== -1) this.type('type', type);
      return this.writer.close(opened);
    }
    const opened = this.open(`${label} ${name}`, node);
    this.children(node, depth + 1, operator);
    this.writer.close(opened);
  }

  /** Text of a key: an identifier, or a string that reads like one. */
  private keyName(node: number): string {
    const text = this.source(node);
    const plain = text.replace(/^['"`]|['"`]$/g, '');
    return /^[A-Za-z_$][\w$.-]*$/.test(plain) ? this.clip(plain) : '';
  }

  private pair(node: number, depth: number): void {
    let key = this.firstOf(node, 'key', 'field', 'name');
    if (key === -1) key = this.named(node).next().value ?? -1;
    const name = key === -1 ? '' : this.keyName(key);
    const opened = this.open(name === '' ? 'pair' : `key ${name}`, node);
    this.children(node, depth + 1, name === '' ? -1 : key);
    this.writer.close(opened);
  }

  private keyword(node: number, depth: number): void {
    const name = this.child(node, 'name');
    const opened = this.open(`kwarg ${name === -1 ? '' : this.clip(this.source(name))}`, node);
    this.children(node, depth + 1, name);
    this.writer.close(opened);
  }

  private type(label: string, node: number): void {
    const text = this.source(node)
      .replace(/^\s*(:|->)\s*/, '')
      .replace(/\s+/g, ' ');
    if (text === '' || PRIMITIVE_TYPES.has(text) || text.length > MAX_NAME) return;
    this.leaf(`${label} ${text}`, node);
  }

  private function(node: number, depth: number): void {
    const { fields } = this.grammar;
    const start = this.tree.startIndex[node] as number;
    const head = this.text.slice(start, start + 40);
    const async = head.includes('async') && ASYNC.test(head);
    const opened = this.open(async ? 'async function' : 'function', node);
    const body = this.child(node, 'body');
    const fact = body === -1 ? undefined : this.functionByBody.get(this.tree.startIndex[body] as number);
    if (fact !== undefined) this.writer.functionAt(opened, fact);
    for (const at of this.named(node)) {
      const field = this.tree.field[at];
      const kind = this.kindName(at);
      if (at === body) {
        if (this.role(at) === 'plain') this.emit(at, depth + 1);
        else {
          const returned = this.open('return', at);
          this.emit(at, depth + 1);
          this.writer.close(returned);
        }
      } else if (field === fields.name) this.leaf(`name ${this.clip(this.source(at))}`, at);
      else if (field === fields.receiver || kind === 'type_parameters') continue;
      else if (field === fields.parameter) this.leaf(`param ${this.clip(this.source(at))}`, at);
      else if (field !== 0 && (field === fields.return_type || field === fields.result)) this.type('returns', at);
      else if (/parameters$|^parameter_list$/.test(kind)) {
        for (const parameter of this.named(at)) this.parameter(parameter, depth + 1);
      }
    }
    this.writer.close(opened);
  }

  private parameter(node: number, depth: number): void {
    const role = this.role(node);
    if (role === 'skip') return;
    if (role === 'name') {
      const own = this.source(node);
      return own === 'self' || own === 'cls' ? undefined : this.leaf(`param ${this.clip(own)}`, node);
    }
    const pattern = this.firstOf(node, 'pattern', 'name', 'left');
    const target = pattern === -1 ? (this.named(node).next().value ?? -1) : pattern;
    const simple = target !== -1 && this.role(target) === 'name';
    const name = simple ? this.source(target) : '';
    if (name === 'self' || name === 'cls') return;
    const opened = this.open(name === '' ? 'param' : `param ${this.clip(name)}`, node);
    const type = this.child(node, 'type');
    if (type !== -1) this.type('type', type);
    this.children(node, depth + 1, simple ? target : -1, type);
    this.writer.close(opened);
  }

  private class(node: number, depth: number): void {
    const opened = this.open('class', node);
    const { fields } = this.grammar;
    for (const at of this.named(node)) {
      const field = this.tree.field[at];
      const kind = this.kindName(at);
      if (field !== 0 && field === fields.name) continue;
      if (field !== 0 && (field === fields.superclasses || field === fields.trait)) this.bases(at);
      else if (kind === 'class_heritage') this.bases(at);
      else if (field !== 0 && field === fields.body) this.children(at, depth + 1);
      else if (this.role(at) !== 'name' && this.role(at) !== 'type') this.emit(at, depth + 1);
    }
    this.writer.close(opened);
  }

  private bases(node: number): void {
    const text = this.source(node).replace(/^\(|\)$/g, '');
    for (const part of text.replace(/<[^>]*>/g, '').split(/[,\s()]+/)) {
      if (!/^[A-Za-z_][\w.:]*$/.test(part) || part === 'extends' || part === 'implements') continue;
      this.leaf(`base ${this.clip(part)}`, node);
    }
  }

  private decorator(node: number): void {
    const startLine = this.lines.lineAt(this.tree.startIndex[node] as number);
    const endLine = this.lines.lineAt((this.tree.endIndex[node] as number) - 1);
    const text = this.source(node).replace(/^@|^#!?\[|\]$/g, '');
    const name = /^[\w.:$]+/.exec(text.trim())?.[0] ?? '';
    const opened = this.writer.open(`decorator ${this.clip(name)}`, startLine, endLine);
    // Rust's attributes hold bare tokens: `derive(Debug, Clone)`.
    if (this.kindName(node) === 'attribute_item')
      for (const word of /\(([\w:,\s]*)\)/.exec(text)?.[1]?.split(/[,\s]+/) ?? [])
        if (word !== '') this.writer.leaf(`ref ${this.clip(word)}`, startLine, endLine);
    const call = [...this.named(node)].find((at) => this.role(at) === 'call');
    if (call !== undefined) {
      const callArguments = this.child(call, 'arguments');
      if (callArguments !== -1) this.children(callArguments, MAX_DEPTH / 2);
    }
    this.writer.close(opened);
  }

  private element(node: number, depth: number): void {
    const named = [...this.named(node)];
    const opening = named.find((at) => this.kindName(at) === 'jsx_opening_element') ?? node;
    const name = this.child(opening, 'name');
    const opened = this.open(name === -1 ? 'jsx' : `jsx ${this.clip(this.source(name))}`, node);
    if (opening !== node) this.children(opening, depth + 1, name);
    this.children(node, depth + 1, opening === node ? name : opening);
    this.writer.close(opened);
  }

  private attribute(node: number, depth: number): void {
    const name = this.named(node).next().value ?? -1;
    const opened = this.open(`attr ${name === -1 ? '' : this.clip(this.source(name))}`, node);
    this.children(node, depth + 1, name);
    this.writer.close(opened);
  }
}
