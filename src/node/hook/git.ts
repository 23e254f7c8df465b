/** Git as the hook's commands need it: the repository's own settings are read, nothing that it configures is run. */
import { LodestoneError, throwIfAborted } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import { NodeProcesses } from '../processes.ts';

const TIMEOUT_MS = 30_000;
const MAX_OUTPUT = 256 * 1024 * 1024;

/** Output of a git command in `cwd`. Throws toolMissing, toolTimedOut, notFound outside a repository, toolFailed with what git says. */
export async function git(
  cwd: string,
  args: readonly string[],
  { signal }: CallOptions,
  stdin?: string,
): Promise<string> {
  throwIfAborted(signal);
  const { exitCode, stdout, stderr, timedOut, truncated } = await new NodeProcesses().run({
    command: 'git',
    args: ['-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false', ...args],
    cwd,
    // In a hook GIT_DIR and GIT_INDEX_FILE say which commit is being made: they are kept.
    env: { GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MAX_OUTPUT,
    ...(stdin === undefined ? {} : { stdin }),
    ...(signal ? { signal } : {}),
  });
  if (timedOut)
    throw new LodestoneError('toolTimedOut', `git ${args[0]} did not end within ${TIMEOUT_MS / 1000} seconds.`);
  if (/not a git repository/i.test(stderr) && exitCode !== 0)
    throw new LodestoneError('notFound', `${cwd} is in no git repository.`, {
      advice: 'Go into a repository, or make one with "git init".',
    });
  if (exitCode !== 0 || truncated)
    throw new LodestoneError(
      'toolFailed',
      `git ${args[0]} failed: ${stderr.trim().split('\n')[0] || `exit code ${exitCode}`}`,
      {
        advice: /dubious ownership/.test(stderr)
          ? 'The folder belongs to another user: see "safe.directory" in git help config.'
          : 'Try the same command yourself to see what git needs.',
      },
    );
  return stdout;
}
