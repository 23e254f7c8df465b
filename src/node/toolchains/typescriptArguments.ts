/** An argument that a call lacks: a name in reach that is called like the parameter, or what the other calls pass there. */
import type * as ts from 'typescript';
import type { NameFix } from './typescriptNames.ts';
import type { TypeScriptProject } from './typescriptProject.ts';

const TOO_FEW = new Set([2554, 2555]);
/** Files looked through for other calls of the same function. */
const MAX_FILES = 300;
/** Other calls that must pass the same thing before it counts as the custom, and their least share. */
const MIN_CALLS = 2;
const MIN_SHARE = 0.6;

type Call = ts.CallExpression | ts.NewExpression;

interface Guess {
  readonly text: string;
  readonly confidence: number;
}

/** One fix per place where the missing argument may belong, likeliest first; empty unless exactly the required ones lack. */
export function argumentFixes(
  typescript: typeof ts,
  project: TypeScriptProject,
  source: ts.SourceFile,
  start: number,
  code: number,
): NameFix[] {
  if (!TOO_FEW.has(code)) return [];
  const checker = project.program.getTypeChecker();
  const call = callAt(typescript, source, start);
  const parameters = call && checker.getResolvedSignature(call)?.getParameters();
  if (!call || !parameters) return [];
  const given = call.arguments ?? [];
  const required = parameters.filter((parameter) => isRequired(typescript, parameter)).length;
  if (given.length >= required || given.some(typescript.isSpreadElement)) return [];
  const guess = (index: number) => guesses(typescript, project, call, parameters[index] as ts.Symbol, index);
  const fixes: NameFix[] = [];
  if (required - given.length === 1) {
    for (let index = given.length; index >= 0; index--) {
      if (!fits(checker, call, parameters, index)) continue;
      for (const { text, confidence } of guess(index)) fixes.push(insertion(source, call, index, text, confidence));
    }
  } else {
    // Several at once only where each has its namesake: anything else is guessing.
    const all = parameters.slice(given.length, required).map((_, offset) => guess(given.length + offset)[0]);
    const weakest = Math.min(...all.map((one) => one?.confidence ?? 0));
    if (weakest >= NAMESAKE * 0.9 && all.every((one) => one !== undefined)) {
      const text = all.map((one) => one.text).join(', ');
      fixes.push(insertion(source, call, given.length, text, weakest * 0.9));
    }
  }
  return fixes.sort((a, b) => b.confidence - a.confidence).slice(0, 6);
}

const NAMESAKE = 0.8;

