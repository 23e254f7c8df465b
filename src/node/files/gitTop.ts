/** The git repository around a folder, found without running git, and the ignore rules it adds from outside the folder. */
import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { type IgnoreRules, readIgnoreFiles } from './ignoreRules.ts';
import { listFolder } from './listFolder.ts';

/** Nearest folder upwards that holds `.git`; undefined outside any repository. */
export function gitTop(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (lstatSync(join(at, '.git'), { throwIfNoEntry: false })) return at;
    if (dirname(at) === at) return undefined;
  }
}

/**
 * `.git/info/exclude` and the ignore files between the repository's top and `root`. What cannot be read there counts as
 * absent: it is not part of what the user opened. Where they ignore `root` itself they do not apply: somebody who names
 * an ignored folder wants to see what is in it.
 */
export function rulesFromAbove(root: string, rules: IgnoreRules): IgnoreRules {
  const top = gitTop(root);
  if (top === undefined) return rules;
  const below = relative(top, root).split(sep).filter(Boolean);
  const prefixFrom = (depth: number) =>
    below
      .slice(depth)
      .map((part) => `${part}/`)
      .join('');
  const absent = () => undefined;
  let result = rules.within('', infoExclude(top), prefixFrom(0));
  for (let depth = 0; depth < below.length; depth++) {
    const folder = join(top, ...below.slice(0, depth));
    const entries = listFolder(folder);
    if (entries === undefined || entries === 'unreadable') continue;
    result = result.within('', readIgnoreFiles(folder, entries, rules.walk.ignoreFiles, absent), prefixFrom(depth));
  }
  return result.ignoresRoot() ? rules : result;
}

function infoExclude(top: string): string[] {
  const path = join(top, '.git', 'info', 'exclude');
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return [];
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    return [];
  }
}
