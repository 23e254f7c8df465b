/** Finds tools on disk without running anything: PATH, and folders of the repository where it is trusted. */
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';

const WINDOWS = process.platform === 'win32';
/** Endings tried on Windows; scripts (.cmd) need a shell and are left out. */
const ENDINGS = WINDOWS ? ['.exe'] : [''];

/**
 * Absolute path of an executable on PATH; undefined if there is none. Relative PATH entries are passed over, and so is
 * anything inside `outside`: an untrusted repository must not supply the tools that look at it.
 */
export function findOnPath(name: string, options: { outside?: string; path?: string } = {}): string | undefined {
  return listOnPath(name, options)[0];
}

/** All of them, in PATH's order. */
export function listOnPath(name: string, options: { outside?: string; path?: string } = {}): string[] {
  const found: string[] = [];
  for (const folder of (options.path ?? process.env['PATH'] ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    for (const ending of ENDINGS) {
      const file = join(folder, name + ending);
      if (!isExecutable(file) || (options.outside && isInside(file, options.outside))) continue;
      if (!found.includes(file)) found.push(file);
    }
  }
  return found;
}

/** Executable of a Python virtual environment; undefined if it is not there. */
export function inEnvironment(environment: string, name: string): string | undefined {
  const file = join(environment, WINDOWS ? 'Scripts' : 'bin', WINDOWS ? `${name}.exe` : name);
  return isExecutable(file) ? file : undefined;
}

export function isExecutable(file: string): boolean {
  try {
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
    accessSync(file, constants.X_OK);
    return true;
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return false;
    throw error;
  }
}

/** Whether a path, or what it links to, lies below a folder. */
export function isInside(path: string, folder: string): boolean {
  const below = (child: string, parent: string) =>
    child === parent || child.startsWith(parent.endsWith(sep) ? parent : parent + sep);
  return below(path, folder) || below(realpathSync(path), realpathSync(folder));
}
