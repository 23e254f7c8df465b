/** States of a clone, read from git's objects: nothing is checked out and nothing in the clone changes. */
import { execFileSync } from 'node:child_process';
import { basename, dirname } from 'node:path';
import type { FileHistory } from '../../src/core/ports.ts';
import { MAX_COMMITS } from '../../src/node/git/gitHistory.ts';
import { LOG_COMMAND, LogReader } from '../../src/node/git/logReader.ts';
import { readBlobs } from '../gitObjects.ts';
import type { Snapshot } from './miner.ts';

const SOURCE = /\.(?:[cm]?[jt]sx?|py|rs|go)$/;
const MANIFEST =
  /(?:^|\/)(?:package\.json|pyproject\.toml|requirements[^/]*\.txt|Cargo\.toml|go\.mod|Pipfile|setup\.(?:py|cfg))$/;
const MOST_BYTES = 300_000;

function git(folder: string, args: readonly string[]): Buffer {
  return execFileSync('git', ['-C', folder, ...args], { maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] });
}

const text = (folder: string, args: readonly string[]) => git(folder, args).toString('utf8').trim();

/** The commit that `share` of the first-parent history lies at or before; 1 is HEAD. */
export function commitAt(folder: string, share: number): string {
  const commits = text(folder, ['rev-list', '--first-parent', 'HEAD']).split('\n');
  return commits[Math.floor((commits.length - 1) * (1 - share))] as string;
}

/** Texts of a commit's files whose paths match. */
export function readMatching(folder: string, commit: string, pattern: RegExp): Map<string, string> {
  const entries = text(folder, ['ls-tree', '-r', commit])
    .split('\n')
    .map((line) => /^\d+ blob (\w+)\t(.*)$/.exec(line))
    .filter((match) => match !== null && pattern.test(match[2] as string)) as RegExpExecArray[];
  const blobs = readBlobs(
    folder,
    entries.map(([, hash = '']) => hash),
  );
  return new Map(entries.map(([, , path = ''], index) => [path, (blobs[index] as Buffer).toString('utf8')]));
}

/** Sources and manifests of a commit, with the history that led to it. */
export function readSnapshot(folder: string, commit: string, withHistory = true): Snapshot {
  const entries = text(folder, ['ls-tree', '-r', '-l', commit])
    .split('\n')
    .map((line) => /^\d+ blob (\w+) +(\d+)\t(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, hash = '', size, path = '']) => ({ hash, size: Number(size), path }))
    .filter(({ path, size }) => size <= MOST_BYTES && (SOURCE.test(path) || MANIFEST.test(path)));
  const blobs = readBlobs(
    folder,
    entries.map(({ hash }) => hash),
  );
  const texts = new Map<string, string>();
  const manifests = new Map<string, string>();
  entries.forEach(({ path }, index) => {
    (SOURCE.test(path) ? texts : manifests).set(path, (blobs[index] as Buffer).toString('utf8'));
  });
  const name = basename(folder) === 'repo' ? (dirname(folder).split('/').pop() as string) : basename(folder);
  const history = withHistory ? readHistory(folder, commit) : new Map<string, FileHistory>();
  return { name, texts, manifests, history, headDate: Number(text(folder, ['log', '-1', '--format=%ct', commit])) };
}

/** As the product reads it, at any commit. */
function readHistory(folder: string, commit: string): ReadonlyMap<string, FileHistory> {
  const reader = new LogReader('');
  reader.push(git(folder, [...LOG_COMMAND, `--max-count=${MAX_COMMITS}`, commit]));
  return reader.finish();
}
