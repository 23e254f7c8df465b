/** The repository's own ESLint as a toolchain: its configuration is code, so it runs in a child process and only when trusted. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { LruMap } from '../../base/lru.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { FixCandidate } from '../../core/healing/heal.ts';
import { diagnosticKey } from '../../core/healing/verification.ts';
import type { Diagnosis, Processes, Snapshot, Toolchain, ToolOptions } from '../../core/ports.ts';
import { readRegularText } from '../files/regularText.ts';
import { snapshotText } from './snapshotText.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const EXTENSIONS = new Set(['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs']);
const CONFIG = /^(?:eslint\.config\.(?:js|mjs|cjs|ts|mts|cts)|\.eslintrc(?:\.(?:js|cjs|json|ya?ml))?)$/;

interface EslintFix {
  readonly range: readonly [number, number];
  readonly text: string;
}

/** One message of ESLint's `json` formatter. */
interface EslintMessage {
  readonly ruleId: string | null;
  readonly severity: 0 | 1 | 2;
  readonly fatal?: boolean;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly fix?: EslintFix;
  readonly suggestions?: readonly { readonly desc: string; readonly fix: EslintFix }[];
}

interface Said {
  readonly text: string;
  readonly session: symbol | undefined;
  readonly messages: readonly EslintMessage[];
}

interface Found {
  /** Absolute path of bin/eslint.js; '' where the package is not installed. */
  readonly script: string;
  readonly version: string;
  /** Folder of the configuration: ESLint's working directory. */
  readonly folder: string;
}

export class EslintToolchain implements Toolchain {
  readonly id = 'eslint';
  readonly title = 'ESLint';
  readonly languages = ['typescript', 'tsx', 'javascript'] as const;
  readonly needsTrust = true;
  /** What ESLint said of a text in a session, by path: proposing and verifying the same text need no second run. */
  private readonly known = new LruMap<string, Said>(32);

  constructor(
    private readonly processes: Processes,
    private readonly options: { readonly timeoutMs?: number } = {},
  ) {}

  async probe(root: string, trusted: boolean, about: { path?: string } = {}): Promise<DoctorEntry> {
    const found = locate(root, about.path === undefined ? root : dirname(join(root, about.path)));
    const entry = { tool: 'eslint', version: found?.version ?? '', path: found?.script ?? '', advice: '' };
    if (!found) return { ...entry, status: 'notNeeded', detail: 'The repository has no ESLint configuration.' };
    if (!found.script) {
      const detail = 'ESLint is configured, but not installed.';
      return { ...entry, status: 'missing', detail, advice: "Install the repository's packages (npm install)." };
    }
    const detail = trusted ? "The repository's own ESLint." : 'Runs only in a trusted workspace.';
    return { ...entry, status: 'ok', detail };
  }

  async diagnose(snapshot: Snapshot, paths: readonly string[], options: ToolOptions): Promise<Diagnosis> {
    const diagnostics: Diagnostic[] = [];
    for (const path of paths) {
      const messages = await this.messages(snapshot, path, options);
      diagnostics.push(...messages.map((message) => toDiagnostic(path, message)));
    }
    return { diagnostics, notes: [] };
  }

  async propose(
    snapshot: Snapshot,
    diagnostics: readonly Diagnostic[],
    options: ToolOptions,
  ): Promise<readonly FixCandidate[]> {
    const candidates: FixCandidate[] = [];
    const wanted = new Set(diagnostics.map((diagnostic) => `${diagnostic.path}\0${diagnosticKey(diagnostic)}`));
    for (const path of new Set(diagnostics.filter(({ tool }) => tool === 'eslint').map((found) => found.path))) {
      for (const message of await this.messages(snapshot, path, options)) {
        const answers = diagnosticKey(toDiagnostic(path, message));
        if (!wanted.has(`${path}\0${answers}`)) continue;
        const rule = message.ruleId ?? 'syntax';
        const add = (title: string, fix: EslintFix, confidence: number, order: number) =>
          candidates.push({
            id: `eslint/${answers}/${order}`,
            title,
            source: 'eslint',
            edits: { [path]: [{ start: fix.range[0], end: fix.range[1], newText: fix.text }] },
            confidence,
            answers,
            fromTool: true,
            kind: order === 0 ? rule : `${rule}/suggestion`,
          });
        if (message.fix) add(`Fix ${rule}`, message.fix, 0.85, 0);
        message.suggestions?.forEach(({ desc, fix }, index) => {
          add(desc, fix, 0.5 / (1 + index / 2), index + 1);
        });
      }
    }
    return candidates;
  }

