/** The git repository around a folder, found without running git. */
import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Nearest folder upwards that holds `.git`; undefined outside any repository. */
export function gitTop(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (lstatSync(join(at, '.git'), { throwIfNoEntry: false })) return at;
    if (dirname(at) === at) return undefined;
  }
}
