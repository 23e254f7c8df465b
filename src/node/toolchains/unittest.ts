/** unittest as a judge: the tests of a Python project without pytest, and Django's by its manage.py. */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { TestCommand, TestRun } from './projectTests.ts';
import { managedAbove, PythonTests } from './pythonTests.ts';

const MISSING = { message: 'No Python was found.', advice: 'Install Python 3.8 or later, or select an interpreter.' };

export class UnittestToolchain extends PythonTests {
  readonly id = 'unittest';
  readonly title = 'unittest (project tests)';

  async probe(root: string, trusted: boolean, about: { path?: string } = {}): Promise<DoctorEntry> {
    const absent = { tool: this.id, version: '', path: '', advice: '' };
    if (!trusted) return { ...absent, status: 'notNeeded', detail: 'Runs in trusted workspaces only.' };
    const managed = managedAbove(root, about.path) !== undefined;
    if (!managed && (await this.environment.tool('pytest', root, trusted)))
      return { ...absent, status: 'notNeeded', detail: 'pytest runs the tests.' };
    const python = await this.environment.interpreter(root, trusted);
    if (!python) return { ...absent, status: 'missing', detail: MISSING.message, advice: MISSING.advice };
    const { version, path, origin } = python;
    return { ...absent, status: 'ok', version, path, detail: `${managed ? 'manage.py test, ' : ''}from ${origin}` };
  }

  protected async command(root: string, path: string | undefined): Promise<TestCommand> {
    const python = await this.environment.interpreter(root, true);
    if (!python) throw new LodestoneError('toolMissing', MISSING.message, { advice: MISSING.advice });
    const project = managedAbove(root, path);
    if (project === undefined) return { command: python.path, args: ['-m', 'unittest', 'discover'] };
    return { command: python.path, args: ['manage.py', 'test', '--noinput'], project };
  }

  protected failures({ root, project, exitCode, output }: TestRun): Diagnostic[] {
    const ran = Number(/^Ran (\d+) tests? in /m.exec(output)?.[1] ?? 0);
    const found = reports(output).map(({ kind, test, body }) => {
      const module = moduleOf(test, (path) => existsSync(join(root, project, path)));
      // The last frame in the test's own file.
      const frame = [...body.matchAll(/^ +File "(.+?)", line (\d+)/gm)].findLast(
        ([, file]) => module !== '' && (file as string).replaceAll('\\', '/').endsWith(`/${module}`),
      );
      const reason =
        body.split('\n').findLast((line) => /^\w[\w.]*(?:Error|Exception|Warning|Exit)\b/.test(line)) ?? '';
      const said = `${kind === 'ERROR' ? 'Error in' : 'Failed:'} ${test}${reason ? `: ${reason.trim().slice(0, 300)}` : ''}`;
      return this.failure(module && posix.join(project, module), Number(frame?.[2] ?? 1), test, said);
    });
    if (found.length > 0) return found;
    if (exitCode === 0 && ran > 0) return [];
    if (exitCode === 0 || /^(?:Ran 0 tests|NO TESTS RAN)/m.test(output))
      throw new LodestoneError('toolFailed', 'unittest found no tests.', {
        advice: 'Install pytest if the project’s tests are written for it.',
      });
    const said = output.split('\n').findLast((line) => /Error\b/.test(line)) ?? `exit code ${exitCode}`;
    const command = managedAbove(root, posix.join(project, 'manage.py')) ? 'manage.py test' : '-m unittest discover';
    throw new LodestoneError('toolFailed', `Python could not run the tests: ${said.trim().slice(0, 300)}`, {
      advice: `Run "python ${command}" in the project to see all of it.`,
    });
  }
}

interface Report {
  readonly kind: string;
  /** `package.module.Class.test`; a module alone where it cannot be imported. */
  readonly test: string;
  readonly body: string;
}

const REPORT = /^={70}\r?\n(FAIL|ERROR): (.+)\r?\n(?:.*\r?\n)?-{70}\r?\n([\s\S]*?)(?=^={70}\r?\n|^-{70}\r?\nRan )/gm;

/** What unittest says of each failed test. Before Python 3.11 the class is named without the test. */
function reports(output: string): Report[] {
  return [...output.matchAll(REPORT)].map(([, kind = '', title = '', body = '']) => {
    const [, name = title, within = ''] = /^(\S+) \(([\w.]+)\)/.exec(title) ?? [];
    const isWhole = within === name || within.endsWith(`.${name}`);
    const test = within.startsWith('unittest.loader.') ? name : isWhole ? within : `${within}.${name}`;
    return { kind, test, body };
  });
}

/** Path of the module that a test is in; '' where there is none. */
function moduleOf(test: string, exists: (path: string) => boolean): string {
  const parts = test.split('.');
  for (let count = parts.length; count > 0; count--) {
    const path = `${parts.slice(0, count).join('/')}.py`;
    if (exists(path)) return path;
  }
  return '';
}
