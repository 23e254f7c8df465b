/** What other files see of a file, and which files those are: for telling what a change may break elsewhere. */
import { existsSync, realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type * as ts from 'typescript';
import type { TypeScriptProject } from './typescriptProject.ts';

/** The file's declaration text in the project's present state, or its whole text where none can be made. */
export function declarations(project: TypeScriptProject, file: string): string {
  const source = project.program.getSourceFile(file);
  if (!source) return '';
  const { outputFiles } = project.service.getEmitOutput(file, true, true);
  const texts = outputFiles.filter(({ name }) => /\.d\.(c|m)?ts$/.test(name)).map(({ text }) => text);
  return texts.length ? texts.join('\0') : source.text;
}

/** Repository-relative paths of the files that import `file`, directly or through others; all of them where it is (or was) a global script. */
export function importersOf(
  typescript: typeof ts,
  project: TypeScriptProject,
  file: string,
  root: string,
  wasGlobal: boolean,
): string[] {
  const sources = project.sourceFiles();
  const { program } = project;
  const own = program.getSourceFile(file);
  const isGlobal = wasGlobal || (own !== undefined && !typescript.isExternalModule(own));
  const importers = new Map<string, string[]>();
  if (!isGlobal) {
    for (const source of sources) {
      for (const target of importedFiles(typescript, program, source)) {
        const list = importers.get(target);
        if (list) list.push(source.fileName);
        else importers.set(target, [source.fileName]);
      }
    }
  }
  const seen = new Set<string>(isGlobal ? sources.map(({ fileName }) => fileName) : []);
  const queue = isGlobal ? [] : [real(file)];
  for (let target = queue.pop(); target !== undefined; target = queue.pop()) {
    for (const importer of importers.get(target) ?? []) {
      if (seen.has(importer)) continue;
      seen.add(importer);
      queue.push(importer);
    }
  }
  return [...seen].map((name) => relative(root, name).split(sep).join('/'));
}

function real(path: string): string {
  return existsSync(path) ? realpathSync.native(path) : path;
}

/** Absolute paths of the project files that a source file imports or re-exports. */
function importedFiles(typescript: typeof ts, program: ts.Program, source: ts.SourceFile): string[] {
  const targets: string[] = [];
  const { imports } = source as unknown as { imports?: readonly ts.StringLiteralLike[] };
  const checker = program.getTypeChecker();
  for (const literal of imports ?? []) {
    const declaration = checker.getSymbolAtLocation(literal)?.declarations?.find(typescript.isSourceFile);
    if (declaration) targets.push(real(declaration.fileName));
  }
  return targets;
}
