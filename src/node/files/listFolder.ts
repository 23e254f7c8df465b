/** One folder's entries by name, in code-unit order. */
import { type Dirent, readdirSync } from 'node:fs';

export type Entries = ReadonlyMap<string, Dirent>;

/** Undefined if the folder vanished; 'unreadable' if it may not be read. */
export function listFolder(path: string): Entries | 'unreadable' | undefined {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return new Map(entries.map((entry) => [entry.name, entry]));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : 'unreadable';
  }
}
