/** Which repository a file or folder on the command line belongs to. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { LodestoneError } from '../base/errors.ts';

/** Files that mark the root of a project where there is no git. */
const MANIFESTS = [
  'package.json',
  'pyproject.toml',
  'setup.py',
  'setup.cfg',
  'requirements.txt',
  'Cargo.toml',
  'go.mod',
];

export interface LocatedFile {
  /** Absolute real path of the repository's root. */
  readonly root: string;
  /** Path of the file relative to it, with '/'. */
  readonly path: string;
}

/** Nearest folder upwards with `.git`, else nearest with a manifest, else the folder itself. */
export function repositoryRootOf(folder: string): string {
  return nearest(folder, ['.git']) ?? nearest(folder, MANIFESTS) ?? folder;
}

/** Throws LodestoneError notFound | badArguments | unreadable. */
export function locateFile(cwd: string, argument: string): LocatedFile {
  const absolute = resolve(cwd, argument);
  if (stat(absolute, argument).isDirectory())
    throw new LodestoneError('badArguments', `"${argument}" is a folder.`, { advice: 'Name a source file.' });
  // The folder's real path, but the file's own name: a link inside the repository keeps the name it is known by.
  const folder = realpathSync(dirname(absolute));
  const root = repositoryRootOf(folder);
  return {
    root,
    path: relative(root, join(folder, basename(absolute)))
      .split(sep)
      .join('/'),
  };
}

/** The folder's absolute real path; throws LodestoneError notFound | badArguments | unreadable. */
export function locateFolder(cwd: string, argument: string): string {
  const absolute = resolve(cwd, argument);
  if (!stat(absolute, argument).isDirectory())
    throw new LodestoneError('badArguments', `"${argument}" is not a folder.`, { advice: 'Name a folder.' });
  return realpathSync(absolute);
}

function stat(absolute: string, argument: string) {
  try {
    return statSync(absolute);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG')
      throw new LodestoneError('notFound', `There is no "${argument}".`, { advice: 'Check the path.', cause });
    throw new LodestoneError('unreadable', `"${argument}" cannot be read: ${code}.`, {
      advice: code === 'ELOOP' ? 'It is a link to itself.' : 'Check its permissions.',
      cause,
    });
  }
}

function nearest(start: string, names: readonly string[]): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (names.some((name) => existsSync(join(folder, name)))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
