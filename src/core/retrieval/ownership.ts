/** Whether a file of the repository declares what an import names, so that no namesake's signature is shown. */

import type { Family } from '../languages.ts';
import { directoryOf, moduleStem } from './subwords.ts';

/** What an owner (see callOwner) asks of a declaration. */
export interface Owner {
  /** Segments of the module's path. */
  readonly module: readonly string[];
  /** From the repository's root, or from wherever the language's imports begin. */
  readonly rooted: boolean;
  /** Type that the name must be a member of; '' for a function or type of the module itself. */
  readonly container: string;
}

/** The readings of an owner: the whole as a module, or its last segment as a type of one. */
export function readings(owner: string, family: Family): Owner[] {
  const rooted = owner.startsWith('/');
  const read = (text: string, container: string): Owner => ({ module: segmentsOf(text, family), rooted, container });
  const cut = Math.max(owner.lastIndexOf('.'), owner.lastIndexOf('::'));
  const last = owner.slice(cut).replace(/^(\.|::)/, '');
  const whole = read(owner, '');
  // A dot in the last part of a '/'-path may belong to a file's name or a host's.
  return cut > 0 && /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(last) ? [whole, read(owner.slice(0, cut), last)] : [whole];
}

function segmentsOf(module: string, family: Family): string[] {
  const parts =
    family === 'rust'
      ? module.split('::').filter((part) => !/^(crate|self|super)$/.test(part))
      : family === 'python' && !module.startsWith('/')
        ? module.split('.')
        : module.replace(family === 'ecmascript' ? /\.[cm]?[jt]sx?$/ : /$^/, '').split('/');
  return parts.filter((part) => part !== '' && !/^[@~#]$/.test(part));
}

/** True where the file at a path is the module, or lies in the folder that is. */
export function isOfModule(path: string, { module, rooted }: Owner, family: Family): boolean {
  if (family === 'go') return isOfGoPackage(directoryOf(path), module);
  const stem = moduleStem(path).split('/');
  if (rooted) return startsWith(stem, module);
  if (family === 'rust') return isOfCrate(path, stem, module);
  if (family === 'ecmascript' && module[0]?.startsWith('@')) {
    // A package of the same workspace: its folder has its name.
    const at = stem.indexOf(module[1] ?? '', 0);
    return at >= 0 && (module.length === 2 || containsRun(stem.slice(at + 1), module.slice(2)));
  }
  if (module.length > 1) return containsRun(stem, module);
  if (family === 'ecmascript' || module.length === 0) return false;
  return startsWith(stem, module) || startsWith(stem, ['src', ...module]);
}

/** `crate::a::b` is a file a/b or one below it; another crate's folder has its name, with hyphens or underscores. */
function isOfCrate(path: string, stem: readonly string[], module: readonly string[]): boolean {
  if (module.length === 0 || containsRun(stem, module)) return true;
  const [crate = '', ...rest] = module;
  const hyphened = crate.replaceAll('_', '-');
  const at = path.split('/').findIndex((part) => part === crate || part === hyphened);
  return at >= 0 && containsRun(stem.slice(at + 1), rest);
}

/** The import path ends in the folder, and what stands before it can be a module's name. */
function isOfGoPackage(directory: string, module: readonly string[]): boolean {
  const folders = directory === '' ? [] : directory.split('/');
  const prefix = module.length - folders.length;
  if (prefix < 1 || !folders.every((folder, i) => module[prefix + i] === folder)) return false;
  const host = module[0] as string;
  // Names without a dot are the standard library's, unless the module is named so itself: then something stands below it.
  if (!host.includes('.')) return folders.length > 1;
  return prefix >= (/^(github|gitlab|bitbucket)\./.test(host) ? 3 : 2);
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.length <= path.length && start.every((part, i) => path[i] === part);
}

/** True where the run stands somewhere in the path. */
function containsRun(path: readonly string[], run: readonly string[]): boolean {
  for (let at = 0; at + run.length <= path.length; at++) if (run.every((part, i) => path[at + i] === part)) return true;
  return false;
}
