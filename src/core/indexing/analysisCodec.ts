/** One analysis as bytes: what the store keeps, and what reducers read back. */
import { LodestoneError } from '../../base/errors.ts';
import type { FileFacts } from '../syntax/facts.ts';
import { type CallColumns, decodeCalls, encodeCalls } from './callColumns.ts';
import type { FileAnalysis } from './contracts.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Layout: byte length of the facts' JSON (u32, little endian), the JSON in UTF-8, then the mining trees. */
export function encodeAnalysis(analysis: Pick<FileAnalysis, 'facts' | 'trees'>): Uint8Array<ArrayBuffer> {
  const json = encoder.encode(JSON.stringify({ ...analysis.facts, calls: encodeCalls(analysis.facts.calls) }));
  const bytes = new Uint8Array(4 + json.length + analysis.trees.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  bytes.set(analysis.trees, 4 + json.length);
  return bytes;
}

/**
 * Reads `encodeAnalysis` back; the facts' JSON is parsed at first use only, so that who needs the trees alone pays
 * for the trees alone. Throws LodestoneError badData where the bytes are damaged (facts: at their first use).
 */
export function decodeAnalysis(bytes: Uint8Array, rest: Pick<FileAnalysis, 'packed' | 'sketch'> = {}): FileAnalysis {
  const parts = split(bytes);
  return new DecodedAnalysis(() => parts, rest);
}

/** The same from bytes that are made at the first use of facts or trees: who mines from the sketch needs neither. */
export function decodeLater(bytes: () => Uint8Array, rest: Pick<FileAnalysis, 'packed' | 'sketch'>): FileAnalysis {
  let parts: Parts | undefined;
  return new DecodedAnalysis(() => (parts ??= split(bytes())), rest);
}

interface Parts {
  readonly json: Uint8Array;
  readonly trees: Uint8Array;
}

function split(bytes: Uint8Array): Parts {
  const length = bytes.length < 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (length < 0 || length + 4 > bytes.length) throw damaged(undefined);
  return { json: bytes.subarray(4, 4 + length), trees: bytes.subarray(4 + length) };
}

class DecodedAnalysis implements FileAnalysis {
  private parsed: FileFacts | undefined;
  readonly packed: FileAnalysis['packed'];
  readonly sketch: FileAnalysis['sketch'];

  constructor(
    private readonly parts: () => Parts,
    { packed, sketch }: Pick<FileAnalysis, 'packed' | 'sketch'>,
  ) {
    this.packed = packed;
    this.sketch = sketch;
  }

  get trees(): Uint8Array {
    return this.parts().trees;
  }

  get facts(): FileFacts {
    if (this.parsed) return this.parsed;
    const { json } = this.parts();
    try {
      const stored = JSON.parse(decoder.decode(json)) as Omit<FileFacts, 'calls'> & { calls: CallColumns };
      this.parsed = { ...stored, calls: decodeCalls(stored.calls) };
    } catch (error) {
      throw damaged(error);
    }
    return this.parsed;
  }

  get language(): FileFacts['language'] {
    return this.facts.language;
  }
}

function damaged(cause: unknown): LodestoneError {
  return new LodestoneError('badData', 'A stored analysis is damaged.', {
    advice: 'Mine the repository again; the file is analysed anew.',
    cause,
  });
}
