/** The Git port: HEAD from files, file histories from one bounded pass over the log. */
import { LodestoneError } from '../../base/errors.ts';
import type { FileHistory, Git, Log } from '../../core/ports.ts';
import { type GitLocation, locateGit, readHead } from './gitLocation.ts';
import { readObjects } from './objectReader.ts';

export interface GitHistoryOptions {
  readonly root: string;
  readonly log: Log;
  /** Most commits to look at, newest first. */
  readonly maxCommits?: number;
  /** Longest run of git; past it there is no history at all rather than a part that depends on the machine. */
  readonly timeoutMs?: number;
}

/**
 * The history of the repository around `root`, or undefined without one. Compose it for trusted folders only: although
 * nothing of the repository is executed, an untrusted one is not handed to another program's parser at all.
 */
export function openGitHistory(options: GitHistoryOptions): Git | undefined {
  const location = locateGit(options.root);
  return location && new GitHistory(location, options);
}

const MAX_COMMITS = 10_000;
const TIMEOUT_MS = 20_000;

class GitHistory implements Git {
  /** Git hung once: it is not waited for again. */
  private hangs = false;

  constructor(
    private readonly location: GitLocation,
    private readonly options: GitHistoryOptions,
  ) {}

  async head(): Promise<string | undefined> {
    return readHead(this.location);
  }

  async headDate(): Promise<number | undefined> {
    const head = readHead(this.location);
    if (head === undefined) return undefined;
    let text = '';
    const read = await this.read(head, ['log', '-1', '--no-show-signature', '--format=%ct', head], {}, (chunk) => {
      text += chunk.toString('utf8');
    });
    const date = Number.parseInt(text, 10);
    return read && Number.isFinite(date) ? date : undefined;
  }

  async fileHistory(options: { signal?: AbortSignal }): Promise<ReadonlyMap<string, FileHistory>> {
    const head = readHead(this.location);
    if (head === undefined) return new Map();
    const reader = new LogReader(this.location.prefix);
    const args = [
      ...['log', '-z', '--name-only', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-show-signature'],
      ...['--no-mailmap', '--no-decorate', '--ignore-submodules=all', '--no-merges', '--format=%x01%ct%x02%ae%x02'],
      ...[`--max-count=${this.options.maxCommits ?? MAX_COMMITS}`, head, '--'],
      ...(this.location.prefix === '' ? [] : [this.location.prefix]),
    ];
    const read = await this.read(head, args, options, (chunk) => reader.push(chunk));
    return read ? reader.finish() : new Map();
  }

  /** False, with a line in the log, where git has no answer: history ranks, it does not decide. */
  private async read(
    head: string,
    args: readonly string[],
    { signal }: { signal?: AbortSignal },
    onChunk: (chunk: Buffer) => void,
  ): Promise<boolean> {
    if (this.hangs) return false;
    try {
      const timeoutMs = this.options.timeoutMs ?? TIMEOUT_MS;
      await readObjects({ location: this.location, head, args, timeoutMs, onChunk, ...(signal ? { signal } : {}) });
      return true;
    } catch (error) {
      if (signal?.aborted) throw error;
      this.hangs ||= error instanceof LodestoneError && error.code === 'toolTimedOut';
      this.options.log.warn(`History is left out: ${(error as Error).message}`);
      return false;
    }
  }
}

/** Reads `log -z --format=%x01DATE%x02AUTHOR%x02 --name-only`: newest commit first. */
class LogReader {
  private rest: Buffer = Buffer.alloc(0);
  private readonly authors = new Map<string, number>();
  private readonly files = new Map<string, { first: number; last: number; commits: number; authors: Set<number> }>();
  private date = 0;
  private author = 0;

  constructor(private readonly prefix: string) {}

  push(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    for (let end = bytes.indexOf(0, at); end !== -1; end = bytes.indexOf(0, at)) {
      this.field(bytes.toString('utf8', at, end));
      at = end + 1;
    }
    this.rest = Buffer.from(bytes.subarray(at));
  }

  /** By path relative to the root. Dates in seconds since 1970, from committers' clocks. */
  finish(): ReadonlyMap<string, FileHistory> {
    if (this.rest.length > 0) this.field(this.rest.toString('utf8'));
    const result = new Map<string, FileHistory>();
    for (const path of [...this.files.keys()].sort()) {
      const file = this.files.get(path) as NonNullable<ReturnType<typeof this.files.get>>;
      const authors = [...file.authors].sort((a, b) => a - b);
      result.set(path, { firstDate: file.first, lastDate: file.last, commits: file.commits, authors });
    }
    return result;
  }

  /** A commit's header (with its first path behind a line feed in some versions of git) or a path. */
  private field(text: string): void {
    let path = text;
    if (text.startsWith('\x01')) {
      const [date, author, after] = text.slice(1).split('\x02', 3);
      this.date = Number(date);
      this.author = this.pseudonym(author ?? '');
      path = after ?? '';
    }
    path = path.replace(/^\n+/, '');
    if (path === '' || !path.startsWith(this.prefix)) return;
    this.touch(path.slice(this.prefix.length));
  }

  /** Numbers in order of first appearance; addresses are never kept. */
  private pseudonym(author: string): number {
    const known = this.authors.get(author);
    if (known !== undefined) return known;
    this.authors.set(author, this.authors.size);
    return this.authors.size - 1;
  }

  private touch(path: string): void {
    const file = this.files.get(path);
    if (!file) {
      this.files.set(path, { first: this.date, last: this.date, commits: 1, authors: new Set([this.author]) });
      return;
    }
    file.first = Math.min(file.first, this.date);
    file.last = Math.max(file.last, this.date);
    file.commits++;
    file.authors.add(this.author);
  }
}
