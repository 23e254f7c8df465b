/** Contents of git objects: a clone's past, without checking anything out. */
import { execFileSync } from 'node:child_process';

/** Blobs by object id or `commit:path`, in the order asked for; undefined for what is no blob there. */
export function readBlobs(folder: string, objects: readonly string[]): (Buffer | undefined)[] {
  const output = execFileSync('git', ['-C', folder, 'cat-file', '--batch'], {
    input: objects.map((object) => `${object}\n`).join(''),
    maxBuffer: 2 ** 30,
  });
  let at = 0;
  return objects.map(() => {
    const end = output.indexOf(10, at);
    const [, type, size] = / (\w+) (\d+)$/.exec(output.toString('utf8', at, end)) ?? [];
    at = end + 1;
    // What is missing is named in one line and has no contents.
    if (size === undefined) return undefined;
    const from = at;
    at += Number(size) + 1;
    return type === 'blob' ? output.subarray(from, from + Number(size)) : undefined;
  });
}
