/** How much a repository's store takes on disk, and its deletion: of what can be rebuilt, or of everything. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import type { StorageReport } from '../../core/engine.ts';
import type { StoreLocation } from './location.ts';

export interface StorageParts {
  readonly location: StoreLocation;
  /** Closes the index and the counts; with `decisions` also what belongs to the user. Whoever uses them next fails. */
  readonly close: (which: { decisions: boolean }) => void;
}

export class Storage {
  constructor(private readonly parts: StorageParts) {}

  report(): StorageReport {
    const { folder, index, completions, user } = this.parts.location;
    const size = (path: string) => this.filesOf(path).reduce((sum, file) => sum + sizeOf(file), 0);
    return { folder, index: size(index), counts: size(completions), decisions: size(user) };
  }

  clear(which: { decisions: boolean }): StorageReport {
    const { index, completions, user } = this.parts.location;
    this.parts.close(which);
    for (const path of which.decisions ? [index, completions, user] : [index, completions])
      for (const file of this.filesOf(path)) remove(file);
    return this.report();
  }

  /** The file with its log and shared memory, and copies of it that were set aside. */
  private filesOf(path: string): string[] {
    const { folder } = this.parts.location;
    try {
      return readdirSync(folder)
        .filter((name) => name.startsWith(basename(path)))
        .map((name) => join(folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

/** Windows refuses where another process has the file open. */
function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    throw new LodestoneError('storeBusy', `${basename(file)} cannot be deleted: ${String((error as Error).message)}`, {
      advice: 'Close other windows and command lines that use Lodestone in this folder, and try again.',
      cause: error,
    });
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
