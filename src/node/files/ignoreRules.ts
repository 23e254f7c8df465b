/** Which paths are passed over: .gitignore and .lodestoneignore at every level, the host's globs, known build folders. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import picomatch from 'picomatch';
import walk from '../../data/files/walk.json';
import type { Entries } from './listFolder.ts';

/** The rules of one folder: patterns are relative to `base`, which starts with as many folders as lie above the root. */
interface Level {
  /** Repository-relative folder with a trailing '/', '' for the root and above. */
  readonly base: string;
  /** For rules from above the root: the root's path below that folder, with a trailing '/'. */
  readonly prefix: string;
  readonly rules: Ignore;
}

const ignoredFolders = new Set(walk.ignoredFolders);
const ignoredBeside: Readonly<Record<string, readonly string[]>> = walk.ignoredBeside;

/** An immutable stack of rules, one level a folder; the deepest level with an opinion decides, as in git. */
export class IgnoreRules {
  private constructor(
    private readonly levels: readonly Level[],
    private readonly excluded: (path: string) => boolean,
  ) {}

  /** No rules but the host's globs and the known build folders. */
  static create(excludes: readonly string[]): IgnoreRules {
    const usable = excludes.filter((glob) => glob !== '');
    const excluded = usable.length === 0 ? () => false : picomatch(usable, { dot: true });
    return new IgnoreRules([], excluded);
  }

  /**
   * With the texts of ignore files that lie in `folder` (repository-relative, '' for the root), lowest precedence first.
   * For a folder above the root, `prefix` is the root's path below it with a trailing '/'.
   */
  within(folder: string, texts: readonly string[], prefix = ''): IgnoreRules {
    if (texts.length === 0) return this;
    const rules = ignore({ ignorecase: false });
    for (const text of texts) rules.add(text);
    const level = { base: folder === '' ? '' : `${folder}/`, prefix, rules };
    return new IgnoreRules([...this.levels, level], this.excluded);
  }

  /** `siblings`: names beside the entry, by which a build folder is told from a source folder of that name. */
  ignores(path: string, isFolder: boolean, siblings: Entries): boolean {
    if (this.excluded(path)) return true;
    for (let index = this.levels.length - 1; index >= 0; index--) {
      const { base, prefix, rules } = this.levels[index] as Level;
      const relative = prefix + path.slice(base.length) + (isFolder ? '/' : '');
      const verdict = rules.test(relative);
      if (verdict.ignored) return true;
      if (verdict.unignored) return false;
    }
    return isFolder && isBuildFolder(path.slice(path.lastIndexOf('/') + 1), siblings);
  }
}

function isBuildFolder(name: string, siblings: Entries): boolean {
  return ignoredFolders.has(name) || (ignoredBeside[name]?.some((sibling) => siblings.has(sibling)) ?? false);
}

/** True if the folder declares itself a cache or a virtual environment (https://bford.info/cachedir/). */
export function isMarkedFolder(entries: Entries): boolean {
  return walk.markers.some((marker) => entries.has(marker));
}

/** The texts of a folder's ignore files, lowest precedence first; one that cannot be read counts as absent. */
export function readIgnoreFiles(folder: string, entries: Entries, onUnreadable: (name: string) => void): string[] {
  const texts: string[] = [];
  for (const name of walk.ignoreFiles) {
    if (!entries.has(name)) continue;
    try {
      texts.push(readFileSync(join(folder, name), 'utf8'));
    } catch {
      onUnreadable(name);
    }
  }
  return texts;
}

export const ignoreFileNames: readonly string[] = walk.ignoreFiles;
