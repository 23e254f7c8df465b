/** A copy of a repository in the temporary folder, kept in step with it, for tools that need files and may write some. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import type { Snapshot } from '../../core/ports.ts';
import { changeMark } from './diskView.ts';

/** Installed dependencies: too large to copy and not the project's; the copy links to them. */
const LINKED = new Set(['node_modules', '.venv', 'venv', 'env']);
/** History and caches, which no check needs. */
const SKIPPED = new Set([
  '.git',
  '.hg',
  '.svn',
  '__pycache__',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.tox',
  '.nox',
  'target',
  '.cache',
]);
const MAX_FILES = 20_000;
const MAX_BYTES = 512 * 1024 * 1024;

export class ShadowCopy {
  private folder: string | undefined;
  /** What each copied file was copied from; '' where an overlay lies over it or where it changed just then. */
  private readonly copied = new Map<string, string>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly root: string) {}

  /** Runs `work` in the copy with the snapshot's overlay laid over it; one at a time. Throws toolFailed if too large. */
  use<T>(snapshot: Snapshot, work: (folder: string) => Promise<T>): Promise<T> {
    const run = this.queue.then(() => work(this.prepare(snapshot)));
    this.queue = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    await this.queue;
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
    this.copied.clear();
  }

  private prepare(snapshot: Snapshot): string {
    this.folder ??= realpathSync(mkdtempSync(join(tmpdir(), 'lodestone-shadow-')));
    const seen = new Set<string>();
    const total = { files: 0, bytes: 0 };
    this.copyFolder('', this.folder, seen, total);
    for (const path of this.copied.keys()) {
      if (seen.has(path)) continue;
      rmSync(join(this.folder, path), { force: true });
      this.copied.delete(path);
    }
    for (const [path, text] of snapshot.overlay) {
      const target = resolve(this.folder, path);
      if (!target.startsWith(this.folder + sep)) continue;
      mkdirSync(dirname(target), { recursive: true });
      replace(target, () => writeFileSync(target, text));
      this.copied.set(path, '');
    }
    return this.folder;
  }

  private copyFolder(path: string, folder: string, seen: Set<string>, total: { files: number; bytes: number }): void {
    mkdirSync(join(folder, path), { recursive: true });
    for (const entry of readdirSync(join(this.root, path), { withFileTypes: true })) {
      const child = path ? `${path}/${entry.name}` : entry.name;
      const from = join(this.root, child);
      const to = join(folder, child);
      if (SKIPPED.has(entry.name)) continue;
      if (LINKED.has(entry.name)) {
        seen.add(child);
        this.link(from, to, child);
      } else if (entry.isDirectory()) this.copyFolder(child, folder, seen, total);
      else if (entry.isSymbolicLink()) {
        // A link out of the repository would let a test write there.
        const target = readlinkSync(from);
        const inside = !isAbsolute(target) && !relative(this.root, resolve(dirname(from), target)).startsWith('..');
        if (inside) {
          seen.add(child);
          this.link(target, to, child);
        }
      } else if (entry.isFile()) {
        const stat = statSync(from, { throwIfNoEntry: false });
        if (!stat) continue;
        total.files++;
        total.bytes += stat.size;
        if (total.files > MAX_FILES || total.bytes > MAX_BYTES)
          throw new LodestoneError('toolFailed', 'The repository is too large to be copied for this check.', {
            advice: 'Run the check yourself after applying the patch.',
          });
        seen.add(child);
        const mark = changeMark(stat) ?? '';
        if (mark && this.copied.get(child) === mark) continue;
        replace(to, () => copyFileSync(from, to));
        this.copied.set(child, mark);
      }
    }
  }

  private link(target: string, to: string, child: string): void {
    if (this.copied.get(child) === `-> ${target}`) return;
    rmSync(to, { force: true, recursive: false });
    symlinkSync(target, to);
    this.copied.set(child, `-> ${target}`);
  }
}

/** Writes so that tools which know a file by its size and whole second (mypy) see that it is another. */
function replace(path: string, write: () => void): void {
  const before = statSync(path, { throwIfNoEntry: false });
  write();
  if (!before) return;
  const second = Math.max(Math.floor(before.mtimeMs / 1000) + 1, Math.floor(Date.now() / 1000));
  utimesSync(path, second, second);
}
