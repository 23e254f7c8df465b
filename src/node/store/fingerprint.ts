/** A hash over shipped files: the version of whatever they decide, which nobody can forget to raise. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** SHA-256 (hex, 16 digits) over the contents of files and of all files below folders; absent ones count as absent. */
export function fingerprint(paths: readonly string[]): string {
  const hash = createHash('sha256');
  const visit = (path: string, name: string): void => {
    const stat = statSync(path, { throwIfNoEntry: false });
    hash.update(`${name}\0${stat?.isFile() ? stat.size : ''}\0`);
    if (stat?.isFile()) hash.update(readFileSync(path));
    if (!stat?.isDirectory()) return;
    for (const entry of readdirSync(path).sort()) visit(join(path, entry), `${name}/${entry}`);
  };
  for (const [index, path] of paths.entries()) visit(path, String(index));
  return hash.digest('hex').slice(0, 16);
}
