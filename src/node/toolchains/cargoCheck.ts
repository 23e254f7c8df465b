/** `cargo check` as a judge of changes: in a copy of the repository, offline, with a build folder that lives as long as the copy. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { Diagnosis, Processes, Snapshot, Toolchain, ToolOptions } from '../../core/ports.ts';
import { probeCommand } from './commandProbe.ts';
import { findOnPath } from './executables.ts';
import { manifestAbove } from './manifests.ts';
import type { ShadowCopy } from './shadowCopy.ts';
import { snapshotText } from './snapshotText.ts';

const TIMEOUT_MS = 60_000;
const ADVICE = 'Install Rust (https://rustup.rs) to have generated Rust checked.';
/** Within the copy; no project of the repository has it. */
const TARGET = '.lodestone-target';

interface CargoMessage {
  readonly reason: string;
  readonly message?: {
    readonly level: string;
    readonly message: string;
    readonly code: { readonly code: string } | null;
    readonly spans: readonly {
      readonly file_name: string;
      readonly line_start: number;
      readonly line_end: number;
      /** From 1, in characters (code points). */
      readonly column_start: number;
      readonly column_end: number;
      readonly is_primary: boolean;
    }[];
  };
}

export class CargoCheck implements Toolchain {
  readonly id = 'cargo';
  readonly title = 'Cargo';
  readonly languages = ['rust'] as const;
  /** Build scripts and procedural macros of the project run. */
  readonly needsTrust = true;

  constructor(private readonly deps: { processes: Processes; shadow: (root: string) => ShadowCopy }) {}

  async probe(root: string, trusted: boolean, about: { path?: string } = {}): Promise<DoctorEntry> {
    const command = { tool: this.id, command: 'cargo', manifest: 'Cargo.toml', advice: ADVICE };
    return probeCommand(command, root, trusted, about.path);
  }

  async diagnose(snapshot: Snapshot, paths: readonly string[], options: ToolOptions): Promise<Diagnosis> {
    if (!options.trusted) throw new LodestoneError('untrusted', 'Cargo runs in trusted workspaces only.');
    const diagnostics: Diagnostic[] = [];
    for (const path of paths.filter((each) => each.endsWith('.rs')))
      diagnostics.push(...(await this.check(snapshot, path, options)));
    return { diagnostics, notes: [] };
  }

  async propose(): Promise<readonly []> {
    return [];
  }

  async close(): Promise<void> {
    return undefined;
  }

  private async check(snapshot: Snapshot, path: string, { signal }: ToolOptions): Promise<Diagnostic[]> {
    const { root } = snapshot;
    const project = manifestAbove(root, path, 'Cargo.toml');
    const command = findOnPath('cargo', { outside: root });
    if (command === undefined) throw new LodestoneError('toolMissing', 'Cargo is not installed.', { advice: ADVICE });
    if (project === undefined) throw failed(`no Cargo.toml above ${path}`);
    const text = (await snapshotText(snapshot, path)) ?? '';
    const tests = /(?:^|\/)(?:tests|benches|examples)\//.test(path) || text.includes('#[cfg(test)]');
    return this.deps.shadow(root).use(snapshot, async (folder) => {
      const target = join(folder, TARGET);
      const { stdout, stderr, exitCode, timedOut } = await this.deps.processes.run({
        command,
        args: ['check', '--offline', '--message-format', 'json', ...(tests ? ['--all-targets'] : [])],
        cwd: join(folder, project),
        env: { CARGO_TARGET_DIR: target, CARGO_TERM_COLOR: 'never' },
        timeoutMs: TIMEOUT_MS,
        ...(signal ? { signal } : {}),
      });
      if (timedOut) throw new LodestoneError('toolTimedOut', `Cargo did not end within ${TIMEOUT_MS / 1000} seconds.`);
      const own = parse(stdout, path, project, text);
      if (exitCode !== 0 && own.length === 0) throw failed(lastError(stderr));
      if (exitCode === 0 && !wasCompiled(target, path)) throw failed(`${path} belongs to none of its targets`);
      return own;
    });
  }
}

function failed(why: string): LodestoneError {
  return new LodestoneError('toolFailed', `Cargo could not check the package: ${why}`, {
    advice: 'Run "cargo check" in its folder: its crates must have been downloaded and the rest of it must compile.',
  });
}

/** Spans name files relative to the workspace's root, which may be above the package: the end of the path must agree. */
function parse(stdout: string, path: string, project: string, text: string): Diagnostic[] {
  const lines = text.split('\n');
  const column = (line: number, from: number) =>
    [...(lines[line - 1] ?? '')].slice(0, Math.max(0, from - 1)).join('').length + 1;
  const inProject = posix.relative(project, path);
  const found = new Map<string, Diagnostic>();
  for (const row of stdout.split('\n')) {
    if (!row.startsWith('{')) continue;
    const { reason, message } = JSON.parse(row) as CargoMessage;
    const span = message?.spans.find(({ is_primary }) => is_primary);
    if (reason !== 'compiler-message' || message?.level !== 'error' || !span) continue;
    const file = span.file_name.replaceAll('\\', '/');
    if (file !== path && file !== inProject && !path.endsWith(`/${file}`)) continue;
    const diagnostic: Diagnostic = {
      ...{ path, line: span.line_start, column: column(span.line_start, span.column_start) },
      ...{ endLine: span.line_end, endColumn: column(span.line_end, span.column_end) },
      ...{ code: message.code?.code ?? '', message: message.message, severity: 'error', tool: 'cargo' },
      category: message.code?.code === 'E0425' ? 'undefined variable' : 'compiler-specific',
    };
    // A file of several targets is checked for each.
    found.set(`${diagnostic.line}:${diagnostic.column}:${diagnostic.message}`, diagnostic);
  }
  return [...found.values()];
}

/** Whether the compiler's own lists of the sources that it read name the file. */
function wasCompiled(target: string, path: string): boolean {
  const lists = join(target, 'debug', 'deps');
  if (!existsSync(lists)) return false;
  const ending = path.split('/').slice(-2).join('/');
  return readdirSync(lists).some(
    (name) => name.endsWith('.d') && readFileSync(join(lists, name), 'utf8').replaceAll('\\ ', ' ').includes(ending),
  );
}

const lastError = (stderr: string): string =>
  /^error(?:\[\w+\])?: (.*)$/m.exec(stderr)?.[1] ?? stderr.trim().split('\n').at(-1) ?? '';
