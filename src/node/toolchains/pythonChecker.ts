/** The long-lived Python child that compiles texts: one JSON line in, one out; restarted when it dies or hangs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { cancelled, LodestoneError } from '../../base/errors.ts';
import { neutralise } from '../../base/neutralise.ts';
import type { TextEdit } from '../../base/textEdit.ts';
import { killTree } from '../processes.ts';

/** A compiler or name error; lines and columns from 1, columns in UTF-16 units. */
export interface PythonError {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Exception class: SyntaxError, IndentationError, NameError, AttributeError … */
  readonly code: string;
  readonly message: string;
}

/** How far a check goes: undefined names and attributes, attributes, or syntax alone. */
export type PythonLook = 'names' | 'attributes' | 'syntax';

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  readonly timer: NodeJS.Timeout;
}

const TIMEOUT_MS = 20_000;

export class PythonChecker {
  private child: ChildProcess | undefined;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;

  /** `script` is src/data/toolchains/python_check.py as shipped. */
  constructor(
    readonly interpreter: string,
    private readonly script: string,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  /** Errors of each file; undefined names and attributes are only found where the syntax is right. */
  async check(
    files: readonly { path: string; text: string; look: PythonLook }[],
    signal?: AbortSignal,
  ): Promise<PythonError[][]> {
    return (await this.request({ op: 'check', files }, signal)) as PythonError[][];
  }

  /** Syntax errors of the text after each list of edits (ascending, disjoint). */
  async try(
    request: { path: string; text: string; candidates: readonly (readonly TextEdit[])[] },
    signal?: AbortSignal,
  ): Promise<PythonError[][]> {
    const candidates = request.candidates.map((edits) => edits.map((edit) => [edit.start, edit.end, edit.newText]));
    return (await this.request({ ...request, op: 'try', candidates }, signal)) as PythonError[][];
  }

  close(): void {
    if (this.child) this.stop(this.child, new LodestoneError('engineStopped', 'The Python checker was closed.'));
  }

  /** One retry after a crash: the text that crashed it is at fault only if it does so twice. */
  private async request(message: Record<string, unknown>, signal?: AbortSignal): Promise<unknown> {
    try {
      return await this.send(message, signal);
    } catch (error) {
      if (!(error instanceof LodestoneError) || error.code !== 'toolFailed') throw error;
      return this.send(message, signal);
    }
  }

  private send(message: Record<string, unknown>, signal?: AbortSignal): Promise<unknown> {
    if (signal?.aborted) return Promise.reject(cancelled());
    const child = this.child ?? this.start();
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const onAbort = () => this.stop(child, cancelled());
      const timer = setTimeout(() => {
        const seconds = Math.round(this.timeoutMs / 1000);
        this.stop(child, new LodestoneError('toolTimedOut', `Python did not answer within ${seconds} seconds.`));
      }, this.timeoutMs);
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      this.pending.set(id, {
        resolve: (value) => (settle(), resolve(value)),
        reject: (error) => (settle(), reject(error)),
        timer,
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      child.stdin?.write(`${JSON.stringify({ ...message, id })}\n`);
    });
  }

  private start(): ChildProcess {
    // -I: no PYTHON* variables, no user site, no script folder or working directory on sys.path; -S: no site
    // packages; -B: nothing written.
    const child = spawn(this.interpreter, ['-I', '-S', '-B', this.script], {
      cwd: tmpdir(),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      detached: process.platform !== 'win32',
    });
    this.child = child;
    // An idle checker must not keep the engine alive.
    child.unref();
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(-2000);
    });
    child.stdin?.on('error', () => child.stdin?.destroy());
    child.on('error', (error) =>
      this.stop(
        child,
        new LodestoneError('toolMissing', `Python could not be started: ${error.message}`, {
          advice: 'Choose another interpreter in the settings (lodestone.healing.python).',
          cause: error,
        }),
      ),
    );
    child.on('close', (code, signal) => {
      const last = neutralise(complaint.trim().split('\n').at(-1) ?? '', { oneLine: true });
      this.stop(child, new LodestoneError('toolFailed', `Python stopped (${signal ?? code}). ${last}`.trim()));
    });
    for (const stream of [child.stdout, child.stderr, child.stdin])
      (stream as unknown as { unref?(): void })?.unref?.();
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.receive(line));
    return child;
  }

  private receive(line: string): void {
    const { id, results, error } = JSON.parse(line) as { id: number; results?: unknown; error?: string };
    const call = this.pending.get(id);
    this.pending.delete(id);
    if (error !== undefined) call?.reject(new LodestoneError('internal', `The Python checker failed: ${error}`));
    else call?.resolve(results);
  }

  private stop(child: ChildProcess, reason: LodestoneError): void {
    if (this.child !== child) return;
    this.child = undefined;
    killTree(child, 'SIGKILL');
    for (const call of this.pending.values()) call.reject(reason);
    this.pending.clear();
  }
}
