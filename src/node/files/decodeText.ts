/** Bytes to text: byte-order marks, UTF-16, invalid sequences, and what is no text at all. */
import { isUtf8 } from 'node:buffer';
import type { DecodedText } from '../../core/ports.ts';

/** Git's rule: a NUL in the first 8,000 bytes makes a file binary. UTF-16 with its mark is text all the same. */
const SNIFFED_BYTES = 8000;

export function looksBinary(bytes: Uint8Array): boolean {
  // UTF-32's little-endian mark begins like UTF-16's, and no UTF-16 text begins with a NUL.
  if (markOf(bytes)?.encoding.startsWith('utf16') && (bytes[2] !== 0 || bytes[3] !== 0)) return false;
  return bytes.subarray(0, SNIFFED_BYTES).includes(0);
}

/** Never throws: what cannot be decoded becomes U+FFFD and `lossy` is set. */
export function decodeText(bytes: Buffer): DecodedText {
  const mark = markOf(bytes);
  const body = bytes.subarray(mark?.length ?? 0);
  if (!mark || mark.encoding === 'utf8') {
    return { text: body.toString('utf8'), encoding: 'utf8', bom: mark !== undefined, lossy: !isUtf8(body) };
  }
  const even = body.subarray(0, body.length & ~1);
  const text = (mark.encoding === 'utf16be' ? Buffer.from(even).swap16() : even).toString('utf16le');
  const lossy = even.length !== body.length || !text.isWellFormed();
  return { text: text.toWellFormed(), encoding: mark.encoding, bom: true, lossy };
}

function markOf(bytes: Uint8Array): { encoding: DecodedText['encoding']; length: number } | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf8', length: 3 };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf16le', length: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf16be', length: 2 };
  return undefined;
}
