/** The history of each file out of one `git log`. */
import type { FileHistory } from '../../core/ports.ts';

/** What `LogReader` reads; how many commits, and from where, is the caller's. */
export const LOG_COMMAND: readonly string[] = [
  ...['log', '-z', '--name-only', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-show-signature'],
  ...['--no-mailmap', '--no-decorate', '--ignore-submodules=all', '--no-merges', '--format=%x01%ct%x02%ae%x02'],
];

/** Reads `log -z --format=%x01DATE%x02AUTHOR%x02 --name-only`: newest commit first. */
export class LogReader {
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
