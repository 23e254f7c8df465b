/** What one file adds to the conventions of its family, read once: its names, its promises, its imports. */
import { isTestPath, type Site } from './candidate.ts';
import { CALL_FLAGS, CALL_LINE, CALL_NAME, CALL_WIDTH, type FileDigest, FLAG_AWAITED } from './fileDigest.ts';
import { CallKinds, type Ways, waysOf } from './fileWays.ts';
import type { LabelTable } from './labelTable.ts';
import { caseOf } from './nameCases.ts';

export interface FileHabits {
  readonly path: string;
  readonly isTest: boolean;
  /** Roles in the file's name, as in `*.controller`, `use-*`, `*_repository`. */
  readonly roles: readonly string[];
  /** Named functions, and those whose names begin with a word of several. */
  readonly named: number;
  readonly words: readonly { readonly word: string; readonly name: string; readonly site: Site }[];
  readonly awaited: readonly Site[];
  /** Promises that are handed on with `then`. */
  readonly chained: readonly Site[];
  readonly relativeImports: number;
  readonly aliases: readonly { readonly alias: string; readonly site: Site }[];
  /** What the file says of rules of imports, names, logging and documentation. */
  readonly ways: Ways;
  /** Own imports without `type` whose names may all be types, and the types that the file declares. */
  readonly untyped: readonly (readonly string[])[];
  readonly shapes: readonly string[];
  /** Names with the modules of the project that they come from, each once. */
  readonly modules: readonly { readonly key: string; readonly site: Site }[];
}

export function siteIn(file: FileDigest, line: number, endLine = line): Site {
  return { path: file.path, line, endLine, unit: line, slack: 0 };
}

/** Habits by digest, read at the first question. */
export class HabitBook {
  private readonly known = new WeakMap<FileDigest, FileHabits>();

  private readonly calls: CallKinds;

  constructor(private readonly names: LabelTable) {
    this.calls = new CallKinds(names);
  }

  of(file: FileDigest): FileHabits {
    let habits = this.known.get(file);
    if (habits === undefined) {
      const isTest = isTestPath(file.path);
      habits = {
        path: file.path,
        ways: waysOf(file, this.calls),
        isTest,
        untyped: untypedImports(file),
        shapes: file.types.flatMap(({ name, kind }) => (kind === 'interface' || kind === 'alias' ? [name] : [])),
        roles: rolesOf(file.path),
        ...wordsIn(file),
        ...promisesIn(file, this.names),
        ...importsIn(file),
      };
      this.known.set(file, habits);
    }
    return habits;
  }
}

/** In TypeScript alone types can be imported as such. */
function untypedImports({ language, imports }: FileDigest): string[][] {
  if (language !== 'typescript' && language !== 'tsx') return [];
  return imports
    .filter(({ typeOnly, names }) => !typeOnly && names.length > 0 && names.every(({ name }) => /^[A-Z]/.test(name)))
    .map(({ names }) => names.map(({ name }) => name));
}

function rolesOf(path: string): string[] {
  // Migrations are named by what each of them did.
  if (/(?:^|\/)(?:\w*migrations?|versions|seeds?)\//.test(path)) return [];
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.[a-z]+$/, '');
  const roles: string[] = [];
  const dotted = /^.+\.([a-z][a-z-]+)$/.exec(base)?.[1];
  if (dotted && !/^(?:test|spec|d|min|config|stories|mock|e2e)$/.test(dotted)) roles.push(`*.${dotted}`);
  const prefix = /^(use)-[a-z]/.exec(base)?.[1];
  if (prefix) roles.push(`${prefix}-*`);
  const suffix = /^[a-z0-9]+.*[_-]([a-z]{4,})$/.exec(base)?.[1];
  if (suffix && dotted === undefined && suffix !== 'test') roles.push(`*${base.at(-suffix.length - 1)}${suffix}`);
  return roles;
}

function wordsIn(file: FileDigest): Pick<FileHabits, 'named' | 'words'> {
  let named = 0;
  const words: FileHabits['words'][number][] = [];
  for (const { name, line, kind, container } of file.functions) {
    if (name === '' || kind === 'constructor' || kind === 'getter' || kind === 'setter') continue;
    named++;
    const style = caseOf(name);
    if (style === undefined || style === 'flat' || style === 'SCREAMING_CASE') continue;
    const word = /^[a-z]+(?=[A-Z_])|^[A-Z][a-z]+(?=[A-Z])/.exec(name)?.[0];
    if (word === undefined || (container !== '' && style !== 'camelCase' && style !== 'PascalCase')) continue;
    words.push({ word, name, site: siteIn(file, line) });
  }
  return { named, words };
}

function promisesIn(file: FileDigest, names: LabelTable): Pick<FileHabits, 'awaited' | 'chained'> {
  const awaited: Site[] = [];
  const chained: Site[] = [];
  const then = names.idOf('then');
  for (let at = 0; at < file.calls.length; at += CALL_WIDTH) {
    const line = file.calls[at + CALL_LINE] as number;
    if ((file.calls[at + CALL_FLAGS] as number) & FLAG_AWAITED) awaited.push(siteIn(file, line));
    else if (file.calls[at + CALL_NAME] === then) chained.push(siteIn(file, line));
  }
  return { awaited, chained };
}

function importsIn(file: FileDigest): Pick<FileHabits, 'relativeImports' | 'aliases' | 'modules'> {
  let relativeImports = 0;
  const aliases: FileHabits['aliases'][number][] = [];
  const modules = new Map<string, FileHabits['modules'][number]>();
  for (const { module, relative, line, names } of file.imports) {
    if (relative) relativeImports++;
    const alias = /^[@~#]\//.exec(module)?.[0];
    if (alias) aliases.push({ alias, site: siteIn(file, line) });
    const isOwn = relative || alias !== undefined;
    // What other packages offer is no habit of this repository, except what Python takes from its own future.
    if (!isOwn && !module.includes('__future__')) continue;
    const last = module.slice(module.lastIndexOf('/') + 1).replace(/\.(?:js|ts)$/, '');
    // `../..` is another folder from every file.
    if (/^\.*$/.test(last)) continue;
    for (const { name } of names.length ? names : [{ name: '*' }]) {
      const key = isOwn
        ? `${name === 'default' || name === '*' ? '' : `${name} from `}…/${last}`
        : `${name} from ${module}`;
      if (!modules.has(key)) modules.set(key, { key, site: siteIn(file, line) });
    }
  }
  return { relativeImports, aliases, modules: [...modules.values()] };
}
