/** Fix action for a collection that is filled but was never made. */
import type { ActionEdit, FixSite } from './fixRules.ts';
import { boundNames } from './nameActions.ts';
import { indentation, lineText } from './siteLines.ts';

/**
 * `rows.append(x)` where nothing binds `rows`: makes it before the outermost statement of the function that first uses
 * it. Option `methods` maps a method to the value that has it (`append` → `[]`).
 */
export function makeCollection(site: FixSite): ActionEdit[] {
  const name = site.groups['name'];
  if (!name) return [];
  const methods = (site.options['methods'] as Readonly<Record<string, string>> | undefined) ?? {};
  const uses = site.tokens.flatMap((token, at) =>
    token.kind === 'word' && token.text === name && site.tokens[at - 1]?.text !== '.' ? [at] : [],
  );
  const first = site.tokens[uses[0] ?? -1];
  if (!first || boundNames(site).has(name)) return [];
  // Filled by a statement of its own: what is only read was meant to come from elsewhere.
  const made = uses
    .filter((at) => site.tokens[at - 1]?.kind === 'newline' && site.tokens[at + 1]?.text === '.')
    .map((at) => methods[site.tokens[at + 2]?.text ?? '']);
  const value = made.find((one) => one !== undefined);
  if (value === undefined) return [];
  const line = outermostStatement(site, site.lines.lineAt(first.start));
  if (line === undefined) return [];
  const start = site.lines.lineStart(line);
  const indent = /^[ \t]*/.exec(site.text.slice(start))?.[0] ?? '';
  const eol = site.text.includes('\r\n') ? '\r\n' : '\n';
  return [
    {
      edits: [{ start, end: start, newText: `${indent}${name} = ${value}${eol}` }],
      weight: 1,
      title: `Begin with ${name} = ${value}`,
    },
  ];
}

/** The line of the statement that stands in a function's own body and holds `line`; undefined outside functions. */
function outermostStatement(site: FixSite, line: number): number | undefined {
  let statement = line;
  let depth = indentation(lineText(site, line));
  for (let number = line - 1; number >= 1; number--) {
    const text = lineText(site, number);
    if (!text.trim() || /^\s*#/.test(text) || indentation(text) > depth) continue;
    if (indentation(text) < depth && /^\s*(?:async\s+)?def\s/.test(text)) return statement;
    // `else:` belongs to the `if` above it.
    if (indentation(text) < depth || /^\s*(?:else|elif|except|finally)\b/.test(lineText(site, statement)))
      statement = number;
    depth = Math.min(depth, indentation(text));
  }
  return undefined;
}
