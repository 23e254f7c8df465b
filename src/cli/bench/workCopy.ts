/** A repository's sources in the temporary folder: benchmarks change, mine and complete these, never the user's own. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import type { RepositoryEngine } from '../../core/engine.ts';
import type { Invocation } from '../command.ts';
import { withRepository } from '../session.ts';

export class WorkCopy {
  private readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'lodestone-bench-')));
  /** Has the name of the repository, which prompts tell. */
  readonly root: string;

  constructor(name: string) {
    this.root = join(this.folder, name);
    mkdirSync(this.root);
  }

  /** `text` undefined: the file goes. */
  write(path: string, text: string | undefined): void {
    const file = resolve(this.root, path);
    // A tree can hold any name that somebody wrote into it.
    if (!file.startsWith(this.root + sep)) return;
    rmSync(file, { recursive: true, force: true });
    if (text === undefined) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** An engine over the copy, with a store of its own; nothing of the copied repository is executed. */
  open<T>(invocation: Invocation, work: (engine: RepositoryEngine) => Promise<T>): Promise<T> {
    return withRepository(invocation, this.root, false, work, join(this.folder, 'cache'));
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
