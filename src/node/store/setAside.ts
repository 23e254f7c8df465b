/** Moves a database that cannot be used out of the way, with its journals, so that a new one can take its place. */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';

const JOURNALS = ['-wal', '-shm', '-journal'];

/**
 * Renames `path` to `path + suffix`, replacing what an earlier call left there (one of a kind is enough to look into,
 * and keeps the folder bounded). Does nothing if another process already replaced the file: `inode` is that of the
 * file found wanting. Returns the new name, or undefined if nothing was moved.
 */
export function setAside(path: string, suffix: string, inode: number | undefined): string | undefined {
  if (!existsSync(path)) return undefined;
  if (inode !== undefined && statSync(path).ino !== inode) return undefined;
  const target = path + suffix;
  // The main file goes first: SQLite deletes a left-over log when it finds no database beside it.
  renameSync(path, target);
  for (const journal of JOURNALS) {
    rmSync(target + journal, { force: true });
    if (existsSync(path + journal)) renameSync(path + journal, target + journal);
  }
  return target;
}
