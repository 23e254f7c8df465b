/** States of a clone, read from git's objects: nothing is checked out and nothing in the clone changes. */
import { execFileSync } from 'node:child_process';
import { basename, dirname } from 'node:path';
import type { FileHistory } from '../../src/core/ports.ts';
import type { Snapshot } from './miner.ts';

const SOURCE = /\.(?:[cm]?[jt]sx?|py|rs|go)$/;
const MANIFEST =
  /(?:^|\/)(?:package\.json|pyproject\.toml|requirements[^/]*\.txt|Cargo\.toml|go\.mod|Pipfile|setup\.(?:py|cfg))$/;
const MOST_BYTES = 300_000;

function git(folder: string, args: readonly string[], input?: string): Buffer {
  return execFileSync('git', ['-C', folder, ...args], {
    maxBuffer: 1 << 30,
    stdio: ['pipe', 'pipe', 'ignore'],
    ...(input === undefined ? {} : { input }),
  });
}

const text = (folder: string, args: readonly string[]) => git(folder, args).toString('utf8').trim();

/** The commit that `share` of the first-parent history lies at or before; 1 is HEAD. */
export function commitAt(folder: string, share: number): string {
  const commits = text(folder, ['rev-list', '--first-parent', 'HEAD']).split('\n');
  return commits[Math.floor((commits.length - 1) * (1 - share))] as string;
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
    (SOURCE.test(path) ? texts : manifests).set(path, blobs[index] as string);
  });
  const name = basename(folder) === 'repo' ? (dirname(folder).split('/').pop() as string) : basename(folder);
  const history = withHistory ? readHistory(folder, commit) : new Map<string, FileHistory>();
  return { name, texts, manifests, history, headDate: Number(text(folder, ['log', '-1', '--format=%ct', commit])) };
}

function readBlobs(folder: string, hashes: readonly string[]): string[] {
  const output = git(folder, ['cat-file', '--batch'], `${hashes.join('\n')}\n`);
  let at = 0;
  return hashes.map(() => {
    const end = output.indexOf(10, at);
    const size = Number(output.toString('utf8', at, end).split(' ')[2]);
    at = end + 1 + size + 1;
    return output.toString('utf8', end + 1, end + 1 + size);
  });
}

/** As the product reads it (node/git/gitHistory.ts), at any commit. */
function readHistory(folder: string, commit: string): Map<string, FileHistory> {
  const log = git(folder, [
    ...['log', '-z', '--name-only', '--no-renames', '--no-merges', '--max-count=10000'],
    ...['--format=%x01%ct%x02%ae%x02', commit],
  ]).toString('utf8');
  const authors = new Map<string, number>();
  const files = new Map<string, { first: number; last: number; commits: number; authors: Set<number> }>();
  let date = 0;
  let author = 0;
  for (const field of log.split('\0')) {
    let path = field;
    if (field.startsWith('\x01')) {
      const [when, who = '', rest = ''] = field.slice(1).split('\x02');
      date = Number(when);
      if (!authors.has(who)) authors.set(who, authors.size);
      author = authors.get(who) as number;
      path = rest;
    }
    path = path.replace(/^\n+/, '');
    if (path === '') continue;
    const file = files.get(path) ?? { first: date, last: date, commits: 0, authors: new Set<number>() };
    files.set(path, file);
    file.first = Math.min(file.first, date);
    file.last = Math.max(file.last, date);
    file.commits++;
    file.authors.add(author);
  }
  return new Map(
    [...files].map(([path, file]) => [
      path,
      { firstDate: file.first, lastDate: file.last, commits: file.commits, authors: [...file.authors] },
    ]),
  );
}
