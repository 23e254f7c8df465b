/** The text a snapshot holds for a path: its overlay, or the file on disk. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Snapshot } from '../../core/ports.ts';

/** Whether the file on disk begins with UTF-16's byte order mark; false where it cannot be read. */
export async function isUtf16({ root }: Snapshot, path: string): Promise<boolean> {
  try {
    const [first, second] = await readFile(join(root, path));
    return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return false;
    throw error;
  }
}

/** Undefined where the file is not there, cannot be read or is not valid UTF-8; the byte order mark is stripped. */
export async function snapshotText(snapshot: Snapshot, path: string): Promise<string | undefined> {
  const overlay = snapshot.overlay.get(path);
  if (overlay !== undefined) return overlay;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(join(snapshot.root, path)));
  } catch (error) {
    if (error instanceof TypeError || typeof (error as NodeJS.ErrnoException).code === 'string') return undefined;
    throw error;
  }
}
