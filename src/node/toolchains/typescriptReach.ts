/** How far a change of declarations reaches: the exported names that may mean something else with it, found by syntax alone. */
import type * as ts from 'typescript';

/** Stands for every name of a module: nothing is known of which ones changed. */
const EVERY = '*';

/** Exported names of a module that may mean something else; `EVERY` stands for all. */
export type Reached = ReadonlySet<string>;

/** What an import makes of the reached names of its module, in the importing file. */
interface Touched {
  readonly locals: Set<string>;
  readonly statements: Set<ts.Statement>;
  readonly exported: Set<string>;
}

/**
 * Names that a module exports whose declarations differ between two declaration texts, or that mention such a one or an
 * import that changed. Undefined where the change may be seen without any import.
 */
export function changedExports(typescript: typeof ts, before: string, after: string): Reached | undefined {
  const sources = [before, after].map((text) =>
    typescript.createSourceFile('declarations.ts', text, typescript.ScriptTarget.Latest, true),
  ) as [ts.SourceFile, ts.SourceFile];
  const texts = sources.map(({ statements }) => new Set(statements.map((statement) => statement.getText())));
  const bindings = sources.map((source) => importBindings(typescript, source)) as [
    Map<string, string>,
    Map<string, string>,
  ];
  const locals = [...new Set([...bindings[0].keys(), ...bindings[1].keys()])].filter(
    (name) => bindings[0].get(name) !== bindings[1].get(name),
  );
  const reached = new Set<string>();
  for (const [at, source] of sources.entries()) {
    const others = texts[1 - at] as ReadonlySet<string>;
    const statements = source.statements.filter(
      (statement) => !typescript.isImportDeclaration(statement) && !others.has(statement.getText()),
    );
    const own = reachedIn(typescript, source, {
      locals: new Set(locals),
      statements: new Set(statements),
      exported: new Set(),
    });
    if (!own) return undefined;
    for (const name of own) reached.add(name);
  }
  return reached;
}

/**
 * Whether `source` sees the reached names of the module that `imports` lead to, and which names it exports may then mean
 * something else; those are undefined where the change may be seen without any import.
 */
export function reachedThrough(
  typescript: typeof ts,
  source: ts.SourceFile,
  imports: readonly ts.StringLiteralLike[],
  reached: Reached,
): { readonly sees: boolean; readonly exported: Reached | undefined } {
  const touched: Touched = { locals: new Set(), statements: new Set(), exported: new Set() };
  for (const literal of imports) touch(typescript, literal, reached, touched);
  const sees = touched.locals.size > 0 || touched.statements.size > 0 || touched.exported.size > 0;
  if (!sees) return { sees, exported: new Set() };
  // In scripts comments declare types, and what they mention is not seen here.
  const isScript = /\.(?:c|m)?jsx?$/.test(source.fileName);
  return { sees, exported: isScript ? new Set([EVERY]) : reachedIn(typescript, source, touched) };
}

function touch(typescript: typeof ts, literal: ts.StringLiteralLike, reached: Reached, touched: Touched): void {
  const isReached = (name: string) => reached.has(EVERY) || reached.has(name);
  const { parent } = literal;
  if (parent && typescript.isImportDeclaration(parent)) {
    const { name, namedBindings } = parent.importClause ?? {};
    if (name && isReached('default')) touched.locals.add(name.text);
    if (namedBindings && typescript.isNamespaceImport(namedBindings)) {
      if (reached.size) touched.locals.add(namedBindings.name.text);
    } else
      for (const element of namedBindings?.elements ?? []) {
        if (isReached((element.propertyName ?? element.name).text)) touched.locals.add(element.name.text);
      }
  } else if (parent && typescript.isExportDeclaration(parent)) {
    const { exportClause } = parent;
    if (!exportClause) for (const name of reached) touched.exported.add(name);
    else if (typescript.isNamespaceExport(exportClause)) touched.exported.add(exportClause.name.text);
    else
      for (const element of exportClause.elements) {
        if (isReached((element.propertyName ?? element.name).text)) touched.exported.add(element.name.text);
      }
  } else if (reached.size) {
    // import(), require(), import types: whatever the statement declares may come of it.
    let statement: ts.Node | undefined = literal;
    while (statement?.parent && !typescript.isSourceFile(statement.parent)) statement = statement.parent;
    if (statement) touched.statements.add(statement as ts.Statement);
  }
}

