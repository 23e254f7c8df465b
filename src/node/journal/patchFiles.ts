/** Reads and writes single files for the journal: where they may lie, what their bytes mean, how a new version arrives whole. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import type { DecodedText } from '../../core/ports.ts';
import { decodeText, looksBinary } from '../files/decodeText.ts';

export interface FileOnDisk extends DecodedText {
  /** Real path: links inside the repository are followed, links out of it refused. */
  readonly full: string;
  readonly bytes: Buffer;
  readonly hash: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Throws badArguments (outside the root), notFound, unreadable or binaryFile. */
export function readTarget(root: string, path: string): FileOnDisk {
  const outside = () =>
    new LodestoneError('badArguments', `${path} is outside the repository.`, {
      args: { path },
      advice: 'Lodestone only changes files of the repository it was opened on.',
    });
  if (isAbsolute(path) || path.split(/[\\/]/).includes('..') || path.includes('\0')) throw outside();
  let full: string;
  let home: string;
  try {
    home = realpathSync(root);
    full = realpathSync(join(root, path));
  } catch (cause) {
    throw fileError(cause, path, 'read');
  }
  if (!full.startsWith(home.endsWith(sep) ? home : home + sep)) throw outside();
  const stat = lstatSync(full);
  if (!stat.isFile()) throw new LodestoneError('unreadable', `${path} is no regular file.`, { args: { path } });
  let bytes: Buffer;
  try {
    bytes = readFileSync(full);
  } catch (cause) {
    throw fileError(cause, path, 'read');
  }
  const decoded = decodeText(bytes);
  if (looksBinary(bytes) || decoded.lossy)
    throw new LodestoneError('binaryFile', `${path} is not valid text in its encoding, so it is never written.`, {
      args: { path },
      advice: 'Convert the file to UTF-8 first.',
    });
  return { ...decoded, full, bytes, hash: sha256(bytes), mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
}

/** Bytes of a text in the encoding and with the byte order mark the file had. */
export function encodeText(text: string, { encoding, bom }: Pick<DecodedText, 'encoding' | 'bom'>): Buffer {
  const body = Buffer.from((bom ? '\ufeff' : '') + text, encoding === 'utf8' ? 'utf8' : 'utf16le');
  return encoding === 'utf16be' ? body.swap16() : body;
}

/** Where the new version of a file is prepared: beside it, so that the rename is atomic. */
export function temporaryName(full: string, id: string): string {
  return join(dirname(full), `.${basename(full)}.lodestone-${id}`);
}

/** Writes and syncs a new file with the mode and, where permitted, the owner of the one it will replace. */
export function writeDurably(full: string, bytes: Buffer, like: Pick<FileOnDisk, 'mode' | 'uid' | 'gid'>): void {
  // 'wx': an existing file of this name is somebody's, and a link there would lead elsewhere.
  const file = openSync(full, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    const { uid, gid } = lstatSync(full);
    if (uid !== like.uid || gid !== like.gid) {
      try {
        fchownSync(file, like.uid, like.gid);
      } catch (error) {
        // Only root may give files away; a file one may write but does not own changes hands, as with every editor.
        if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
      }
    }
    fchmodSync(file, like.mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function replaceFile(temporary: string, full: string): void {
  renameSync(temporary, full);
  syncFolder(dirname(full));
}

export function removeTemporary(path: string): void {
  rmSync(path, { force: true });
}

/** Hash of the bytes at a path now; '' where no regular file is there. */
export function hashNow(full: string): string {
  if (!lstatSync(full, { throwIfNoEntry: false })?.isFile()) return '';
  return sha256(readFileSync(full));
}

/** A rename lasts only once its folder is on disk; some file systems do not let folders be opened or synced. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (!['EINVAL', 'EISDIR', 'EPERM', 'EACCES', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  }
}

/** A file system failure as one of Lodestone's errors, with what to do. */
export function fileError(cause: unknown, path: string, doing: 'read' | 'write'): LodestoneError {
  if (cause instanceof LodestoneError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const options = { args: { path }, cause };
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new LodestoneError('notFound', `${path} does not exist.`, options);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new LodestoneError('storeFull', `There is no room left on the disk to write ${path}; nothing was changed.`, {
      ...options,
      advice: 'Free some space and try again.',
    });
  if (doing === 'write' && (code === 'EROFS' || code === 'EACCES' || code === 'EPERM'))
    return new LodestoneError('storeReadOnly', `${path} cannot be written; nothing was changed.`, {
      ...options,
      advice: 'Check the permissions of the file and of its folder.',
    });
  if (code === 'EACCES' || code === 'EPERM')
    return new LodestoneError('unreadable', `${path} cannot be read.`, {
      ...options,
      advice: 'Check the permissions of the file.',
    });
  return new LodestoneError('internal', `${path}: ${message}`, options);
}
