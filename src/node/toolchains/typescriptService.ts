/** Diagnoses and code fixes of the TypeScript language service over warm projects: what the TypeScript worker serves. */
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type * as ts from 'typescript';
import { cancelled, LodestoneError } from '../../base/errors.ts';
import { LineIndex } from '../../base/lineIndex.ts';
import type { TextEdit } from '../../base/textEdit.ts';
import { addedStubs } from '../../core/edits/stubs.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { FixCandidate } from '../../core/healing/heal.ts';
import { diagnosticKey } from '../../core/healing/verification.ts';
import type { Diagnosis } from '../../core/ports.ts';
import { DiskView } from './diskView.ts';
import { argumentFixes } from './typescriptArguments.ts';
import { awaitFixes } from './typescriptAwait.ts';
import { typescriptCategory } from './typescriptCategories.ts';
import { findProject, type ProjectConfig, workspaceTypeScript } from './typescriptConfig.ts';
import { declarations, dependentsOf } from './typescriptDependents.ts';
import { formatSettings, USER_PREFERENCES } from './typescriptFormat.ts';
import { nameFixes } from './typescriptNames.ts';
import { TypeScriptProject } from './typescriptProject.ts';

export interface TypeScriptRequest {
  /** Absolute path of the repository. */
  readonly root: string;
  /** Repository-relative path and text of every file that differs from disk. */
  readonly overlay: readonly (readonly [path: string, text: string])[];
  /** Requests of one number may believe what was seen of the disk for the first of them; another number means: look. */
  readonly look: number;
}

/** Projects kept warm at once, and the heap (bytes) above which the older ones are let go. */
const MAX_PROJECTS = 3;
const MAX_HEAP = 900 * 1024 * 1024;
/** Files whose diagnostics are compared when a changed export reaches them. */
const MAX_DEPENDENTS = 200;
/** Confidence in a fix of the service, and in one that only writes down a stub: wherever an import, a spelling or an argument may be meant, that is likelier. */
const SERVICE_FIX = 0.9;
const STUB_FIX = 0.2;
/** Errors that values of unknown type bring along: implicit and unknown types. */
const CONSEQUENCES = new Set([
  2347, 2571, 7005, 7006, 7008, 7010, 7011, 7015, 7016, 7018, 7019, 7022, 7023, 7024, 7031, 7034, 7053, 18046,
]);
/** Fixes that silence the checker instead of repairing the code. */
const SUPPRESSING_FIXES = new Set(['disableJsDiagnostics']);

/** A diagnostic with its file's project and the fixes the service offers for it. */
interface Site {
  readonly diagnostic: Diagnostic;
  readonly project: TypeScriptProject;
  readonly file: string;
  readonly format: ts.FormatCodeSettings;
  readonly fixes: readonly ts.CodeFixAction[];
}

/** What other files saw of a file: its declarations, everywhere where it is a global script. */
interface Declared {
  readonly text: string;
  readonly declarations: string;
  readonly isGlobal: boolean;
}

interface Warm {
  readonly project: TypeScriptProject;
  /** Files that are known to belong to it, by the look that showed it. */
  readonly files: Map<string, number>;
}

/** Synchronous; every call may throw `cancelled` when `isCancelled` answers true while TypeScript works. */
export class TypeScriptService {
  private readonly projects = new Map<string, Warm>();
  private readonly registry: ts.DocumentRegistry;
  private readonly disk: DiskView;
  private look: number | undefined;
  /** Declarations of the files proposed for last, with the text they were made of. */
  private readonly declared = new Map<string, Declared>();

  constructor(
    private readonly typescript: typeof ts,
    private readonly libFolder: string,
    private readonly isCancelled: () => boolean,
  ) {
    this.registry = typescript.createDocumentRegistry(typescript.sys.useCaseSensitiveFileNames);
    this.disk = new DiskView(typescript.sys);
  }

  /** Syntactic and semantic errors of `paths`; files that do not exist are passed over. */
  diagnose(request: TypeScriptRequest & { paths: readonly string[] }): Diagnosis {
    return this.guarded(() => {
      const diagnostics: Diagnostic[] = [];
      const notes = new Map<string, Diagnosis['notes'][number]>();
      for (const path of [...new Set(request.paths)].sort()) {
        const project = this.open(request, path, notes);
        if (project) diagnostics.push(...this.fileDiagnostics(project, request.root, path));
      }
      if (diagnostics.some(({ code }) => code === 'TS2307') && packagesMissing(request.root)) {
        const message = 'The packages in package.json are not installed, so their types and fixes are not known.';
        notes.set(message, { tool: 'typescript', message, advice: 'Install them (npm install) and heal again.' });
      }
      return { diagnostics, notes: [...notes.values()] };
    });
  }

