/** Which paths are passed over: .gitignore and .lodestoneignore at every level, the host's globs, known build folders. */
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import picomatch from 'picomatch';
import type { Entries } from './listFolder.ts';
import type { WalkRules } from './walkRules.ts';

/** The rules of one folder: patterns are relative to `base`, which starts with as many folders as lie above the root. */
interface Level {
  /** Repository-relative folder with a trailing '/', '' for the root and above. */
  readonly base: string;
  /** For rules from above the root: the root's path below that folder, with a trailing '/'. */
  readonly prefix: string;
  readonly rules: Ignore;
}

/** An immutable stack of rules, one level a folder; the deepest level with an opinion decides, as in git. */
export class IgnoreRules {
  private constructor(
    private readonly levels: readonly Level[],
    private readonly excluded: (path: string) => boolean,
    readonly walk: WalkRules,
  ) {}

  /** No rules but the host's globs and the known build folders. */
  static create(excludes: readonly string[], walk: WalkRules): IgnoreRules {
    const usable = excludes.filter((glob) => glob !== '' && isCheap(glob));
    // VS Code's globs know no extended ones, and their repetitions nest.
    const excluded = usable.length === 0 ? () => false : picomatch(usable, { dot: true, noextglob: true });
    return new IgnoreRules([], excluded, walk);
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
    return new IgnoreRules([...this.levels, level], this.excluded, this.walk);
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
    return isFolder && this.isBuildFolder(path.slice(path.lastIndexOf('/') + 1), siblings);
  }

  /** True if a rule from above the root means the root itself. */
  ignoresRoot(): boolean {
    return this.levels.some(({ prefix, rules }) => prefix !== '' && rules.ignores(prefix));
  }

  /** True if the folder declares itself a cache or a virtual environment. */
  isMarked(entries: Entries): boolean {
    return this.walk.markers.some((marker) => entries.has(marker));
  }

  private isBuildFolder(name: string, siblings: Entries): boolean {
    if (this.walk.ignoredFolders.includes(name)) return true;
    const beside = Object.hasOwn(this.walk.ignoredBeside, name) ? this.walk.ignoredBeside[name] : undefined;
    return beside?.some((sibling) => siblings.has(sibling)) ?? false;
  }
}

/** Larger ignore files, links and pipes are not read: git's limits are higher, but no honest file comes near this one. */
const MAX_IGNORE_BYTES = 256 * 1024;

/** The rules of a folder's ignore files, lowest precedence first; what is left out is told to `onLeftOut`. */
export function readIgnoreFiles(
  folder: string,
  entries: Entries,
  names: readonly string[],
  onLeftOut: (name: string) => void,
): string[] {
  const texts: string[] = [];
  for (const name of names) {
    if (!entries.has(name)) continue;
    const text = readRules(join(folder, name), entries.get(name)?.isFile() ?? false);
    if (text === undefined) {
      onLeftOut(name);
      continue;
    }
    const lines = text.split('\n');
    const cheap = lines.filter(isCheap);
    if (cheap.length < lines.length) onLeftOut(name);
    texts.push(cheap.join('\n'));
  }
  return texts;
}

/** Undefined where the file cannot or should not be read. */
function readRules(path: string, isFile: boolean): string | undefined {
  try {
    if (!isFile || lstatSync(path).size > MAX_IGNORE_BYTES) return undefined;
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Each star in a segment multiplies the time to refuse a long name by its length: with three that is bearable, with
 * nine (`*a*a*a*…`) a hostile repository would hang the walk.
 */
function isCheap(pattern: string): boolean {
  return (
    pattern.length <= 1000 && pattern.split('/').every((segment) => (segment.match(/\*+/g)?.length ?? 0) <= MAX_STARS)
  );
}

const MAX_STARS = 3;
