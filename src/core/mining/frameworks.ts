/** Which frameworks a repository uses, from its manifests and imports; what a framework is lies in src/data/frameworks. */

import type { Family, LanguageId } from '../languages.ts';
import type { Framework } from './attractor.ts';
import { compareText } from './candidate.ts';
import type { FileDigest } from './fileDigest.ts';
import type { Phrase } from './phrases.ts';

/** One file of src/data/frameworks (schema: src/data/schemas/catalog/frameworks.json). */
export interface FrameworkEntry {
  readonly id: string;
  readonly title: string;
  readonly language: LanguageId;
  readonly family: Family;
  /** Package names in the family's manifests. */
  readonly packages: readonly string[];
  /** Modules as written in imports; a module matches itself and everything below it. */
  readonly imports: readonly string[];
  readonly vocabulary: readonly string[];
  readonly phrases?: readonly Phrase[];
  /** A test framework: its words stand in every repository's tests. */
  readonly tests?: boolean;
}

const MANIFESTS: Readonly<Record<Family, RegExp>> = {
  ecmascript: /(?:^|\/)package\.json$/,
  python: /(?:^|\/)(?:pyproject\.toml|requirements[^/]*\.txt|Pipfile|setup\.(?:py|cfg))$/,
  rust: /(?:^|\/)Cargo\.toml$/,
  go: /(?:^|\/)go\.mod$/,
};

/** Names that a manifest depends on, whatever its format: quoted or bare words that stand where a dependency stands. */
function dependencies(path: string, text: string): Set<string> {
  const found = new Set<string>();
  if (path.endsWith('package.json')) {
    try {
      const parsed = JSON.parse(text) as Record<string, unknown>;
      for (const key of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'])
        for (const name of Object.keys((parsed[key] as object | undefined) ?? {})) found.add(name);
    } catch {
      // A manifest that is being edited: its imports still speak.
      return found;
    }
    return found;
  }
  if (path.endsWith('go.mod')) {
    // What only other modules need is marked so.
    for (const match of text.matchAll(/^\s*(?:require\s+)?([\w.-]+\.[\w.-]+\/\S+)\s+v\S+(?!.*\/\/ indirect)/gm))
      found.add(match[1] as string);
    return found;
  }
  for (const match of text.matchAll(/^[\s"']*([A-Za-z][\w.-]*)/gm))
    found.add((match[1] as string).toLowerCase().replaceAll('_', '-'));
  for (const match of text.matchAll(/["']([A-Za-z][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~^;@ ][^"']*)?["']/g))
    found.add((match[1] as string).toLowerCase().replaceAll('_', '-'));
  return found;
}

/** The module itself and whatever it lies below: `a/b.c` lies below `a/b` and `a`. */
function* rootsOf(module: string): Generator<string> {
  for (let end = 1; end < module.length; end++) if ('/.:'.includes(module[end] as string)) yield module.slice(0, end);
  yield module;
}

interface UsedModule {
  readonly paths: string[];
  /** Files that use a value of it. */
  readonly used: Set<string>;
}

const rootKey = (family: Family, root: string) => `${family} ${root}`;

/** Modules that files import, by every root of theirs. A step a file. */
function* modulesByRoot(files: readonly FileDigest[]): Generator<undefined, Map<string, UsedModule[]>> {
  const modules = new Map<string, UsedModule & { family: Family; module: string }>();
  for (const file of files) {
    yield;
    for (const { module, relative, typeOnly, names } of file.imports) {
      if (relative) continue;
      const key = rootKey(file.family, module);
      const entry = modules.get(key) ?? { family: file.family, module, paths: [], used: new Set<string>() };
      if (entry.paths.at(-1) !== file.path) entry.paths.push(file.path);
      // A type may come from what another package depends on: only values are used.
      const isType = typeOnly || file.path.endsWith('.d.ts');
      const values = names.length === 0 || names.some(({ name }) => /^(?:default$|\*|[a-z])/.test(name));
      if (!isType && (file.family !== 'ecmascript' || values)) entry.used.add(file.path);
      modules.set(key, entry);
    }
  }
  const byRoot = new Map<string, UsedModule[]>();
  for (const entry of modules.values())
    for (const root of rootsOf(entry.module)) {
      const key = rootKey(entry.family, root);
      const below = byRoot.get(key);
      if (below) below.push(entry);
      else byRoot.set(key, [entry]);
    }
  return byRoot;
}

/** Share of a family's files below which an undeclared import is a stray. */
const STRAY = 0.01;

/** Frameworks with evidence, the most used first. A step a file and an entry. */
export function* detectFrameworks(
  entries: readonly FrameworkEntry[],
  files: readonly FileDigest[],
  manifests: ReadonlyMap<string, string>,
): Generator<undefined, Framework[]> {
  const declared = [...manifests.entries()]
    .sort((a, b) => compareText(a[0], b[0]))
    .map(([path, text]) => ({ path, names: dependencies(path, text) }));
  const modules = yield* modulesByRoot(files);
  const languages = new Map(files.map(({ path, language }) => [path, language]));
  const sizes = new Map<Family, number>();
  for (const { family } of files) sizes.set(family, (sizes.get(family) ?? 0) + 1);
  const found: Framework[] = [];
  for (const entry of entries) {
    yield;
    const evidence = declared
      .filter(
        ({ path, names }) =>
          MANIFESTS[entry.family].test(path) && entry.packages.some((name) => names.has(name) || goModule(names, name)),
      )
      .map(({ path }) => path);
    const users = new Set<string>();
    for (const root of entry.imports)
      for (const { paths, used } of modules.get(rootKey(entry.family, root)) ?? [])
        for (const path of evidence.length > 0 ? paths : used) users.add(path);
    // What no manifest names and hardly a file imports came along with another package.
    const ofFamily = sizes.get(entry.family) ?? 0;
    const isStray = evidence.length === 0 && entry.packages.length > 0 && users.size < ofFamily * STRAY;
    // Python's manifests are read loosely, and Go's name what tools need: an import has to bear them out.
    const isBorneOut = !/^(?:python|go)$/.test(entry.family) || ofFamily === 0;
    const isUnused = users.size === 0 && (evidence.length === 0 || !isBorneOut);
    if (isStray || isUnused) continue;
    const importing = [...users].sort(compareText);
    found.push({
      id: entry.id,
      title: entry.title,
      language: usualLanguage(importing.map((path) => languages.get(path) as LanguageId)) ?? entry.language,
      evidence: [...evidence.slice(0, 3), ...importing.slice(0, 3)],
      files: users.size,
      vocabulary: entry.vocabulary,
    });
  }
  return found.sort((a, b) => b.files - a.files || compareText(a.id, b.id));
}

/** What most of the files are written in; the first in the alphabet where they are even. */
function usualLanguage(languages: readonly LanguageId[]): LanguageId | undefined {
  const counts = new Map<LanguageId, number>();
  for (const language of languages) counts.set(language, (counts.get(language) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]))[0]?.[0];
}

/** Go modules carry their major version: `github.com/labstack/echo/v4` is `github.com/labstack/echo`. */
function goModule(names: ReadonlySet<string>, wanted: string): boolean {
  for (const name of names) if (name.startsWith(`${wanted}/v`)) return true;
  return false;
}
