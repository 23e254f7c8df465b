/** Tensors as onnxruntime wants them, made without a bigint for each number. */
import type { Tensor } from 'onnxruntime-node';
import { loadRuntime } from './runtime.ts';

export type { Tensor };

type TensorClass = typeof Tensor;

/** Makes tensors; numbers are whole and not negative. */
export class Tensors {
  private constructor(private readonly kind: TensorClass) {}

  static async create(): Promise<Tensors> {
    return new Tensors((await loadRuntime()).Tensor);
  }

  int64(values: ArrayLike<number>, dims: readonly number[]): Tensor {
    // The lower half of each number; the machines that onnxruntime runs on store it first.
    const halves = new Int32Array(values.length * 2);
    for (let i = 0; i < values.length; i++) halves[2 * i] = values[i] as number;
    return new this.kind('int64', new BigInt64Array(halves.buffer), dims as number[]);
  }

  float32(values: Float32Array, dims: readonly number[]): Tensor {
    return new this.kind('float32', values, dims as number[]);
  }
}

/** Every other number of the result is a lower half of the tensor's: index with `2 * i`. */
export function lowerHalves({ data }: Tensor): Int32Array {
  const { buffer, byteOffset, length } = data as BigInt64Array;
  return new Int32Array(buffer, byteOffset, 2 * length);
}
