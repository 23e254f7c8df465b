/** Collects normalised nodes in preorder and packs them: the writing half of the mining-tree format (miningTrees.ts reads). */

import type { MiningTrees } from './miningTrees.ts';

/** First byte of the format; a reader refuses any other. */
export const MINING_TREES_VERSION = 2;

/** Packed for the store, and the same as `decodeMiningTrees` would read it. */
export interface EncodedTrees {
  readonly bytes: Uint8Array;
  readonly trees: MiningTrees;
}

/** Variables kept of one statement. */
const MAX_VARIABLES = 8;

/** Slot of what stands before the dot, which is no argument. */
export const RECEIVER = -1;

/** Growing bytes with the variable-length integers of the format (LEB128). */
class ByteSink {
  private bytes: Uint8Array<ArrayBuffer>;
  private length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes);
    this.bytes = grown;
  }

  unsigned(value: number): void {
    this.reserve(5);
    let rest = value >>> 0;
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** Many numbers at once: nearly all fit a byte. */
  column(values: ArrayLike<number>): void {
    this.reserve(values.length * 5);
    const { bytes } = this;
    let at = this.length;
    for (let index = 0; index < values.length; index++) {
      let rest = (values[index] as number) >>> 0;
      while (rest > 127) {
        bytes[at++] = (rest & 127) | 128;
        rest >>>= 7;
      }
      bytes[at++] = rest;
    }
    this.length = at;
  }

  blob(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

export class TreeWriter {
  private readonly labels: string[] = [];
  private readonly labelIds = new Map<string, number>();
  private capacity = 1024;
  private label = new Int32Array(this.capacity);
  private sizes = new Int32Array(this.capacity);
  private line = new Int32Array(this.capacity);
  private span = new Int32Array(this.capacity);
  private readonly functions: { readonly node: number; readonly fact: number }[] = [];
  private readonly statements: { readonly node: number; readonly variables: readonly number[] }[] = [];
  private readonly slots: { readonly node: number; readonly slot: number }[] = [];
  size = 0;

  private intern(label: string): number {
    let id = this.labelIds.get(label);
    if (id === undefined) {
      id = this.labels.length;
      // Half of a character that a label was cut in does not survive UTF-8.
      this.labels.push(label.isWellFormed() ? label : label.toWellFormed());
      this.labelIds.set(label, id);
    }
    return id;
  }

  /** Opens a node at lines from 1; every `open` has its `close`. */
  open(label: string, startLine: number, endLine: number): number {
    if (this.size === this.capacity) this.grow();
    const node = this.size++;
    this.label[node] = this.intern(label);
    this.line[node] = startLine;
    this.span[node] = endLine - startLine;
    return node;
  }

  close(node: number): void {
    this.sizes[node] = this.size - node;
  }

  /** Takes back the node just closed if nothing was put into it. */
  dropIfEmpty(node: number): void {
    if (this.size === node + 1) this.size = node;
  }

  leaf(label: string, startLine: number, endLine: number): void {
    this.close(this.open(label, startLine, endLine));
  }

  /** Node `node` is the function with index `fact` in the file's facts. */
  functionAt(node: number, fact: number): void {
    this.functions.push({ node, fact });
  }

  /** The statement at `node` mentions the local variables mentioned[from…] (16-bit hashes of their names). */
  statementAt(node: number, mentioned: readonly number[], from: number): void {
    const variables: number[] = [];
    for (let at = from; at < mentioned.length && variables.length < MAX_VARIABLES; at++) {
      const variable = mentioned[at] as number;
      if (!variables.includes(variable)) variables.push(variable);
    }
    this.statements.push({ node, variables });
  }

  /** Argument `slot` (from 0, or RECEIVER) of its call is `node`; noted where that is not its place among its siblings. */
  slotAt(node: number, slot: number): void {
    this.slots.push({ node, slot });
  }

  private grow(): void {
    this.capacity *= 2;
    const copy = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(this.capacity);
      to.set(from);
      return to;
    };
    this.label = copy(this.label);
    this.sizes = copy(this.sizes);
    this.line = copy(this.line);
    this.span = copy(this.span);
  }

  finish(): EncodedTrees {
    // Statements close in post-order, and arguments inside an argument are noted before it; readers want them by node.
    this.statements.sort((a, b) => a.node - b.node);
    this.slots.sort((a, b) => a.node - b.node);
    const trees: MiningTrees = {
      labels: this.labels,
      label: this.label.subarray(0, this.size),
      size: this.sizes.subarray(0, this.size),
      line: this.line.subarray(0, this.size),
      span: this.span.subarray(0, this.size),
      functionNodes: collect(this.functions, ({ node }) => node),
      functionFacts: collect(this.functions, ({ fact }) => fact),
      statementNodes: collect(this.statements, ({ node }) => node),
      ...this.variables(),
      slotNodes: collect(this.slots, ({ node }) => node),
      slots: collect(this.slots, ({ slot }) => slot),
    };
    return { bytes: pack(trees), trees };
  }

  private variables(): Pick<MiningTrees, 'variableStart' | 'variables'> {
    const { statements } = this;
    const variableStart = new Int32Array(statements.length + 1);
    for (let index = 0; index < statements.length; index++) {
      const { variables } = statements[index] as (typeof statements)[number];
      variableStart[index + 1] = (variableStart[index] as number) + variables.length;
    }
    const variables = new Uint16Array(variableStart[statements.length] as number);
    for (let index = 0; index < statements.length; index++) {
      variables.set((statements[index] as (typeof statements)[number]).variables, variableStart[index]);
    }
    return { variableStart, variables };
  }
}

/** `Int32Array.from` asks an iterator for each value, which costs ten times as much. */
function collect<T>(values: readonly T[], read: (value: T) => number): Int32Array {
  const column = new Int32Array(values.length);
  for (let index = 0; index < values.length; index++) column[index] = read(values[index] as T);
  return column;
}

/** The bytes that `decodeMiningTrees` reads. */
function pack(trees: MiningTrees): Uint8Array {
  const { labels, label, size, line, span, functionNodes, functionFacts, slotNodes, slots } = trees;
  const sink = new ByteSink(size.length * 5 + labels.length * 16 + 64);
  sink.unsigned(MINING_TREES_VERSION);
  const text = new TextEncoder().encode(labels.join('\n'));
  sink.unsigned(labels.length);
  sink.unsigned(text.length);
  sink.blob(text);
  sink.unsigned(size.length);
  sink.column(label);
  sink.column(size);
  sink.column(steps(line));
  sink.column(span);
  sink.unsigned(functionNodes.length);
  for (let index = 0; index < functionNodes.length; index++) {
    sink.unsigned(functionNodes[index] as number);
    sink.unsigned(functionFacts[index] as number);
  }
  packStatements(sink, trees);
  sink.unsigned(slotNodes.length);
  for (let index = 0, last = 0; index < slotNodes.length; index++) {
    const node = slotNodes[index] as number;
    sink.unsigned(node - last);
    sink.unsigned((slots[index] as number) + 1);
    last = node;
  }
  return sink.finish();
}

/** Differences to the value before, zigzag: small where values hardly change. */
function steps(values: Int32Array): Int32Array {
  const column = new Int32Array(values.length);
  for (let index = 0, last = 0; index < values.length; index++) {
    const step = (values[index] as number) - last;
    column[index] = (step << 1) ^ (step >> 31);
    last = values[index] as number;
  }
  return column;
}

function packStatements(sink: ByteSink, { statementNodes, variableStart, variables }: MiningTrees): void {
  sink.unsigned(statementNodes.length);
  for (let index = 0; index < statementNodes.length; index++) {
    const start = variableStart[index] as number;
    const end = variableStart[index + 1] as number;
    sink.unsigned(statementNodes[index] as number);
    sink.unsigned(end - start);
    for (let at = start; at < end; at++) sink.unsigned(variables[at] as number);
  }
}
