/** Mutations that use another variable of the same function: the commonest slip that type-checks. */
import type { CodeToken } from './codeTokens.ts';
import type { Mutation, MutationSite } from './mutationSite.ts';

/** Names of one function that are tried for one another. */
const MAX_NAMES = 12;

export function mutateNames(site: MutationSite): Mutation[] {
  return functionsIn(site).flatMap((tokens) => {
    const header = headerEnd(tokens);
    const names = [...boundNames(tokens, header)].slice(0, MAX_NAMES);
    const found: Mutation[] = [];
    tokens.forEach((token, index) => {
      if (token.kind !== 'word' || !names.includes(token.text)) return;
      const [before, after] = [tokens[index - 1]?.text, tokens[index + 1]?.text];
      // Members, calls, keyword arguments and what is bound here say their own name.
      if (before === '.' || after === '(' || after === '=' || after === '=>' || index < header) return;
      if (/^(?:for|const|let|var|lambda|as|def|function)$/.test(before ?? '')) return;
      const weight = after !== undefined && /^[+\-*/]=$/.test(after) ? 0.34 : 0.32;
      for (const other of names) {
        if (other === token.text) continue;
        // Names of one shape (plural with plural, i with j) are mixed up most.
        const alike = other.length === token.text.length || other.at(-1) === token.text.at(-1) ? 0.04 : 0;
        found.push({
          edits: [{ start: token.start, end: token.end, newText: other }],
          weight: weight + alike,
          title: `Use ${other} for ${token.text}`,
        });
      }
    });
    return found;
  });
}

/** The tokens of each outermost function, by indentation: from its header to the next line that is no deeper. */
function functionsIn({ text, tokens }: MutationSite): (readonly CodeToken[])[] {
  const functions: CodeToken[][] = [];
  let current: CodeToken[] | undefined;
  let width = 0;
  let line = -1;
  for (const token of tokens) {
    const start = text.lastIndexOf('\n', token.start - 1) + 1;
    if (start !== line) {
      line = start;
      const indentation = token.start - start;
      const header =
        /^\s*(?:(?:export|default|async|static|public|private)\s+)*(?:def|function\b|(?:const|let|var)\s+\w+\s*=\s*(?:async\s*)?(?:function|\(|\w+\s*=>))/;
      const opens = header.test(text.slice(start, start + 300));
      if (current && indentation <= width && !/[)}\]]/.test(token.text)) current = undefined;
      if (!current && opens) {
        current = [];
        width = indentation;
        functions.push(current);
      }
    }
    current?.push(token);
  }
  return functions;
}

/** Parameters and what is assigned or looped over. */
function boundNames(tokens: readonly CodeToken[], header: number): Set<string> {
  const names = new Set<string>();
  tokens.forEach((token, index) => {
    if (token.kind !== 'word') return;
    const [before, after] = [tokens[index - 1]?.text ?? '', tokens[index + 1]?.text ?? ''];
    const assigned = before !== '.' && /^(?:=|\+=|-=|\*=|:=)$/.test(after) && !/^[(,]$/.test(before);
    const looped = before === 'for' || /^(?:const|let|var)$/.test(before);
    const listed = before === ',' && listsTargets(tokens, index);
    if (assigned || looped || listed || (index < header && isParameter(before, after))) names.add(token.text);
  });
  names.delete('self');
  names.delete('this');
  return names;
}

/** Index of the bracket that closes the function's parameters. */
function headerEnd(tokens: readonly CodeToken[]): number {
  let depth = 0;
  for (const [index, { text }] of tokens.entries()) {
    if (text === '(') depth++;
    if (text === ')' && --depth === 0) return index;
  }
  return 0;
}

function isParameter(before: string, after: string): boolean {
  return /^[(,*]$|^\*\*$|^\.\.\.$/.test(before) && /^[,):=]$/.test(after);
}

/** `b` of `a, b = …` and of `for a, b in …`. */
function listsTargets(tokens: readonly CodeToken[], index: number): boolean {
  let at = index;
  while (tokens[at - 1]?.text === ',' && tokens[at - 2]?.kind === 'word') at -= 2;
  if (tokens[at - 1]?.text === 'for') return true;
  let last = index;
  while (tokens[last + 1]?.text === ',' && tokens[last + 2]?.kind === 'word') last += 2;
  return tokens[last + 1]?.text === '=' && tokens[at - 1]?.text !== '(';
}
