/** The lists the walk goes by (src/data/files/walk.json), checked when they are read. */
import { LodestoneError } from '../../base/errors.ts';

export interface WalkRules {
  /** Globs of manifests' names; these files are listed whatever their extension. */
  readonly manifests: readonly string[];
  /** Names of ignore files in git's syntax, lowest precedence first. */
  readonly ignoreFiles: readonly string[];
  /** Folders that are never source, wherever they lie. */
  readonly ignoredFolders: readonly string[];
  /** Folders that are build output where one of the named files lies beside them. */
  readonly ignoredBeside: Readonly<Record<string, readonly string[]>>;
  /** Files by which a folder declares itself a cache or a virtual environment (https://bford.info/cachedir/). */
  readonly markers: readonly string[];
}

/** Throws LodestoneError badData. */
export function parseWalkRules(json: string): WalkRules {
  const names = (value: unknown): value is readonly string[] =>
    Array.isArray(value) && value.every((name) => typeof name === 'string');
  let rules: Partial<WalkRules>;
  try {
    rules = JSON.parse(json) as Partial<WalkRules>;
  } catch (error) {
    throw broken('is no JSON', error);
  }
  const { manifests, ignoreFiles, ignoredFolders, ignoredBeside, markers } = rules;
  if (!names(manifests) || !names(ignoreFiles) || !names(ignoredFolders) || !names(markers))
    throw broken('lacks a list of names');
  if (!ignoredBeside || !Object.values(ignoredBeside).every(names)) throw broken('needs lists in ignoredBeside');
  return { manifests, ignoreFiles, ignoredFolders, ignoredBeside, markers };
}

function broken(what: string, cause?: unknown): LodestoneError {
  return new LodestoneError('badData', `data/files/walk.json ${what}.`, { advice: 'Install Lodestone again.', cause });
}
