/** Keys and values of rows that were looked at, without those of a span: the past of later passes over the spans alone. */
import { LodestoneError } from '../../base/errors.ts';
import type { Look, Memory } from '../../core/infill/denoiserModel.ts';
import type { ManifestCache } from '../denoiser/manifest.ts';
import type { Answers } from './reader.ts';
import type { Tensor, Tensors } from './tensors.ts';

export function layerName(name: string, layer: number): string {
  return name.replace('{layer}', String(layer));
}

/** One row of a pass. Active tokens are `[start, end)`, as many in each row of the pass where the row is that long. */
export class RememberedRow implements Memory {
  constructor(
    readonly rows: Rows,
    readonly index: number,
    readonly from: number,
    readonly to: number,
    readonly start: number,
    readonly end: number,
    /** Tokens of the row then: one that has become shorter has lost them inside of the span. */
    readonly length: number,
  ) {}
}

const NO_SPAN = { from: 0, to: 0 };

interface Part {
  readonly name: string;
  readonly values: Float32Array;
  /** Numbers of one row. */
  readonly size: number;
  readonly dims: (count: number) => number[];
}

/** The past of all rows of one pass. */
export class Rows {
  /** The tensors of the rows asked last; the same rows are asked step after step. */
  private last: { readonly key: string; readonly tensors: Record<string, Tensor> } | undefined;

  constructor(
    private readonly cache: ManifestCache,
    /** Remembered tokens of a row, padding included. */
    readonly length: number,
    private readonly ids: Int32Array,
    private readonly counts: readonly number[],
    private readonly parts: readonly Part[],
  ) {}

  /** For each row 1 for each remembered token; the rest is padding. */
  kept(memories: readonly RememberedRow[]): number[][] {
    return memories.map(({ index }) => new Array<number>(this.counts[index] ?? 0).fill(1));
  }

  tensors(memories: readonly RememberedRow[], tensors: Tensors): Record<string, Tensor> {
    const key = memories.map(({ index }) => index).join();
    if (this.last?.key === key) return this.last.tensors;
    const isAll = memories.length === this.counts.length && memories.every(({ index }, at) => index === at);
    const made: Record<string, Tensor> = {};
    for (const { name, values, size, dims } of this.parts)
      made[name] = tensors.float32(isAll ? values : chosen(values, size, memories), dims(memories.length));
    if (this.cache.pastIds) {
      const ids = memories.flatMap(({ index }) => [
        ...this.ids.subarray(index * this.length, (index + 1) * this.length),
      ]);
      made[this.cache.pastIds] = tensors.int64(ids, [memories.length, this.length]);
    }
    this.last = { key, tensors: made };
    return made;
  }
}

function chosen(values: Float32Array, size: number, memories: readonly RememberedRow[]): Float32Array {
  const picked = new Float32Array(size * memories.length);
  memories.forEach(({ index }, at) => void picked.set(values.subarray(index * size, (index + 1) * size), at * size));
  return picked;
}

/**
 * What a pass over whole rows lets remember of each; `before`: tokens that must be active in front of a span (1 where the logits are
 * shifted). Rows without a span have their place in it too, and are of no use. The keys and values of `answers` are moved, not copied.
 */
export function rememberedBy(
  looks: readonly Look[],
  answers: Answers,
  cache: ManifestCache,
  before: number,
  pad: number,
): RememberedRow[] {
  const spans = looks.map(({ span = NO_SPAN }) => span);
  const width = Math.max(...spans.map(({ from, to }) => to - Math.max(0, from - before)));
  // All rows have as many active tokens, else padding would stand between an active token and its neighbours.
  const active = spans.map(({ from, to }, row) => {
    const start = Math.max(0, Math.min(from - before, (looks[row] as Look).ids.length - width));
    return { from, to, start, end: Math.max(to, Math.min((looks[row] as Look).ids.length, start + width)) };
  });
  const counts = active.map(({ start, end }, row) => (looks[row] as Look).ids.length - (end - start));
  const length = Math.max(...counts);
  const ids = new Int32Array(looks.length * length).fill(pad);
  active.forEach(({ start, end }, row) => {
    const own = (looks[row] as Look).ids;
    ids.set(own.subarray(0, start), row * length);
    ids.set(own.subarray(end), row * length + start);
  });
  const whole = Math.max(...looks.map((look) => look.ids.length));
  const isFlat = cache.layout === 'batch,length,width';
  const heads = isFlat ? 1 : (cache.heads ?? 1);
  const size = (isFlat ? cache.width : cache.size) ?? 1;
  const part = (name: string, output: string, blocks: number, each: number): Part => {
    const dims = (count: number) => (isFlat || blocks === 1 ? [count, length, each] : [count, blocks, length, each]);
    const wholeDims = isFlat || blocks === 1 ? [looks.length, whole, each] : [looks.length, blocks, whole, each];
    // Moved together where they stand: fresh memory for millions of numbers takes longer than to move them.
    const values = floatsOf(output, answers[output], wholeDims);
    active.forEach(({ start, end }, row) => {
      const tokens = (looks[row] as Look).ids.length;
      for (let block = 0; block < blocks; block++) {
        const source = (row * blocks + block) * whole * each;
        const target = (row * blocks + block) * length * each;
        const kept = target + (tokens - end + start) * each;
        if (target < source) values.copyWithin(target, source, source + start * each);
        values.copyWithin(target + start * each, source + end * each, source + tokens * each);
        values.fill(0, kept, target + length * each);
      }
    });
    const ofRow = blocks * length * each;
    return { name, values: values.subarray(0, looks.length * ofRow), size: ofRow, dims };
  };
  const parts: Part[] = [];
  for (let layer = 0; layer < cache.layers; layer++) {
    parts.push(part(layerName(cache.pastKey, layer), layerName(cache.key, layer), heads, size));
    parts.push(part(layerName(cache.pastValue, layer), layerName(cache.value, layer), heads, size));
  }
  if (cache.pointer && cache.pastPointer)
    parts.push(part(cache.pastPointer, cache.pointer, 1, cache.pointerWidth ?? 1));
  const rows = new Rows(cache, length, ids, counts, parts);
  return active.map(
    ({ from, to, start, end }, row) =>
      new RememberedRow(rows, row, from, to, start, end, (looks[row] as Look).ids.length),
  );
}

/** Throws LodestoneError denoiserUnavailable where the output is not what the manifest says. */
export function floatsOf(name: string, tensor: Tensor | undefined, dims: readonly number[]): Float32Array {
  checkShape(name, tensor, 'float32', dims);
  return (tensor as Tensor).data as Float32Array;
}

export function checkShape(name: string, tensor: Tensor | undefined, type: string, dims: readonly number[]): void {
  const shape = tensor?.dims.join(' × ');
  if (tensor?.type === type && shape === dims.join(' × ')) return;
  throw new LodestoneError(
    'denoiserUnavailable',
    `model.onnx: its output "${name}" is ${tensor ? `${tensor.type} ${shape}` : 'missing'}, but by manifest.json it is ${type} ${dims.join(' × ')}.`,
    { advice: 'Correct manifest.json (vocabulary, cache, lengthHead, outputs), or export the model again.' },
  );
}
