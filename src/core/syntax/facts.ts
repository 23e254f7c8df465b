/** What one file says, as plain values: the unit that is stored by content hash and from which everything is mined. */
import type { LanguageId } from '../languages.ts';

/** Half-open UTF-16 range. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type FunctionKind = 'function' | 'method' | 'constructor' | 'arrow' | 'getter' | 'setter';

export interface Parameter {
  readonly name: string;
  /** Source text of the type, if written. */
  readonly type?: string;
}

export interface FunctionFact extends Span {
  /** Name as callers use it; '' for an anonymous function passed as an argument (such functions are listed too). */
  readonly name: string;
  readonly kind: FunctionKind;
  /** Source text from the declaration's start (with decorators and `export`) to the body, white space folded. */
  readonly signature: string;
  /** Doc comment or docstring without its markers, at most 600 characters; '' if none. */
  readonly doc: string;
  /** Enclosing class, impl type or receiver type; '' if none. */
  readonly container: string;
  readonly exported: boolean;
  readonly async: boolean;
  readonly parameters: readonly Parameter[];
  readonly returnType?: string;
  readonly decorators: readonly string[];
  /** Lines from 1, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** Range of the body (with braces where the language has them). */
  readonly body: Span;
  /** Index in `functions` of the function around this one; -1 at top level. */
  readonly parent: number;
}

export interface TypeFact extends Span {
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'struct' | 'enum' | 'trait' | 'alias' | 'module';
  readonly signature: string;
  readonly doc: string;
  readonly exported: boolean;
  readonly startLine: number;
  readonly endLine: number;
  /** Base classes, implemented interfaces or traits, as written. */
  readonly bases: readonly string[];
  /** Fields and properties with their written types; methods are in `functions`. */
  readonly members: readonly Parameter[];
}

export interface CallFact extends Span {
  /** Last segment of the callee: `get` in `router.get(…)`. */
  readonly name: string;
  /** The callee as dotted path where syntax allows: `router.get`, `fs.promises.readFile`; '()' and '[]' stand for computed parts. */
  readonly callee: string;
  /** The callee with its first segment replaced by what it was imported as: `express.Router`, `fs.readFile`; '' if unresolved. */
  readonly resolved: string;
  /**
   * What stands before the last segment, followed through locals, parameters and fields of the file to an import:
   * `fastapi.APIRouter` for `router.get(…)` after `router = APIRouter()`, `github.com/gin-gonic/gin.Context` for `c.JSON(…)`
   * where `c *gin.Context`, `express()` for `app.use(…)` after `const app = express()`. Absent where that is unknown, and
   * where the first segment is imported itself (`resolved` says it then).
   */
  readonly receiver?: string;
  readonly line: number;
  readonly arguments: number;
  readonly awaited: boolean;
  /** True if the value of the call is thrown away (an expression statement). */
  readonly discarded: boolean;
  readonly kind: 'call' | 'new' | 'macro' | 'decorator' | 'jsx';
  /** Index in `functions` of the innermost function around the call; -1 at top level. */
  readonly function: number;
}

export interface ImportFact extends Span {
  /** Module as written: './db', 'express', 'os.path', 'github.com/gin-gonic/gin', 'std::fs'. */
  readonly module: string;
  /** Names brought in: `name` in the module ('*' the whole, 'default' the default export), `alias` in this file. */
  readonly names: readonly { readonly name: string; readonly alias: string }[];
  readonly relative: boolean;
  readonly typeOnly: boolean;
  readonly line: number;
}

/** A place where an error is caught, checked, raised or swallowed. */
export interface ErrorHandlingFact extends Span {
  readonly kind: 'try' | 'catch' | 'raise' | 'check' | 'propagate';
  /** Caught or raised type or call as written: 'ValueError', 'ApiError'; '' if none. */
  readonly type: string;
  /** A handler whose body does nothing. */
  readonly empty: boolean;
  readonly line: number;
  readonly function: number;
}

export interface FileFacts {
  readonly language: LanguageId;
  /** Number of lines. */
  readonly lines: number;
  /** ERROR and MISSING nodes in the tree. */
  readonly syntaxErrors: number;
  readonly functions: readonly FunctionFact[];
  readonly types: readonly TypeFact[];
  readonly calls: readonly CallFact[];
  readonly imports: readonly ImportFact[];
  readonly errorHandling: readonly ErrorHandlingFact[];
  /** Await expressions outside `calls[].awaited` too; spans with the innermost function. */
  readonly awaits: readonly { readonly line: number; readonly function: number }[];
  readonly loops: readonly { readonly line: number; readonly function: number }[];
  /** Names bound at top level that other files may import. */
  readonly exports: readonly string[];
  /** Marks of style, as StyleCounts in styleMarks.ts writes them; absent where only facts were asked for. */
  readonly style?: readonly number[];
}