/** What else of a file is reached from there, and which exports are among it; undefined where it may be seen everywhere. */
function reachedIn(typescript: typeof ts, source: ts.SourceFile, from: Touched): Reached | undefined {
  const { locals, exported } = from;
  const open = new Map(
    source.statements
      .filter((statement) => !typescript.isImportDeclaration(statement))
      .map((statement) => [statement, mentioned(typescript, statement)] as const),
  );
  // A script has no exports to name, and CommonJS names them while it runs.
  const isEs = source.statements.some(
    (statement) =>
      typescript.isImportDeclaration(statement) ||
      typescript.isExportDeclaration(statement) ||
      typescript.isExportAssignment(statement) ||
      modifiersOf(typescript, statement).length > 0,
  );
  if (!isEs) return new Set([EVERY]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [statement, names] of open) {
      if (!from.statements.has(statement) && ![...names].some((name) => locals.has(name))) continue;
      open.delete(statement);
      grown = true;
      if (
        typescript.isModuleDeclaration(statement) &&
        (typescript.isStringLiteral(statement.name) || statement.name.text === 'global')
      ) {
        return undefined;
      }
      const declared = declaredNames(typescript, statement);
      for (const name of declared) locals.add(name);
      const kinds = modifiersOf(typescript, statement);
      if (kinds.includes(typescript.SyntaxKind.DefaultKeyword)) exported.add('default');
      else if (kinds.includes(typescript.SyntaxKind.ExportKeyword)) for (const name of declared) exported.add(name);
      if (typescript.isExportAssignment(statement)) exported.add(statement.isExportEquals ? EVERY : 'default');
      const assigned = assignedTo(typescript, statement);
      if (assigned) locals.add(assigned);
    }
  }
  for (const statement of source.statements) {
    if (!typescript.isExportDeclaration(statement)) continue;
    const { exportClause, moduleSpecifier } = statement;
    if (from.statements.has(statement) && (!exportClause || moduleSpecifier)) {
      if (!exportClause) exported.add(EVERY);
      else if (typescript.isNamespaceExport(exportClause)) exported.add(exportClause.name.text);
      else for (const { name } of exportClause.elements) exported.add(name.text);
    } else if (exportClause && !moduleSpecifier && typescript.isNamedExports(exportClause)) {
      for (const { propertyName, name } of exportClause.elements) {
        if (from.statements.has(statement) || locals.has((propertyName ?? name).text)) exported.add(name.text);
      }
    }
  }
  return exported;
}

/** Local name → module and name there. */
function importBindings(typescript: typeof ts, source: ts.SourceFile): Map<string, string> {
  const found = new Map<string, string>();
  for (const statement of source.statements) {
    if (!typescript.isImportDeclaration(statement)) continue;
    const from = statement.moduleSpecifier.getText();
    const { name, namedBindings } = statement.importClause ?? {};
    if (name) found.set(name.text, `${from} default`);
    if (namedBindings && typescript.isNamespaceImport(namedBindings)) found.set(namedBindings.name.text, `${from} *`);
    else
      for (const element of namedBindings?.elements ?? []) {
        found.set(element.name.text, `${from} ${(element.propertyName ?? element.name).text}`);
      }
  }
  return found;
}

/** Names on which the types of what the statement declares may depend: what an annotation settles depends on no body. */
function mentioned(typescript: typeof ts, statement: ts.Statement): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (typescript.isIdentifier(node)) names.add(node.text);
    const settled = settledBy(typescript, node);
    typescript.forEachChild(node, (child) => {
      if (child !== settled) visit(child);
    });
  };
  visit(statement);
  return names;
}

/** The part of a declaration that its type does not depend on. */
function settledBy(typescript: typeof ts, node: ts.Node): ts.Node | undefined {
  if (typescript.isSetAccessorDeclaration(node)) return node.body;
  if (typescript.isConstructorDeclaration(node)) {
    // A member that says nothing of its type has that of what the constructor assigns.
    const isBare = (member: ts.ClassElement) =>
      typescript.isPropertyDeclaration(member) && !member.type && !member.initializer;
    return node.parent.members.some(isBare) ? undefined : node.body;
  }
  if (typescript.isFunctionLike(node)) return node.type ? (node as ts.FunctionLikeDeclaration).body : undefined;
  if (typescript.isVariableDeclaration(node) || typescript.isPropertyDeclaration(node)) {
    return node.type ? node.initializer : undefined;
  }
  return undefined;
}

function declaredNames(typescript: typeof ts, statement: ts.Statement): string[] {
  const found: string[] = [];
  const bind = (name: ts.BindingName): void => {
    if (typescript.isIdentifier(name)) found.push(name.text);
    else for (const element of name.elements) if (typescript.isBindingElement(element)) bind(element.name);
  };
  if (typescript.isVariableStatement(statement)) {
    for (const { name } of statement.declarationList.declarations) bind(name);
  } else {
    const { name } = statement as unknown as { name?: ts.Node };
    if (name && typescript.isIdentifier(name)) found.push(name.text);
  }
  return found;
}

/** The name whose property a statement assigns: functions and classes grow members that way. */
function assignedTo(typescript: typeof ts, statement: ts.Statement): string | undefined {
  if (!typescript.isExpressionStatement(statement)) return undefined;
  const { expression } = statement;
  let left = typescript.isBinaryExpression(expression) ? expression.left : undefined;
  while (left && (typescript.isPropertyAccessExpression(left) || typescript.isElementAccessExpression(left))) {
    left = left.expression;
  }
  return left && typescript.isIdentifier(left) ? left.text : undefined;
}

function modifiersOf(typescript: typeof ts, statement: ts.Statement): ts.SyntaxKind[] {
  if (!typescript.canHaveModifiers(statement)) return [];
  const { ExportKeyword, DefaultKeyword } = typescript.SyntaxKind;
  return (typescript.getModifiers(statement) ?? [])
    .map(({ kind }) => kind)
    .filter((kind) => kind === ExportKeyword || kind === DefaultKeyword);
}
