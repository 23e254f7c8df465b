/** The project's own tests as a judge: run on request, in trusted workspaces, in a shadow copy, never in the user's tree. */
import { join } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { neutralise } from '../../base/neutralise.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { FixCandidate } from '../../core/healing/heal.ts';
import type { LanguageId } from '../../core/languages.ts';
import type { Diagnosis, Processes, Snapshot, Toolchain } from '../../core/ports.ts';
import type { ShadowCopy } from './shadowCopy.ts';

const TIMEOUT_MS = 300_000;

export interface ProjectTestsDeps {
  readonly processes: Processes;
  readonly shadow: (root: string) => ShadowCopy;
}

export interface TestCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Repository-relative folder in which it runs; absent: the root. */
  readonly project?: string;
}

export interface TestRun {
  readonly root: string;
  readonly project: string;
  readonly exitCode: number | null;
  readonly output: string;
}

export abstract class ProjectTests implements Toolchain {
  abstract readonly id: string;
  abstract readonly title: string;
  abstract readonly languages: readonly LanguageId[];
  readonly needsTrust = true;

  constructor(protected readonly deps: ProjectTestsDeps) {}

  abstract probe(root: string, trusted: boolean, about?: { path?: string }): Promise<DoctorEntry>;
  /** How the tests are run that see a file. */
  protected abstract command(root: string, path: string | undefined): Promise<TestCommand>;
  /** What else the runner is told in the copy's folder. */
  protected environmentIn(_folder: string): Record<string, string> {
    return {};
  }
  /** None where all passed. Throws toolFailed where nothing was tested. */
  protected abstract failures(run: TestRun, paths: readonly string[]): Diagnostic[];

  /** One diagnostic per failing test, at the test's place where the runner says it. */
  async diagnose(
    snapshot: Snapshot,
    paths: readonly string[],
    options: { signal?: AbortSignal; trusted: boolean },
  ): Promise<Diagnosis> {
    if (!options.trusted) throw new LodestoneError('untrusted', 'Tests run in trusted workspaces only.');
    const { root } = snapshot;
    const { command, args, project = '.' } = await this.command(root, paths[0]);
    return this.deps.shadow(root).use(snapshot, async (folder) => {
      const { exitCode, stdout, stderr, timedOut } = await this.deps.processes.run({
        command,
        args,
        cwd: join(folder, project),
        env: { NO_COLOR: '1', CI: '1', ...this.environmentIn(folder) },
        timeoutMs: TIMEOUT_MS,
        ...(options.signal ? { signal: options.signal } : {}),
      });
      if (timedOut)
        throw new LodestoneError('toolTimedOut', `The tests did not end within ${TIMEOUT_MS / 1000} seconds.`);
      const run = { root, project, exitCode, output: `${stdout}\n${stderr}` };
      return { diagnostics: this.failures(run, paths), notes: [] };
    });
  }

  async propose(): Promise<readonly FixCandidate[]> {
    return [];
  }

  async close(): Promise<void> {
    return undefined;
  }

  protected failure(path: string, line: number, code: string, message: string): Diagnostic {
    const text = neutralise(message, { oneLine: true });
    const place = { line, column: 1, endLine: line, endColumn: 1 };
    return { path, ...place, code, category: 'test failure', severity: 'error', message: text, tool: this.id };
  }
}
