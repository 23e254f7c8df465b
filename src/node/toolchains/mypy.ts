/** mypy as a toolchain: one JSON object a line, lines from 1 and columns from 0 in code points. */
import { LineIndex } from '../../base/lineIndex.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import { PythonTypeChecker } from './pythonTypeChecker.ts';

interface MypyMessage {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly end_line?: number;
  readonly end_column?: number;
  readonly message: string;
  readonly hint: string | null;
  readonly code: string | null;
  readonly severity: string;
}

export class MypyToolchain extends PythonTypeChecker {
  readonly id = 'mypy';
  readonly title = 'mypy';

  protected arguments(paths: readonly string[], interpreter: string | undefined): string[] {
    const python = interpreter ? ['--python-executable', interpreter] : [];
    return [
      '--output',
      'json',
      '--show-column-numbers',
      '--show-error-end',
      '--no-error-summary',
      ...python,
      '--',
      ...paths,
    ];
  }

  protected parse(
    stdout: string,
    _folder: string,
    text: (path: string) => string | undefined,
  ): Diagnostic[] | undefined {
    const lines = stdout.split('\n').filter((line) => line.trim() !== '');
    if (lines.some((line) => !line.startsWith('{'))) return undefined;
    return lines
      .map((line) => JSON.parse(line) as MypyMessage)
      .filter(({ severity }) => severity !== 'note')
      .map((message) => {
        const path = message.file.replaceAll('\\', '/').replace(/^\.\//, '');
        const source = text(path) ?? '';
        const index = new LineIndex(source);
        const start = codePointColumn(source, index, message.line, message.column);
        const end = codePointColumn(
          source,
          index,
          message.end_line ?? message.line,
          message.end_column ?? message.column,
        );
        const code = message.code ?? '';
        return {
          path,
          line: start.line,
          column: start.column,
          endLine: end.line,
          endColumn: end.column,
          code,
          category: this.categoryOf(code),
          severity: this.severityOf(code, message.severity),
          message: message.hint ? `${message.message} ${message.hint}` : message.message,
          tool: this.id,
        };
      });
  }
}

/** A code point column from 0 as a UTF-16 column from 1, kept inside its line. */
function codePointColumn(
  text: string,
  index: LineIndex,
  line: number,
  column: number,
): { line: number; column: number } {
  const start = index.lineStart(line);
  const end = index.offsetAt(line, Number.MAX_SAFE_INTEGER);
  const prefix = [...text.slice(start, end)].slice(0, Math.max(0, column)).join('');
  return { line, column: prefix.length + 1 };
}
