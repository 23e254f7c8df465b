/** Names in reach that a misspelt one may mean: members of its type, names in scope, files beside a module path. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import type * as ts from 'typescript';
import { nearestNames } from '../../core/healing/nearestNames.ts';
import type { TypeScriptProject } from './typescriptProject.ts';

/** One replacement of the text at the error. */
export interface NameFix {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
  readonly title: string;
  /** In [0, 1]. */
  readonly confidence: number;
}

const MISSING_MEMBER = new Set([2339, 2551]);
const MISSING_NAME = new Set([2304, 2552, 2503, 18004]);
const MISSING_MODULE = new Set([2307, 2792]);
const SCRIPT = /(?:\.d)?\.(?:c|m)?[jt]sx?$/;

/** Spelling and path corrections that the service itself does not offer (it looks no further than its own distance). */
export function nameFixes(
  typescript: typeof ts,
  project: TypeScriptProject,
  source: ts.SourceFile,
  start: number,
  code: number,
): NameFix[] {
  if (!MISSING_MEMBER.has(code) && !MISSING_NAME.has(code) && !MISSING_MODULE.has(code)) return [];
  const node = nodeAt(typescript, source, start);
  if (!node) return [];
  if (MISSING_MODULE.has(code)) return typescript.isStringLiteral(node) ? pathFixes(project, source, node) : [];
  if (!typescript.isIdentifier(node)) return [];
  const checker = project.program.getTypeChecker();
  const { parent } = node;
  let names: string[] = [];
  if (MISSING_MEMBER.has(code) && typescript.isPropertyAccessExpression(parent) && parent.name === node) {
    const type = checker.getApparentType(checker.getTypeAtLocation(parent.expression));
    names = checker.getPropertiesOfType(type).map(({ name }) => name);
  } else if (MISSING_NAME.has(code)) {
    const wanted = typescript.isPartOfTypeNode(node)
      ? typescript.SymbolFlags.Type | typescript.SymbolFlags.Namespace
      : typescript.SymbolFlags.Value;
    names = checker.getSymbolsInScope(node, wanted).map(({ name }) => name);
  }
  return nearestNames(node.text, names).map(({ name, distance }, order) => ({
    start: node.getStart(source),
    end: node.end,
    newText: name,
    title: `Change spelling to '${name}'`,
    confidence: 0.7 / (Math.max(1, distance) + order / 2),
  }));
}

/** A relative module that is not there: a file with nearly that name in that folder, or the file of that name elsewhere. */
function pathFixes(project: TypeScriptProject, source: ts.SourceFile, literal: ts.StringLiteral): NameFix[] {
  const wanted = literal.text;
  if (!wanted.startsWith('.')) return [];
  const folder = dirname(source.fileName);
  const written = /\.(?:c|m)?jsx?$/.exec(wanted)?.[0] ?? '';
  const target = join(folder, wanted);
  const name = basename(target).slice(0, basename(target).length - written.length);
  const found: { specifier: string; confidence: number }[] = [];
  if (existsSync(dirname(target))) {
    const siblings = readdirSync(dirname(target), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || SCRIPT.test(entry.name))
      .map((entry) => entry.name.replace(SCRIPT, ''));
    for (const near of nearestNames(name, siblings, 2)) {
      const specifier = posix.join(posix.dirname(wanted), near.name) + written;
      found.push({
        specifier: specifier.startsWith('.') ? specifier : `./${specifier}`,
        confidence: 0.7 / near.distance,
      });
    }
  }
  const moved = project
    .sourceFiles()
    .map(({ fileName }) => fileName)
    .filter((file) => file !== source.fileName && basename(file).replace(SCRIPT, '') === name);
  if (moved.length === 1) {
    const path = relative(folder, (moved[0] as string).replace(SCRIPT, ''))
      .split(sep)
      .join('/');
    found.push({ specifier: (path.startsWith('.') ? path : `./${path}`) + written, confidence: 0.6 });
  }
  const start = literal.getStart(source) + 1;
  return found.map(({ specifier, confidence }) => ({
    start,
    end: literal.end - 1,
    newText: specifier,
    title: `Import from '${specifier}'`,
    confidence,
  }));
}

/** The innermost node that begins at `start`. */
function nodeAt(typescript: typeof ts, source: ts.SourceFile, start: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (start < node.getFullStart() || start >= node.end) return;
    if (node.getStart(source) === start) found = node;
    typescript.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
