/** The one error model of SH3 that every tool's output is parsed into. */

export type DiagnosticCategory =
  | 'syntax'
  | 'type mismatch'
  | 'missing import'
  | 'undefined variable'
  | 'compiler-specific'
  | 'lint'
  | 'test failure';

/** Lines and columns from 1, columns in UTF-16 units (adapters convert their tool's own). */
export interface Diagnostic {
  /** Repository-relative, '/'. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** The tool's code: 'TS2304', 'F821', 'no-unused-vars'; '' if it has none. */
  readonly code: string;
  readonly category: DiagnosticCategory;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** 'typescript', 'eslint', 'python', 'ruff', 'pyright', 'mypy', 'pytest' … */
  readonly tool: string;
}
