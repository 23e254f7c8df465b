/** pyright as a toolchain: one JSON report, lines and UTF-16 columns from 0. */
import { relative, sep } from 'node:path';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import { PythonTypeChecker } from './pythonTypeChecker.ts';

interface PyrightReport {
  readonly generalDiagnostics: readonly {
    readonly file: string;
    readonly severity: string;
    readonly message: string;
    readonly rule?: string;
    readonly range?: {
      readonly start: { readonly line: number; readonly character: number };
      readonly end: { readonly line: number; readonly character: number };
    };
  }[];
}

export class PyrightToolchain extends PythonTypeChecker {
  readonly id = 'pyright';
  readonly title = 'Pyright';

  protected arguments(paths: readonly string[], interpreter: string | undefined): string[] {
    return ['--outputjson', ...(interpreter ? ['--pythonpath', interpreter] : []), ...paths];
  }

  protected parse(stdout: string, folder: string): Diagnostic[] | undefined {
    const start = stdout.indexOf('{');
    if (start === -1) return undefined;
    const report = JSON.parse(stdout.slice(start)) as PyrightReport;
    return report.generalDiagnostics.map(({ file, severity, message, rule, range }) => ({
      path: relative(folder, file).replaceAll(sep, '/'),
      line: (range?.start.line ?? 0) + 1,
      column: (range?.start.character ?? 0) + 1,
      endLine: (range?.end.line ?? 0) + 1,
      endColumn: (range?.end.character ?? 0) + 1,
      code: rule ?? '',
      // Without a rule it is the parser that speaks.
      category: rule ? this.categoryOf(rule) : 'syntax',
      severity: this.severityOf(rule ?? '', severity),
      message: message.replace(/\u00a0/g, ' '),
      tool: this.id,
    }));
  }
}
