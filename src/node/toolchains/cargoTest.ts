/** `cargo test` as a judge: the tests of the package that a file belongs to, in a copy, with the crates that are on this machine. */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import { probeCommand } from './commandProbe.ts';
import { findOnPath } from './executables.ts';
import { manifestAbove } from './manifests.ts';
import { ProjectTests, type TestCommand, type TestRun } from './projectTests.ts';

const ADVICE = 'Install Rust (https://rustup.rs) to have its tests run.';
/** Within the copy; no project of the repository has it. */
const TARGET = '.lodestone-target-tests';

export class CargoTestToolchain extends ProjectTests {
  readonly id = 'cargo-test';
  readonly title = 'cargo test (project tests)';
  readonly languages = ['rust'] as const;

  async probe(root: string, trusted: boolean, about: { path?: string } = {}): Promise<DoctorEntry> {
    const command = { tool: this.id, command: 'cargo', manifest: 'Cargo.toml', advice: ADVICE };
    return probeCommand(command, root, trusted, about.path);
  }

  protected async command(root: string, path: string | undefined): Promise<TestCommand> {
    const command = findOnPath('cargo', { outside: root });
    if (command === undefined) throw new LodestoneError('toolMissing', 'Cargo is not installed.', { advice: ADVICE });
    const project = manifestAbove(root, path, 'Cargo.toml') ?? '.';
    return { command, args: ['test', '--offline', '--no-fail-fast'], project };
  }

  protected override environmentIn(folder: string): Record<string, string> {
    return { CARGO_TARGET_DIR: join(folder, TARGET), CARGO_TERM_COLOR: 'never' };
  }

  protected failures({ root, project, exitCode, output }: TestRun): Diagnostic[] {
    if (exitCode === 0) return [];
    const places = new Map(
      [...output.matchAll(/^thread '(.+?)'(?: \(\d+\))? panicked at (.+?):(\d+):\d+/gm)].map(
        ([, test = '', file = '', line]) =>
          [test, { path: inRepository(root, project, file), line: Number(line) }] as const,
      ),
    );
    const found = [...output.matchAll(/^test (.+?) \.\.\. FAILED$/gm)].map(([, name = '']) => {
      const { path, line } = places.get(name) ?? { path: '', line: 1 };
      return this.failure(path, line, name, `Failed: ${name}`);
    });
    if (found.length > 0) return found;
    const said = /^error(?:\[\w+\])?: (.*)$/m.exec(output)?.[1] ?? `exit code ${exitCode}`;
    if (/^error: (?:could not compile|test failed)/m.test(output))
      return [this.failure('', 1, 'cargo test', `cargo test failed as a whole: ${said}`)];
    throw new LodestoneError('toolFailed', `Cargo could not run the tests: ${said}`, {
      advice: 'Run "cargo test" in the package: its crates must have been downloaded.',
    });
  }
}

/** Files are named from the workspace's root, which may be above the package; '' for one that is not there. */
function inRepository(root: string, project: string, file: string): string {
  const named = file.replaceAll('\\', '/');
  for (let folder = project; ; folder = posix.dirname(folder)) {
    const path = posix.join(folder, named);
    if (existsSync(join(root, path))) return path;
    if (folder === '.' || folder === '/') return '';
  }
}
