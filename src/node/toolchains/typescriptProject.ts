/** One warm TypeScript language service over a project, with texts that replace files without touching the disk. */
import { dirname, join } from 'node:path';
import type * as ts from 'typescript';
import type { DiskView } from './diskView.ts';
import type { ProjectConfig } from './typescriptConfig.ts';
import { DependencyProgram } from './typescriptDependencies.ts';

/** What the service asks its host for though its published types do not say so. */
interface UnpublishedHost {
  /** References are read from their sources, so that nothing has to be built first. */
  useSourceOfProjectReferenceRedirect(): boolean;
  /** Packages that could be imported but are not yet. */
  getPackageJsonAutoImportProvider(): ts.Program | undefined;
  /** Whether imports may lead elsewhere than in the program before. */
  hasInvalidatedResolutions(): boolean;
}

/** Language service, host and overlay of one project. Not thread-safe; lives in the TypeScript worker. */
export class TypeScriptProject {
  readonly service: ts.LanguageService;
  readonly options: ts.CompilerOptions;
  private overlay = new Map<string, { text: string; version: string }>();
  private readonly snapshots = new Map<string, { version: string; snapshot: ts.IScriptSnapshot }>();
  /** Files that the configuration lists, then those that were opened though it does not. */
  private rootNames: readonly string[];
  private readonly opened = new Set<string>();
  private listed: ReadonlySet<string>;
  private rootVersion = 0;
  private overlayVersion = 0;
  /** Grows when an unsaved file comes or goes. */
  private overlayShape = 0;
  /** The shape of disk and overlay for which the program's imports were resolved. */
  private resolvedFor = '';

  constructor(
    private readonly typescript: typeof ts,
    readonly config: ProjectConfig,
    private readonly root: string,
    private readonly disk: DiskView,
    libFolder: string,
    registry: ts.DocumentRegistry,
    isCancelled: () => boolean,
  ) {
    this.options = config.options;
    this.rootNames = config.fileNames;
    this.listed = new Set(config.fileNames);
    const { sys } = typescript;
    const caseSensitive = sys.useCaseSensitiveFileNames;
    const folder = config.configPath ? dirname(config.configPath) : root;
    const dependencies = new DependencyProgram(typescript, disk, root, folder, config.options, isCancelled);
    const host: ts.LanguageServiceHost & UnpublishedHost = {
      getCompilationSettings: () => this.options,
      getScriptFileNames: () => [...this.rootNames],
      getScriptVersion: (path) => this.version(path),
      getScriptSnapshot: (path) => this.snapshot(path),
      getProjectVersion: () => this.projectVersion(),
      getCurrentDirectory: () => folder,
      getDefaultLibFileName: (options) => join(libFolder, typescript.getDefaultLibFileName(options)),
      fileExists: (path) => this.overlay.has(path) || disk.fileExists(path),
      readFile: (path) => this.overlay.get(path)?.text ?? disk.configuration(path),
      readDirectory: (...request) => sys.readDirectory(...request),
      directoryExists: (path) => disk.directoryExists(path),
      getDirectories: (path) => disk.directories(path),
      realpath: (path) => disk.realpath(path),
      hasInvalidatedResolutions: () => this.resolvedFor !== this.shape(),
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
        next.set(path, { text, version: this.disk.freshMark() });
      }
      if (!old && !this.disk.fileExists(path)) this.overlayShape++;
    }
    for (const path of this.overlay.keys()) {
      if (texts.has(path)) continue;
      changed = true;
      if (!this.disk.fileExists(path)) this.overlayShape++;
    }
    this.overlay = next;
    if (changed) this.overlayVersion++;
  }

  /** Makes the file part of the program even where no configuration lists it. */
  addRoot(path: string): void {
    if (this.listed.has(path) || this.opened.has(path)) return;
    this.opened.add(path);
    this.setRoots();
  }

  /** The files that the configuration lists now. */
  setListed(fileNames: readonly string[]): void {
    this.listed = new Set(fileNames);
    for (const path of this.opened) {
      if (this.listed.has(path) || !(this.overlay.has(path) || this.disk.fileExists(path))) this.opened.delete(path);
    }
    this.setRoots();
  }

  get program(): ts.Program {
    const program = this.service.getProgram();
    if (!program) throw new Error('The language service has no program.');
    this.resolvedFor = this.shape();
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

  /** Of an existing file; the path itself where there is none. */
  realpath(path: string): string {
    return this.disk.realpath(path);
  }

  dispose(): void {
    this.service.dispose();
    this.snapshots.clear();
  }

  private setRoots(): void {
    const names = [...this.listed, ...this.opened];
    if (names.length === this.rootNames.length && names.every((name, at) => name === this.rootNames[at])) return;
    this.rootNames = names;
    this.rootVersion++;
  }

  private shape(): string {
    return `${this.disk.shape}.${this.overlayShape}`;
  }

  private projectVersion(): string {
    return `${this.shape()}.${this.disk.contents}.${this.rootVersion}.${this.overlayVersion}`;
  }

  private version(path: string): string {
    return this.overlay.get(path)?.version ?? this.disk.version(path);
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