  /**
   * Errors, before and after a change, in the files that see a changed file's declarations: every file that imports what
   * may mean something else now, directly or through others, and in a global script every file of the project. Empty where no declaration changed, and
   * where no such file has an error afterwards: then nobody needs to know what it had before.
   */
  dependents(
    request: TypeScriptRequest & {
      changed: readonly (readonly [path: string, text: string])[];
      except: readonly string[];
    },
  ): { before: Diagnostic[]; after: Diagnostic[]; complete: boolean } {
    return this.guarded(() => {
      const candidate = { ...request, overlay: [...new Map([...request.overlay, ...request.changed])] };
      const affected = new Map<string, string>();
      const { typescript } = this;
      for (const [path] of request.changed) {
        const file = join(request.root, path);
        const before = this.declaredBefore(request, path);
        const project = this.open(candidate, path);
        if (!project || declarations(project, file) === before.declarations) continue;
        // Who imports it stands in the others; whether everybody sees it may have changed with it.
        for (const name of dependentsOf(typescript, project, file, request.root, before)) affected.set(name, path);
      }
      for (const path of request.except) affected.delete(path);
      const names = [...affected.keys()].sort();
      const kept = names.slice(0, MAX_DEPENDENTS);
      if (!kept.length) return { before: [], after: [], complete: true };
      // The project of the changed file sees them; going through it keeps one program for both states.
      const collect = (state: TypeScriptRequest) =>
        kept.flatMap((path) => {
          const project = this.open(state, affected.get(path) as string);
          return project ? this.fileDiagnostics(project, request.root, path) : [];
        });
      const after = collect(candidate);
      return { before: after.length ? collect(request) : [], after, complete: kept.length === names.length };
    });
  }

  /** The service's own fixes for errors it reported on the same texts, in its order, each with all its file edits. */
  propose(request: TypeScriptRequest & { diagnostics: readonly Diagnostic[] }): FixCandidate[] {
    return this.guarded(() => {
      const found = new Map<string, FixCandidate>();
      const sites: Site[] = [];
      this.declared.clear();
      const lacking = new Set(request.diagnostics.filter(isMissingPackage).map(({ path }) => path));
      for (const diagnostic of request.diagnostics) {
        const code = Number(diagnostic.code.replace(/^TS/, ''));
        if (diagnostic.tool !== 'typescript' || !Number.isInteger(code)) continue;
        // What comes of a package that is not installed is gone once it is: no type is to be guessed for that.
        if (lacking.has(diagnostic.path) && CONSEQUENCES.has(code)) continue;
        const project = this.open(request, diagnostic.path);
        const file = join(request.root, diagnostic.path);
        const source = project?.program.getSourceFile(file);
        if (!project || !source) continue;
        const format = formatSettings(this.typescript, source.text);
        const index = new LineIndex(source.text);
        const start = index.offsetAt(diagnostic.line, diagnostic.column);
        const end = index.offsetAt(diagnostic.endLine, diagnostic.endColumn);
        const fixes = project.service
          .getCodeFixesAtPosition(file, start, end, [code], format, USER_PREFERENCES)
          .filter(({ fixName }) => !SUPPRESSING_FIXES.has(fixName));
        sites.push({ diagnostic, project, file, format, fixes });
        // While this state's program is at hand: verification compares with it.
        if (!this.declared.has(file)) {
          this.declared.set(file, this.declaredIn(project, source));
        }
        this.addGuesses(found, project, source, start, code, diagnostic, fixes);
      }
      const shared = new Map<string, number>();
      for (const { file, fixes } of sites) {
        for (const id of new Set(fixes.map(({ fixId }) => fixId))) {
          if (id) shared.set(`${file}\0${id}`, (shared.get(`${file}\0${id}`) ?? 0) + 1);
        }
      }
      const combined = new Set<string>();
      for (const { diagnostic, project, file, format, fixes } of sites) {
        const answers = diagnosticKey(diagnostic);
        fixes.forEach((fix, order) => {
          const confidence = (isStub(fix) ? STUB_FIX : SERVICE_FIX) / (1 + order / 2);
          const about = { answers, kind: fix.fixName };
          this.add(found, request, fix.changes, {
            ...about,
            title: fix.description,
            rank: confidence,
            wholeFile: false,
            id: `${answers}/${fix.fixName}/${order}`,
          });
          const fixId = fix.fixId as string | undefined;
          const key = `${file}\0${fixId}`;
          const title = fix.fixAllDescription;
          // For one problem alone the fix for all of its kind is the same fix, and dear.
          if (!fixId || !title || combined.has(key) || (shared.get(key) ?? 0) < 2) return;
          combined.add(key);
          const scope: ts.CombinedCodeFixScope = { type: 'file', fileName: file };
          const all = project.service.getCombinedCodeFix(scope, fixId as unknown as {}, format, USER_PREFERENCES);
          this.add(found, request, all.changes, {
            ...about,
            title,
            rank: confidence * 0.99,
            wholeFile: true,
            id: `all/${diagnostic.path}/${fixId}`,
          });
        });
      }
      return [...found.values()];
    });
  }

