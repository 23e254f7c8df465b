/** The ignore rules that hold for a folder from outside it: those of its repository and of the folders above it. */
import { join, relative, sep } from 'node:path';
import { locateGit, readText } from '../git/gitLocation.ts';
import { gitTop } from './gitTop.ts';
import { type IgnoreRules, readIgnoreFiles } from './ignoreRules.ts';
import { listFolder } from './listFolder.ts';

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
  let result = rules.within('', infoExclude(root), prefixFrom(0));
  for (let depth = 0; depth < below.length; depth++) {
    const folder = join(top, ...below.slice(0, depth));
    const entries = listFolder(folder);
    if (entries === undefined || entries === 'unreadable') continue;
    result = result.within('', readIgnoreFiles(folder, entries, rules.walk.ignoreFiles, absent), prefixFrom(depth));
  }
  return result.ignoresRoot() ? rules : result;
}

/** It belongs to the repository, not to the working tree: a linked worktree shares it, and a submodule has its own. */
function infoExclude(root: string): string[] {
  const location = locateGit(root);
  const text = location && readText(join(location.commonDirectory, 'info', 'exclude'));
  return text === undefined ? [] : [text];
}
