/** The project's own tests as a judge: run on request, in trusted workspaces, in a shadow copy, never in the user's tree. */
import { delimiter, join } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { neutralise } from '../../base/neutralise.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { FixCandidate } from '../../core/healing/heal.ts';
import type { LanguageId } from '../../core/languages.ts';
import type { Diagnosis, Processes, Snapshot, Toolchain } from '../../core/ports.ts';
import { readRegularText } from '../files/regularText.ts';
import { findOnPath } from './executables.ts';
import type { PythonEnvironment } from './pythonEnvironment.ts';
import type { ShadowCopy } from './shadowCopy.ts';

const TIMEOUT_MS = 300_000;

export interface ProjectTestsDeps {
  readonly processes: Processes;
  readonly shadow: (root: string) => ShadowCopy;
}

interface TestRun {
  readonly exitCode: number | null;
  readonly output: string;
}

abstract class ProjectTests implements Toolchain {
  abstract readonly id: string;
  abstract readonly title: string;
  abstract readonly languages: readonly LanguageId[];
  readonly needsTrust = true;

  constructor(protected readonly deps: ProjectTestsDeps) {}

  abstract probe(root: string, trusted: boolean): Promise<DoctorEntry>;
  protected abstract command(root: string): Promise<{ command: string; args: string[] }>;
  /** What else the runner is told in the copy's folder. */
  protected environmentIn(_folder: string): Record<string, string> {
    return {};
  }
  protected abstract failures(run: TestRun, paths: readonly string[]): Diagnostic[];

  /** One diagnostic per failing test, at the test's place where the runner says it. */
  async diagnose(
    snapshot: Snapshot,
    paths: readonly string[],
    options: { signal?: AbortSignal; trusted: boolean },
  ): Promise<Diagnosis> {
    if (!options.trusted) throw new LodestoneError('untrusted', 'Tests run in trusted workspaces only.');
    const { command, args } = await this.command(snapshot.root);
    return this.deps.shadow(snapshot.root).use(snapshot, async (folder) => {
      const { exitCode, stdout, stderr, timedOut } = await this.deps.processes.run({
        command,
        args,
        cwd: folder,
        env: { NO_COLOR: '1', CI: '1', ...this.environmentIn(folder) },
        timeoutMs: TIMEOUT_MS,
        ...(options.signal ? { signal: options.signal } : {}),
      });
      if (timedOut)
        throw new LodestoneError('toolTimedOut', `The tests did not end within ${TIMEOUT_MS / 1000} seconds.`);
      return { diagnostics: this.failures({ exitCode, output: `${stdout}\n${stderr}` }, paths), notes: [] };
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

export class PytestToolchain extends ProjectTests {
  readonly id = 'pytest';
  readonly title = 'pytest (project tests)';
  readonly languages = ['python'] as const;

  constructor(
    deps: ProjectTestsDeps,
    private readonly environment: PythonEnvironment,
  ) {
    super(deps);
  }

  async probe(root: string, trusted: boolean): Promise<DoctorEntry> {
    const absent = { tool: this.id, version: '', path: '', advice: '' };
    if (!trusted) return { ...absent, status: 'notNeeded', detail: 'Runs in trusted workspaces only.' };
    const found = await this.environment.tool('pytest', root, trusted);
    if (!found) return { ...absent, status: 'notNeeded', detail: 'Not installed.' };
    return { ...absent, status: 'ok', version: found.version, path: found.path, detail: `from ${found.origin}` };
  }

  /** A package that is installed in place (`pip install -e`) must be the copy's, not the user's. */
  protected override environmentIn(folder: string): Record<string, string> {
    const paths = [join(folder, 'src'), folder, ...(process.env.PYTHONPATH ? [process.env.PYTHONPATH] : [])];
    return { PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: paths.join(delimiter) };
  }

  protected async command(root: string): Promise<{ command: string; args: string[] }> {
    const args = ['-q', '--no-header', '-p', 'no:cacheprovider', '-rfE', '--tb=line', '--color=no'];
    // As a module of the interpreter where that has it: the copy's folder is then importable, as in the project.
    const found = await this.environment.tool('pytest', root, true);
    const interpreter = await this.environment.interpreter(root, true);
    if (interpreter) {
      const probe = await this.deps.processes.run({
        command: interpreter.path,
        args: ['-c', 'import pytest'],
        cwd: root,
        timeoutMs: 20_000,
      });
      if (probe.exitCode === 0) return { command: interpreter.path, args: ['-m', 'pytest', ...args] };
    }
    if (!found) throw new LodestoneError('toolMissing', 'pytest is not installed.');
    return { command: found.path, args };
  }

  protected failures({ exitCode, output }: TestRun): Diagnostic[] {
    // 0: all passed; 5: no tests were collected, which proves nothing and breaks nothing.
    if (exitCode === 0 || exitCode === 5) return [];
    const found: Diagnostic[] = [];
    for (const [, kind, id, reason] of output.matchAll(/^(FAILED|ERROR) (.+?)(?: - (.*))?$/gm)) {
      const path = (id as string).split('::')[0] as string;
      found.push(
        this.failure(
          path,
          1,
          id as string,
          `${kind === 'ERROR' ? 'Error in' : 'Failed:'} ${id}${reason ? `: ${reason}` : ''}`,
        ),
      );
    }
    if (!found.length) found.push(this.failure('', 1, 'pytest', `pytest ended with exit code ${exitCode}.`));
    return found;
  }
}

/** `npm test`: one verdict for the whole suite, since every runner prints its own way. */
export class NpmTestToolchain extends ProjectTests {
  readonly id = 'npm-test';
  readonly title = 'npm test (project tests)';
  readonly languages = ['typescript', 'tsx', 'javascript'] as const;

  async probe(root: string, trusted: boolean): Promise<DoctorEntry> {
    const absent = { tool: this.id, version: '', path: '', advice: '' };
    if (!trusted) return { ...absent, status: 'notNeeded', detail: 'Runs in trusted workspaces only.' };
    if (!testScript(root)) return { ...absent, status: 'notNeeded', detail: 'package.json has no test script.' };
    const path = findOnPath('npm');
    if (path) return { ...absent, status: 'ok', path, detail: 'from PATH' };
    return { ...absent, status: 'missing', detail: 'npm was not found.', advice: 'Install Node.js with npm.' };
  }

  protected async command(): Promise<{ command: string; args: string[] }> {
    const npm = findOnPath('npm');
    if (!npm) throw new LodestoneError('toolMissing', 'npm was not found.', { advice: 'Install Node.js with npm.' });
    return { command: npm, args: ['test', '--silent'] };
  }

  protected failures({ exitCode, output }: TestRun, paths: readonly string[]): Diagnostic[] {
    if (exitCode === 0) return [];
    const said = output.split('\n').findLast((line) => /fail|error|assert/i.test(line)) ?? `exit code ${exitCode}`;
    return [this.failure(paths[0] ?? 'package.json', 1, 'npm test', `npm test failed: ${said.trim().slice(0, 300)}`)];
  }
}

function testScript(root: string): string | undefined {
  try {
    const { scripts } = JSON.parse(readRegularText(join(root, 'package.json')) ?? '{}') as {
      scripts?: { test?: string };
    };
    // npm's own placeholder always fails.
    return scripts?.test?.includes('no test specified') ? undefined : scripts?.test;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
