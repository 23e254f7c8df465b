/** Loads every list of facts (src/data and a trusted workspace's `.lodestone/`) through one validated door. */
import type { DataFiles } from '../ports.ts';
import { compileSchemas, type FileValidator } from './schemas.ts';

/** One valid data file. */
export interface CatalogEntry<T = unknown> {
  /** The kind: a folder of src/data, e.g. 'frameworks', 'fix-rules'. */
  readonly folder: string;
  /** Path below the folder, e.g. 'python/syntax.yml'. */
  readonly path: string;
  readonly origin: 'builtin' | 'workspace';
  readonly value: T;
}

/** Why a data file (or a part of it) was not loaded. */
export interface CatalogProblem {
  /** `<folder>/<path>`, below src/data or below `.lodestone/`. */
  readonly path: string;
  readonly origin: 'builtin' | 'workspace';
  /** From 1. */
  readonly line: number;
  readonly message: string;
  /** What to change. */
  readonly advice: string;
}

/** A file of the workspace's `.lodestone/` folder; hosts pass them only where the workspace is trusted. */
export interface OverrideFile {
  readonly folder: string;
  readonly path: string;
  readonly text: string;
}

export class Catalog {
  constructor(
    readonly entries: readonly CatalogEntry[],
    readonly problems: readonly CatalogProblem[],
  ) {}

  /** Values of one kind, in the order of their paths. The schema has vouched for the shape. */
  of<T>(folder: string): CatalogEntry<T>[] {
    return this.entries.filter((entry) => entry.folder === folder) as CatalogEntry<T>[];
  }
}

/**
 * Loads every folder that has a schema in src/data/schemas/catalog/<folder>.json. A workspace file replaces the
 * built-in file of the same folder and path; others are added. A broken file becomes a problem and the rest loads;
 * where a broken workspace file would have replaced a built-in one, the built-in one stays.
 */
export async function loadCatalog(dataFiles: DataFiles, overrides: readonly OverrideFile[] = []): Promise<Catalog> {
  const validators = await compileSchemas(dataFiles);
  const files: OverrideFile[] = [];
  for (const folder of validators.keys()) {
    for (const path of await dataFiles.list(folder))
      if (/\.(ya?ml|json)$/.test(path)) files.push({ folder, path, text: await dataFiles.read(`${folder}/${path}`) });
  }
  return overlay(overlay(new Catalog([], []), files, 'builtin', validators), overrides, 'workspace', validators);
}

/** The built-in files as the build checked and parsed them (COMPILED_CATALOG); only overrides are checked here. */
export async function openCatalog(dataFiles: DataFiles, overrides: readonly OverrideFile[]): Promise<Catalog> {
  const builtin = new Catalog(JSON.parse(await dataFiles.read(COMPILED_CATALOG)) as CatalogEntry[], []);
  return overrides.length ? overlay(builtin, overrides, 'workspace', await compileSchemas(dataFiles)) : builtin;
}

/** Where the build puts the entries of `loadCatalog`, as JSON. */
export const COMPILED_CATALOG = 'catalog.json';

/** `files` on top of a catalog: equal folder and path replace. */
function overlay(
  below: Catalog,
  files: readonly OverrideFile[],
  origin: CatalogEntry['origin'],
  validators: ReadonlyMap<string, FileValidator>,
): Catalog {
  const problems = [...below.problems];
  const entries = new Map(below.entries.map((entry) => [`${entry.folder}/${entry.path}`, entry]));
  for (const { folder, path, text } of files) {
    const validator = validators.get(folder);
    if (!validator) {
      problems.push({
        path: `${folder}/${path}`,
        origin,
        line: 1,
        message: `There is no kind of data called "${folder}".`,
        advice: `Move the file to one of ${[...validators.keys()].join(', ')}.`,
      });
      continue;
    }
    const result = validator(path, text);
    for (const { line, message, advice } of result.problems)
      problems.push({ path: `${folder}/${path}`, origin, line, message, advice });
    if (result.value !== undefined) entries.set(`${folder}/${path}`, { folder, path, origin, value: result.value });
  }
  const ordered = [...entries.values()].sort((a, b) => compare(a.folder, b.folder) || compare(a.path, b.path));
  return new Catalog(ordered, problems);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
