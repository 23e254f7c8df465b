/** Ruff as a toolchain: reads from standard input, reports JSON, and brings its own fixes. */
import { dirname, join } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { LineIndex } from '../../base/lineIndex.ts';
import type { TextEdit } from '../../base/textEdit.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic, DiagnosticCategory } from '../../core/healing/diagnostic.ts';
import type { FixCandidate } from '../../core/healing/heal.ts';
import type { Diagnosis, Processes, Snapshot, Toolchain } from '../../core/ports.ts';
import { readRegularText } from '../files/regularText.ts';
import { isPython } from './python.ts';
import { type PythonEnvironment, toolEntry } from './pythonEnvironment.ts';
import { snapshotText } from './snapshotText.ts';

const TIMEOUT_MS = 30_000;
const ADVICE = 'Install ruff, e.g. with "pip install ruff", for undefined names and safe fixes.';

/** Which rules count as errors: src/data/toolchains/ruff.json. Rule prefixes as ruff's own `--select` takes them. */
export interface RuffRules {
  /** Where the repository has no ruff configuration, or is not trusted: plain mistakes only. */
  readonly errorsAlways: readonly string[];
  readonly errorsWhereConfigured: readonly string[];
  readonly neverErrors: readonly string[];
  readonly categories: Readonly<Record<string, DiagnosticCategory>>;
}

interface RuffPlace {
  readonly row: number;
  /** From 1, in code points. */
  readonly column: number;
}
interface RuffDiagnostic {
  readonly code: string | null;
  readonly message: string;
  readonly location: RuffPlace;
  readonly end_location: RuffPlace;
  readonly fix: {
    readonly applicability: 'safe' | 'unsafe' | 'display';
    readonly message: string | null;
    readonly edits: readonly { content: string; location: RuffPlace; end_location: RuffPlace }[];
  } | null;
}

export class RuffToolchain implements Toolchain {
  readonly id = 'ruff';
  readonly title = 'Ruff';
  readonly languages = ['python'] as const;
  /** An untrusted repository's configuration is not read (`--isolated`). */
  readonly needsTrust = false;
  /** Fixes of the last reports, by path and text. */
  private readonly fixes = new Map<string, { text: string; candidates: readonly FixCandidate[] }>();

  constructor(
    private readonly environment: PythonEnvironment,
    private readonly processes: Processes,
    private readonly rules: RuffRules,
  ) {}

  async probe(root: string, trusted: boolean, about: { signal?: AbortSignal } = {}): Promise<DoctorEntry> {
    const found = await this.environment.tool('ruff', root, trusted, about.signal);
    // Python's own compiler goes without it: healing works, with fewer eyes.
    return toolEntry('ruff', found, { status: 'notNeeded', detail: 'Not installed.', advice: ADVICE });
  }

  async diagnose(
    snapshot: Snapshot,
    paths: readonly string[],
    options: { signal?: AbortSignal; trusted: boolean },
  ): Promise<Diagnosis> {
    const diagnostics: Diagnostic[] = [];
    for (const path of paths.filter(isPython)) {
      const text = await snapshotText(snapshot, path);
      if (text !== undefined) diagnostics.push(...(await this.run(snapshot.root, path, text, options)));
    }
    return { diagnostics, notes: [] };
  }

  async propose(
    snapshot: Snapshot,
    diagnostics: readonly Diagnostic[],
    options: { signal?: AbortSignal; trusted: boolean },
  ): Promise<readonly FixCandidate[]> {
    const mine = diagnostics.filter(({ tool }) => tool === this.id);
    const wanted = new Set(mine.map(({ path, code, line, column }) => `${path}:${this.id}:${code}:${line}:${column}`));
    const found: FixCandidate[] = [];
    for (const path of new Set(mine.map((one) => one.path))) {
      const text = await snapshotText(snapshot, path);
      if (text === undefined) continue;
      if (this.fixes.get(path)?.text !== text) await this.run(snapshot.root, path, text, options);
      const candidates = this.fixes.get(path)?.candidates ?? [];
      found.push(...candidates.filter(({ answers }) => wanted.has(`${path}:${answers}`)));
    }
    return found;
  }

  async close(): Promise<void> {
    this.fixes.clear();
  }

