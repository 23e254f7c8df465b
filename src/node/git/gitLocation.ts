/** Where a working tree's history lies and what HEAD is, read from files: no process, no configuration. */
import { statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { gitTop } from '../files/gitTop.ts';
import { readStable } from '../files/readSource.ts';

export interface GitLocation {
  /** The working tree's top folder. */
  readonly top: string;
  /** The folder with this working tree's HEAD. */
  readonly gitDirectory: string;
  /** The folder with objects, refs and packed-refs (another one in a linked worktree). */
  readonly commonDirectory: string;
  /** The root's path below the top of the working tree, with a trailing '/'; '' at the top. */
  readonly prefix: string;
}

/** Undefined outside a git repository. */
export function locateGit(root: string): GitLocation | undefined {
  const top = gitTop(root);
  if (top === undefined) return undefined;
  const dot = join(top, '.git');
  const pointer = statSync(dot, { throwIfNoEntry: false })?.isDirectory()
    ? dot
    : readLine(dot)?.match(/^gitdir: (.+)$/)?.[1];
  if (pointer === undefined) return undefined;
  const gitDirectory = resolve(top, pointer);
  const common = readLine(join(gitDirectory, 'commondir'));
  return {
    top,
    gitDirectory,
    commonDirectory: common === undefined ? gitDirectory : resolve(gitDirectory, common),
    prefix: relative(top, root)
      .split(sep)
      .filter(Boolean)
      .map((part) => `${part}/`)
      .join(''),
  };
}

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const MAX_LINKS = 5;

/** HEAD's commit; undefined in a repository without commits, or whose refs are kept in another way than files. */
export function readHead(location: GitLocation): string | undefined {
  let value = readLine(join(location.gitDirectory, 'HEAD'));
  for (let link = 0; link < MAX_LINKS && value !== undefined; link++) {
    if (COMMIT.test(value)) return value;
    const name = value.match(/^ref: (refs\/[^\0]+)$/)?.[1];
    if (name === undefined || name.split('/').includes('..')) return undefined;
    value =
      readLine(join(location.gitDirectory, name)) ??
      readLine(join(location.commonDirectory, name)) ??
      packedRef(location.commonDirectory, name);
  }
  return undefined;
}

function packedRef(commonDirectory: string, name: string): string | undefined {
  const text = readText(join(commonDirectory, 'packed-refs'));
  const line = text?.split('\n').find((candidate) => candidate.endsWith(` ${name}`));
  return line?.slice(0, line.indexOf(' '));
}

function readLine(path: string): string | undefined {
  return readText(path)?.split('\n', 1)[0]?.trimEnd();
}

/** Far above any honest packed-refs. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Undefined for what is not there, cannot be read or is no regular file (a pipe would be waited for): no answer then. */
export function readText(path: string): string | undefined {
  try {
    return readStable(path, path, MAX_BYTES).bytes.toString('utf8');
  } catch (error) {
    if (error instanceof LodestoneError) return undefined;
    throw error;
  }
}
