/** What mypy and pyright have in common: run in a shadow copy, in trusted workspaces, where the project uses them. */
import { join } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { neutralise } from '../../base/neutralise.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic, DiagnosticCategory } from '../../core/healing/diagnostic.ts';
import type { FixCandidate } from '../../core/healing/heal.ts';
import type { Diagnosis, Processes, Snapshot, Toolchain } from '../../core/ports.ts';
import { readRegularText } from '../files/regularText.ts';
import { isPython } from './python.ts';
import { type PythonEnvironment, toolEntry } from './pythonEnvironment.ts';
import type { ShadowCopy } from './shadowCopy.ts';

const TIMEOUT_MS = 60_000;

/** An entry of src/data/toolchains/typecheckers.json. */
export interface TypeCheckerData {
  /** Files (and the text they must hold) that show that the project uses the checker. */
  readonly configured: readonly { readonly file: string; readonly section: string }[];
  readonly categories: Readonly<Record<string, DiagnosticCategory>>;
  /** Codes that are warnings. */
  readonly warnings: readonly string[];
}

export interface TypeCheckerDeps {
  readonly environment: PythonEnvironment;
  readonly processes: Processes;
  readonly shadow: (root: string) => ShadowCopy;
  readonly data: TypeCheckerData;
}

export abstract class PythonTypeChecker implements Toolchain {
  readonly languages = ['python'] as const;
  /** Plugins and import hooks of the project run inside these tools. */
  readonly needsTrust = true;
  abstract readonly id: string;
  abstract readonly title: string;

  constructor(protected readonly deps: TypeCheckerDeps) {}

  async probe(root: string, trusted: boolean, about: { signal?: AbortSignal } = {}): Promise<DoctorEntry> {
    const { environment, data } = this.deps;
    const absent = { tool: this.id, version: '', path: '', advice: '' };
    if (!trusted) return { ...absent, status: 'notNeeded', detail: 'Runs in trusted workspaces only.' };
    if (!isConfigured(root, data)) return { ...absent, status: 'notNeeded', detail: 'The project does not use it.' };
    return toolEntry(this.id, await environment.tool(this.id, root, trusted, about.signal), {
      status: 'missing',
      detail: `The project uses ${this.title}, which was not found.`,
      advice: `Install it, e.g. with "pip install ${this.id}".`,
    });
  }

  async diagnose(
    snapshot: Snapshot,
    paths: readonly string[],
    options: { signal?: AbortSignal; trusted: boolean },
  ): Promise<Diagnosis> {
    const mine = paths.filter(isPython);
    if (!mine.length) return { diagnostics: [], notes: [] };
    if (!options.trusted) throw new LodestoneError('untrusted', `${this.title} runs in trusted workspaces only.`);
    const { environment, processes, shadow } = this.deps;
    const found = await environment.tool(this.id, snapshot.root, true, options.signal);
    if (!found) throw new LodestoneError('toolMissing', `${this.title} is not installed.`);
    const interpreter = (await environment.interpreter(snapshot.root, true, options.signal))?.path;
    return shadow(snapshot.root).use(snapshot, async (folder) => {
      const { stdout, stderr, exitCode, timedOut } = await processes.run({
        command: found.path,
        args: this.arguments(mine, interpreter),
        cwd: folder,
        env: { NO_COLOR: '1', PYRIGHT_PYTHON_IGNORE_WARNINGS: '1' },
        timeoutMs: TIMEOUT_MS,
        ...(options.signal ? { signal: options.signal } : {}),
      });
      if (timedOut)
        throw new LodestoneError('toolTimedOut', `${this.title} did not end within ${TIMEOUT_MS / 1000} seconds.`);
      const all = this.parse(stdout, folder, (path) => readRegularText(join(folder, path)));
      if (!all || exitCode === null || exitCode > 2) {
        const last = neutralise((stderr || stdout).trim().split('\n').at(-1) ?? '', { oneLine: true });
        throw new LodestoneError('toolFailed', `${this.title} failed: ${last}`, {
          advice: `Run ${this.id} in the repository: its configuration may be broken, or it may be too old for JSON output.`,
        });
      }
      // Syntax is the compiler's business; the checkers stop there.
      const diagnostics = all.filter(({ path, category }) => category !== 'syntax' && mine.includes(path));
      return { diagnostics, notes: [] };
    });
  }

  /** They report; what they report is answered by fix rules. */
  async propose(): Promise<readonly FixCandidate[]> {
    return [];
  }

  async close(): Promise<void> {
    return undefined;
  }

  protected abstract arguments(paths: readonly string[], interpreter: string | undefined): string[];

  /** Diagnostics of the tool's output; undefined if it is not what was asked for. */
  protected abstract parse(
    stdout: string,
    folder: string,
    text: (path: string) => string | undefined,
  ): Diagnostic[] | undefined;

  protected categoryOf(code: string): DiagnosticCategory {
    return this.deps.data.categories[code] ?? 'compiler-specific';
  }

  protected severityOf(code: string, severity: string): Diagnostic['severity'] {
    return severity === 'error' && !this.deps.data.warnings.includes(code) ? 'error' : 'warning';
  }
}

function isConfigured(root: string, { configured }: TypeCheckerData): boolean {
  return configured.some(({ file, section }) => readRegularText(join(root, file))?.includes(section) ?? false);
}
