/** What retrieval keeps of one file: its routines, their calls and the tokens by which they are found, as typed arrays. */
import type { FileFacts, FunctionFact } from '../syntax/facts.ts';
import { callForm, callOwner, importedModule } from './callForms.ts';
import { directoryOf, subwords } from './subwords.ts';
import type { SymbolTable } from './symbols.ts';

/** Classes of tokens; a token is `symbol * TOKEN_CLASSES + class`. */
export const TOKEN_CLASSES = 8;
export const TokenClass = {
  /** Subword of the routine's name. */
  name: 0,
  /** Subword of the enclosing class or receiver type. */
  container: 1,
  /** Written parameter, return and decorator types. */
  type: 2,
  /** Parameter names. */
  parameter: 3,
  /** Subwords of the path: what role the file has. */
  path: 4,
  /** A called name. */
  call: 5,
  /** An imported module or name. */
  import: 6,
  /** Word of the doc comment. */
  doc: 7,
} as const;

export function token(symbol: number, tokenClass: number): number {
  return symbol * TOKEN_CLASSES + tokenClass;
}

export function tokenClassOf(value: number): number {
  return value % TOKEN_CLASSES;
}

/** A name that other code may use, with the text that shows how. */
export interface Declaration {
  readonly name: number;
  /** Enclosing class, impl type or receiver type; -1 for a function or type of the module itself. */
  readonly container: number;
  readonly signature: string;
  readonly exported: boolean;
}

/**
 * A *routine* is a function with a name, or an anonymous one that no other function encloses; the calls of the
 * anonymous functions inside it are its own. `offsets` arrays have one more element than there are routines.
 */
export interface FileDigest {
  readonly path: string;
  readonly directory: number;
  readonly routines: number;
  /** Called-name symbol of the routine; -1 without a name. */
  readonly names: Int32Array;
  readonly containers: Int32Array;
  readonly callOffsets: Int32Array;
  /** Distinct called names per routine, ascending by symbol. */
  readonly calls: Int32Array;
  readonly tokenOffsets: Int32Array;
  readonly tokens: Int32Array;
  /** Distinct called names of the whole file. */
  readonly fileCalls: Int32Array;
  readonly fileTokens: Int32Array;
  readonly declarations: readonly Declaration[];
  /** Distinct (written form, owner) pairs of the calls (see callForms), with the name called. */
  readonly forms: Int32Array;
  readonly formNames: Int32Array;
  /** Distinct (receiver, name), (receiver's written type, name) and (module, name) pairs of the symbol table. */
  readonly members: Int32Array;
}

/** What is read of the file at the cursor alone; its tokens hold the words of doc comments too. */
export interface CursorDigest extends FileDigest {
  readonly startLines: Int32Array;
  readonly endLines: Int32Array;
  /** Index of the facts' function. */
  readonly functions: Int32Array;
  readonly importedNames: Int32Array;
  readonly modules: readonly string[];
  /** Modules as every file names them: relative ones by their last segment. */
  readonly moduleNames: readonly string[];
}

