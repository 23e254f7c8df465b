/** Which project of a repository a file belongs to: the nearest folder above it that has a manifest. */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Repository-relative folder ('.' for the root); undefined where no folder up to the root has it. Without a path: the root alone. */
export function manifestAbove(root: string, path: string | undefined, manifest: string): string | undefined {
  for (let folder = path === undefined ? '.' : posix.dirname(path); ; folder = posix.dirname(folder)) {
    if (existsSync(join(root, folder, manifest))) return folder;
    if (folder === '.' || folder === '/') return undefined;
  }
}