/** The call whose callee the error points at. */
function callAt(typescript: typeof ts, source: ts.SourceFile, start: number): Call | undefined {
  let found: Call | undefined;
  const visit = (node: ts.Node): void => {
    if (start < node.getFullStart() || start >= node.end) return;
    const isCall = typescript.isCallExpression(node) || typescript.isNewExpression(node);
    // `new` and whatever stands before the brackets belong to the callee; an error further in is another call's.
    if (isCall && start < node.expression.end && node.getStart(source) <= start) found = node;
    typescript.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isRequired(typescript: typeof ts, parameter: ts.Symbol): boolean {
  const declaration = parameter.valueDeclaration;
  if (!declaration || !typescript.isParameter(declaration)) return false;
  return !declaration.questionToken && !declaration.initializer && !declaration.dotDotDotToken;
}

/** Whether every argument given would suit its parameter if the missing one stood at `missing`. */
function fits(checker: ts.TypeChecker, call: Call, parameters: readonly ts.Symbol[], missing: number): boolean {
  return (call.arguments ?? []).every((argument, index) => {
    const parameter = parameters[index < missing ? index : index + 1];
    if (!parameter) return false;
    const wanted = checker.getTypeOfSymbolAtLocation(parameter, call);
    return checker.isTypeAssignableTo(checker.getTypeAtLocation(argument), wanted);
  });
}

function guesses(
  typescript: typeof ts,
  project: TypeScriptProject,
  call: Call,
  parameter: ts.Symbol,
  index: number,
): Guess[] {
  const checker = project.program.getTypeChecker();
  const wanted = checker.getTypeOfSymbolAtLocation(parameter, call);
  const suits = (type: ts.Type) => checker.isTypeAssignableTo(type, wanted);
  const passed = new Set((call.arguments ?? []).map((argument) => argument.getText()));
  const found: Guess[] = [];
  const own = checker
    .getSymbolsInScope(call, typescript.SymbolFlags.Variable | typescript.SymbolFlags.Alias)
    .filter((symbol) => isVisible(call, symbol) && !passed.has(symbol.name));
  for (const symbol of own) {
    if (symbol.name === parameter.name && suits(checker.getTypeOfSymbolAtLocation(symbol, call)))
      found.push({ text: symbol.name, confidence: NAMESAKE });
  }
  const self = enclosingClass(typescript, call);
  const member = self && checker.getPropertyOfType(checker.getTypeAtLocation(self), parameter.name);
  if (member && suits(checker.getTypeOfSymbolAtLocation(member, call)))
    found.push({ text: `this.${parameter.name}`, confidence: NAMESAKE * 0.85 });
  // A type of the project's own says what is meant; a string or a number says nothing.
  if (wanted.isClassOrInterface() || wanted.aliasSymbol) {
    const same = own.filter((symbol) => checker.getTypeOfSymbolAtLocation(symbol, call) === wanted);
    if (same.length === 1) found.push({ text: (same[0] as ts.Symbol).name, confidence: NAMESAKE * 0.75 });
  }
  const custom = customary(typescript, project, call, index);
  if (custom && !found.some(({ text }) => text === custom.text)) found.push(custom);
  return found;
}

/** Declared in this file and before the call, where it is a variable that has to be filled first. */
function isVisible(call: Call, symbol: ts.Symbol): boolean {
  const source = call.getSourceFile();
  const declaration = symbol.declarations?.[0];
  if (!declaration || declaration.getSourceFile() !== source) return false;
  return declaration.end <= call.getStart(source) || declaration.getStart(source) > call.end;
}

function enclosingClass(typescript: typeof ts, node: ts.Node): ts.ClassLikeDeclaration | undefined {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent) {
    if (typescript.isClassLike(at)) return at;
    if (typescript.isFunctionDeclaration(at) || typescript.isFunctionExpression(at)) return undefined;
  }
  return undefined;
}

/** What most other calls of the same function in the project pass at this place. */
function customary(typescript: typeof ts, project: TypeScriptProject, call: Call, index: number): Guess | undefined {
  const checker = project.program.getTypeChecker();
  const name = calleeName(typescript, call);
  const target = name && resolved(typescript, checker, name);
  if (!name || !target) return undefined;
  const counts = new Map<string, number>();
  let calls = 0;
  const visit = (node: ts.Node): void => {
    if ((typescript.isCallExpression(node) || typescript.isNewExpression(node)) && node !== call) {
      const other = calleeName(typescript, node);
      const argument = node.arguments?.[index];
      if (argument && other?.text === name.text && resolved(typescript, checker, other) === target) {
        calls++;
        const text = argument.getText();
        counts.set(text, (counts.get(text) ?? 0) + 1);
      }
    }
    typescript.forEachChild(node, visit);
  };
  const files = project.sourceFiles().filter(({ text }) => text.includes(name.text));
  for (const file of files.slice(0, MAX_FILES)) visit(file);
  const [text, count] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0] ?? ['', 0];
  if (count < MIN_CALLS || count / calls < MIN_SHARE || text.includes('\n')) return undefined;
  return { text, confidence: 0.65 * (count / calls) };
}

function calleeName(typescript: typeof ts, { expression }: Call): ts.Identifier | undefined {
  if (typescript.isIdentifier(expression)) return expression;
  if (typescript.isPropertyAccessExpression(expression) && typescript.isIdentifier(expression.name))
    return expression.name;
  return undefined;
}

function resolved(typescript: typeof ts, checker: ts.TypeChecker, name: ts.Identifier): ts.Symbol | undefined {
  const symbol = checker.getSymbolAtLocation(name);
  return symbol && symbol.flags & typescript.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function insertion(source: ts.SourceFile, call: Call, index: number, text: string, confidence: number): NameFix {
  const given = call.arguments ?? [];
  const title = `Pass '${text.slice(0, 40)}'`;
  const before = given[index];
  if (before) {
    const at = before.getStart(source);
    return { start: at, end: at, newText: `${text}, `, title, confidence };
  }
  const last = given.at(-1);
  if (last) return { start: last.end, end: last.end, newText: `, ${text}`, title, confidence };
  // `new Thing` may come without brackets.
  const brackets = call.arguments !== undefined && source.text[call.end - 1] === ')';
  const at = brackets ? call.end - 1 : call.end;
  return { start: at, end: at, newText: brackets ? text : `(${text})`, title, confidence };
}
