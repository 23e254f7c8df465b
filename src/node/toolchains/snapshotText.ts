/** The text a snapshot holds for a path: its overlay, or the file on disk. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Snapshot } from '../../core/ports.ts';

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
