/** Reads one file whole and consistent: bounded, regular files only, unchanged while it was read. */
import { hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { LodestoneError } from '../../base/errors.ts';
import type { FileStat, SourceFile } from '../../core/ports.ts';
import { decodeText, looksBinary } from './decodeText.ts';

/** A file changed this shortly before it was read may change again within one tick of the file system's clock. */
const UNSETTLED_MS = 2000;
const ATTEMPTS = 3;

/**
 * `mtimeMs` is the later of modification and status change, so that a file put in place with an old date is noticed.
 */
export function fileStat(stats: Stats): FileStat {
  return { size: stats.size, mtimeMs: Math.max(stats.mtimeMs, stats.ctimeMs), ino: stats.ino };
}

/** The stat to remember after reading: `mtimeMs` −1, which never matches, while the file is too fresh to be trusted. */
function settled(stat: FileStat): FileStat {
  return Date.now() - stat.mtimeMs < UNSETTLED_MS ? { ...stat, mtimeMs: -1 } : stat;
}

/**
 * Bytes and stat of a regular file. Throws LodestoneError notFound | unreadable | fileTooLarge | fileChanged (it kept
 * changing while it was read).
 */
export function readStable(full: string, path: string, maxBytes: number): { bytes: Buffer; stat: FileStat } {
  const descriptor = open(full, path);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = fstatSync(descriptor);
      if (!before.isFile()) throw new LodestoneError('unreadable', `${path} is not a regular file.`);
      if (before.size > maxBytes) throw tooLarge(path, before.size, maxBytes);
      const bytes = readExactly(descriptor, before.size);
      const after = fstatSync(descriptor);
      const same = after.size === before.size && after.mtimeMs === before.mtimeMs && after.ctimeMs === before.ctimeMs;
      if (same && bytes.length === before.size) return { bytes, stat: settled(fileStat(after)) };
    }
  } catch (error) {
    if (error instanceof LodestoneError) throw error;
    throw unreadable(path, error);
  } finally {
    closeSync(descriptor);
  }
  throw new LodestoneError('fileChanged', `${path} kept changing while it was read.`, {
    advice: 'It is read again at the next change.',
  });
}

/** Also throws LodestoneError binaryFile. */
export function readSource(full: string, path: string, maxBytes: number): SourceFile {
  const { bytes, stat } = readStable(full, path, maxBytes);
  if (looksBinary(bytes)) throw new LodestoneError('binaryFile', `${path} is a binary file.`);
  return { ...decodeText(bytes), hash: hash('sha256', bytes), stat };
}

function open(full: string, path: string): number {
  try {
    // Without O_NONBLOCK, opening a pipe waits for a writer for ever.
    return openSync(full, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new LodestoneError('notFound', `${path} does not exist.`, { cause: error });
    }
    throw unreadable(path, error);
  }
}

function readExactly(descriptor: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(size);
  let at = 0;
  while (at < size) {
    const read = readSync(descriptor, bytes, at, size - at, at);
    if (read === 0) break;
    at += read;
  }
  return bytes.subarray(0, at);
}

function unreadable(path: string, cause: unknown): LodestoneError {
  return new LodestoneError('unreadable', `${path} cannot be read: ${(cause as Error).message}`, {
    advice: 'Check its permissions.',
    cause,
  });
}

function tooLarge(path: string, size: number, limit: number): LodestoneError {
  return new LodestoneError('fileTooLarge', `${path} is ${size} bytes; the limit is ${limit}.`, {
    advice: 'Raise lodestone.mining.maxFileKilobytes to include it.',
    args: { size, limit },
  });
}
