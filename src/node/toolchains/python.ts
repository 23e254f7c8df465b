/** Python's own compiler as a toolchain, with undefined names where no linter looks, and fix rules tried on the compiler. */
import { LodestoneError } from '../../base/errors.ts';
import type { FixRule, NameSource } from '../../core/edits/fixRules.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { FixCandidate } from '../../core/healing/heal.ts';
import type { Diagnosis, Snapshot, Toolchain } from '../../core/ports.ts';
import { PythonChecker, type PythonError, type PythonLook } from './pythonChecker.ts';
import { type FoundTool, type PythonEnvironment, toolEntry } from './pythonEnvironment.ts';
import { repairPython } from './pythonRepair.ts';
import { isUtf16, snapshotText } from './snapshotText.ts';

const TOOL = 'python';
const ADVICE = 'Install Python 3.8 or later, or set lodestone.healing.python to an interpreter.';

/** Python reads no source in UTF-16, whatever the editor makes of it. */
const UTF16: PythonError = {
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 1,
  code: 'SyntaxError',
  message: 'Python cannot read a source in UTF-16; save it as UTF-8.',
};

export interface PythonDeps {
  readonly environment: PythonEnvironment;
  /** Path of data/toolchains/python_check.py. */
  readonly script: string;
  readonly rules: readonly FixRule[];
  /** Where the repository declares names, per importing file. */
  readonly names?: (path: string) => NameSource;
}

/** Compiles and never runs what it is given, so it needs no trust. */
export class PythonToolchain implements Toolchain {
  readonly id = TOOL;
  readonly title = 'Python compiler';
  readonly languages = ['python'] as const;
  readonly needsTrust = false;
  private checker: PythonChecker | undefined;

  constructor(private readonly deps: PythonDeps) {}

  async probe(root: string, trusted: boolean, about: { signal?: AbortSignal } = {}): Promise<DoctorEntry> {
    const found = await this.deps.environment.interpreter(root, trusted, about.signal);
    return toolEntry('python', found, {
      status: 'missing',
      detail: 'No Python 3.8 or later was found.',
      advice: ADVICE,
    });
  }

  async diagnose(
    snapshot: Snapshot,
    paths: readonly string[],
    options: { signal?: AbortSignal; trusted: boolean },
  ): Promise<Diagnosis> {
    const checker = await this.checkerFor(snapshot.root, options);
    const files: { path: string; text: string; look: PythonLook }[] = [];
    const notes: Diagnosis['notes'][number][] = [];
    const refused: Diagnostic[] = [];
    for (const path of paths.filter(isPython)) {
      const text = await snapshotText(snapshot, path);
      if (text === undefined && (await isUtf16(snapshot, path))) refused.push(toDiagnostic(path, UTF16));
      else if (text === undefined) notes.push({ tool: TOOL, message: `${path} could not be read as UTF-8.` });
      else files.push({ path, text, look: await this.look(snapshot.root, text, options) });
    }
    if (!files.length) return { diagnostics: refused, notes };
    const results = await checker.check(files, options.signal);
    const diagnostics = files.flatMap(({ path }, index) =>
      (results[index] ?? []).map((error) => toDiagnostic(path, error)),
    );
    return { diagnostics: [...refused, ...diagnostics], notes };
  }

  /**
   * Candidates from the fix rules, tried on the compiler beforehand (one exchange with the child a round): for syntax
   * errors only what makes the file compile is proposed, several slips at once if need be.
   */
  async propose(
    snapshot: Snapshot,
    diagnostics: readonly Diagnostic[],
    options: { signal?: AbortSignal; trusted: boolean },
  ): Promise<readonly FixCandidate[]> {
    const checker = await this.checkerFor(snapshot.root, options);
    const byPath = Map.groupBy(
      diagnostics.filter(({ path }) => isPython(path)),
      ({ path }) => path,
    );
    const candidates: FixCandidate[] = [];
    for (const [path, own] of byPath) {
      const text = await snapshotText(snapshot, path);
      if (text === undefined) continue;
      const names = this.deps.names?.(path);
      candidates.push(
        ...(await repairPython(
          { path, text, diagnostics: own, rules: this.deps.rules, ...(names ? { names } : {}) },
          checker,
          options.signal,
        )),
      );
    }
    return candidates;
  }

  async close(): Promise<void> {
    this.checker?.close();
    this.checker = undefined;
  }

  private async checkerFor(
    root: string,
    { trusted, signal }: { signal?: AbortSignal; trusted: boolean },
  ): Promise<PythonChecker> {
    const found: FoundTool | undefined = await this.deps.environment.interpreter(root, trusted, signal);
    if (!found) throw new LodestoneError('toolMissing', 'No Python 3.8 or later was found.', { advice: ADVICE });
    if (this.checker?.interpreter !== found.path) {
      this.checker?.close();
      this.checker = new PythonChecker(found.path, this.deps.script);
    }
    return this.checker;
  }

  /** Ruff reports undefined names itself, except behind star imports, where only knowing what they bring helps. */
  private async look(
    root: string,
    text: string,
    { trusted, signal }: { signal?: AbortSignal; trusted: boolean },
  ): Promise<PythonLook> {
    if (/^\s*from\s+[\w.]+\s+import\s+\*/m.test(text)) return 'names';
    return (await this.deps.environment.tool('ruff', root, trusted, signal)) ? 'attributes' : 'names';
  }
}

export function isPython(path: string): boolean {
  return /\.pyi?$/.test(path);
}

export function toDiagnostic(path: string, error: PythonError): Diagnostic {
  return { path, ...error, category: categoryOf(error.code), severity: 'error', tool: TOOL };
}

function categoryOf(code: string): Diagnostic['category'] {
  return code === 'NameError' || code === 'AttributeError' ? 'undefined variable' : 'syntax';
}
