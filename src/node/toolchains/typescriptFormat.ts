/** Reads a file's own layout, so that what TypeScript writes into it looks like the rest. */
import type * as ts from 'typescript';

/** Indentation and line ending as the text uses them; four spaces and '\n' where it shows none (the editor's defaults). */
export function detectLayout(text: string): { tabs: boolean; width: number; newLine: string } {
  const head = text.length > 200_000 ? text.slice(0, 200_000) : text;
  let tabs = 0;
  let spaces = 0;
  const steps = new Map<number, number>();
  let previous = 0;
  for (const line of head.split('\n')) {
    if (!line.trim()) continue;
    if (line.startsWith('\t')) {
      tabs++;
      continue;
    }
    const width = line.length - line.trimStart().length;
    // Continuation stars of a block comment stand one column in and say nothing about the indentation.
    if (line.trimStart().startsWith('*')) continue;
    if (width > 0) spaces++;
    const step = Math.abs(width - previous);
    if (step > 1 && step <= 8) steps.set(step, (steps.get(step) ?? 0) + 1);
    previous = width;
  }
  let width = 4;
  let best = 0;
  for (const [step, count] of [...steps].sort((a, b) => a[0] - b[0])) {
    if (count > best) {
      best = count;
      width = step;
    }
  }
  const crlf = head.split('\r\n').length - 1;
  const lf = head.split('\n').length - 1 - crlf;
  return { tabs: tabs > spaces, width, newLine: crlf > lf ? '\r\n' : '\n' };
}

/** The formatting options for one file, on the service's own defaults. */
export function formatSettings(typescript: typeof ts, text: string): ts.FormatCodeSettings {
  const { tabs, width, newLine } = detectLayout(text);
  return {
    ...typescript.getDefaultFormatCodeSettings(newLine),
    indentSize: tabs ? 4 : width,
    tabSize: tabs ? 4 : width,
    convertTabsToSpaces: !tabs,
    newLineCharacter: newLine,
    semicolons: typescript.SemicolonPreference.Ignore,
  };
}

/** The import style that the service reads from the file itself where it can. */
export const USER_PREFERENCES: ts.UserPreferences = {
  quotePreference: 'auto',
  importModuleSpecifierPreference: 'shortest',
  includePackageJsonAutoImports: 'on',
  allowTextChangesInNewFiles: true,
  includeCompletionsForModuleExports: true,
};
