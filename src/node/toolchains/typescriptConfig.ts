/** Finds the TypeScript project that a file belongs to and reads its options without executing anything. */
import { dirname, join, relative } from 'node:path';
import type * as ts from 'typescript';
import { isRegularFile, readRegularText } from '../files/regularText.ts';

export interface ProjectConfig {
  /** Absolute path of the configuration file; '' for a project that had to be inferred. */
  readonly configPath: string;
  readonly options: ts.CompilerOptions;
  readonly fileNames: readonly string[];
  readonly references: readonly ts.ProjectReference[];
  /** What is wrong with the configuration, in TypeScript's words. */
  readonly errors: readonly string[];
}

const CONFIG_NAMES = ['tsconfig.json', 'jsconfig.json'];
const JAVASCRIPT = /\.(c|m)?jsx?$/;

/** The nearest configuration file at or above `file`, not above `root`. */
export function nearestConfig(root: string, file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    for (const name of CONFIG_NAMES) if (isRegularFile(join(folder, name))) return join(folder, name);
    const inside = relative(root, folder);
    if (inside === '' || inside.startsWith('..') || dirname(folder) === folder) return undefined;
  }
}

/**
 * Major version of the TypeScript that a folder of the repository uses: the one installed nearest above (a monorepo's may
 * lie at its root), else the one its manifest asks for; undefined if neither.
 */
export function workspaceTypeScript(
  root: string,
  folder: string,
): { major: number; version: string; path: string } | undefined {
  let asked: { major: number; version: string; path: string } | undefined;
  for (let at = folder; ; at = dirname(at)) {
    const installed = readJson(join(at, 'node_modules/typescript/package.json'));
    const version = installed?.version;
    if (typeof version === 'string') {
      return { major: Number.parseInt(version, 10), version, path: join(at, 'node_modules/typescript') };
    }
    const manifest = readJson(join(at, 'package.json'));
    for (const list of [manifest?.devDependencies, manifest?.dependencies, manifest?.peerDependencies]) {
      const range = list && typeof list === 'object' ? (list as Record<string, unknown>).typescript : undefined;
      const found = typeof range === 'string' ? /\d+/.exec(range) : null;
      if (found) asked ??= { major: Number(found[0]), version: range as string, path: '' };
    }
    const inside = relative(root, at);
    if (inside === '' || inside.startsWith('..') || dirname(at) === at) return asked;
  }
}

function readJson(path: string): Record<string, unknown> | undefined {
  const text = readRegularText(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    // A manifest that is no JSON says nothing about the version; package managers report it better than we could.
    return undefined;
  }
}

/** Parses one configuration file with its `extends`. */
function parse(typescript: typeof ts, configPath: string): ProjectConfig {
  const host: ts.ParseConfigFileHost = {
    ...typescript.sys,
    readFile: (path) => (isRegularFile(path) ? typescript.sys.readFile(path) : undefined),
    onUnRecoverableConfigFileDiagnostic: () => undefined,
  };
  const errors: string[] = [];
  const source = typescript.readJsonConfigFile(configPath, host.readFile);
  const parsed = typescript.parseJsonSourceFileConfigFileContent(
    source,
    host,
    dirname(configPath),
    undefined,
    configPath,
  );
  for (const error of [
    ...(source as unknown as { parseDiagnostics: ts.Diagnostic[] }).parseDiagnostics,
    ...parsed.errors,
  ]) {
    // 18002 and 18003: an empty list of files, which is normal for solutions and for an inferred root.
    if (error.code !== 18002 && error.code !== 18003) {
      errors.push(typescript.flattenDiagnosticMessageText(error.messageText, ' '));
    }
  }
  return {
    configPath,
    options: parsed.options,
    fileNames: parsed.fileNames,
    references: parsed.projectReferences ?? [],
    errors: [...new Set(errors)],
  };
}

/**
 * The project of `file` (absolute): the nearest configuration, a project it references if that one holds the file,
 * or inferred options. A file that no configuration lists belongs to the nearest one.
 */
export function findProject(typescript: typeof ts, root: string, file: string): ProjectConfig {
  const nearest = nearestConfig(root, file);
  if (nearest === undefined) return inferred(typescript, file);
  const first = parse(typescript, nearest);
  const owner = ownerOf(typescript, first, file, new Set([nearest]));
  const config = owner ?? first;
  const javascript = JAVASCRIPT.test(file);
  const options: ts.CompilerOptions = { ...config.options };
  if (javascript && !options.allowJs) {
    // A script beside a TypeScript project: its syntax is still checked, its types only if the project says so.
    options.allowJs = true;
    options.checkJs = options.checkJs ?? false;
  }
  applyVersionDefaults(typescript, root, file, options);
  return { ...config, options };
}

function ownerOf(
  typescript: typeof ts,
  config: ProjectConfig,
  file: string,
  seen: Set<string>,
): ProjectConfig | undefined {
  if (config.fileNames.includes(file)) return config;
  for (const reference of config.references) {
    const path = typescript.resolveProjectReferencePath(reference);
    if (seen.has(path) || !isRegularFile(path)) continue;
    seen.add(path);
    const found = ownerOf(typescript, parse(typescript, path), file, seen);
    if (found) return found;
  }
  return undefined;
}

/** TypeScript 6 changed what an absent option means; a project of an older one keeps the old meaning. */
function applyVersionDefaults(typescript: typeof ts, root: string, file: string, options: ts.CompilerOptions): void {
  const used = workspaceTypeScript(root, dirname(file));
  if (used ? used.major >= 6 : !writtenForOlder(typescript, options)) return;
  options.strict ??= false;
  options.types ??= ['*'];
  options.noUncheckedSideEffectImports ??= false;
}

/** Without a version to read: options that TypeScript 6 refuses as deprecated show that an older one is meant. */
function writtenForOlder(typescript: typeof ts, options: ts.CompilerOptions): boolean {
  if (options.ignoreDeprecations === '6.0') return false;
  const { ModuleKind, ModuleResolutionKind, ScriptTarget } = typescript;
  const { moduleResolution, module, target } = options;
  return (
    moduleResolution === ModuleResolutionKind.Node10 ||
    moduleResolution === ModuleResolutionKind.Classic ||
    (target !== undefined && target <= ScriptTarget.ES5) ||
    (module !== undefined && [ModuleKind.None, ModuleKind.AMD, ModuleKind.UMD, ModuleKind.System].includes(module)) ||
    options.baseUrl !== undefined ||
    options.outFile !== undefined ||
    options.downlevelIteration !== undefined ||
    options.esModuleInterop === false
  );
}

function inferred(typescript: typeof ts, file: string): ProjectConfig {
  const options: ts.CompilerOptions = {
    allowJs: true,
    checkJs: false,
    allowNonTsExtensions: true,
    target: typescript.ScriptTarget.ESNext,
    module: typescript.ModuleKind.ESNext,
    moduleResolution: typescript.ModuleResolutionKind.Bundler,
    jsx: typescript.JsxEmit.Preserve,
    esModuleInterop: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
    strict: !JAVASCRIPT.test(file),
    types: ['*'],
  };
  return {
    configPath: '',
    options,
    fileNames: [],
    references: [],
    errors: [],
  };
}
