/** Writes a model as one GGUF file, the form in which published models come: github.com/ggml-org/ggml/blob/master/docs/gguf.md. */

/** Type numbers of the format. */
const TYPES = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const VERSION = 3;
const ALIGNMENT = 32;
const F32 = 0;

type Scalar = Exclude<keyof typeof TYPES, 'array'>;

/** A value with its type, since the format's readers take no other; an array where `value` is one. */
export type GgufValue = readonly [type: Scalar, value: unknown];

/** `shape`: the dimension that lies together first, as the format has it. */
export interface GgufTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly numbers: Float32Array;
}

export function gguf(metadata: Readonly<Record<string, GgufValue>>, tensors: readonly GgufTensor[]): Buffer {
  const entries = Object.entries(metadata);
  const head: Buffer[] = [Buffer.from('GGUF'), uint32(VERSION), uint64(tensors.length), uint64(entries.length)];
  for (const [key, [type, value]] of entries) {
    head.push(text(key));
    if (!Array.isArray(value)) head.push(uint32(TYPES[type]), scalar(type, value));
    else {
      head.push(uint32(TYPES.array), uint32(TYPES[type]), uint64(value.length));
      for (const each of value) head.push(scalar(type, each));
    }
  }
  const data: Buffer[] = [];
  let offset = 0;
  for (const { name, shape, numbers } of tensors) {
    head.push(text(name), uint32(shape.length), ...shape.map(uint64), uint32(F32), uint64(offset));
    data.push(padded(Buffer.from(numbers.buffer)));
    offset += data.at(-1)?.length ?? 0;
  }
  return Buffer.concat([padded(Buffer.concat(head)), ...data]);
}

function scalar(type: Scalar, value: unknown): Buffer {
  if (type === 'string') return text(value as string);
  if (type === 'bool') return Buffer.from([value ? 1 : 0]);
  if (type === 'uint32') return uint32(value as number);
  const buffer = Buffer.alloc(4);
  if (type === 'int32') buffer.writeInt32LE(value as number);
  else buffer.writeFloatLE(value as number);
  return buffer;
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function uint64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function padded(bytes: Buffer): Buffer {
  const over = bytes.length % ALIGNMENT;
  return over === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(ALIGNMENT - over)]);
}
