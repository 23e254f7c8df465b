/** Analyses compressed for the store; runs in the syntax worker when packing and on the engine's thread when reading. */
import { constants, deflateSync, inflateSync } from 'node:zlib';
import { LodestoneError, toLodestoneError } from '../../base/errors.ts';
import { decodeAnalysis, encodeAnalysis } from '../../core/indexing/analysisCodec.ts';
import type { FileAnalysis } from '../../core/indexing/contracts.ts';

/** zlib with its Adler-32, which tells damaged bytes from good ones. Level 1: a third of the time for a tenth more bytes. */
export function packBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const packed = deflateSync(bytes, { level: constants.Z_BEST_SPEED });
  // A Buffer may be a view of Node's shared pool; this copy can be transferred between threads.
  return new Uint8Array(packed);
}

/** Throws LodestoneError badData where the bytes are damaged. */
export function unpackBytes(packed: Uint8Array): Uint8Array {
  try {
    return inflateSync(packed);
  } catch (error) {
    throw new LodestoneError('badData', `Stored bytes are damaged: ${toLodestoneError(error).message}`, {
      cause: error,
    });
  }
}

/**
 * For the syntax worker: `encoded` is for the parent to read (`decodeAnalysis(encoded, …)`), `packed` for the
 * store to keep. Both buffers may be transferred.
 */
export function packAnalysis(analysis: Pick<FileAnalysis, 'facts' | 'trees'>): {
  encoded: Uint8Array<ArrayBuffer>;
  packed: Uint8Array<ArrayBuffer>;
} {
  const encoded = encodeAnalysis(analysis);
  return { encoded, packed: packBytes(encoded) };
}

/** The stored form as an analysis. Throws LodestoneError badData where it is damaged. */
export function unpackAnalysis(packed: Uint8Array): FileAnalysis {
  return decodeAnalysis(unpackBytes(packed), { packed });
}
