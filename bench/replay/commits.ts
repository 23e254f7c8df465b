/** A clone's last commits in order, each with the sources it changes, and the repository as it was before. */
import { execFileSync } from 'node:child_process';
import type { LanguageEntry, LanguageId } from '../../src/core/languages.ts';
import { readBlobs } from '../gitObjects.ts';
import { isGenerated, MAX_SIZE } from '../retrieval/repository.ts';

export interface Change {
  readonly path: string;
  readonly language: LanguageId;
  /** Undefined where the commit adds the file, or takes it away. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface Commit {
  readonly id: string;
  readonly changes: readonly Change[];
}

/** Told of every source that comes, changes or goes; `text` is undefined when it goes. */
export type Update = (path: string, language: LanguageId, text: string | undefined) => void;

/** Commits that touch more sources are imports or reformattings. */
const MOST_TOUCHED = 60;

interface Entry {
  readonly path: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export class Commits {
  readonly name: string;

  constructor(
    private readonly folder: string,
    private readonly languages: readonly LanguageEntry[],
  ) {
    this.name = folder.split('/').at(-1) as string;
  }

  /** The last `count` commits that are no merges, oldest first; before each, `update` brings the state to its parent. */
  *replay(count: number, update: Update): Generator<Commit> {
    const log = this.git('log', '--no-merges', '-n', String(count), '--format=%H %P').trim().split('\n');
    let state: string | undefined;
    for (const line of log.reverse()) {
      const [id = '', parent] = line.split(' ');
      if (!parent) continue;
      const entries = state === undefined ? this.tree(parent) : this.difference(state, parent);
      this.tell(entries, update);
      state = parent;
      const changed = this.difference(parent, id);
      if (changed.length === 0 || changed.length > MOST_TOUCHED) continue;
      const before = this.texts(changed.map(({ from }) => from));
      const after = this.texts(changed.map(({ to }) => to));
      const changes = changed.map(({ path }, i) => ({
        path,
        language: this.languageOf(path) as LanguageId,
        before: before[i],
        after: after[i],
      }));
      yield { id, changes };
    }
  }

  private tell(entries: readonly Entry[], update: Update): void {
    const texts = this.texts(entries.map(({ to }) => to));
    entries.forEach(({ path }, i) => update(path, this.languageOf(path) as LanguageId, texts[i]));
  }

  private tree(commit: string): Entry[] {
    const entries: Entry[] = [];
    for (const line of this.git('ls-tree', '-r', '-z', commit).split('\0')) {
      const [, mode, blob, path] = /^(\d+) blob (\w+)\t(.+)$/s.exec(line) ?? [];
      if (mode?.startsWith('100') && path !== undefined && this.isSource(path))
        entries.push({ path, from: undefined, to: blob });
    }
    return entries;
  }

  private difference(from: string, to: string): Entry[] {
    if (from === to) return [];
    const parts = this.git('diff-tree', '-r', '-z', '--raw', '--no-renames', from, to).split('\0');
    const entries: Entry[] = [];
    for (let i = 0; i + 1 < parts.length; i += 2) {
      const [, toMode = '', fromBlob = '', toBlob = ''] = (parts[i] as string).split(' ');
      const path = parts[i + 1] as string;
      const none = (blob: string) => (/^0+$/.test(blob) ? undefined : blob);
      if (this.isSource(path))
        entries.push({ path, from: none(fromBlob), to: toMode.startsWith('100') ? none(toBlob) : undefined });
    }
    return entries;
  }

  private texts(blobs: readonly (string | undefined)[]): (string | undefined)[] {
    const wanted = blobs.filter((blob) => blob !== undefined);
    const read = wanted.length > 0 ? readBlobs(this.folder, wanted) : [];
    let at = 0;
    return blobs.map((blob) => {
      if (blob === undefined) return undefined;
      const bytes = read[at++];
      return !bytes || bytes.length > MAX_SIZE || bytes.includes(0) ? undefined : bytes.toString('utf8');
    });
  }

  private languageOf(path: string): LanguageId | undefined {
    return this.languages.find(({ extensions }) => extensions.some((extension) => path.endsWith(extension)))?.id;
  }

  private isSource(path: string): boolean {
    return this.languageOf(path) !== undefined && !isGenerated(path);
  }

  private git(...args: string[]): string {
    return execFileSync('git', ['-C', this.folder, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  }
}
