/** A repository's last commits in order, each with the sources it changes, and the repository as it was before; nothing is checked out. */
import { LodestoneError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { Change, Commit } from '../../core/completion/replay/typedLines.ts';
import { extensionOf } from '../../core/indexing/paths.ts';
import type { LanguageEntry, LanguageId } from '../../core/languages.ts';
import { type GitLocation, locateGit, readHead } from './gitLocation.ts';
import { readObjects } from './objectReader.ts';

/** A file that comes, changes or goes; `text` is undefined when it goes. */
export interface Update {
  readonly path: string;
  readonly language: LanguageId;
  readonly text: string | undefined;
}

/** Commits that touch more sources are imports or reformattings. */
const MOST_TOUCHED = 60;
/** Commits whose blobs are read at once, and most changes that are. */
const TOGETHER = 20;
const MOST_FETCHED = 400;
const TIMEOUT_MS = 120_000;

/** Bytes; larger files are not read. */
export const MAX_SIZE = 300_000;
const GENERATED =
  /(^|\/)(node_modules|vendor|dist|build|third_party|migrations|generated)\/|\.min\.js$|\.pb\.go$|_pb2?\.(py|ts|js)$|\.pb\.ts$|\.gen\.(go|ts)$|\.d\.ts$/;

export function isGenerated(path: string): boolean {
  return GENERATED.test(path);
}

interface Entry {
  readonly path: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export class CommitReplay {
  private readonly location: GitLocation;
  private readonly head: string;
  private readonly languages: ReadonlyMap<string, LanguageId>;
  private readonly fetched = new Map<string, string | undefined>();

  /** Throws LodestoneError notFound for a folder without commits. */
  constructor(folder: string, languages: readonly LanguageEntry[]) {
    const location = locateGit(folder);
    const head = location && readHead(location);
    if (!location || head === undefined)
      throw new LodestoneError('notFound', `${folder} has no commits.`, { advice: 'Name a clone with its history.' });
    this.location = location;
    this.head = head;
    this.languages = new Map(languages.flatMap(({ id, extensions }) => extensions.map((end) => [end, id])));
  }

  /**
   * The last `count` commits that are no merges, oldest first. Before each, `update`, where it is given, brings the state
   * to its parent; the first time it is told the whole tree. Commits that touch no source or too many are passed over.
   */
  async *commits(
    count: number,
    update: ((updates: readonly Update[]) => Promise<void>) | undefined,
    options: CallOptions,
  ): AsyncGenerator<Commit> {
    const log = await this.git(['log', '--no-merges', '-n', String(count), '--format=%H %P', this.head], options);
    const commits = log
      .trim()
      .split('\n')
      .reverse()
      .map((line) => line.split(' ') as [string, string?])
      .filter(([, parent]) => parent !== undefined) as [string, string][];
    const changes = await this.changesOf(
      commits.map(([id]) => id),
      options,
    );
    let state: string | undefined;
    for (const [number, [id, parent]] of commits.entries()) {
      // A process for each blob would take longer than all that is done with it.
      if (number % TOGETHER === 0)
        await this.prefetch(
          commits.slice(Math.max(0, number - 1), number + TOGETHER).flatMap(([each]) => changes.get(each) ?? []),
          options,
        );
      if (update) {
        const previous = commits[number - 1];
        const entries =
          state === undefined
            ? await this.tree(parent, options)
            : previous?.[0] === parent && previous[1] === state
              ? (changes.get(parent) ?? [])
              : await this.difference(state, parent, options);
        if (entries.length > 0) await update(await this.updates(entries, options));
        state = parent;
      }
      const changed = changes.get(id) ?? [];
      if (changed.length === 0 || changed.length > MOST_TOUCHED) continue;
      const texts = await this.texts([...changed.map(({ from }) => from), ...changed.map(({ to }) => to)], options);
      yield {
        id,
        changes: changed.map(
          ({ path }, i): Change => ({
            path: this.relative(path),
            language: this.languageOf(path) as LanguageId,
            before: texts[i],
            after: texts[changed.length + i],
          }),
        ),
      };
    }
  }

  /** What each commit changes, by its id. */
  private async changesOf(ids: readonly string[], options: CallOptions): Promise<Map<string, Entry[]>> {
    const args = ['diff-tree', '--stdin', '-r', '-z', '--raw', '--no-renames', '--no-ext-diff'];
    const parts = (await this.read(args, options, ids.map((id) => `${id}\n`).join(''))).toString('utf8').split('\0');
    const changes = new Map<string, Entry[]>();
    let of: string[] = [];
    const close = (next: string | undefined, id: string | undefined) => {
      if (id !== undefined) changes.set(id, this.entriesOf(of));
      of = [];
      return next;
    };
    let current: string | undefined;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as string;
      if (part.startsWith(':')) of.push(part, parts[++i] ?? '');
      else if (/^[0-9a-f]{40,64}$/.test(part)) current = close(part, current);
    }
    close(undefined, current);
    return changes;
  }

  private async updates(entries: readonly Entry[], options: CallOptions): Promise<Update[]> {
    const texts = await this.texts(
      entries.map(({ to }) => to),
      options,
    );
    return entries.map(({ path }, i) => ({
      path: this.relative(path),
      language: this.languageOf(path) as LanguageId,
      text: texts[i],
    }));
  }

  private async tree(commit: string, options: CallOptions): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (const line of (await this.git(['ls-tree', '-r', '-z', commit], options)).split('\0')) {
      const [, mode, blob, path] = /^(\d+) blob (\w+)\t(.+)$/s.exec(line) ?? [];
      if (mode?.startsWith('100') && path !== undefined && this.isSource(path))
        entries.push({ path, from: undefined, to: blob });
    }
    return entries;
  }

  private async difference(from: string, to: string, options: CallOptions): Promise<Entry[]> {
    if (from === to) return [];
    const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-ext-diff', from, to];
    return this.entriesOf((await this.git(args, options)).split('\0'));
  }

  /** Of raw lines, each with its path behind it. */
  private entriesOf(parts: readonly string[]): Entry[] {
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

  /** Reads the blobs of changes at once; those of earlier ones are forgotten. */
  private async prefetch(entries: readonly Entry[], options: CallOptions): Promise<void> {
    this.fetched.clear();
    const blobs = entries.slice(0, MOST_FETCHED).flatMap(({ from, to }) => [from, to]);
    const wanted = [...new Set(blobs.filter((blob) => blob !== undefined))];
    const texts = await this.readTexts(wanted, options);
    for (const [i, blob] of wanted.entries()) this.fetched.set(blob, texts[i]);
  }

  private async texts(blobs: readonly (string | undefined)[], options: CallOptions): Promise<(string | undefined)[]> {
    const missing = [...new Set(blobs.filter((blob) => blob !== undefined && !this.fetched.has(blob)))] as string[];
    const read = await this.readTexts(missing, options);
    const found = new Map(missing.map((blob, i) => [blob, read[i]]));
    return blobs.map((blob) => (blob === undefined ? undefined : (found.get(blob) ?? this.fetched.get(blob))));
  }

  /** Texts of blobs; undefined for what is no text or too large. */
  private async readTexts(blobs: readonly string[], options: CallOptions): Promise<(string | undefined)[]> {
    if (blobs.length === 0) return [];
    const output = await this.read(['cat-file', '--batch'], options, blobs.map((blob) => `${blob}\n`).join(''));
    let at = 0;
    return blobs.map(() => {
      const end = output.indexOf(10, at);
      const [, type, size] = / (\w+) (\d+)$/.exec(output.toString('utf8', at, end)) ?? [];
      at = end + 1;
      // What is missing is named in one line and has no contents.
      if (size === undefined) return undefined;
      const bytes = output.subarray(at, at + Number(size));
      at += Number(size) + 1;
      return type !== 'blob' || bytes.length > MAX_SIZE || bytes.includes(0) ? undefined : bytes.toString('utf8');
    });
  }

  private languageOf(path: string): LanguageId | undefined {
    return this.languages.get(extensionOf(path));
  }

  private isSource(path: string): boolean {
    return path.startsWith(this.location.prefix) && this.languageOf(path) !== undefined && !isGenerated(path);
  }

  private relative(path: string): string {
    return path.slice(this.location.prefix.length);
  }

  private async git(args: readonly string[], options: CallOptions): Promise<string> {
    return (await this.read(args, options)).toString('utf8');
  }

  private async read(args: readonly string[], { signal }: CallOptions, input?: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    const { location, head } = this;
    await readObjects({
      ...{ location, head, args, timeoutMs: TIMEOUT_MS, onChunk: (chunk) => chunks.push(chunk) },
      ...(input === undefined ? {} : { input }),
      ...(signal ? { signal } : {}),
    });
    return Buffer.concat(chunks);
  }
}
