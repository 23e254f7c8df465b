/** A program of the packages in package.json, so that a missing import can be found in one that no file imports yet. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type * as ts from 'typescript';
import { readRegularText } from '../files/regularText.ts';
import type { DiskView } from './diskView.ts';

/** More packages than this are not looked through: their types would cost more memory than the import is worth. */
const MAX_PACKAGES = 60;

/** Builds the program when it is first asked for, and again when the manifest or an installed package changed. */
export class DependencyProgram {
  private built: { looks: number; stamp: string; program: ts.Program | undefined } | undefined;

  constructor(
    private readonly typescript: typeof ts,
    private readonly disk: DiskView,
    private readonly root: string,
    private readonly folder: string,
    private readonly options: ts.CompilerOptions,
    private readonly isCancelled: () => boolean,
  ) {}

  /** Undefined where there is no manifest or no dependency with types. */
  get(): ts.Program | undefined {
    const { looks } = this.disk;
    if (this.built?.looks === looks) return this.built.program;
    const options: ts.CompilerOptions = {
      ...this.options,
      noLib: true,
      types: [],
      allowJs: true,
      checkJs: false,
      maxNodeModuleJsDepth: 2,
      noEmit: true,
      skipLibCheck: true,
    };
    const found = nearest(this.root, this.folder, 'package.json') ?? nearest(this.root, this.folder, 'node_modules');
    const entries = found ? this.entries(found, options) : [];
    const stamp = entries.map(({ file, version }) => `${file} ${version} ${this.disk.version(file)}`).join('\n');
    const files = entries.map(({ file }) => file);
    const program =
      this.built?.stamp === stamp
        ? this.built.program
        : files.length
          ? this.typescript.createProgram(files, options)
          : undefined;
    this.built = { looks, stamp, program };
    return program;
  }

  /** Where each package's types begin, and its version. */
  private entries(found: string, options: ts.CompilerOptions): { file: string; version: string }[] {
    const { typescript, disk } = this;
    const host: ts.ModuleResolutionHost = {
      fileExists: (path) => disk.fileExists(path),
      readFile: (path) => disk.configuration(path),
      directoryExists: (path) => disk.directoryExists(path),
      getDirectories: (path) => disk.directories(path),
      realpath: (path) => disk.realpath(path),
    };
    const containing = join(dirname(found), '__lodestone__.ts');
    const resolve = (name: string) => typescript.resolveModuleName(name, containing, options, host).resolvedModule;
    const entries: { file: string; version: string }[] = [];
    for (const name of dependencyNames(found).slice(0, MAX_PACKAGES)) {
      if (this.isCancelled()) throw new typescript.OperationCanceledException();
      const own = resolve(name);
      const typed = own && !/\.(c|m)?js$|\.json$/.test(own.resolvedFileName);
      const entry = typed ? own : (resolve(`@types/${name.replace(/^@(.*)\/(.*)$/, '$1__$2')}`) ?? own);
      if (!entry || entry.resolvedFileName.endsWith('.json')) continue;
      entries.push({ file: entry.resolvedFileName, version: entry.packageId?.version ?? '' });
    }
    return entries;
  }
}

function nearest(root: string, folder: string, name: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return join(at, name);
    const inside = relative(root, at);
    if (inside === '' || inside.startsWith('..') || dirname(at) === at) return undefined;
  }
}

/** What the package may import at run time, sorted: a development tool is no source of imports. */
function dependencyNames(found: string): string[] {
  if (!found.endsWith('.json')) return installedNames(found);
  let parsed: unknown;
  try {
    parsed = JSON.parse(readRegularText(found) ?? '');
  } catch {
    // A manifest that is no JSON names no dependency.
    return [];
  }
  const names = new Set<string>();
  const { dependencies, peerDependencies, optionalDependencies } = (parsed ?? {}) as Record<string, unknown>;
  for (const list of [dependencies, peerDependencies, optionalDependencies]) {
    if (list && typeof list === 'object') for (const name of Object.keys(list)) names.add(name);
  }
  return [...names].sort();
}

/** Without a manifest: every package that lies in node_modules; a package of types stands for the one it describes. */
function installedNames(folder: string): string[] {
  const names = new Set<string>();
  for (const name of readdirSync(folder)) {
    if (name.startsWith('.')) continue;
    if (!name.startsWith('@')) names.add(name);
    else
      for (const inner of readdirSync(join(folder, name))) {
        if (name !== '@types') names.add(`${name}/${inner}`);
        else names.add(inner.includes('__') ? `@${inner.replace('__', '/')}` : inner);
      }
  }
  return [...names].sort();
}
