/** What the mining reducer remembers of one file: trees with shared labels, and its facts as compact columns. */
import type { Family, LanguageId } from '../languages.ts';
import type { ErrorHandlingFact, FunctionKind } from '../syntax/facts.ts';
import type { FileTrees } from './forest.ts';

/** Column order of `FileDigest.calls`. */
export const CALL_NAME = 0;
export const CALL_RESOLVED = 1;
export const CALL_LINE = 2;
export const CALL_FUNCTION = 3;
export const CALL_FLAGS = 4;
export const CALL_ARGUMENTS = 5;
/** Receiver followed to an import, as in CallFact.receiver; -1 where it is unknown. */
export const CALL_RECEIVER = 6;
export const CALL_WIDTH = 7;

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
  /** As in FileFacts: number, count and first line of each mark of style, flat. */
  readonly style: Int32Array;
}
