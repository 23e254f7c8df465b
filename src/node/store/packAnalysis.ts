/** Analyses compressed for the store; runs in the syntax worker when packing and on the engine's thread when reading. */
import zlib, { constants, deflateSync, inflateSync } from 'node:zlib';
import { LodestoneError, toLodestoneError } from '../../base/errors.ts';
import { decodeAnalysis, encodeAnalysis } from '../../core/indexing/analysisCodec.ts';
import type { FileAnalysis } from '../../core/indexing/contracts.ts';

/** zstd where this Node has it (half of deflate's time at the same size), each frame with its checksum. */
const { zstdCompressSync, zstdDecompressSync } = zlib as Partial<typeof zlib>;
const FRAME = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };

/** Node allocates its output in chunks, and zeroes them: one as large as the input saves a fifth of the time. */
const LEAST_CHUNK = 64;

/** A zstd frame or a zlib stream: both end in a checksum, which tells damaged bytes from good ones. */
export function packBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunkSize = Math.max(LEAST_CHUNK, bytes.length);
  const packed =
    zstdCompressSync?.(bytes, { ...ZSTD, chunkSize }) ?? deflateSync(bytes, { level: constants.Z_BEST_SPEED });
  // A Buffer may be a view of Node's shared pool; this copy can be transferred between threads.
  return new Uint8Array(packed);
}

/** Throws LodestoneError badData where the bytes are damaged, or packed in a way that this Node cannot read. */
export function unpackBytes(packed: Uint8Array): Uint8Array {
  try {
    const zstd = FRAME.equals(packed.subarray(0, FRAME.length));
    return zstd && zstdDecompressSync ? zstdDecompressSync(packed) : inflateSync(packed);
  } catch (error) {
    throw new LodestoneError('badData', `Stored bytes are damaged: ${toLodestoneError(error).message}`, {
      cause: error,
    });
  }
}

/** What the store keeps, made in the syntax worker. The buffer may be transferred. */
export function packAnalysis(analysis: Pick<FileAnalysis, 'facts' | 'trees'>): Uint8Array<ArrayBuffer> {
  return packBytes(encodeAnalysis(analysis));
}

/** The stored form as an analysis. Throws LodestoneError badData where it is damaged. */
export function unpackAnalysis(packed: Uint8Array): FileAnalysis {
  return decodeAnalysis(unpackBytes(packed), { packed });
}
