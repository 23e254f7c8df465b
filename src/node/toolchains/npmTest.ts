/** `npm test` as a judge: one verdict for the whole suite, since every runner prints its own way. */
import { join, posix } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import { readRegularText } from '../files/regularText.ts';
import { findOnPath } from './executables.ts';
import { ProjectTests, type TestCommand, type TestRun } from './projectTests.ts';

export class NpmTestToolchain extends ProjectTests {
  readonly id = 'npm-test';
  readonly title = 'npm test (project tests)';
  readonly languages = ['typescript', 'tsx', 'javascript'] as const;

  async probe(root: string, trusted: boolean, about: { path?: string } = {}): Promise<DoctorEntry> {
    const absent = { tool: this.id, version: '', path: '', advice: '' };
    if (!trusted) return { ...absent, status: 'notNeeded', detail: 'Runs in trusted workspaces only.' };
    if (testedAbove(root, about.path) === undefined)
      return { ...absent, status: 'notNeeded', detail: 'package.json has no test script.' };
    const path = findOnPath('npm');
    if (path) return { ...absent, status: 'ok', path, detail: 'from PATH' };
    return { ...absent, status: 'missing', detail: 'npm was not found.', advice: 'Install Node.js with npm.' };
  }

  protected async command(root: string, path: string | undefined): Promise<TestCommand> {
    const npm = findOnPath('npm');
    if (!npm) throw new LodestoneError('toolMissing', 'npm was not found.', { advice: 'Install Node.js with npm.' });
    return { command: npm, args: ['test', '--silent'], project: testedAbove(root, path) ?? '.' };
  }

  protected failures({ exitCode, output }: TestRun, paths: readonly string[]): Diagnostic[] {
    if (exitCode === 0) return [];
    const said = output.split('\n').findLast((line) => /fail|error|assert/i.test(line)) ?? `exit code ${exitCode}`;
    return [this.failure(paths[0] ?? 'package.json', 1, 'npm test', `npm test failed: ${said.trim().slice(0, 300)}`)];
  }
}

/** The nearest folder above a file whose package.json has a test script: that of its package, else of the workspace. */
function testedAbove(root: string, path: string | undefined): string | undefined {
  for (let folder = path === undefined ? '.' : posix.dirname(path); ; folder = posix.dirname(folder)) {
    if (testScript(join(root, folder))) return folder;
    if (folder === '.' || folder === '/') return undefined;
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
