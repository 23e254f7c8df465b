/** Which Python and which Python tools a repository gets, and where they were found. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { isCancelled } from '../../base/errors.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Processes } from '../../core/ports.ts';
import { inEnvironment, isExecutable, isInside, listOnPath } from './executables.ts';

export interface FoundTool {
  readonly path: string;
  readonly version: string;
  /** 'selected', 'setting', '.venv', 'PATH' … for doctor. */
  readonly origin: string;
}

export interface PythonChoice {
  /** Interpreter that the editor's Python extension selected; asked each time. */
  readonly selected?: () => string | undefined;
  /** The setting lodestone.healing.python; '' for none. */
  readonly setting?: () => string;
}

const ENVIRONMENTS = ['.venv', 'venv', 'env'];
/** A program that does not tell its version within this time hangs. */
const PROBE_MS = 8000;
/** Version and the executable itself: what stands on PATH may be a wrapper that costs time at every start. */
const IDENTIFY = 'import sys; print(".".join(map(str, sys.version_info[:3]))); print(sys.executable or "")';

export class PythonEnvironment {
  private readonly known = new Map<string, Promise<FoundTool | undefined>>();

  constructor(
    private readonly processes: Processes,
    private readonly choice: PythonChoice = {},
  ) {}

  /**
   * The interpreter: the editor's selection, then the setting, then the repository's own environment (trusted only),
   * then PATH. The first that answers with version 3.8 or later.
   */
  async interpreter(root: string, trusted: boolean, signal?: AbortSignal): Promise<FoundTool | undefined> {
    for (const { path, origin } of this.interpreters(root, trusted)) {
      const tool = await this.probe(path, ['-I', '-S', '-c', IDENTIFY], origin, signal);
      const [major = 0, minor = 0] = (tool?.version ?? '').split('.').map(Number);
      if (tool && (major > 3 || (major === 3 && minor >= 8))) return tool;
    }
    return undefined;
  }

  /** Every interpreter that would be tried, best first: doctor shows them all. */
  interpreters(root: string, trusted: boolean): { path: string; origin: string }[] {
    const candidates: { path: string; origin: string }[] = [];
    const add = (path: string | undefined, origin: string) => {
      if (!path || !isAbsolute(path) || !isExecutable(path)) return;
      // Whoever chose it, an interpreter inside an untrusted repository is that repository's program.
      if (!trusted && (isInside(path, root) || path.startsWith(root))) return;
      if (!candidates.some((one) => one.path === path)) candidates.push({ path, origin });
    };
    add(this.choice.selected?.(), 'selected');
    add(this.choice.setting?.(), 'setting');
    if (trusted) for (const folder of ENVIRONMENTS) add(inEnvironment(join(root, folder), 'python'), folder);
    const outside = trusted ? {} : { outside: root };
    for (const name of ['python3', 'python']) for (const path of listOnPath(name, outside)) add(path, 'PATH');
    return candidates;
  }

  /** A tool such as ruff: beside the interpreter, in the repository's environment (trusted only), on PATH. */
  async tool(name: string, root: string, trusted: boolean, signal?: AbortSignal): Promise<FoundTool | undefined> {
    const places: { path: string | undefined; origin: string }[] = [];
    for (const chosen of [this.choice.selected?.(), this.choice.setting?.()]) {
      if (chosen && isAbsolute(chosen)) places.push({ path: join(dirname(chosen), name), origin: 'interpreter' });
    }
    if (trusted)
      for (const folder of ENVIRONMENTS) places.push({ path: inEnvironment(join(root, folder), name), origin: folder });
    const interpreter = await this.interpreter(root, trusted, signal);
    if (interpreter) places.push({ path: join(dirname(interpreter.path), name), origin: 'interpreter' });
    for (const path of listOnPath(name, trusted ? {} : { outside: root })) places.push({ path, origin: 'PATH' });
    for (const { path, origin } of places) {
      if (!path || !isExecutable(path) || (!trusted && isInside(path, root))) continue;
      const tool = await this.probe(path, ['--version'], origin, signal);
      if (tool) return tool;
    }
    return undefined;
  }

  /** Forgets what was found, e.g. after the user installed something. */
  forget(): void {
    this.known.clear();
  }

  /** Runs a version command once per path; a wrapper that fails (pyenv's shims do) counts as absent. */
  private async probe(
    path: string,
    args: readonly string[],
    origin: string,
    signal: AbortSignal | undefined,
  ): Promise<FoundTool | undefined> {
    const key = `${path}\0${args.join('\0')}`;
    for (;;) {
      const known = this.known.get(key);
      const probe = known ?? this.version(path, args, origin, signal);
      this.known.set(key, probe);
      try {
        return await probe;
      } catch (error) {
        if (this.known.get(key) === probe) this.known.delete(key);
        // Whoever asked first gave up; this caller still wants to know.
        if (!known || signal?.aborted) throw error;
      }
    }
  }

  /** Throws `cancelled` alone. */
  private async version(
    path: string,
    args: readonly string[],
    origin: string,
    signal: AbortSignal | undefined,
  ): Promise<FoundTool | undefined> {
    const { exitCode, stdout, stderr } = await this.processes
      .run({
        command: path,
        args,
        cwd: dirname(path),
        timeoutMs: PROBE_MS,
        maxOutputBytes: 10_000,
        ...(signal ? { signal } : {}),
      })
      .catch((error: unknown) => {
        if (isCancelled(error)) throw error;
        return { exitCode: 1, stdout: '', stderr: '' };
      });
    const version = /\d+\.\d+(?:\.\d+)?/.exec(stdout || stderr)?.[0];
    if (exitCode !== 0 || !version) return undefined;
    const itself = args.includes(IDENTIFY) ? (stdout.split('\n')[1]?.trim() ?? '') : '';
    return { path: isAbsolute(itself) && isExecutable(itself) ? itself : path, version, origin };
  }
}

/** A doctor line for a Python tool. */
export function toolEntry(
  title: string,
  found: FoundTool | undefined,
  missing: { status: DoctorEntry['status']; detail: string; advice: string },
): DoctorEntry {
  return found
    ? {
        tool: title,
        status: 'ok',
        version: found.version,
        path: found.path,
        detail: `from ${found.origin}`,
        advice: '',
      }
    : { tool: title, version: '', path: '', ...missing };
}

/** Whether one of the named files is in the root. */
export function hasConfiguration(root: string, names: readonly string[]): boolean {
  return names.some((name) => existsSync(join(root, name)));
}
