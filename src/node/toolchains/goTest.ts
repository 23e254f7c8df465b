/** `go test` as a judge: the tests of the module that a file belongs to, with what is on this machine alone. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import { probeCommand } from './commandProbe.ts';
import { findOnPath } from './executables.ts';
import { GO_OFFLINE } from './goCompiler.ts';
import { manifestAbove } from './manifests.ts';
import { ProjectTests, type TestCommand, type TestRun } from './projectTests.ts';

const ADVICE = 'Install Go (https://go.dev/dl) to have its tests run.';

interface FailedTest {
  readonly name: string;
  /** Where it says that it failed: file in the package's folder, and line. */
  place?: { readonly file: string; readonly line: number };
}

export class GoTestToolchain extends ProjectTests {
  readonly id = 'go-test';
  readonly title = 'go test (project tests)';
  readonly languages = ['go'] as const;

  async probe(root: string, trusted: boolean, about: { path?: string } = {}): Promise<DoctorEntry> {
    const command = { tool: this.id, command: 'go', manifest: 'go.mod', advice: ADVICE };
    return probeCommand(command, root, trusted, about.path);
  }

  protected async command(root: string, path: string | undefined): Promise<TestCommand> {
    const command = findOnPath('go', { outside: root });
    if (command === undefined) throw new LodestoneError('toolMissing', 'Go is not installed.', { advice: ADVICE });
    return { command, args: ['test', './...'], project: manifestAbove(root, path, 'go.mod') ?? '.' };
  }

  protected override environmentIn(): Record<string, string> {
    return GO_OFFLINE;
  }

  protected failures({ root, project, exitCode, output }: TestRun): Diagnostic[] {
    if (exitCode === 0) return [];
    const found: Diagnostic[] = [];
    let failed: FailedTest[] = [];
    for (const line of output.split(/\r?\n/)) {
      const test = /^\s*--- FAIL: (\S+)/.exec(line);
      if (test) failed.push({ name: test[1] as string });
      const place = /^\s+(\S+_test\.go):(\d+): /.exec(line);
      const last = failed.at(-1);
      if (place && last) last.place ??= { file: place[1] as string, line: Number(place[2]) };
      const ended = /^FAIL\t(\S+)(?:\t| \[build failed\])/.exec(line);
      if (!ended) continue;
      const name = ended[1] as string;
      const folder = posix.join(project, inModule(name, join(root, project)));
      for (const { name: each, place: at } of failed)
        found.push(
          this.failure(
            at ? posix.join(folder, at.file) : '',
            at?.line ?? 1,
            `${name} ${each}`,
            `Failed: ${each} of ${name}`,
          ),
        );
      const why = line.endsWith('[build failed]') ? 'does not compile' : 'failed as a whole';
      if (failed.length === 0) found.push(this.failure('', 1, name, `The tests of ${name}: the package ${why}.`));
      failed = [];
    }
    if (found.length > 0) return found;
    const said = output
      .split('\n')
      .find((line) => line.trim() !== '' && !/^(?:# |ok\t|\?|FAIL|go: downloading )/.test(line));
    throw new LodestoneError('toolFailed', `Go could not run the tests: ${said?.trim() ?? `exit code ${exitCode}`}`, {
      advice: 'Run "go test ./..." in the module: what it needs must have been downloaded.',
    });
  }
}

/** Folder of a package below its module's; '' where the module does not say its name. */
function inModule(name: string, folder: string): string {
  const module = /^module\s+"?([^\s"]+)/m.exec(readFileSync(join(folder, 'go.mod'), 'utf8'))?.[1];
  return module !== undefined && name.startsWith(`${module}/`) ? name.slice(module.length + 1) : '';
}
