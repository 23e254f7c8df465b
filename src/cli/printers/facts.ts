/** A file's facts for a person: an outline with lines. */
import { neutralise } from '../../base/neutralise.ts';
import type { FileFacts } from '../../core/syntax/facts.ts';

export function printFacts(path: string, facts: FileFacts): string {
  const broken = facts.syntaxErrors ? `, ${facts.syntaxErrors} syntax errors` : '';
  const lines = [`${oneLine(path)}: ${facts.language}, ${facts.lines} lines${broken}`];
  section(lines, 'Imports', facts.imports, ({ line, module, names }) => {
    const list = names.map(({ name, alias }) => (alias === name ? name : `${name} as ${alias}`)).join(', ');
    return `${line}  ${module}${list ? ` (${list})` : ''}`;
  });
  section(lines, 'Types', facts.types, ({ startLine, endLine, signature }) => `${startLine}-${endLine}  ${signature}`);
  section(
    lines,
    'Functions',
    facts.functions,
    ({ startLine, endLine, signature }) => `${startLine}-${endLine}  ${signature}`,
  );
  section(lines, 'Calls', facts.calls, ({ line, callee, resolved }) =>
    resolved && resolved !== callee ? `${line}  ${callee} (${resolved})` : `${line}  ${callee}`,
  );
  return `${lines.join('\n')}\n`;
}

function section<T>(lines: string[], title: string, items: readonly T[], print: (item: T) => string): void {
  if (!items.length) return;
  lines.push('', `${title} (${items.length})`, ...items.map((item) => `  ${oneLine(print(item))}`));
}

function oneLine(text: string): string {
  return neutralise(text, { oneLine: true });
}
