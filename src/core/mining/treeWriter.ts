/** Collects normalised nodes in preorder and packs them: the writing half of the mining-tree format (miningTrees.ts reads). */

import type { MiningTrees } from './miningTrees.ts';

/** First byte of the format; a reader refuses any other. */
export const MINING_TREES_VERSION = 2;

/** Packed for the store, and the same as `decodeMiningTrees` would read it. */
export interface EncodedTrees {
  readonly bytes: Uint8Array;
  readonly trees: MiningTrees;
}

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

  signed(value: number): void {
    this.unsigned((value << 1) ^ (value >> 31));
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
  private readonly functions: [node: number, fact: number][] = [];
  private readonly statements: [node: number, variables: number[]][] = [];
  private readonly slots: [node: number, slot: number][] = [];
  size = 0;

  private intern(label: string): number {
    let id = this.labelIds.get(label);
    if (id === undefined) {
      id = this.labels.length;
      // Half of a character that a label was cut in does not survive UTF-8.
      this.labels.push(label.toWellFormed());
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
    this.functions.push([node, fact]);
  }

  /** The statement at `node` mentions these local variables (16-bit hashes of their names). */
  statementAt(node: number, variables: number[]): void {
    this.statements.push([node, variables]);
  }

  /** Argument `slot` (from 0, or RECEIVER) of its call is `node`; noted where that is not its place among its siblings. */
  slotAt(node: number, slot: number): void {
    this.slots.push([node, slot]);
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

  /** Statements close in post-order, and arguments inside an argument are noted before it; readers want them by node. */
  private order(): void {
    this.statements.sort((a, b) => a[0] - b[0]);
    this.slots.sort((a, b) => a[0] - b[0]);
  }

  private columns(): MiningTrees {
    const variableStart = new Int32Array(this.statements.length + 1);
    this.statements.forEach(([, variables], index) => {
      variableStart[index + 1] = (variableStart[index] as number) + variables.length;
    });
    return {
      labels: this.labels,
      label: this.label.subarray(0, this.size),
      size: this.sizes.subarray(0, this.size),
      line: this.line.subarray(0, this.size),
      span: this.span.subarray(0, this.size),
      functionNodes: Int32Array.from(this.functions, ([node]) => node),
      functionFacts: Int32Array.from(this.functions, ([, fact]) => fact),
      statementNodes: Int32Array.from(this.statements, ([node]) => node),
      variableStart,
      variables: Uint16Array.from(this.statements.flatMap(([, variables]) => variables)),
      slotNodes: Int32Array.from(this.slots, ([node]) => node),
      slots: Int32Array.from(this.slots, ([, slot]) => slot),
    };
  }

  finish(): EncodedTrees {
    this.order();
    return { bytes: this.pack(), trees: this.columns() };
  }

  private pack(): Uint8Array {
    const sink = new ByteSink(this.size * 5 + this.labels.length * 16 + 64);
    sink.unsigned(MINING_TREES_VERSION);
    const encoder = new TextEncoder();
    const text = encoder.encode(this.labels.join('\n'));
    sink.unsigned(this.labels.length);
    sink.unsigned(text.length);
    sink.blob(text);
    sink.unsigned(this.size);
    for (let node = 0; node < this.size; node++) sink.unsigned(this.label[node] as number);
    for (let node = 0; node < this.size; node++) sink.unsigned(this.sizes[node] as number);
    let last = 0;
    for (let node = 0; node < this.size; node++) {
      sink.signed((this.line[node] as number) - last);
      last = this.line[node] as number;
    }
    for (let node = 0; node < this.size; node++) sink.unsigned(this.span[node] as number);
    this.finishSide(sink);
    return sink.finish();
  }

  private finishSide(sink: ByteSink): void {
    sink.unsigned(this.functions.length);
    for (const [node, fact] of this.functions) {
      sink.unsigned(node);
      sink.unsigned(fact);
    }
    sink.unsigned(this.statements.length);
    for (const [node, variables] of this.statements) {
      sink.unsigned(node);
      sink.unsigned(variables.length);
      for (const variable of variables) sink.unsigned(variable);
    }
    sink.unsigned(this.slots.length);
    let last = 0;
    for (const [node, slot] of this.slots) {
      sink.unsigned(node - last);
      sink.unsigned(slot + 1);
      last = node;
    }
  }
}
