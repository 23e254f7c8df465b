/** One pass of a language's queries over a flat tree, building the file's facts. */
import { calleePath, lastSegment } from './calleePath.ts';
import { DefinitionTable } from './definitionTable.ts';
import type { CaptureIds, FactQueries, Role } from './factQueries.ts';
import type { CallFact, ErrorHandlingFact, FileFacts } from './facts.ts';
import { type FlatTree, type Grammar, NODE_ERROR, NODE_EXTRA, NODE_MISSING, NODE_NAMED } from './flatTree.ts';
import { ImportTable } from './importTable.ts';
import { LineCounter } from './lineCounter.ts';
import { MARK_AWAITED, MARK_DECORATOR, MARK_DISCARDED, MARK_EMPTY, MARK_EXPORTED, MARK_PRIVATE } from './marks.ts';
import type { CompiledPattern } from './query/compileQuery.ts';
import { QueryMatcher } from './query/matchQuery.ts';
import { type Binding, ReceiverTable } from './receivers.ts';
import { fold } from './sourceText.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Facts of one parsed file. `queries` must be compiled for `grammar`, the tree's own; `lines` are the text's. */
export function extractFacts(
  tree: FlatTree,
  grammar: Grammar,
  text: string,
  queries: FactQueries,
  lines = new LineCounter(text),
): FileFacts {
  return new FactsExtractor(tree, grammar, text, queries, lines).extract();
}

class FactsExtractor {
  private readonly ids: CaptureIds;
  private readonly marks: Uint8Array;
  private readonly definitions: DefinitionTable;
  private readonly imports: ImportTable;
  private readonly calls: Mutable<CallFact>[] = [];
  private readonly errorHandling: ErrorHandlingFact[] = [];
  private readonly awaits: { line: number; function: number }[] = [];
  private readonly loops: { line: number; function: number }[] = [];
  private readonly exports = new Set<string>();
  private readonly localExports = new Set<string>();
  private readonly bindings: Binding[] = [];
  private captures!: Int32Array;

  constructor(
    private readonly tree: FlatTree,
    private readonly grammar: Grammar,
    private readonly text: string,
    private readonly queries: FactQueries,
    private readonly lines: LineCounter,
  ) {
    this.ids = queries.ids;
    this.marks = new Uint8Array(tree.size);
    this.definitions = new DefinitionTable(tree, text, this.lines, this.marks);
    this.imports = new ImportTable(tree, text);
  }

  extract(): FileFacts {
    const { roles } = this.queries;
    new QueryMatcher(this.queries.query, this.tree, this.text, (pattern, captures) => {
      this.captures = captures;
      this.handle(roles[pattern.index] as Role, pattern);
    }).run();
    const { functions, types } = this.definitions.finish(this.localExports);
    const imported = this.imports.bindings();
    if (imported.size) {
      const receivers = new ReceiverTable(imported, functions, types, this.bindings);
      for (const call of this.calls) receivers.settle(call);
    }
    return {
      language: this.tree.language,
      lines: this.lines.lines(this.text.length),
      syntaxErrors: this.tree.hasErrors ? this.countErrors() : 0,
      functions,
      types,
      calls: this.calls,
      // Patterns of one statement run one after the other, so its modules may come out of order.
      imports: this.imports.facts.sort((a, b) => a.start - b.start),
      errorHandling: this.errorHandling,
      awaits: this.awaits,
      loops: this.loops,
      exports: [...this.exports],
    };
  }

  private handle(role: Role, pattern: CompiledPattern): void {
    const { definitions, marks } = this;
    const node = this.at(this.ids[role]);
    switch (role) {
      case 'definition.function':
        return definitions.addFunction(pattern.properties, {
          node,
          name: this.at(this.ids.name),
          parameters: this.at(this.ids.parameters),
          body: this.at(this.ids.body),
          returns: this.at(this.ids.return),
          async: this.at(this.ids.async),
          container: this.at(this.ids.container),
        });
      case 'definition.type':
        return definitions.addType(pattern.properties, node, this.at(this.ids.name), this.at(this.ids.body));
      case 'definition.container':
        return definitions.addContainer(node, this.at(this.ids.name));
      case 'definition.kind':
        return definitions.setKind(node, pattern.properties.get('kind') ?? 'function');
      case 'name.of':
        return definitions.setName(node, this.at(this.ids.name));
      case 'extent':
        return definitions.setExtent(this.at(this.ids['extent.inner']), node);
      case 'exported':
        marks[node] = (marks[node] as number) | MARK_EXPORTED;
        return;
      case 'private':
        marks[node] = (marks[node] as number) | MARK_PRIVATE;
        return;
      case 'export':
        marks[node] = (marks[node] as number) | MARK_EXPORTED;
        this.exports.add(this.textOf(node));
        if (this.at(this.ids['export.local']) >= 0)
          this.localExports.add(this.textOf(this.at(this.ids['export.local'])));
        return;
      case 'export.local': {
        const name = this.textOf(node);
        this.localExports.add(name);
        this.exports.add(pattern.properties.get('export') ?? name);
        return;
      }
      case 'export.default':
        this.exports.add('default');
        return;
      case 'binding':
        return this.addBinding(pattern, node);
      case 'parameter':
        return definitions.addParameter(node, this.at(this.ids['parameter.name']), this.at(this.ids['parameter.type']));
      case 'member':
        return definitions.addMember(this.at(this.ids.name), this.at(this.ids.type));
      case 'base':
        return definitions.addBase(node, this.at(this.ids['base.of']));
      case 'decorator':
        return definitions.addDecorator(node, this.at(this.ids['decorator.expression']));
      case 'reference.call':
        return this.addCall(pattern, node);
      case 'call.awaited':
        marks[node] = (marks[node] as number) | MARK_AWAITED;
        return;
      case 'call.discarded':
        marks[node] = (marks[node] as number) | MARK_DISCARDED;
        return;
      case 'call.decorator':
        marks[node] = (marks[node] as number) | MARK_DECORATOR;
        return;
      case 'import':
        return this.addImport(pattern, node);
      case 'error.empty':
        marks[node] = (marks[node] as number) | MARK_EMPTY;
        return;
      case 'error':
        return this.addError(pattern, node);
      case 'await':
        this.awaits.push({ line: this.lineOf(node), function: definitions.functionAt(node) });
        return;
      case 'loop':
        this.loops.push({ line: this.lineOf(node), function: definitions.functionAt(node) });
        return;
      case 'comment':
        return definitions.addComment(node);
      case 'docstring':
        return definitions.addDocstring(node);
    }
  }

