/** One warm TypeScript language service over a project, with texts that replace files without touching the disk. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type * as ts from 'typescript';
import type { ProjectConfig } from './typescriptConfig.ts';
import { DependencyProgram } from './typescriptDependencies.ts';

/** How long a file's state on disk is believed before it is looked at again, in milliseconds. */
const DISK_TTL_MS = 1000;

interface DiskState {
  version: string;
  checkedAt: number;
}

/** What the service asks its host for though its published types do not say so. */
interface UnpublishedHost {
  /** References are read from their sources, so that nothing has to be built first. */
  useSourceOfProjectReferenceRedirect(): boolean;
  /** Packages that could be imported but are not yet. */
  getPackageJsonAutoImportProvider(): ts.Program | undefined;
}

/** Language service, host and overlay of one project. Not thread-safe; lives in the TypeScript worker. */
export class TypeScriptProject {
  readonly service: ts.LanguageService;
  readonly options: ts.CompilerOptions;
  private overlay = new Map<string, { text: string; version: string }>();
  private readonly disk = new Map<string, DiskState>();
  private readonly snapshots = new Map<string, { version: string; snapshot: ts.IScriptSnapshot }>();
  private readonly rootNames: string[];
  private rootVersion = 0;
  private overlayVersion = 0;

  constructor(
    private readonly typescript: typeof ts,
    readonly config: ProjectConfig,
    private readonly root: string,
    libFolder: string,
    registry: ts.DocumentRegistry,
    isCancelled: () => boolean,
  ) {
    this.options = config.options;
    this.rootNames = [...config.fileNames];
    const { sys } = typescript;
    const caseSensitive = sys.useCaseSensitiveFileNames;
    const folder = config.configPath ? dirname(config.configPath) : root;
    const dependencies = new DependencyProgram(typescript, root, folder, config.options, isCancelled);
    const host: ts.LanguageServiceHost & UnpublishedHost = {
      getCompilationSettings: () => this.options,
      getScriptFileNames: () => this.rootNames,
      getScriptVersion: (path) => this.version(path),
      getScriptSnapshot: (path) => this.snapshot(path),
      getProjectVersion: () => this.projectVersion(),
      getCurrentDirectory: () => folder,
      getDefaultLibFileName: (options) => join(libFolder, typescript.getDefaultLibFileName(options)),
      fileExists: (path) => this.overlay.has(path) || sys.fileExists(path),
      readFile: (path, encoding) => this.overlay.get(path)?.text ?? sys.readFile(path, encoding),
      readDirectory: (...request) => sys.readDirectory(...request),
      directoryExists: (path) => sys.directoryExists(path),
      getDirectories: (path) => sys.getDirectories(path),
      ...(sys.realpath ? { realpath: (path: string) => sys.realpath?.(path) ?? path } : {}),
      useCaseSensitiveFileNames: () => caseSensitive,
      getProjectReferences: () => config.references,
      useSourceOfProjectReferenceRedirect: () => true,
      getPackageJsonAutoImportProvider: () => dependencies.get(),
      getCancellationToken: () => ({ isCancellationRequested: isCancelled }),
      getNewLine: () => '\n',
    };
    this.service = typescript.createLanguageService(host, registry);
  }

  /** Replaces files' texts (absolute path → text) for the calls that follow. */
  setOverlay(texts: ReadonlyMap<string, string>): void {
    let changed = texts.size !== this.overlay.size;
    const next = new Map<string, { text: string; version: string }>();
    for (const [path, text] of texts) {
      const old = this.overlay.get(path);
      if (old?.text === text) next.set(path, old);
      else {
        changed = true;
        next.set(path, { text, version: `o${++this.overlayVersion}` });
      }
    }
    for (const path of this.overlay.keys()) if (!texts.has(path)) changed = true;
    this.overlay = next;
    if (changed) this.overlayVersion++;
  }

  /** Makes the file part of the program even where no configuration lists it. */
  addRoot(path: string): void {
    if (this.rootNames.includes(path)) return;
    this.rootNames.push(path);
    this.rootVersion++;
  }

  /** Looks at these files on disk again before the next call. */
  refresh(paths: readonly string[]): void {
    for (const path of paths) {
      const state = this.disk.get(path);
      if (state) state.checkedAt = 0;
    }
    const now = performance.now();
    for (const [path, state] of this.disk) {
      if (now - state.checkedAt < DISK_TTL_MS) continue;
      const version = diskVersion(path);
      if (version !== state.version) this.rootVersion++;
      state.version = version;
      state.checkedAt = now;
    }
  }

  get program(): ts.Program {
    const program = this.service.getProgram();
    if (!program) throw new Error('The language service has no program.');
    return program;
  }

  /** The program's own source files: no declaration files of dependencies, no libraries. */
  sourceFiles(): ts.SourceFile[] {
    const { program } = this;
    return program
      .getSourceFiles()
      .filter(
        (file) =>
          !program.isSourceFileDefaultLibrary(file) &&
          !program.isSourceFileFromExternalLibrary(file) &&
          !file.fileName.includes('/node_modules/') &&
          file.fileName.startsWith(this.root),
      );
  }

  dispose(): void {
    this.service.dispose();
    this.snapshots.clear();
  }

  private projectVersion(): string {
    return `${this.rootVersion}.${this.overlayVersion}`;
  }

  private version(path: string): string {
    const over = this.overlay.get(path);
    if (over) return over.version;
    let state = this.disk.get(path);
    if (!state) {
      state = { version: diskVersion(path), checkedAt: performance.now() };
      this.disk.set(path, state);
    }
    return state.version;
  }

  private snapshot(path: string): ts.IScriptSnapshot | undefined {
    const version = this.version(path);
    const known = this.snapshots.get(path);
    if (known?.version === version) return known.snapshot;
    const text = this.overlay.get(path)?.text ?? this.typescript.sys.readFile(path);
    if (text === undefined) return undefined;
    const snapshot = this.typescript.ScriptSnapshot.fromString(text);
    this.snapshots.set(path, { version, snapshot });
    return snapshot;
  }
}

function diskVersion(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs}:${stat.size}:${stat.ino}` : 'absent';
}
