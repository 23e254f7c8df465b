/** What tools found in words, for a person. */

/** "lib/a.ts:3: first message (and 2 more)"; '' for none. A finding may have no path (''). */
export function inShort(
  findings: readonly { readonly path: string; readonly line: number; readonly message: string }[],
): string {
  const [first] = findings;
  if (!first) return '';
  const place = first.path === '' ? '' : `${first.path}:${first.line}: `;
  const more = findings.length - 1;
  return `${place}${first.message}${more > 0 ? ` (and ${more} more)` : ''}`;
}

/** "lib/a.ts:3:7 typescript TS2304: message". */
export function findingLine(
  path: string,
  finding: {
    readonly line: number;
    readonly column: number;
    readonly tool: string;
    readonly code: string;
    readonly message: string;
  },
): string {
  const { line, column, tool, code, message } = finding;
  return `${path}:${line}:${column} ${tool}${code === '' ? '' : ` ${code}`}: ${message}`;
}
