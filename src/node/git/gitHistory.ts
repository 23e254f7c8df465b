/** The Git port: HEAD from files, file histories from one bounded pass over the log. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import type { FileHistory, Git, Log } from '../../core/ports.ts';
import { type GitLocation, locateGit, readHead } from './gitLocation.ts';
import { LOG_COMMAND, LogReader } from './logReader.ts';
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

export const MAX_COMMITS = 10_000;
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
    if (this.isShallow()) {
      this.options.log.warn(
        'History is left out: this clone is shallow, so all older files seem to be of one day and one author. `git fetch --unshallow` brings the rest.',
      );
      return new Map();
    }
    const reader = new LogReader(this.location.prefix);
    const args = [
      ...LOG_COMMAND,
      ...[`--max-count=${this.options.maxCommits ?? MAX_COMMITS}`, head, '--'],
      ...(this.location.prefix === '' ? [] : [this.location.prefix]),
    ];
    const read = await this.read(head, args, options, (chunk) => reader.push(chunk));
    return read ? reader.finish() : new Map();
  }

  private isShallow(): boolean {
    const file = join(this.location.commonDirectory, 'shallow');
    return (lstatSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
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
