/** The Processes port on Node: bounded child processes without a shell, killed with their whole tree. */
import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { cancelled, LodestoneError } from '../base/errors.ts';
import type { Processes } from '../core/ports.ts';

type RunRequest = Parameters<Processes['run']>[0];
type RunResult = Awaited<ReturnType<Processes['run']>>;

const DEFAULT_OUTPUT_BYTES = 16 * 1024 * 1024;
/** A tree that ignores the polite signal for this long is killed. */
const KILL_AFTER_MS = 500;
/** After the process itself is gone, how long a grandchild may keep the pipes open. */
const DRAIN_MS = 1000;

export class NodeProcesses implements Processes {
  /** Runs to the end, the time limit or the abort. Throws toolMissing, toolFailed (could not start) or cancelled. */
  run(request: RunRequest): Promise<RunResult> {
    if (request.signal?.aborted) return Promise.reject(cancelled());
    return new Promise((resolve, reject) => {
      let child: ChildProcess;
      try {
        child = spawn(request.command, request.args, {
          cwd: request.cwd,
          env: { ...process.env, ...request.env },
          stdio: ['pipe', 'pipe', 'pipe'],
          shell: false,
          windowsHide: true,
          // Its own process group, so that a kill reaches what the tool started.
          detached: process.platform !== 'win32',
        });
      } catch (error) {
        reject(spawnError(request, error));
        return;
      }
      const limit = request.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES;
      const stdout = new BoundedOutput(limit);
      const stderr = new BoundedOutput(limit);
      let timedOut = false;
      let aborted = false;
      let settled = false;
      const timers: NodeJS.Timeout[] = [];
      const stop = () => {
        killTree(child, 'SIGTERM');
        timers.push(setTimeout(() => killTree(child, 'SIGKILL'), KILL_AFTER_MS));
      };
      const onAbort = () => {
        aborted = true;
        stop();
      };
      timers.push(
        setTimeout(() => {
          timedOut = true;
          stop();
        }, request.timeoutMs),
      );
      request.signal?.addEventListener('abort', onAbort, { once: true });

      const settle = (finish: () => void) => {
        if (settled) return;
        settled = true;
        for (const timer of timers) clearTimeout(timer);
        request.signal?.removeEventListener('abort', onAbort);
        child.stdout?.destroy();
        child.stderr?.destroy();
        finish();
      };
      const finish = (exitCode: number | null) =>
        settle(() => {
          // Whatever the tool left running in its group ends with it.
          killTree(child, 'SIGKILL');
          if (aborted) reject(cancelled());
          else
            resolve({
              exitCode,
              stdout: stdout.text(),
              stderr: stderr.text(),
              timedOut,
              truncated: stdout.truncated || stderr.truncated,
            });
        });

      child.on('error', (error) => settle(() => reject(spawnError(request, error))));
      child.on('exit', (exitCode) => timers.push(setTimeout(() => finish(exitCode), DRAIN_MS)));
      child.on('close', (exitCode) => finish(exitCode));
      child.stdout?.on('data', (chunk: Buffer) => stdout.add(chunk));
      child.stderr?.on('data', (chunk: Buffer) => stderr.add(chunk));
      // A tool may exit without reading its input; its exit status tells what happened.
      child.stdin?.on('error', () => child.stdin?.destroy());
      child.stdin?.end(request.stdin ?? '');
    });
  }
}

/** Keeps the first bytes and drops the rest, so that a runaway tool cannot fill the memory. */
class BoundedOutput {
  truncated = false;
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(private readonly limit: number) {}

  add(chunk: Buffer): void {
    const room = this.limit - this.size;
    if (chunk.length > room) this.truncated = true;
    if (room <= 0) return;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.chunks.push(kept);
    this.size += kept.length;
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}

/** Signals the process group; on Windows, where there is none, the process itself. ESRCH means it is gone already. */
export function killTree(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    if (signal === 'SIGKILL') spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { windowsHide: true });
    else child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') child.kill(signal);
  }
}

function spawnError(request: Pick<RunRequest, 'command' | 'cwd'>, error: unknown): LodestoneError {
  const { code, message } = error as NodeJS.ErrnoException;
  const options = { args: { command: request.command }, cause: error };
  if (code === 'ENOENT' && !isFolder(request.cwd))
    return new LodestoneError('notFound', `The folder ${request.cwd} does not exist.`, options);
  if (code === 'ENOENT')
    return new LodestoneError('toolMissing', `${request.command} is not installed.`, {
      ...options,
      advice: `Install ${request.command} or put it on PATH; "lodestone doctor" shows what was found.`,
    });
  if (code === 'EACCES')
    return new LodestoneError('toolMissing', `${request.command} cannot be executed.`, {
      ...options,
      advice: `Make ${request.command} executable, or choose another in the settings.`,
    });
  return new LodestoneError('toolFailed', `${request.command} could not be started: ${message}`, options);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
