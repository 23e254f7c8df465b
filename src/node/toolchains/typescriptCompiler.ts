/** The project's own tsc as a judge where it is TypeScript 7, which has no language service: run in a shadow copy, when trusted. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { FixCandidate } from '../../core/healing/heal.ts';
import type { Diagnosis, Processes, Snapshot, Toolchain } from '../../core/ports.ts';
import type { ShadowCopy } from './shadowCopy.ts';
import { typescriptCategory } from './typescriptCategories.ts';
import { nearestConfig, workspaceTypeScript } from './typescriptConfig.ts';

const TIMEOUT_MS = 120_000;
/** `path(line,column): error TS2322: message`, as tsc writes with `--pretty false`. */
const LINE = /^(.+?)\((\d+),(\d+)\): error TS(\d+): (.*)$/;

export interface TypeScriptCompilerDeps {
  readonly processes: Processes;
  readonly shadow: (root: string) => ShadowCopy;
}

/** Judges a finished repair; proposes nothing. */
export class TypeScriptCompiler implements Toolchain {
  readonly id = 'tsc';
  readonly title = "The project's own TypeScript compiler";
  readonly languages = ['typescript', 'tsx', 'javascript'] as const;
  readonly needsTrust = true;

  constructor(private readonly deps: TypeScriptCompilerDeps) {}

  async probe(root: string, _trusted: boolean, about: { path?: string } = {}): Promise<DoctorEntry> {
    const used = workspaceTypeScript(root, about.path === undefined ? root : dirname(join(root, about.path)));
    const entry = { tool: 'tsc', version: used?.version ?? '', path: used?.path ?? '', advice: '' };
    if (!used || used.major < 7) {
      return { ...entry, status: 'notNeeded', detail: 'The language service speaks for this TypeScript version.' };
    }
    if (!used.path || !existsSync(join(used.path, 'bin/tsc'))) {
      const detail = `TypeScript ${used.version} is asked for, but not installed.`;
      return { ...entry, status: 'missing', detail, advice: "Install the repository's packages (npm install)." };
    }
    return { ...entry, status: 'ok', detail: 'Checks the result of a heal.' };
  }

  /** Errors of the whole project that `paths` belong to: whatever the repair broke anywhere shows. */
  async diagnose(
    snapshot: Snapshot,
    paths: readonly string[],
    options: { signal?: AbortSignal; trusted: boolean },
  ): Promise<Diagnosis> {
    if (!options.trusted) throw new LodestoneError('untrusted', "The project's own compiler runs only when trusted.");
    const { root } = snapshot;
    const configs = new Set(paths.map((path) => nearestConfig(root, join(root, path))));
    return this.deps.shadow(root).use(snapshot, async (folder) => {
      const diagnostics: Diagnostic[] = [];
      for (const config of [...configs].sort()) {
        if (!config) continue;
        const found = workspaceTypeScript(root, dirname(config));
        if (!found?.path) continue;
        const cwd = join(folder, relative(root, dirname(config)));
        const { stdout, stderr, exitCode, timedOut } = await this.deps.processes.run({
          command: process.execPath,
          args: [
            join(realpathSync(found.path), 'bin/tsc'),
            '-p',
            join(folder, relative(root, config)),
            '--noEmit',
            '--pretty',
            'false',
          ],
          cwd,
          env: { ELECTRON_RUN_AS_NODE: '1', NO_COLOR: '1' },
          timeoutMs: TIMEOUT_MS,
          ...(options.signal ? { signal: options.signal } : {}),
        });
        if (timedOut) throw new LodestoneError('toolTimedOut', `tsc gave no answer in ${TIMEOUT_MS / 1000} s.`);
        const errors = parseTsc(stdout, (file) => relative(folder, join(cwd, file)).split(sep).join('/'));
        if (exitCode !== 0 && !errors.length) {
          throw new LodestoneError(
            'toolFailed',
            `tsc failed (exit ${exitCode}): ${(stderr || stdout).trim().slice(0, 300)}`,
          );
        }
        diagnostics.push(...errors);
      }
      return { diagnostics, notes: [] };
    });
  }

  async propose(): Promise<readonly FixCandidate[]> {
    return [];
  }

  async close(): Promise<void> {
    // The shadow copy belongs to whoever made it.
  }
}

/** tsc's plain lines as diagnostics; continuation lines belong to the message above them. */
export function parseTsc(output: string, toPath: (file: string) => string): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const line of output.split(/\r?\n/)) {
    const match = LINE.exec(line);
    if (!match) continue;
    const [, file, row, column, code, message] = match as unknown as [string, string, string, string, string, string];
    diagnostics.push({
      path: toPath(file),
      line: Number(row),
      column: Number(column),
      endLine: Number(row),
      endColumn: Number(column),
      code: `TS${code}`,
      category: typescriptCategory(Number(code)),
      severity: 'error',
      message,
      tool: 'tsc',
    });
  }
  return diagnostics;
}
