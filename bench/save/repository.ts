/** Repositories of any size out of real ones, for benchmarks that may write into them. */
import { appendFileSync, cpSync, mkdirSync, readFileSync, utimesSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { RepositoryFiles } from '../../src/node/files/repositoryFiles.ts';
import { parseWalkRules } from '../../src/node/files/walkRules.ts';

const EXTENSIONS = ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.py', '.rs', '.go'];

/** What the product lists in a folder; `dist` holds the built data. */
function treeOf(folder: string, dist: string): RepositoryFiles {
  const rules = parseWalkRules(readFileSync(join(dist, 'data/files/walk.json'), 'utf8'));
  return new RepositoryFiles({ root: resolve(folder), extensions: EXTENSIONS, maxFileBytes: 1 << 20, rules });
}

/** Copies the source files of `folders`, again and again with a comment that makes each copy unseen, until there are `count`. */
export async function growRepository(
  root: string,
  folders: readonly string[],
  count: number,
  dist: string,
): Promise<void> {
  const old = new Date(Date.now() - 86_400_000);
  for (let made = 0, copy = 0; made < count; copy++) {
    const before = made;
    for (const folder of folders) {
      const tree = treeOf(folder, dist);
      for (const { path } of (await tree.list({})).files) {
        if (made === count) return;
        if (tree.roleOf(path) !== 'source') continue;
        const target = join(root, `part${copy}`, path);
        mkdirSync(dirname(target), { recursive: true });
        cpSync(join(tree.root, path), target);
        if (copy > 0) appendFileSync(target, path.endsWith('.py') ? `\n# ${copy}\n` : `\n// ${copy}\n`);
        utimesSync(target, old, old);
        made++;
      }
    }
    if (made === before) throw new Error('The folders hold no source files.');
  }
}
