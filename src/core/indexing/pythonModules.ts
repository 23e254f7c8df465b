/** Where a Python file can import a name of this repository from, in the form that file would write it. */
import type { Declarations } from './declarations.ts';
import { comparePaths, folderOf } from './paths.ts';

export interface ModuleName {
  readonly module: string;
  readonly name: string;
}

/**
 * Modules that declare `name` at top level, nearest first. `isFile` tells whether a repository-relative path exists: a
 * package starts below the first folder upwards that has no `__init__.py`.
 */
export function pythonModules(
  declarations: Declarations,
  importer: string,
  name: string,
  isFile: (path: string) => boolean,
): ModuleName[] {
  const folder = folderOf(importer);
  const relativeStyle = declarations.importsIn(importer).some(({ module }) => module.startsWith('.'));
  const paths = new Set(
    declarations
      .named(name)
      .filter(
        ({ path, container, exported }) => path.endsWith('.py') && path !== importer && container === '' && exported,
      )
      .map(({ path }) => path),
  );
  return [...paths]
    .sort((a, b) => distance(folder, a) - distance(folder, b) || comparePaths(a, b))
    .map((path) => {
      const stem = path.replace(/(\/__init__)?\.py$/, '');
      if (relativeStyle && folderOf(path) === folder)
        return { module: `.${stem.slice(folder ? folder.length + 1 : 0)}`, name };
      return { module: stem.slice(sourceRoot(path, isFile).length).replace(/^\//, '').replaceAll('/', '.'), name };
    })
    .filter(({ module }) => module !== '' && module !== '.');
}

/** Folders that the two paths do not share. */
function distance(folder: string, path: string): number {
  const own = folder.split('/').filter(Boolean);
  const other = folderOf(path).split('/').filter(Boolean);
  let shared = 0;
  while (shared < own.length && own[shared] === other[shared]) shared++;
  return own.length - shared + (other.length - shared);
}

function sourceRoot(path: string, isFile: (path: string) => boolean): string {
  let folder = folderOf(path);
  if (!isFile(`${folder}/__init__.py`)) {
    // Without packages the import path is the repository's own root, or src/ where that is used.
    return folder === 'src' || folder.startsWith('src/') ? 'src' : '';
  }
  while (folder !== '' && isFile(`${folder}/__init__.py`)) folder = folderOf(folder);
  return folder;
}
