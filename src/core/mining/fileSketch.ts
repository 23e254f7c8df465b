/** What mining keeps of one file, made where the file was parsed: columns of numbers, whose words stand in a list apart. */
import type { LanguageId } from '../languages.ts';
import type { CallFact, FileFacts } from '../syntax/facts.ts';
import {
  CALL_ARGUMENTS,
  CALL_FLAGS,
  CALL_FUNCTION,
  CALL_LINE,
  CALL_NAME,
  CALL_RECEIVER,
  CALL_RESOLVED,
  CALL_WIDTH,
  FLAG_AWAITED,
  FLAG_DECORATOR,
  FLAG_DISCARDED,
  FLAG_JSX,
  FLAG_MACRO,
  FLAG_NEW,
} from './fileDigest.ts';
import type { MiningTrees } from './miningTrees.ts';

/**
 * A file before its words have the repository's numbers. Flat, so that it travels between threads without being
 * serialised; `digestFile.ts` reads it.
 */
export interface FileSketch {
  /** The words behind the numbers. All files of one sketcher share this list, which only grows. */
  readonly words: readonly string[];
  /** Counts of nodes, functions, statements and slots, then `treeColumns`. */
  readonly columns: Int32Array<ArrayBuffer>;
  /** Everything that is read once: words by number, and records; in the order in which `Sketcher` writes. */
  readonly numbers: Int32Array<ArrayBuffer>;
}

const KIND_FLAGS: Readonly<Record<CallFact['kind'], number>> = {
  call: 0,
  decorator: FLAG_DECORATOR,
  jsx: FLAG_JSX,
  macro: FLAG_MACRO,
  new: FLAG_NEW,
};

/** Function flags. */
export const FUNCTION_ASYNC = 1;
export const FUNCTION_EXPORTED = 2;
export const FUNCTION_DOCUMENTED = 4;

/** Import flags. */
export const IMPORT_RELATIVE = 1;
export const IMPORT_TYPE_ONLY = 2;

/** Sketches files one after the other; each word is hashed once a file at most, and travels once. */
export class Sketcher {
  readonly words: string[] = [];
  private readonly ids = new Map<string, number>();
  private numbers = new Int32Array(4096);
  private size = 0;

  sketch(language: LanguageId, facts: FileFacts, trees: MiningTrees): FileSketch {
    this.size = 0;
    this.add(this.word(language), facts.lines);
    this.list(trees.label, trees.labels);
    this.add(trees.variables.length);
    this.reserve(trees.variables.length);
    this.numbers.set(trees.variables, this.size);
    this.size += trees.variables.length;
    this.calls(facts.calls);
    this.records(facts);
    return { words: this.words, columns: columnsOf(trees), numbers: this.numbers.slice(0, this.size) };
  }

  private word(word: string): number {
    let id = this.ids.get(word);
    if (id === undefined) {
      id = this.words.push(word) - 1;
      this.ids.set(word, id);
    }
    return id;
  }

  private reserve(more: number): void {
    if (this.size + more <= this.numbers.length) return;
    const grown = new Int32Array(Math.max(this.numbers.length * 2, this.size + more));
    grown.set(this.numbers);
    this.numbers = grown;
  }

  private add(...values: number[]): void {
    this.reserve(values.length);
    for (const value of values) this.numbers[this.size++] = value;
  }

  private list(label: Int32Array, labels: readonly string[]): void {
    const words = new Int32Array(labels.length);
    for (let index = 0; index < labels.length; index++) words[index] = this.word(labels[index] as string);
    this.add(label.length);
    this.reserve(label.length);
    for (let node = 0; node < label.length; node++) this.numbers[this.size++] = words[label[node] as number] as number;
  }

  private calls(calls: readonly CallFact[]): void {
    // By their ends calls stand in the order in which they run: receivers and arguments before the call itself.
    const ordered = [...calls].sort((a, b) => a.end - b.end || b.start - a.start);
    this.add(ordered.length);
    this.reserve(ordered.length * CALL_WIDTH);
    const { numbers } = this;
    for (const call of ordered) {
      const at = this.size;
      numbers[at + CALL_NAME] = this.word(call.name);
      numbers[at + CALL_RESOLVED] = this.word(call.resolved || call.callee);
      numbers[at + CALL_LINE] = call.line;
      numbers[at + CALL_FUNCTION] = call.function;
      numbers[at + CALL_ARGUMENTS] = call.arguments;
      numbers[at + CALL_RECEIVER] = call.receiver === undefined ? -1 : this.word(call.receiver);
      numbers[at + CALL_FLAGS] =
        KIND_FLAGS[call.kind] | (call.awaited ? FLAG_AWAITED : 0) | (call.discarded ? FLAG_DISCARDED : 0);
      this.size += CALL_WIDTH;
    }
  }

  private records({ functions, types, imports, errorHandling, style = [] }: FileFacts): void {
    this.add(functions.length);
    for (const fact of functions) {
      const flags =
        (fact.async ? FUNCTION_ASYNC : 0) |
        (fact.exported ? FUNCTION_EXPORTED : 0) |
        (fact.doc === '' ? 0 : FUNCTION_DOCUMENTED);
      this.add(this.word(fact.name), this.word(fact.kind), this.word(fact.container), flags);
      this.add(fact.startLine, fact.endLine, this.word(fact.returnType ?? ''), fact.decorators.length);
      for (const decorator of fact.decorators) this.add(this.word(decorator));
    }
    this.add(types.length);
    for (const { name, kind, startLine } of types) this.add(this.word(name), this.word(kind), startLine);
    this.add(imports.length);
    for (const { module, relative, typeOnly, line, names } of imports) {
      const flags = (relative ? IMPORT_RELATIVE : 0) | (typeOnly ? IMPORT_TYPE_ONLY : 0);
      this.add(this.word(module), flags, line, names.length);
      for (const { name, alias } of names) this.add(this.word(name), this.word(alias));
    }
    this.add(errorHandling.length);
    for (const { kind, type, empty, line, function: owner } of errorHandling)
      this.add(this.word(kind), this.word(type), empty ? 1 : 0, line, owner);
    this.add(style.length, ...style);
  }
}

/** Columns of the trees that stay as they are, in their order in `FileSketch.columns`. */
function treeColumns(trees: MiningTrees): Int32Array[] {
  const { size, line, span, functionNodes, functionFacts, statementNodes, variableStart, slotNodes, slots } = trees;
  return [size, line, span, functionNodes, functionFacts, statementNodes, variableStart, slotNodes, slots];
}

function columnsOf(trees: MiningTrees): Int32Array<ArrayBuffer> {
  const { size, functionNodes, statementNodes, slotNodes } = trees;
  const parts = [
    Int32Array.of(size.length, functionNodes.length, statementNodes.length, slotNodes.length),
    ...treeColumns(trees),
  ];
  const columns = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    columns.set(part, at);
    at += part.length;
  }
  return columns;
}