  async close(): Promise<void> {
    this.known.clear();
  }

  private async messages(snapshot: Snapshot, path: string, options: ToolOptions): Promise<readonly EslintMessage[]> {
    if (!options.trusted || !EXTENSIONS.has(extname(path))) return [];
    const text = await snapshotText(snapshot, path);
    if (text === undefined) return [];
    const file = join(snapshot.root, path);
    const known = this.known.get(file);
    const { session } = options;
    // Its configuration and the files that typed rules read may change between sessions.
    if (session !== undefined && known?.session === session && known.text === text) return known.messages;
    const found = locate(snapshot.root, dirname(file));
    if (!found?.script) return [];
    const messages = await this.run(found, file, text, options.signal);
    this.known.set(file, { text, session, messages });
    return messages;
  }

  private async run(
    found: Found,
    file: string,
    text: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly EslintMessage[]> {
    const timeoutMs = this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const { stdout, stderr, timedOut, exitCode, truncated } = await this.processes.run({
      command: process.execPath,
      args: [found.script, '--format', 'json', '--stdin', '--stdin-filename', file],
      cwd: found.folder,
      // Inside the editor the engine's executable is Electron, which is Node only when told so.
      env: { ELECTRON_RUN_AS_NODE: '1', NO_COLOR: '1' },
      stdin: text,
      timeoutMs,
      ...(signal ? { signal } : {}),
    });
    if (timedOut) {
      throw new LodestoneError('toolTimedOut', `ESLint gave no answer in ${timeoutMs / 1000} s and was stopped.`, {
        advice: 'See whether `npx eslint` ends on this file; a plugin may hang.',
      });
    }
    let parsed: unknown;
    try {
      parsed = truncated ? undefined : JSON.parse(stdout.slice(stdout.indexOf('[')));
    } catch (cause) {
      throw failed(exitCode, stderr || stdout, cause);
    }
    if (!Array.isArray(parsed)) throw failed(exitCode, stderr || stdout, undefined);
    return (parsed[0] as { messages?: readonly EslintMessage[] } | undefined)?.messages ?? [];
  }
}

function failed(exitCode: number | null, output: string, cause: unknown): LodestoneError {
  const said = output
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line && !/^(?:Oops|ESLint: \d)/.test(line));
  return new LodestoneError('toolFailed', `ESLint failed (exit ${exitCode}): ${(said ?? 'no output').slice(0, 300)}`, {
    advice: "Run the repository's own `npx eslint` to see the whole message.",
    cause,
  });
}

function toDiagnostic(path: string, message: EslintMessage): Diagnostic {
  const line = message.line ?? 1;
  const column = message.column ?? 1;
  return {
    path,
    line,
    column,
    endLine: message.endLine ?? line,
    endColumn: message.endColumn ?? column,
    code: message.ruleId ?? '',
    category: message.fatal ? 'syntax' : 'lint',
    severity: message.severity === 2 ? 'error' : 'warning',
    message: message.message,
    tool: 'eslint',
  };
}

/** The nearest configuration and the nearest installed ESLint at or above `from`, both inside the repository. */
function locate(root: string, from: string): Found | undefined {
  let folder: string | undefined;
  let script = '';
  let version = '';
  for (let at = from; ; at = dirname(at)) {
    if (!folder && isConfigured(at)) folder = at;
    const manifest = join(at, 'node_modules/eslint/package.json');
    const text = script ? undefined : readRegularText(manifest);
    if (text !== undefined) {
      script = join(at, 'node_modules/eslint/bin/eslint.js');
      version = /"version"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? '';
    }
    const inside = relative(root, at);
    if (inside === '' || inside.startsWith('..') || dirname(at) === at) break;
  }
  return folder ? { script: existsSync(script) ? script : '', version, folder } : undefined;
}

function isConfigured(folder: string): boolean {
  if (!existsSync(folder)) return false;
  if (readdirSync(folder).some((name) => CONFIG.test(name))) return true;
  return /"eslintConfig"\s*:/.test(readRegularText(join(folder, 'package.json')) ?? '');
}
