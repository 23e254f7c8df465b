/** The Files port over a folder on disk: a deterministic walk that runs nothing and never leaves the root. */
import { type Dirent, lstatSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import { LodestoneError, throwIfAborted } from '../../base/errors.ts';
import { Breather } from '../../base/progress.ts';
import { comparePaths, extensionOf } from '../../core/indexing/paths.ts';
import type { Listing, RepositoryTree } from '../../core/indexing/repositoryTree.ts';
import type { Clock, FileStat, SourceFile } from '../../core/ports.ts';
import { nodeClock } from '../clock.ts';
import { gitTop } from './gitTop.ts';
import { IgnoreRules, readIgnoreFiles } from './ignoreRules.ts';
import { type Entries, listFolder } from './listFolder.ts';
import { fileStat, readSource } from './readSource.ts';
import { rulesFromAbove } from './rulesFromAbove.ts';
import type { WalkRules } from './walkRules.ts';

export interface RepositoryFilesOptions {
  /** Any path to the root; its real path is used. Throws LodestoneError notFound if it is no folder. */
  readonly root: string;
  /** Extensions of source files, with their dot, lower case. */
  readonly extensions: readonly string[];
  /** data/files/walk.json, read by `parseWalkRules`. */
  readonly rules: WalkRules;
  /** Larger files are passed over as 'tooLarge'. */
  readonly maxFileBytes: number;
  /** The host's globs (files.exclude, search.exclude), matched against repository-relative paths. */
  readonly excludes?: readonly string[];
  readonly clock?: Clock;
}

interface Walk {
  readonly files: { path: string; stat: FileStat }[];
  readonly skipped: { path: string; reason: Listing['skipped'][number]['reason'] }[];
  readonly breather: Breather;
}

/**
 * Links are never followed while walking: what lies inside the root is met under its own name (each folder once, so no
 * loop can arise), and what lies outside is none of our business.
 */
export class RepositoryFiles implements RepositoryTree {
  readonly root: string;
  private readonly extensions: ReadonlySet<string>;
  private readonly isManifest: (name: string) => boolean;
  private readonly inGit: boolean;

  constructor(private readonly options: RepositoryFilesOptions) {
    try {
      this.root = realpathSync.native(options.root);
    } catch (error) {
      throw new LodestoneError('notFound', `${options.root} does not exist.`, { cause: error });
    }
    if (!statSync(this.root).isDirectory()) throw new LodestoneError('notFound', `${options.root} is not a folder.`);
    this.extensions = new Set(options.extensions);
    this.isManifest = picomatch([...options.rules.manifests]);
    this.inGit = gitTop(this.root) !== undefined;
  }

  roleOf(path: string): 'source' | 'manifest' | undefined {
    if (this.extensions.has(extensionOf(path))) return 'source';
    return this.isManifest(path.slice(path.lastIndexOf('/') + 1)) ? 'manifest' : undefined;
  }

  decidesWhatIsListed(path: string): boolean {
    return this.options.rules.ignoreFiles.includes(path.slice(path.lastIndexOf('/') + 1));
  }

  async list(options: { signal?: AbortSignal; under?: readonly string[] } = {}): Promise<Listing> {
    const check = () => throwIfAborted(options.signal);
    check();
    const found: Walk = { files: [], skipped: [], breather: new Breather(this.options.clock ?? nodeClock, check) };
    const rules = rulesFromAbove(this.root, IgnoreRules.create(this.options.excludes ?? [], this.options.rules));
    if (options.under === undefined) await this.walkFolder('', rules, found);
    else for (const path of [...new Set(options.under)].sort(comparePaths)) await this.walkUnder(path, rules, found);
    found.files.sort((a, b) => comparePaths(a.path, b.path));
    found.skipped.sort((a, b) => comparePaths(a.path, b.path));
    return { files: found.files, skipped: found.skipped };
  }

  async stat(path: string): Promise<FileStat | undefined> {
    const stats = statSync(this.inside(path), { throwIfNoEntry: false });
    return stats?.isFile() ? fileStat(stats) : undefined;
  }

  async read(path: string): Promise<SourceFile> {
    return readSource(this.inside(path), path, this.options.maxFileBytes);
  }

  /** The absolute path, refused where it or a link on the way leaves the root. */
  private inside(path: string): string {
    const outside = () => new LodestoneError('notARepositoryFile', `${path} is not inside ${this.root}.`);
    if (path === '' || path.includes('\0') || path.startsWith('/')) throw outside();
    const full = join(this.root, path);
    if (relative(this.root, full).split(sep)[0] === '..') throw outside();
    let real: string;
    try {
      real = realpathSync.native(full);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ELOOP') throw new LodestoneError('unreadable', `${path} is a link to itself.`, { cause: error });
      return full;
    }
    if (real !== this.root && !real.startsWith(this.root.endsWith(sep) ? this.root : this.root + sep)) throw outside();
    return real;
  }

  private async walkFolder(folder: string, outer: IgnoreRules, found: Walk): Promise<void> {
    if (found.breather.due) await found.breather.breathe();
    const full = join(this.root, folder);
    const entries = listFolder(full);
    if (entries === undefined) return;
    if (entries === 'unreadable') {
      found.skipped.push({ path: folder === '' ? '.' : folder, reason: 'unreadable' });
      return;
    }
    if (folder !== '' && this.isForeign(entries, outer)) return;
    const rules = this.enter(folder, entries, outer, found);
    for (const [name, entry] of entries) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (entry.isDirectory()) {
        if (!rules.ignores(path, true, entries)) await this.walkFolder(path, rules, found);
      } else if (this.isCandidate(path, entry) && !rules.ignores(path, false, entries)) {
        this.addFile(path, found);
      }
    }
  }

  /** A single file or folder, met through the same rules as if the walk had come along. */
  private async walkUnder(path: string, top: IgnoreRules, found: Walk): Promise<void> {
    if (found.breather.due) await found.breather.breathe();
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..')) return;
    let rules = top;
    let folder = '';
    for (const [index, part] of parts.entries()) {
      const entries = this.entriesForRules(folder);
      if (entries === undefined || (folder !== '' && this.isForeign(entries, rules))) return;
      rules = this.enter(folder, entries, rules, found);
      const here = folder === '' ? part : `${folder}/${part}`;
      const stats = lstatSync(join(this.root, here), { throwIfNoEntry: false });
      if (!stats || rules.ignores(here, stats.isDirectory(), entries)) return;
      if (!stats.isDirectory()) {
        if (index === parts.length - 1 && stats.isFile() && this.roleOf(here)) this.addFile(here, found);
        return;
      }
      folder = here;
    }
    await this.walkFolder(folder, rules, found);
  }

  private entriesForRules(folder: string): Entries | undefined {
    const entries = listFolder(join(this.root, folder));
    return entries === 'unreadable' ? undefined : entries;
  }

  /** A repository inside this one (submodule, worktree) is not this repository's code; nor are caches that say so. */
  private isForeign(entries: Entries, rules: IgnoreRules): boolean {
    return (this.inGit && entries.has('.git')) || rules.isMarked(entries);
  }

  private enter(folder: string, entries: Entries, outer: IgnoreRules, found: Walk): IgnoreRules {
    const texts = readIgnoreFiles(join(this.root, folder), entries, this.options.rules.ignoreFiles, (name) =>
      found.skipped.push({ path: folder === '' ? name : `${folder}/${name}`, reason: 'unreadable' }),
    );
    return outer.within(folder, texts);
  }

  private isCandidate(path: string, entry: Dirent): boolean {
    return entry.isFile() && this.roleOf(path) !== undefined;
  }

  private addFile(path: string, found: Walk): void {
    const stats = lstatSync(join(this.root, path), { throwIfNoEntry: false });
    if (!stats?.isFile()) {
      // A name that is no UTF-8 cannot be opened by the text Node made of it; anything else vanished meanwhile.
      if (path.includes('\uFFFD')) found.skipped.push({ path, reason: 'unreadable' });
      return;
    }
    if (stats.size > this.options.maxFileBytes) found.skipped.push({ path, reason: 'tooLarge' });
    else found.files.push({ path, stat: fileStat(stats) });
  }
}
