/** What other files see of a file, and which files those are: for telling what a change may break elsewhere. */
import { relative, sep } from 'node:path';
import type * as ts from 'typescript';
import type { TypeScriptProject } from './typescriptProject.ts';
import { changedExports, type Reached, reachedThrough } from './typescriptReach.ts';

/** The file's declaration text in the project's present state, or its whole text where none can be made. */
export function declarations(project: TypeScriptProject, file: string): string {
  const source = project.program.getSourceFile(file);
  if (!source) return '';
  const { outputFiles } = project.service.getEmitOutput(file, true, true);
  const texts = outputFiles.filter(({ name }) => /\.d\.(c|m)?ts$/.test(name)).map(({ text }) => text);
  return texts.length ? texts.join('\0') : source.text;
}

/**
 * Repository-relative paths of the files that see a change of `file` from the declarations `before`: those that import a
 * name that may mean something else now, directly or through others; all files where it is (or was) a global script.
 */
export function dependentsOf(
  typescript: typeof ts,
  project: TypeScriptProject,
  file: string,
  root: string,
  before: { readonly declarations: string; readonly isGlobal: boolean },
): string[] {
  const sources = project.sourceFiles();
  const own = project.program.getSourceFile(file);
  const isGlobal = before.isGlobal || (own !== undefined && !typescript.isExternalModule(own));
  const changed = isGlobal ? undefined : changedExports(typescript, before.declarations, declarations(project, file));
  const seen = changed && whoSees(typescript, project, sources, file, changed);
  const names = seen ? [...seen] : sources.map(({ fileName }) => fileName);
  return names.map((name) => relative(root, name).split(sep).join('/'));
}

/** Absolute paths; undefined where what changed may be seen without an import. */
function whoSees(
  typescript: typeof ts,
  project: TypeScriptProject,
  sources: readonly ts.SourceFile[],
  file: string,
  changed: Reached,
): Set<string> | undefined {
  const importers = new Map<string, Map<ts.SourceFile, ts.StringLiteralLike[]>>();
  const checker = project.program.getTypeChecker();
  for (const source of sources) {
    const { imports } = source as unknown as { imports?: readonly ts.StringLiteralLike[] };
    for (const literal of imports ?? []) {
      const target = checker.getSymbolAtLocation(literal)?.declarations?.find(typescript.isSourceFile);
      if (!target) continue;
      const path = project.realpath(target.fileName);
      const list = importers.get(path) ?? new Map<ts.SourceFile, ts.StringLiteralLike[]>();
      importers.set(path, list.set(source, [...(list.get(source) ?? []), literal]));
    }
  }
  const seen = new Set<string>();
  const reached = new Map<string, Set<string>>([[project.realpath(file), new Set(changed)]]);
  const queue = [...reached.keys()];
  for (let target = queue.pop(); target !== undefined; target = queue.pop()) {
    for (const [source, literals] of importers.get(target) ?? []) {
      const { sees, exported } = reachedThrough(typescript, source, literals, reached.get(target) as Reached);
      if (!exported) return undefined;
      if (sees) seen.add(source.fileName);
      const path = project.realpath(source.fileName);
      const known = reached.get(path) ?? new Set<string>();
      const size = known.size;
      for (const name of exported) known.add(name);
      reached.set(path, known);
      if (known.size > size) queue.push(path);
    }
  }
  return seen;
}
