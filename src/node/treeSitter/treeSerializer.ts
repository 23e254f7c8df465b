/** Trees to flat arrays in one call: the wasm module of native/serializeTree.c beside web-tree-sitter, in its memory. */
import { readFileSync } from 'node:fs';
import type { Tree } from 'web-tree-sitter';
import { LodestoneError } from '../../base/errors.ts';
import type { FlatTree, Grammar } from '../../core/syntax/flatTree.ts';
import type { RuntimeInstance } from './treeSitterRuntime.ts';

/** Bytes per node: four int32, two uint16 and a byte, in the order of the C file. */
const NODE_BYTES = 21;
const ERROR_BIT = 0x80000000;
const FIRST_STACK = 512;

interface SerializerExports {
  node_count(tree: number): number;
  frame_size(): number;
  serialize_tree(tree: number, out: number, count: number, stack: number, frames: number, errorKind: number): number;
}

interface RuntimeExports {
  malloc(bytes: number): number;
  free(address: number): void;
}

/** A piece of the shared memory that grows with what is asked of it. */
class Scratch {
  private address = 0;
  private bytes = 0;

  constructor(private readonly runtime: RuntimeExports) {}

  take(bytes: number): number {
    if (bytes > this.bytes) {
      if (this.address) this.runtime.free(this.address);
      this.bytes = 0;
      this.address = this.runtime.malloc(bytes);
      if (!this.address) throw new LodestoneError('internal', 'The parser is out of memory.');
      this.bytes = bytes;
    }
    return this.address;
  }
}

export class TreeSerializer {
  private readonly exports: SerializerExports;
  private readonly out: Scratch;
  private readonly stack: Scratch;
  private frames = FIRST_STACK;

  /** `wasm` is the path of serializeTree.wasm. */
  constructor(
    private readonly runtime: RuntimeInstance,
    wasm: string,
  ) {
    const module = new WebAssembly.Module(readFileSync(wasm));
    const instance = new WebAssembly.Instance(module, { env: { memory: runtime.memory } });
    this.exports = instance.exports as unknown as SerializerExports;
    const functions = runtime.exports as unknown as RuntimeExports;
    this.out = new Scratch(functions);
    this.stack = new Scratch(functions);
  }

  /** The same as `walkTree(tree, grammar)`. Throws LodestoneError internal. */
  serialize(tree: Tree, grammar: Grammar): FlatTree {
    const address = (tree as unknown as { readonly 0: number })[0];
    const size = this.exports.node_count(address);
    const out = this.out.take(size * NODE_BYTES);
    let result = 0;
    for (;;) {
      const stack = this.stack.take(this.frames * this.exports.frame_size());
      const errorKind = grammar.kindNames.length - 1;
      result = this.exports.serialize_tree(address, out, size, stack, this.frames, errorKind) >>> 0;
      if (result !== 0) break;
      this.frames *= 4;
    }
    if (result === 0xffffffff)
      throw new LodestoneError('internal', 'The tree has another number of nodes than it says.');
    // Views on the shared memory would not outlive the next parse.
    const bytes = this.runtime.memory.buffer.slice(out, out + size * NODE_BYTES);
    return {
      language: grammar.language,
      size,
      parent: new Int32Array(bytes, 0, size),
      end: new Int32Array(bytes, size * 4, size),
      startIndex: new Int32Array(bytes, size * 8, size),
      endIndex: new Int32Array(bytes, size * 12, size),
      kind: new Uint16Array(bytes, size * 16, size),
      field: new Uint16Array(bytes, size * 18, size),
      flags: new Uint8Array(bytes, size * 20, size),
      hasErrors: (result & ERROR_BIT) !== 0,
    };
  }
}

/** The name of the first array in which two trees differ; undefined where they are equal. */
export function differingArray(one: FlatTree, two: FlatTree): string | undefined {
  if (one.size !== two.size) return 'size';
  if (one.hasErrors !== two.hasErrors) return 'hasErrors';
  for (const name of ['kind', 'field', 'flags', 'parent', 'end', 'startIndex', 'endIndex'] as const) {
    const [left, right] = [one[name], two[name]];
    for (let at = 0; at < one.size; at++) if (left[at] !== right[at]) return name;
  }
  return undefined;
}
