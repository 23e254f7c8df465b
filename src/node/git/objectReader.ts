/** Runs git over a repository's objects through a private git folder, so that the repository's configuration is never read. */
import { spawn } from 'node:child_process';
import { copyFileSync, lstatSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cancelled, LodestoneError } from '../../base/errors.ts';
import { findOnPath } from '../toolchains/executables.ts';
import type { GitLocation } from './gitLocation.ts';

/**
 * A repository's `.git/config` can name programs that git runs by itself (core.fsmonitor, core.sshCommand, gpg.program,
 * diff drivers, filters, pagers, hooks). Listing them all and switching each off means to know them all; so git is given
 * a folder of our own instead, which only borrows the objects ("alternates"), with an empty configuration. The flags
 * below then only guard against what the user's environment adds.
 */
const FLAGS = [
  ...['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'diff.external=', 'protocol.allow=never'],
  ...['log.showSignature=false', 'core.attributesFile=/dev/null', 'core.commitGraph=true', 'gc.auto=0'],
].flatMap((setting) => ['-c', setting]);

export interface ReadRequest {
  readonly location: GitLocation;
  readonly head: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  /** Standard input; without it there is none. */
  readonly input?: string;
  readonly signal?: AbortSignal;
  readonly onChunk: (chunk: Buffer) => void;
}

/**
 * Runs `git ARGS` with HEAD at `head`, streaming its output. Throws LodestoneError toolMissing | toolFailed |
 * toolTimedOut | cancelled.
 */
export async function readObjects(request: ReadRequest): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lodestone-git-'));
  try {
    borrowObjects(folder, request.location, request.head);
    await run(folder, request);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function borrowObjects(folder: string, location: GitLocation, head: string): void {
  const objects = join(location.commonDirectory, 'objects');
  mkdirSync(join(folder, 'objects/info'), { recursive: true });
  mkdirSync(join(folder, 'refs'));
  writeFileSync(join(folder, 'HEAD'), `${head}\n`);
  // A path in quotes may hold any byte that C can escape; only the line feed would end the entry.
  writeFileSync(join(folder, 'objects/info/alternates'), `${JSON.stringify(objects)}\n`);
  const format = head.length === 64 ? '[extensions]\n\tobjectFormat = sha256\n' : '';
  writeFileSync(
    join(folder, 'config'),
    `[core]\n\tbare = true\n\trepositoryFormatVersion = ${format ? 1 : 0}\n${format}`,
  );
  const shallow = join(location.commonDirectory, 'shallow');
  if (lstatSync(shallow, { throwIfNoEntry: false })?.isFile()) copyFileSync(shallow, join(folder, 'shallow'));
}

function run(folder: string, request: ReadRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    // PATH may lead into the repository (`npm run` puts node_modules/.bin first): its own git is not the user's.
    const git = findOnPath('git', { outside: request.location.top });
    if (git === undefined) return reject(missing('there is none on PATH'));
    const child = spawn(git, ['--no-pager', '--no-optional-locks', `--git-dir=${folder}`, ...FLAGS, ...request.args], {
      cwd: folder,
      env: environment(),
      stdio: [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    yieldProcessor(child.pid);
    let errors = '';
    let failure: LodestoneError | undefined;
    const stop = (why: LodestoneError) => {
      failure ??= why;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(
      () => stop(new LodestoneError('toolTimedOut', `git took longer than ${request.timeoutMs} ms.`)),
      request.timeoutMs,
    );
    const onAbort = () => stop(cancelled());
    if (request.signal?.aborted) onAbort();
    request.signal?.addEventListener('abort', onAbort, { once: true });
    // A process that could not be started for want of descriptors has no streams, only an error to tell.
    child.stdout?.on('data', request.onChunk);
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString('utf8')).slice(0, 2000);
    });
    // Whoever ended early has no use for the rest of it, and says why by its code.
    child.stdin?.on('error', () => undefined).end(request.input);
    const end = () => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      end();
      if (error.code === 'ENOENT') reject(missing(error.message));
      else reject(new LodestoneError('toolFailed', `git: ${error.message}`, { cause: error }));
    });
    child.on('close', (code) => {
      end();
      if (failure) reject(failure);
      else if (code === 0) resolve();
      else reject(new LodestoneError('toolFailed', `git ended with code ${code}: ${errors.trim()}`));
    });
  });
}

/** History is wanted last of all that a cold mine reads: the parsers, which start at the same time, go first. */
function yieldProcessor(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It ended already, or the system does not allow it: it runs as it is.
  }
}

function missing(what: string): LodestoneError {
  return new LodestoneError('toolMissing', `git: ${what}`, {
    advice: 'Install git to rank patterns by their history.',
  });
}

/** The user's environment without anything that steers git, and with its outward doors closed. */
function environment(): NodeJS.ProcessEnv {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  return {
    ...clean,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
  };
}
