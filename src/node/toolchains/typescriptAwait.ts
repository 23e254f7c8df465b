/** A missing `await` where the service does not see it: a promise destructured, returned through a variable, passed on. */
import type * as ts from 'typescript';
import type { NameFix } from './typescriptNames.ts';
import type { TypeScriptProject } from './typescriptProject.ts';

/** Calls looked at around one error. */
const MAX_CALLS = 6;

/**
 * `await` before each un-awaited call that gives a promise, in the statement of the error and in the initialisers of the
 * names it uses. Only where the message speaks of a promise and `await` is allowed.
 */
export function awaitFixes(
  typescript: typeof ts,
  project: TypeScriptProject,
  source: ts.SourceFile,
  start: number,
  message: string,
): NameFix[] {
  if (!message.includes('Promise<')) return [];
  const checker = project.program.getTypeChecker();
  const statement = statementAt(typescript, source, start);
  if (!statement) return [];
  const calls = new Set<ts.CallExpression>();
  const collect = (node: ts.Node): void => {
    if (calls.size >= MAX_CALLS || typescript.isFunctionLike(node)) return;
    if (typescript.isCallExpression(node) && isPromise(typescript, checker, node) && !isAwaited(typescript, node)) {
      calls.add(node);
      return;
    }
    if (typescript.isIdentifier(node)) {
      const declaration = checker.getSymbolAtLocation(node)?.valueDeclaration;
      if (
        declaration &&
        typescript.isVariableDeclaration(declaration) &&
        declaration.initializer &&
        declaration.getSourceFile() === source &&
        declaration.initializer !== node
      ) {
        const { initializer } = declaration;
        if (typescript.isCallExpression(initializer) && isPromise(typescript, checker, initializer))
          calls.add(initializer);
      }
    }
    typescript.forEachChild(node, collect);
  };
  typescript.forEachChild(statement, collect);
  return [...calls]
    .filter((call) => mayAwait(typescript, call))
    .map((call, order) => {
      const from = call.getStart(source);
      const { parent } = call;
      const wrap =
        typescript.isPropertyAccessExpression(parent) ||
        typescript.isElementAccessExpression(parent) ||
        (typescript.isCallExpression(parent) && parent.expression === call);
      const text = source.text.slice(from, call.end);
      return {
        start: from,
        end: wrap ? call.end : from,
        newText: wrap ? `(await ${text})` : 'await ',
        title: `Await '${call.expression.getText(source).slice(0, 40)}'`,
        confidence: 0.75 / (1 + order / 2),
      };
    });
}

function isPromise(typescript: typeof ts, checker: ts.TypeChecker, node: ts.Expression): boolean {
  const symbol = checker.getTypeAtLocation(node).getSymbol();
  return symbol?.name === 'Promise' && !typescript.isAwaitExpression(node);
}

function isAwaited(typescript: typeof ts, call: ts.Expression): boolean {
  let node: ts.Node = call.parent;
  while (typescript.isParenthesizedExpression(node)) node = node.parent;
  return typescript.isAwaitExpression(node);
}

/** Inside an async function, or at the top of a module. */
function mayAwait(typescript: typeof ts, node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent) {
    if (typescript.isFunctionLike(at)) {
      const modifiers = typescript.canHaveModifiers(at) ? typescript.getModifiers(at) : undefined;
      return modifiers?.some(({ kind }) => kind === typescript.SyntaxKind.AsyncKeyword) ?? false;
    }
    if (typescript.isClassStaticBlockDeclaration(at)) return false;
    if (typescript.isSourceFile(at)) return typescript.isExternalModule(at);
  }
  return false;
}

/** The innermost statement (or the file) that holds `start`. */
function statementAt(typescript: typeof ts, source: ts.SourceFile, start: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (start < node.getFullStart() || start >= node.end) return;
    if (typescript.isStatement(node) && !typescript.isBlock(node)) found = node;
    typescript.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