  private async run(
    root: string,
    path: string,
    text: string,
    options: { signal?: AbortSignal; trusted: boolean },
  ): Promise<Diagnostic[]> {
    const found = await this.environment.tool('ruff', root, options.trusted, options.signal);
    if (!found) throw new LodestoneError('toolMissing', 'Ruff is not installed.', { advice: ADVICE });
    const configured = options.trusted && hasRuffConfiguration(root, path);
    const select = configured ? [] : ['--isolated', '--select', this.rules.errorsAlways.join(',')];
    const { exitCode, stdout, stderr, timedOut } = await this.processes.run({
      command: found.path,
      // A project's `fix = true` would have the source printed in place of what is wrong with it.
      args: [
        ...['check', '--no-cache', '--no-fix', '--no-fix-only', '--output-format', 'json'],
        ...[...select, '--stdin-filename', path, '-'],
      ],
      cwd: root,
      stdin: text,
      timeoutMs: TIMEOUT_MS,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    if (timedOut) throw new LodestoneError('toolTimedOut', `Ruff did not answer within ${TIMEOUT_MS / 1000} seconds.`);
    if (exitCode !== 0 && exitCode !== 1)
      throw new LodestoneError('toolFailed', `Ruff failed: ${stderr.trim().split('\n').at(-1) ?? ''}`, {
        advice: 'Run "ruff check" in the repository: its configuration may be broken.',
      });
    const compilerTells = (await this.environment.interpreter(root, options.trusted, options.signal)) !== undefined;
    const lines = new LineIndex(text);
    const diagnostics: Diagnostic[] = [];
    const candidates: FixCandidate[] = [];
    for (const entry of JSON.parse(stdout || '[]') as RuffDiagnostic[]) {
      const code = entry.code ?? 'invalid-syntax';
      const syntax = code === 'invalid-syntax' || code === 'E999';
      // One voice for syntax: Python's own compiler is the judge where there is one.
      if (syntax && compilerTells) continue;
      const start = lines.positionAt(offsetOf(text, lines, entry.location));
      const end = lines.positionAt(offsetOf(text, lines, entry.end_location));
      const diagnostic: Diagnostic = {
        path,
        line: start.line,
        column: start.column,
        endLine: end.line,
        endColumn: end.column,
        code,
        category: syntax ? 'syntax' : (this.rules.categories[code] ?? 'lint'),
        severity: syntax || this.isError(code, configured) ? 'error' : 'warning',
        message: entry.message,
        tool: this.id,
      };
      diagnostics.push(diagnostic);
      const candidate = toCandidate(entry, diagnostic, text, lines);
      if (candidate) candidates.push(candidate);
    }
    this.fixes.set(path, { text, candidates });
    return diagnostics;
  }

  private isError(code: string, configured: boolean): boolean {
    const { errorsAlways, errorsWhereConfigured, neverErrors } = this.rules;
    if (neverErrors.includes(code)) return false;
    return (configured ? errorsWhereConfigured : errorsAlways).some(
      (prefix) => code.startsWith(prefix) && startsRule(code, prefix),
    );
  }
}

/** 'B' selects B006 but not BLE001, as ruff reads prefixes: what follows is digits. */
function startsRule(code: string, prefix: string): boolean {
  return /^\d*$/.test(code.slice(prefix.length));
}

function toCandidate(
  { fix, code }: RuffDiagnostic,
  diagnostic: Diagnostic,
  text: string,
  lines: LineIndex,
): FixCandidate | undefined {
  if (!fix || fix.applicability === 'display') return undefined;
  const edits: TextEdit[] = fix.edits
    .map(({ content, location, end_location }) => ({
      start: offsetOf(text, lines, location),
      end: offsetOf(text, lines, end_location),
      newText: text.includes('\r\n') ? content.replace(/\r?\n/g, '\r\n') : content,
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const { path, line, column } = diagnostic;
  return {
    id: `ruff:${code}:${line}:${column}`,
    title: fix.message ?? `Fix ${code}`,
    source: 'ruff',
    kind: `ruff ${code}`,
    edits: { [path]: edits },
    confidence: fix.applicability === 'safe' ? 0.95 : 0.7,
    answers: `ruff:${diagnostic.code}:${line}:${column}`,
    fromTool: true,
  };
}

/** Offset of ruff's row and code point column; row n+1 column 1 is the end of the text. */
function offsetOf(text: string, lines: LineIndex, { row, column }: RuffPlace): number {
  let offset = lines.lineStart(row);
  for (let left = column - 1; left > 0 && offset < text.length; left--)
    offset += (text.codePointAt(offset) as number) > 0xffff ? 2 : 1;
  return offset;
}

/** Whether ruff would find settings of its own for the file: in its folder or above, up to the root. */
function hasRuffConfiguration(root: string, path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const here = join(root, folder);
    for (const name of ['ruff.toml', '.ruff.toml', 'pyproject.toml']) {
      const text = readRegularText(join(here, name));
      if (text !== undefined && (name !== 'pyproject.toml' || /^\s*\[tool\.ruff[\].]/m.test(text))) return true;
    }
    if (folder === '.' || folder === '/' || folder === '') return false;
  }
}
