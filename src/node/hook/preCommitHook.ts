/** The pre-commit hook: written where this repository has its hooks, never over somebody else's, and taken away again. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import { git } from './git.ts';

/** A hook with this line is ours, whatever its version. */
const MARK = '# lodestone:pre-commit';
/** Where a hook that was there before waits while ours calls it. */
const CHAINED = 'pre-commit.before-lodestone';

export interface HookState {
  /** Absolute path of the hook. */
  readonly path: string;
  readonly state: 'installed' | 'absent' | 'foreign';
  /** A hook that was there before is called first. */
  readonly chained: boolean;
  /** Git would run it. */
  readonly executable: boolean;
}

/** What the hook starts: the Node and the command line that are here now. */
export interface HookProgram {
  readonly node: string;
  readonly cli: string;
}

export class PreCommitHook {
  private constructor(
    private readonly path: string,
    private readonly top: string,
    private readonly folders: readonly string[],
  ) {}

  /** Throws toolMissing without git, notFound outside a repository, badArguments in a bare one. */
  static async of(folder: string, options: CallOptions): Promise<PreCommitHook> {
    const isBare = (await git(folder, ['rev-parse', '--is-bare-repository'], options)).trim() === 'true';
    if (isBare)
      throw new LodestoneError('badArguments', 'A bare repository has no commits to check.', {
        advice: 'Install the hook in a working tree.',
      });
    const line = async (...args: string[]) =>
      (await git(folder, ['rev-parse', ...args], options)).replace(/\r?\n$/, '');
    const top = await line('--show-toplevel');
    const common = resolve(folder, await line('--git-common-dir'));
    // Honours core.hooksPath; in a linked working tree these are the main one's hooks.
    const hooks = resolve(top, (await git(top, ['rev-parse', '--git-path', 'hooks'], options)).replace(/\r?\n$/, ''));
    return new PreCommitHook(join(hooks, 'pre-commit'), top, [common, top]);
  }

  state(): HookState {
    const there = lstatSync(this.path, { throwIfNoEntry: false });
    const isOurs = there?.isFile() === true && this.text().includes(MARK);
    return {
      path: this.path,
      state: isOurs ? 'installed' : there ? 'foreign' : 'absent',
      chained: isOurs && existsSync(this.chained),
      executable: there !== undefined && (process.platform === 'win32' || (there.mode & 0o100) !== 0),
    };
  }

  /** Writes the hook, or anew where it is ours. Throws badArguments for a foreign hook unless it may be `chained`. */
  install(program: HookProgram, chain: boolean): HookState {
    this.requireOwnFolder();
    this.requireNoHusky();
    const { state } = this.state();
    if (state === 'foreign') {
      if (!chain || existsSync(this.chained)) throw this.foreign();
      this.changed(() => renameSync(this.path, this.chained));
    }
    const temporary = `${this.path}.${process.pid}.tmp`;
    try {
      this.changed(() => {
        mkdirSync(dirname(this.path), { recursive: true });
        writeFileSync(temporary, scriptOf(program), { mode: 0o755 });
        // The umask may have taken the bit away.
        chmodSync(temporary, 0o755);
        renameSync(temporary, this.path);
      });
    } catch (error) {
      rmSync(temporary, { force: true });
      if (state === 'foreign' && !existsSync(this.path)) renameSync(this.chained, this.path);
      throw error;
    }
    return this.state();
  }

  /** Takes our hook away and puts back the one that it called. Throws badArguments for a foreign hook; without any nothing happens. */
  uninstall(): HookState {
    const { state, chained } = this.state();
    if (state === 'foreign')
      throw new LodestoneError('badArguments', `${this.path} is not Lodestone's, and is left as it is.`, {
        advice: 'Take "lodestone hook run" out of it by hand.',
      });
    if (state === 'installed') {
      this.changed(() => {
        if (chained) renameSync(this.chained, this.path);
        else rmSync(this.path);
      });
    }
    return this.state();
  }