/** A name that can be given: not the computed part of a call, not generated. */
const CALLED = /^[\p{L}_$][\p{L}\p{N}_$!?]{0,59}$/u;
const CALLEE = /^[\w$.#@:!]{1,48}$/;
/** Words of a doc comment by which a routine is found. */
const DOC_WORDS = 12;
const SELF = new Set(['this', 'self', 'cls', 'super', 'Self']);

/** `[head, receiver]` of a dotted or `::` path: its first segment and the one before the last. */
function receiverOf(callee: string): { head: string; receiver: string } | undefined {
  const segments = callee.split(/\.|::|->/);
  if (segments.length < 2) return undefined;
  const receiver = segments[segments.length - 2] as string;
  return { head: segments[0] as string, receiver };
}

function distinct(values: Iterable<number>): Int32Array {
  return Int32Array.from(new Set(values)).sort();
}

/** The written type without its wrappers' punctuation: `Promise<User[]>` → Promise, User. */
export function typeNames(type: string): string[] {
  return type.match(/[A-Za-z_]\w*/g)?.filter((word) => word.length > 2) ?? [];
}

/** For every function, the routine that its calls belong to (as an index into the facts' functions). */
function owners(functions: readonly FunctionFact[]): Int32Array {
  const owner = new Int32Array(functions.length);
  for (let i = 0; i < functions.length; i++) {
    let at = i;
    for (;;) {
      const current = functions[at] as FunctionFact;
      if (current.name !== '' || current.parent < 0 || current.parent >= functions.length) break;
      at = current.parent;
    }
    owner[i] = at;
  }
  return owner;
}

/** The tokens by which a function with this name, signature and place is found. */
function routineTokens(
  fact: FunctionFact,
  pathTokens: readonly number[],
  symbols: SymbolTable,
  docs: boolean,
): Set<number> {
  const tokens = new Set<number>(pathTokens);
  const add = (word: string, tokenClass: number) => tokens.add(token(symbols.intern(word), tokenClass));
  for (const word of subwords(fact.name)) add(word, TokenClass.name);
  for (const word of subwords(fact.container)) add(word, TokenClass.container);
  for (const parameter of fact.parameters) {
    if (!SELF.has(parameter.name)) add(parameter.name, TokenClass.parameter);
    for (const name of typeNames(parameter.type ?? '')) add(name, TokenClass.type);
  }
  for (const name of typeNames(fact.returnType ?? '')) add(name, TokenClass.type);
  for (const decorator of fact.decorators) add(decorator.split('(')[0] as string, TokenClass.type);
  if (!docs) return tokens;
  for (const word of fact.doc.match(/[A-Za-z]{4,}/g)?.slice(0, DOC_WORDS) ?? []) {
    for (const part of subwords(word)) add(part, TokenClass.doc);
  }
  return tokens;
}

/** Condenses facts into a digest for the index; interns what it meets. Pure apart from the symbol table. */
export function digestFile(path: string, facts: FileFacts, symbols: SymbolTable): FileDigest {
  return digest(path, facts, symbols, owners(facts.functions), false);
}

/** The digest of the file at the cursor. */
export function digestCursorFile(path: string, facts: FileFacts, symbols: SymbolTable): CursorDigest {
  const { functions, imports } = facts;
  const owner = owners(functions);
  const routines = functions.map((_, i) => i).filter((i) => owner[i] === i);
  return {
    ...digest(path, facts, symbols, owner, true),
    startLines: Int32Array.from(routines, (i) => (functions[i] as FunctionFact).startLine),
    endLines: Int32Array.from(routines, (i) => (functions[i] as FunctionFact).endLine),
    functions: Int32Array.from(routines),
    importedNames: distinct(
      imports.flatMap(({ names }) => names.map(({ alias, name }) => symbols.intern(alias || name))),
    ),
    modules: imports.map(({ module }) => module),
    moduleNames: [...new Set(imports.map(({ module, relative }) => moduleName(module, relative)))].sort(),
  };
}

function digest(path: string, facts: FileFacts, symbols: SymbolTable, owner: Int32Array, docs: boolean): FileDigest {
  const functions = facts.functions;
  const routineOf = new Map<number, number>();
  const routines: number[] = [];
  for (let i = 0; i < functions.length; i++) {
    if (owner[i] === i) {
      routineOf.set(i, routines.length);
      routines.push(i);
    }
  }
  const pathTokens = subwords(path.replace(/\.[a-z]+$/i, '')).map((word) =>
    token(symbols.intern(word), TokenClass.path),
  );

  const callSets = routines.map(() => new Set<number>());
  const fileCalls = new Set<number>();
  const forms = new Map<number, number>();
  const members = new Set<number>();
  const fieldTypes = new Map<string, string>();
  for (const type of facts.types) {
    for (const member of type.members) if (member.type) fieldTypes.set(member.name, member.type);
  }
  const modules = new Map(facts.imports.map((entry) => [entry.module, entry.relative] as const));
  for (const call of facts.calls) {
    if (!CALLED.test(call.name)) continue;
    const name = symbols.intern(call.name);
    fileCalls.add(name);
    // A routine's calls are also those of the routines nested in it: whoever writes the outer one writes them too.
    let at = call.function;
    const parameterTypes = new Map<string, string>();
    for (let guard = 0; at >= 0 && at < functions.length && guard < 64; guard++) {
      const fact = functions[at] as FunctionFact;
      const routine = routineOf.get(at);
      if (routine !== undefined) callSets[routine]?.add(name);
      for (const { name: parameter, type } of fact.parameters) if (type) parameterTypes.set(parameter, type);
      at = fact.parent;
    }
    const link = (key: string) => members.add(symbols.pair(symbols.intern(key), name));
    const module = importedModule(call.resolved, modules);
    if (module !== undefined) link(moduleKey(moduleName(module, modules.get(module) === true)));
    const form = symbols.intern(callForm(call, facts.language, modules));
    forms.set(symbols.pair(form, symbols.intern(callOwner(call, path, modules))), name);
    if (!CALLEE.test(call.callee)) continue;
    const place = receiverOf(call.callee);
    if (!place || SELF.has(place.receiver) || place.receiver === '') continue;
    link(`.${place.receiver}`);
    const type = parameterTypes.get(place.receiver) ?? fieldTypes.get(place.receiver);
    for (const typeName of typeNames(type ?? '')) link(`:${typeName}`);
  }

  const callOffsets = new Int32Array(routines.length + 1);
  const tokenOffsets = new Int32Array(routines.length + 1);
  const calls: number[] = [];
  const tokens: number[] = [];
  routines.forEach((index, routine) => {
    const names = distinct(callSets[routine] as Set<number>);
    for (const name of names) calls.push(name);
    callOffsets[routine + 1] = calls.length;
    for (const value of routineTokens(functions[index] as FunctionFact, pathTokens, symbols, docs)) tokens.push(value);
    for (const name of names) tokens.push(token(name, TokenClass.call));
    tokenOffsets[routine + 1] = tokens.length;
  });

  const fileTokens = new Set<number>(pathTokens);
  for (const entry of facts.imports) {
    fileTokens.add(token(symbols.intern(moduleName(entry.module, entry.relative)), TokenClass.import));
    for (const { name } of entry.names) {
      if (name !== '*' && name !== 'default') fileTokens.add(token(symbols.intern(name), TokenClass.import));
    }
  }
  for (const name of fileCalls) fileTokens.add(token(name, TokenClass.call));

  return {
    path,
    directory: symbols.intern(directoryOf(path)),
    routines: routines.length,
    names: Int32Array.from(routines, (i) => {
      const name = (functions[i] as FunctionFact).name;
      return name === '' ? -1 : symbols.intern(name);
    }),
    containers: Int32Array.from(routines, (i) => {
      const container = (functions[i] as FunctionFact).container;
      return container === '' ? -1 : symbols.intern(container);
    }),
    callOffsets,
    calls: Int32Array.from(calls),
    tokenOffsets,
    tokens: Int32Array.from(tokens),
    fileCalls: distinct(fileCalls),
    fileTokens: Int32Array.from(fileTokens),
    declarations: declarationsOf(facts, symbols),
    forms: Int32Array.from(forms.keys()),
    formNames: Int32Array.from(forms.values()),
    members: Int32Array.from(members),
  };
}

/** One name for a module whichever file imports it. */
function moduleName(module: string, relative: boolean): string {
  return relative ? lastSegment(module) : module;
}

/** Key of a module's members among the links of the index. */
export function moduleKey(name: string): string {
  return `@${name}`;
}

function lastSegment(module: string): string {
  return module.slice(module.lastIndexOf('/') + 1);
}

/** Longest signature kept; longer ones say no more to a model. */
const SIGNATURE_LENGTH = 240;

function declarationsOf(facts: FileFacts, symbols: SymbolTable): Declaration[] {
  const constructors = new Map<string, string>();
  const declarations: Declaration[] = [];
  for (const { name, container, signature, exported, kind } of facts.functions) {
    if (name === '') continue;
    if (kind === 'constructor' && !constructors.has(container)) constructors.set(container, signature);
    declarations.push({
      name: symbols.intern(name),
      container: container === '' ? -1 : symbols.intern(container),
      signature: signature.slice(0, SIGNATURE_LENGTH),
      exported,
    });
  }
  for (const { name, kind, signature, exported } of facts.types) {
    const constructor = kind === 'class' ? constructors.get(name) : undefined;
    declarations.push({
      name: symbols.intern(name),
      container: -1,
      // A class is called by what makes one.
      signature: (constructor === undefined ? signature : `${signature}: ${constructor}`).slice(0, SIGNATURE_LENGTH),
      exported,
    });
  }
  return declarations;
}
