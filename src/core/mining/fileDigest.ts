/** What the mining reducer remembers of one file: trees with shared labels, and its facts as compact columns. */
import type { LanguageId } from '../languages.ts';
import type { ErrorHandlingFact, FunctionKind } from '../syntax/facts.ts';
import type { FileTrees } from './forest.ts';
import type { LabelTable } from './labelTable.ts';
import { decodeMiningTrees } from './miningTrees.ts';
import type { MinedFile } from './reducerContract.ts';

export type Family = 'ecmascript' | 'python' | 'rust' | 'go';

export function familyOf(language: LanguageId): Family {
  return language === 'typescript' || language === 'tsx' || language === 'javascript' ? 'ecmascript' : language;
}

/** Column order of `FileDigest.calls`. */
export const CALL_NAME = 0;
export const CALL_RESOLVED = 1;
export const CALL_LINE = 2;
export const CALL_FUNCTION = 3;
export const CALL_FLAGS = 4;
export const CALL_ARGUMENTS = 5;
export const CALL_WIDTH = 6;

export const FLAG_AWAITED = 1;
export const FLAG_DISCARDED = 2;
export const FLAG_DECORATOR = 4;
export const FLAG_JSX = 8;
export const FLAG_MACRO = 16;
export const FLAG_NEW = 32;

export interface FunctionDigest {
  readonly name: string;
  readonly kind: FunctionKind;
  readonly container: string;
  readonly async: boolean;
  readonly exported: boolean;
  readonly documented: boolean;
  readonly line: number;
  readonly endLine: number;
  readonly decorators: readonly string[];
  readonly returnType: string;
}

export interface ImportDigest {
  readonly module: string;
  readonly relative: boolean;
  readonly typeOnly: boolean;
  /** 'default', '*' or a name, with the alias where it differs. */
  readonly names: readonly { readonly name: string; readonly alias: string }[];
  readonly line: number;
}

export interface FileDigest {
  readonly path: string;
  readonly language: LanguageId;
  readonly family: Family;
  readonly lines: number;
  readonly trees: FileTrees;
  /** CALL_WIDTH numbers a call, in the order in which the calls run; names are numbers of the shared string table. */
  readonly calls: Int32Array;
  readonly functions: readonly FunctionDigest[];
  readonly types: readonly { readonly name: string; readonly kind: string; readonly line: number }[];
  readonly imports: readonly ImportDigest[];
  readonly errors: readonly Pick<ErrorHandlingFact, 'kind' | 'type' | 'empty' | 'line' | 'function'>[];
}

/** Digests one analysis; `labels` and `names` are shared by all files of a repository. */
export function digestFile(path: string, analysis: MinedFile, labels: LabelTable, names: LabelTable): FileDigest {
  const { facts, language } = analysis;
  const trees = decodeMiningTrees(analysis.trees);
  const numbers = Int32Array.from(trees.labels, (label) => labels.intern(label));
  const label = trees.label.map((local) => numbers[local] as number);
  const calls = new Int32Array(facts.calls.length * CALL_WIDTH);
  // By their ends calls stand in the order in which they run: receivers and arguments before the call itself.
  const ordered = [...facts.calls].sort((a, b) => a.end - b.end || b.start - a.start);
  ordered.forEach((call, index) => {
    const at = index * CALL_WIDTH;
    calls[at + CALL_NAME] = names.intern(call.name);
    calls[at + CALL_RESOLVED] = names.intern(call.resolved || call.callee);
    calls[at + CALL_LINE] = call.line;
    calls[at + CALL_FUNCTION] = call.function;
    calls[at + CALL_ARGUMENTS] = call.arguments;
    calls[at + CALL_FLAGS] =
      (call.awaited ? FLAG_AWAITED : 0) |
      (call.discarded ? FLAG_DISCARDED : 0) |
      (call.kind === 'decorator' ? FLAG_DECORATOR : 0) |
      (call.kind === 'jsx' ? FLAG_JSX : 0) |
      (call.kind === 'macro' ? FLAG_MACRO : 0) |
      (call.kind === 'new' ? FLAG_NEW : 0);
  });
  return {
    path,
    language,
    family: familyOf(language),
    lines: facts.lines,
    trees: { ...trees, path, label },
    calls,
    functions: facts.functions.map((fact) => ({
      name: fact.name,
      kind: fact.kind,
      container: fact.container,
      async: fact.async,
      exported: fact.exported,
      documented: fact.doc !== '',
      line: fact.startLine,
      endLine: fact.endLine,
      decorators: fact.decorators,
      returnType: fact.returnType ?? '',
    })),
    types: facts.types.map(({ name, kind, startLine }) => ({ name, kind, line: startLine })),
    imports: facts.imports.map(({ module, relative, typeOnly, names: bound, line }) => ({
      module,
      relative,
      typeOnly,
      names: bound,
      line,
    })),
    errors: facts.errorHandling.map(({ kind, type, empty, line, function: owner }) => ({
      kind,
      type,
      empty,
      line,
      function: owner,
    })),
  };
}
