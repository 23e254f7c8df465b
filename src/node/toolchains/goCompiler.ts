/** The Go compiler as a judge of changes: builds a file's package with an overlay, so that nothing in the repository is written. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { Diagnosis, Processes, Snapshot, Toolchain, ToolOptions } from '../../core/ports.ts';
import { probeCommand } from './commandProbe.ts';
import { findOnPath } from './executables.ts';
import { snapshotText } from './snapshotText.ts';

const TIMEOUT_MS = 60_000;
const ADVICE = 'Install Go (https://go.dev/dl) to have generated Go compiled.';
/** Nothing is fetched: neither modules nor another Go that go.mod may ask for. */
export const GO_OFFLINE = { GOPROXY: 'off', GOTOOLCHAIN: 'local', GOFLAGS: '' };

export class GoCompiler implements Toolchain {
  readonly id = 'go';
  readonly title = 'Go';
  readonly languages = ['go'] as const;
  /** cgo runs the C compiler with the package's own flags. */
  readonly needsTrust = true;

  constructor(private readonly processes: Processes) {}

  async probe(root: string, trusted: boolean, about: { path?: string } = {}): Promise<DoctorEntry> {
    const command = { tool: this.id, command: 'go', manifest: 'go.mod', advice: ADVICE };
    return probeCommand(command, root, trusted, about.path);
  }

  async diagnose(snapshot: Snapshot, paths: readonly string[], options: ToolOptions): Promise<Diagnosis> {
    if (!options.trusted) throw new LodestoneError('untrusted', 'Go runs in trusted workspaces only.');
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lodestone-go-')));
    try {
      const overlay = writeOverlay(snapshot, folder);
      const diagnostics: Diagnostic[] = [];
      for (const path of paths.filter((each) => each.endsWith('.go')))
        diagnostics.push(...(await this.compile(snapshot, path, overlay, options)));
      return { diagnostics, notes: [] };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async propose(): Promise<readonly []> {
    return [];
  }

  async close(): Promise<void> {
    return undefined;
  }

  private async compile(
    snapshot: Snapshot,
    path: string,
    { file: overlay, copies }: ReturnType<typeof writeOverlay>,
    { signal }: ToolOptions,
  ): Promise<Diagnostic[]> {
    const cwd = join(snapshot.root, dirname(path));
    const command = findOnPath('go', { outside: snapshot.root });
    if (command === undefined) throw new LodestoneError('toolMissing', 'Go is not installed.', { advice: ADVICE });
    const run = async (...args: string[]) => {
      const call = { command, args, cwd, env: GO_OFFLINE, timeoutMs: TIMEOUT_MS, ...(signal ? { signal } : {}) };
      const ended = await this.processes.run(call);
      if (!ended.timedOut) return ended;
      throw new LodestoneError('toolTimedOut', `Go did not end within ${TIMEOUT_MS / 1000} seconds.`);
    };
    const lists = '{{.GoFiles}}{{.CgoFiles}}{{.TestGoFiles}}{{.XTestGoFiles}}';
    const listed = await run('list', '-e', '-f', lists, '-overlay', overlay, '.');
    if (!listed.stdout.split(/[\s[\]]+/).includes(basename(path)))
      throw failed(firstLine(listed.stderr) || `${path} is left out of the build on this machine.`);
    const build = path.endsWith('_test.go') ? ['test', '-c'] : ['build'];
    const { exitCode, stdout, stderr } = await run(
      ...[...build, '-gcflags=-e', '-o', devNull, '-overlay', overlay, '.'],
    );
    if (exitCode === 0) return [];
    const said = `${stdout}\n${stderr}`;
    const own = [join(cwd, basename(path)), copies.get(path)];
    const errors = errorsIn(said, cwd);
    // Else something that it needs is at fault (another package, a module that is missing), and nobody looked at it.
    if (!errors.some(({ file }) => dirname(file) === cwd || own.includes(file))) throw failed(firstLine(said));
    const text = (await snapshotText(snapshot, path)) ?? '';
    return errors.filter(({ file }) => own.includes(file)).map((error) => diagnosticOf(error, path, text));
  }
}

function failed(why: string): LodestoneError {
  return new LodestoneError('toolFailed', `Go could not compile the package: ${why}`, {
    advice: 'Run "go build" in its folder: its modules must have been downloaded and the rest of it must compile.',
  });
}

/** The file of go's `-overlay` option, and the copies that it names by path: the compiler calls the files by these names. */
function writeOverlay({ root, overlay }: Snapshot, folder: string): { file: string; copies: Map<string, string> } {
  const copies = new Map<string, string>();
  const replace: Record<string, string> = {};
  for (const [path, text] of overlay) {
    const copy = join(folder, `${copies.size}.go`);
    writeFileSync(copy, text);
    copies.set(path, copy);
    replace[join(root, path)] = copy;
  }
  const file = join(folder, 'overlay.json');
  writeFileSync(file, JSON.stringify({ Replace: replace }));
  return { file, copies };
}

interface GoError {
  /** Absolute. */
  readonly file: string;
  readonly line: number;
  /** From 1, in bytes. */
  readonly column: number;
  readonly message: string;
}

/** `./a.go:13:30: undefined: nope`, below a line "# package"; without that nothing was compiled. Further lines of a message are indented. */
function errorsIn(said: string, cwd: string): GoError[] {
  if (!/^# /m.test(said)) return [];
  return [...said.matchAll(/^(\S.*?\.go):(\d+):(\d+): (.*)$/gm)].map(([, file = '', line, column, message = '']) => ({
    ...{ file: resolve(cwd, file), line: Number(line), column: Number(column), message },
  }));
}

function diagnosticOf({ line, column, message }: GoError, path: string, text: string): Diagnostic {
  const before = Buffer.from(text.split('\n')[line - 1] ?? '').subarray(0, column - 1);
  const at = before.toString('utf8').length + 1;
  return {
    ...{ path, line, column: at, endLine: line, endColumn: at, code: '', message, tool: 'go', severity: 'error' },
    category: message.startsWith('undefined:') ? 'undefined variable' : 'compiler-specific',
  };
}

/** The reason, without the announcements of what would be downloaded. */
function firstLine(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !/^(?:#|go: downloading) /.test(line));
  return lines[0]?.trim() ?? '';
}