  dispose(): void {
    for (const { project } of this.projects.values()) project.dispose();
    this.projects.clear();
  }

  /** What other files saw of a file before the change: as remembered from proposing on the same text, else emitted now. */
  private declaredBefore(request: TypeScriptRequest, path: string): Declared {
    const file = join(request.root, path);
    const known = this.declared.get(file);
    const text = new Map(request.overlay).get(path) ?? this.typescript.sys.readFile(file);
    if (known && known.text === text) return known;
    const project = this.open(request, path);
    const source = project?.program.getSourceFile(file);
    return project && source ? this.declaredIn(project, source) : { text: '', declarations: '', isGlobal: false };
  }

  private declaredIn(project: TypeScriptProject, source: ts.SourceFile): Declared {
    const isGlobal = !this.typescript.isExternalModule(source);
    return { text: source.text, declarations: declarations(project, source.fileName), isGlobal };
  }

  /** Corrections that the service does not offer; where it sees a spelling or an await itself, it knows better. */
  private addGuesses(
    found: Map<string, FixCandidate>,
    project: TypeScriptProject,
    source: ts.SourceFile,
    start: number,
    code: number,
    diagnostic: Diagnostic,
    fixes: readonly ts.CodeFixAction[],
  ): void {
    const offers = (name: string) => fixes.some(({ fixName }) => fixName === name);
    const names = offers('spelling') ? [] : nameFixes(this.typescript, project, source, start, code);
    const awaits = offers('addMissingAwait')
      ? []
      : awaitFixes(this.typescript, project, source, start, diagnostic.message);
    const answers = diagnosticKey(diagnostic);
    for (const [kind, guesses] of [
      ['spelling', names],
      ['await', awaits],
      ['argument', argumentFixes(this.typescript, project, source, start, code)],
    ] as const) {
      for (const { start: from, end, newText, title, confidence } of guesses) {
        const id = `${kind}/${answers}/${from}/${newText}`;
        found.set(id, {
          id,
          title,
          source: `mined:${kind}`,
          edits: { [diagnostic.path]: [{ start: from, end, newText }] },
          confidence,
          answers,
          fromTool: false,
          kind,
        });
      }
    }
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof this.typescript.OperationCanceledException || this.isCancelled()) throw cancelled();
      // What TypeScript was in the middle of is in no state to go on with.
      this.dispose();
      if (!(error instanceof RangeError)) throw error;
      throw new LodestoneError('toolFailed', 'The code is nested too deeply for TypeScript.', {
        advice: 'Exclude the file from the project if it was generated.',
        cause: error,
      });
    }
  }

  private add(
    found: Map<string, FixCandidate>,
    request: TypeScriptRequest,
    changes: readonly ts.FileTextChanges[],
    about: { title: string; rank: number; answers: string; id: string; kind: string; wholeFile: boolean },
  ): void {
    const edits: Record<string, TextEdit[]> = {};
    for (const change of changes) {
      const path = relative(request.root, change.fileName).split(sep).join('/');
      // A fix that reaches outside the repository, into a dependency or a new file is not one we can verify and show.
      if (path.startsWith('..') || path.includes('node_modules/') || change.isNewFile) return;
      const list = edits[path] ?? [];
      list.push(
        ...change.textChanges.map(({ span, newText }) => ({
          start: span.start,
          end: span.start + span.length,
          newText,
        })),
      );
      edits[path] = list;
    }
    if (!Object.values(edits).some((list) => list.length)) return;
    const key = `${about.answers}\0${JSON.stringify(edits)}`;
    if (found.has(key)) return;
    found.set(key, {
      id: `typescript/${about.id}`,
      title: about.title,
      source: 'typescript',
      edits,
      confidence: about.rank,
      answers: about.answers,
      fromTool: true,
      kind: about.kind,
      ...(about.wholeFile ? { wholeFile: true } : {}),
    });
  }

  /** The warm project of a file with the request's overlay in place; undefined if the file is nowhere. */
  private open(
    request: TypeScriptRequest,
    path: string,
    notes?: Map<string, Diagnosis['notes'][number]>,
  ): TypeScriptProject | undefined {
    if (this.isCancelled()) throw cancelled();
    const file = join(request.root, path);
    const overlay = new Map(request.overlay.map(([name, text]) => [join(request.root, name), text]));
    if (!overlay.has(file) && !existsSync(file)) return undefined;
    if (request.look !== this.look) this.disk.look();
    this.look = request.look;
    const { project } = this.projectOf(request.root, file, request.look);
    project.setOverlay(overlay);
    project.addRoot(file);
    if (notes) this.addNotes(notes, request.root, project.config, file);
    return project;
  }

  private projectOf(root: string, file: string, look: number): Warm {
    for (const [key, warm] of this.projects) {
      if (warm.files.get(file) !== look) continue;
      this.projects.delete(key);
      this.projects.set(key, warm);
      return warm;
    }
    const config = findProject(this.typescript, root, file);
    const key = `${root}\0${config.configPath || dirname(file)}\0${JSON.stringify(config.options.allowJs ?? null)}`;
    const known = this.projects.get(key);
    if (known && sameProject(known.project.config, config)) {
      known.files.set(file, look);
      known.project.setListed(config.fileNames);
      return known;
    }
    known?.project.dispose();
    this.projects.delete(key);
    this.makeRoom();
    const project = new TypeScriptProject(
      this.typescript,
      config,
      root,
      this.disk,
      this.libFolder,
      this.registry,
      this.isCancelled,
    );
    const warm: Warm = { project, files: new Map([[file, look]]) };
    this.projects.set(key, warm);
    return warm;
  }

  /** Lets the projects go that were used longest ago when there are many or the heap is full. */
  private makeRoom(): void {
    while (
      this.projects.size >= MAX_PROJECTS ||
      (this.projects.size > 0 && process.memoryUsage().heapUsed > MAX_HEAP)
    ) {
      const [oldest, warm] = this.projects.entries().next().value as [string, Warm];
      warm.project.dispose();
      this.projects.delete(oldest);
    }
  }

  private addNotes(
    notes: Map<string, Diagnosis['notes'][number]>,
    root: string,
    config: ProjectConfig,
    file: string,
  ): void {
    const add = (message: string, advice: string) =>
      notes.set(message, { tool: 'typescript', message, ...(advice ? { advice } : {}) });
    const name = relative(root, config.configPath).split(sep).join('/');
    for (const error of config.errors.slice(0, 5)) {
      add(`${name}: ${error}`, `Correct ${name}; until then TypeScript checks with what it could read.`);
    }
    const used = workspaceTypeScript(root, dirname(file));
    if (used && used.major >= 7) {
      add(
        `This project uses TypeScript ${used.version}, which has no language service in JavaScript; fixes come from TypeScript ${this.typescript.version}.`,
        'In a trusted workspace the project’s own tsc checks the result.',
      );
    }
  }

  private fileDiagnostics(project: TypeScriptProject, root: string, path: string): Diagnostic[] {
    const file = join(root, path);
    const source = project.program.getSourceFile(file);
    if (!source) return [];
    const index = new LineIndex(source.text);
    const raw = [
      ...project.service.getSyntacticDiagnostics(file),
      ...project.service.getSemanticDiagnostics(file),
    ].filter(({ category }) => category === this.typescript.DiagnosticCategory.Error);
    return raw.map((found) => {
      const start = found.start ?? 0;
      const from = index.positionAt(start);
      const to = index.positionAt(start + (found.length ?? 0));
      return {
        path,
        line: from.line,
        column: from.column,
        endLine: to.line,
        endColumn: to.column,
        code: `TS${found.code}`,
        category: typescriptCategory(found.code),
        severity: 'error',
        message: this.typescript.flattenDiagnosticMessageText(found.messageText, '\n'),
        tool: 'typescript',
      } satisfies Diagnostic;
    });
  }
}

function isStub({ changes }: ts.CodeFixAction): boolean {
  return changes.some(({ textChanges }) => textChanges.some(({ newText }) => addedStubs('', newText) > 0));
}

/** An import of a package (no relative path) that resolves to nothing or to no types. */
function isMissingPackage({ code, message }: Diagnostic): boolean {
  return /^TS(?:2307|2792|7016)$/.test(code) && /module '(?![./])/.test(message);
}

function packagesMissing(root: string): boolean {
  return existsSync(join(root, 'package.json')) && !existsSync(join(root, 'node_modules'));
}

/** Whether two readings of a configuration say the same, but for the files that they list. */
function sameProject(a: ProjectConfig, b: ProjectConfig): boolean {
  const said = ({ options, references, errors }: ProjectConfig) => JSON.stringify([options, references, errors]);
  return said(a) === said(b);
}