  private get chained(): string {
    return join(dirname(this.path), CHAINED);
  }

  private text(): string {
    try {
      return readFileSync(this.path, 'utf8');
    } catch (cause) {
      throw this.trouble(cause, 'read');
    }
  }

  /** Hooks of a folder that serves other repositories too are not this one's to change. */
  private requireOwnFolder(): void {
    const hooks = dirname(this.path);
    const isOwn = this.folders.some((folder) => isBelow(realPath(hooks), realPath(folder)));
    if (isOwn) return;
    throw new LodestoneError('badArguments', `core.hooksPath leads to ${hooks}, outside this repository.`, {
      advice:
        'Other repositories may use it too. Add the line "lodestone hook run || exit 1" to its pre-commit yourself.',
      args: { path: hooks },
    });
  }

  /**
   * Husky writes the hooks of its folder anew with every install, and each runs the user's of the name under which it was called: one
   * that waits under another name would run nothing.
   */
  private requireNoHusky(): void {
    const hooks = dirname(this.path);
    if (basename(hooks) !== '_' || !existsSync(join(hooks, 'h'))) return;
    const own = join(dirname(hooks), basename(this.path));
    throw new LodestoneError('badArguments', "The hooks of this repository are husky's, which writes them itself.", {
      advice: `Add the line "lodestone hook run || exit 1" to ${this.shown(own)}.`,
      args: { path: own },
    });
  }

  /** From the working tree's top. */
  private shown(path: string): string {
    return relative(this.top, path).split(sep).join('/');
  }

  private foreign(): LodestoneError {
    const again = existsSync(this.chained) ? `, and ${CHAINED} is taken` : '';
    return new LodestoneError('badArguments', `There is a pre-commit hook already: ${this.shown(this.path)}${again}.`, {
      advice: 'With --chain it is kept and runs first; or add the line "lodestone hook run || exit 1" to it yourself.',
      args: { path: this.path },
    });
  }

  private changed(work: () => void): void {
    try {
      work();
    } catch (cause) {
      throw this.trouble(cause, 'written');
    }
  }

  private trouble(cause: unknown, what: string): LodestoneError {
    return new LodestoneError('unreadable', `${this.path} cannot be ${what}: ${(cause as Error).message}`, {
      advice: 'Check the permissions of the folder.',
      cause,
    });
  }
}

/** A link counts as where it leads to; of what is not there yet the folder above. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const above = dirname(path);
  return above === path ? path : join(realPath(above), path.slice(above.length));
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** For git's own sh on every system. A gate that lacks its tool says so and stops the commit, as people expect of a gate. */
function scriptOf({ node, cli }: HookProgram): string {
  return `#!/bin/sh
${MARK} 1
# Written by "lodestone hook install"; "lodestone hook uninstall" takes it away.
# It stops a commit that adds errors. To commit all the same: git commit --no-verify
node=${quoted(node)}
cli=${quoted(cli)}
before="$(dirname "$0")/${CHAINED}"
if [ -x "$before" ]; then
  "$before" "$@" || exit $?
fi
if [ -f "$cli" ] && [ -x "$node" ]; then
  exec "$node" "$cli" hook run
elif [ -f "$cli" ] && command -v node >/dev/null 2>&1; then
  exec node "$cli" hook run
elif command -v lodestone >/dev/null 2>&1; then
  exec lodestone hook run
fi
echo "lodestone: the pre-commit check cannot run: $cli is gone, and no lodestone is on the PATH." >&2
echo "Install Lodestone and run \\"lodestone hook install\\" again, or delete $0." >&2
echo "To commit all the same: git commit --no-verify" >&2
exit 1
`;
}

/** For sh, with '/' on Windows too. */
function quoted(path: string): string {
  const plain = process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
  return `'${plain.replaceAll("'", "'\\''")}'`;
}