  private addBinding(pattern: CompiledPattern, node: number): void {
    const callee = this.at(this.ids['binding.callee']);
    const type = this.at(this.ids['binding.type']);
    this.bindings.push({
      name: this.textOf(this.at(this.ids['binding.name'])),
      function: this.definitions.functionAt(node),
      start: this.tree.startIndex[node] as number,
      callee: callee < 0 ? '' : calleePath(this.tree, this.text, this.queries.paths, callee),
      constructed: pattern.properties.get('binding') === 'constructed',
      type: type < 0 ? '' : this.textOf(type).slice(0, 200),
    });
  }

  private addCall(pattern: CompiledPattern, node: number): void {
    const { tree } = this;
    const callee = calleePath(tree, this.text, this.queries.paths, this.at(this.ids.callee));
    const mark = this.marks[node] as number;
    const args = this.at(this.ids.arguments);
    const written = pattern.properties.get('arguments');
    this.calls.push({
      start: tree.startIndex[node] as number,
      end: tree.endIndex[node] as number,
      name: lastSegment(callee),
      callee,
      resolved: '',
      line: this.lineOf(node),
      arguments: written !== undefined ? Number(written) : args < 0 ? 0 : this.countArguments(args, args === node),
      awaited: (mark & MARK_AWAITED) !== 0,
      discarded: (mark & MARK_DISCARDED) !== 0,
      kind: mark & MARK_DECORATOR ? 'decorator' : ((pattern.properties.get('kind') ?? 'call') as CallFact['kind']),
      function: this.definitions.functionAt(node),
    });
  }

  /** Named children, an element's name apart; in a Rust macro (whose arguments are not parsed) the parts between commas. */
  private countArguments(node: number, isElement: boolean): number {
    const { tree, text } = this;
    const stop = tree.end[node] as number;
    let named = 0;
    let commas = 0;
    let trailing = false;
    for (let child = node + 1; child < stop; child = tree.end[child] as number) {
      const flags = tree.flags[child] as number;
      if (flags & NODE_EXTRA) continue;
      if (flags & NODE_NAMED) named++;
      const comma = !(flags & NODE_NAMED) && text.charCodeAt(tree.startIndex[child] as number) === 44;
      if (comma) commas++;
      if (comma || flags & NODE_NAMED) trailing = comma;
    }
    const tokens = this.grammar.kindNames[tree.kind[node] as number] === 'token_tree';
    if (tokens) return named ? commas + (trailing ? 0 : 1) : 0;
    return isElement ? named - 1 : named;
  }

  private addImport(pattern: CompiledPattern, node: number): void {
    const line = this.lineOf(node);
    const useTree = this.at(this.ids['import.tree']);
    if (useTree >= 0) {
      this.imports.addUseTree(node, useTree, line, this.grammar.kindNames, this.grammar.fieldNames);
      return;
    }
    this.imports.add({
      node,
      line,
      module: this.at(this.ids['import.module']),
      name: this.at(this.ids['import.name']),
      alias: this.at(this.ids['import.alias']),
      properties: pattern.properties,
    });
  }

  private addError(pattern: CompiledPattern, node: number): void {
    const type = this.at(this.ids['error.type']);
    const body = this.at(this.ids['error.body']);
    this.errorHandling.push({
      start: this.tree.startIndex[node] as number,
      end: this.tree.endIndex[node] as number,
      kind: (pattern.properties.get('kind') ?? 'catch') as ErrorHandlingFact['kind'],
      type: type < 0 ? '' : fold(this.textOf(type), 80),
      empty: ((this.marks[node] as number) & MARK_EMPTY) !== 0 || (body >= 0 && !this.hasContent(body)),
      line: this.lineOf(node),
      function: this.definitions.functionAt(node),
    });
  }

  private hasContent(body: number): boolean {
    const { tree } = this;
    const stop = tree.end[body] as number;
    for (let child = body + 1; child < stop; child = tree.end[child] as number) {
      const flags = tree.flags[child] as number;
      if (flags & NODE_NAMED && !(flags & NODE_EXTRA)) return true;
    }
    return false;
  }

  private countErrors(): number {
    let errors = 0;
    for (const flags of this.tree.flags) if (flags & (NODE_ERROR | NODE_MISSING)) errors++;
    return errors;
  }

  private at(capture: number): number {
    return capture < 0 ? -1 : (this.captures[capture] as number);
  }

  private textOf(node: number): string {
    return this.text.slice(this.tree.startIndex[node], this.tree.endIndex[node]);
  }

  private lineOf(node: number): number {
    return this.lines.lineAt(this.tree.startIndex[node] as number);
  }
}
