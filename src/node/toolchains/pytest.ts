/** pytest as a judge: the tests of a Python project. */
import { LodestoneError } from '../../base/errors.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { TestCommand, TestRun } from './projectTests.ts';
import { managedAbove, PythonTests } from './pythonTests.ts';

export class PytestToolchain extends PythonTests {
  readonly id = 'pytest';
  readonly title = 'pytest (project tests)';

  async probe(root: string, trusted: boolean, about: { path?: string } = {}): Promise<DoctorEntry> {
    const absent = { tool: this.id, version: '', path: '', advice: '' };
    if (!trusted) return { ...absent, status: 'notNeeded', detail: 'Runs in trusted workspaces only.' };
    if (managedAbove(root, about.path) !== undefined)
      return { ...absent, status: 'notNeeded', detail: 'manage.py runs the tests.' };
    const found = await this.environment.tool('pytest', root, trusted);
    if (!found) return { ...absent, status: 'notNeeded', detail: 'Not installed.' };
    return { ...absent, status: 'ok', version: found.version, path: found.path, detail: `from ${found.origin}` };
  }

  protected async command(root: string): Promise<TestCommand> {
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
    if (exitCode === 0) return [];
    // No tests were collected.
    if (exitCode === 5) throw new LodestoneError('toolFailed', 'pytest found no tests.');
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
    const said = output.split('\n').findLast((line) => /Error/.test(line)) ?? '';
    if (!found.length)
      found.push(this.failure('', 1, 'pytest', `pytest ended with exit code ${exitCode}. ${said.trim()}`.trim()));
    return found;
  }
}
