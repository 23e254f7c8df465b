/** Fix actions for names that mean nothing: misspelt, unqualified, or not imported. */
import type { CodeToken } from './codeTokens.ts';
import { nameLikeness } from './editDistance.ts';
import type { ActionEdit, FixSite } from './fixRules.ts';
import { indentation, lineText } from './siteLines.ts';

/** Names this alike are proposed; below, a guess would only look like a repair. */
const MIN_LIKENESS = 0.5;
/** Annotations as written since Python 3.9 and 3.10. */
const MODERN = /[:>\[,|] *(?:list|dict|tuple|set|type)\[|\| None\b/;

/** The name written at the site: the group `name` of the message, else the word there. */
function writtenName(site: FixSite): { token: CodeToken; name: string } | undefined {
  const name = site.groups['name'];
  const inRange = site.tokens.filter(
    (token) => token.kind === 'word' && token.end > site.start && token.start <= Math.max(site.start, site.end - 1),
  );
  const token = name === undefined ? inRange[0] : (inRange.findLast((word) => word.text === name) ?? undefined);
  return token ? { token, name: token.text } : undefined;
}

/**
 * Names of the file (and option `words`, e.g. the builtins) that look like the written one. After a dot only names
 * that stand after a dot or are defined count. Names bound nearby weigh most.
 */
export function spellName(site: FixSite): ActionEdit[] {
  const written = writtenName(site);
  if (!written) return [];
  const { token, name } = written;
  const index = site.tokens.indexOf(token);
  const attribute = site.tokens[index - 1]?.text === '.';
  const line = site.lines.lineAt(token.start);
  const offered = new Map<string, number>();
  const offer = (candidate: string, nearness: number) => {
    const weight = nameLikeness(name, candidate) * nearness;
    if (weight >= MIN_LIKENESS) offered.set(candidate, Math.max(weight, offered.get(candidate) ?? 0));
  };
  const keywords = new Set((site.options['keywords'] as readonly string[] | undefined) ?? []);
  const bound = boundNames(site);
  site.tokens.forEach((other, at) => {
    if (other.kind !== 'word' || keywords.has(other.text)) return;
    const afterDot = site.tokens[at - 1]?.text === '.';
    const defines = /^(?:def|class|function|const|let|var)$/.test(site.tokens[at - 1]?.text ?? '');
    if (attribute ? !afterDot && !defines : afterDot) return;
    const distance = Math.abs(site.lines.lineAt(other.start) - line);
    // A name that is only used may come from a star import; whether it exists is for the compiler to say.
    const known = attribute || bound.has(other.text) ? 1 : 0.97;
    offer(other.text, known * Math.max(0.9, 1 - distance / 500));
  });
  for (const word of (site.options['words'] as readonly string[] | undefined) ?? []) if (!attribute) offer(word, 0.93);
  if (!attribute) for (const word of starImported(site)) if (isPlainSlip(name, word)) offer(word, 0.95);
  const assigned = assignedOn(site, line, bound);
  return [...offered]
    .filter(([word]) => word !== assigned)
    .map(([word, weight]) => ({
      edits: [{ start: token.start, end: token.end, newText: word }],
      weight,
      title: `Change ${name} to ${word}`,
    }))
    .sort((a, b) => b.weight - a.weight || (a.title < b.title ? -1 : 1))
    .slice(0, 6);
}

/** A letter or so in a long name, or a name with something before or after it: nothing that has to be guessed. */
function isPlainSlip(written: string, existing: string): boolean {
  if (/^(?:self|cls)$/.test(written)) return false;
  return written.endsWith(existing) || written.startsWith(existing) || nameLikeness(written, existing) > 0.8;
}

/** Names of `from module import *`, as far as option `starred` (name → module) knows them. */
function starImported(site: FixSite): string[] {
  const modules = new Set([...site.text.matchAll(/^from\s+([\w.]+)\s+import\s+\*/gm)].map(([, module]) => module));
  if (!modules.size) return [];
  const homes = (site.options['starred'] as Readonly<Record<string, string>> | undefined) ?? {};
  return Object.keys(homes).filter((name) => modules.has(homes[name]));
}

/** The name that the line binds and nothing else does: `total = totl()` does not mean itself. */
function assignedOn(site: FixSite, line: number, bound: ReadonlySet<string>): string | undefined {
  const start = site.lines.lineStart(line);
  const name = /^[ \t]*(\w+)[ \t]*=(?!=)/.exec(site.text.slice(start, start + 200))?.[1];
  if (name === undefined || !bound.has(name)) return undefined;
  const others = new RegExp(
    `\\b(?:def|class|for|as|import)\\s+${name}\\b|[(,]\\s*${name}\\s*[,):=]|^[ \\t]*${name}[ \\t]*[-+*/]?=(?!=)`,
    'gmu',
  );
  return [...site.text.matchAll(others)].every(({ index }) => site.lines.lineAt(index) === line) ? name : undefined;
}

/** `x` → `self.x` where the class around it defines x. */
export function qualifySelf(site: FixSite): ActionEdit[] {
  const written = writtenName(site);
  if (!written) return [];
  const { token, name } = written;
  const line = site.lines.lineAt(token.start);
  const owner = enclosingClass(site, line);
  if (owner === undefined) return [];
  const escaped = name.replace(/\$/g, '\\$');
  const defined = new RegExp(`^\\s+(?:async\\s+)?def\\s+${escaped}\\b|\\bself\\.${escaped}\\s*(?::[^=]+)?=(?!=)`, 'mu');
  return defined.test(owner)
    ? [{ edits: [{ start: token.start, end: token.start, newText: 'self.' }], weight: 1 }]
    : [];
}

/** `self.x` → `x` where x is a builtin (option `words`), bound in the file or star-imported (option `starred`). */
export function unqualifySelf(site: FixSite): ActionEdit[] {
  const written = writtenName(site);
  if (!written) return [];
  const index = site.tokens.indexOf(written.token);
  const [owner, dot] = [site.tokens[index - 2], site.tokens[index - 1]];
  if (dot?.text !== '.' || !owner || !/^(?:self|cls)$/.test(owner.text)) return [];
  const words = (site.options['words'] as readonly string[] | undefined) ?? [];
  const known =
    words.includes(written.name) ||
    starImported(site).includes(written.name) ||
    boundNames(site).has(written.name) ||
    site.names?.exporters('*').some((entry) => entry.name === written.name);
  return known ? [{ edits: [{ start: owner.start, end: dot.end, newText: '' }], weight: 1 }] : [];
}

/** Adds an import for the name: from option `table` (name → module), `aliases` (alias → module), or the site's names. */
export function importName(site: FixSite): ActionEdit[] {
  const written = writtenName(site);
  if (!written) return [];
  const { token, name } = written;
  if (site.tokens[site.tokens.indexOf(token) - 1]?.text === '.') return [];
  const candidates: ActionEdit[] = [];
  const lookUp = (option: string): string | undefined => {
    const table = (site.options[option] as Record<string, string> | undefined) ?? {};
    return Object.hasOwn(table, name) ? table[name] : undefined;
  };
  const add = (statement: string, weight: number, join?: { module: string; name: string }) =>
    candidates.push({ ...insertImport(site, statement, join), weight, title: `Add "${statement}"` });
  const alias = lookUp('aliases');
  if (alias) add(`import ${alias} as ${name}`, 0.97);
  // What the repository itself declares comes before the standard library's namesake.
  for (const [rank, entry] of (site.names?.exporters(name) ?? []).entries()) {
    if (rank > 3) break;
    if (entry.name === '') add(`import ${entry.module}`, 0.95 - 0.05 * rank);
    else
      add(`from ${entry.module} import ${entry.name}`, 0.96 - 0.05 * rank, { module: entry.module, name: entry.name });
  }
  // Since Python 3.9 the abstract types come from collections.abc; a file written that way goes on so.
  const abstract = lookUp('modern');
  if (abstract) {
    const modern =
      new RegExp(`^from ${abstract.replace('.', '\\.')} import`, 'm').test(site.text) || MODERN.test(site.text);
    add(`from ${abstract} import ${name}`, modern ? 0.955 : 0.93, { module: abstract, name });
  }
  const module = lookUp('table');
  if (module) add(`from ${module} import ${name}`, 0.94, { module, name });
  const modules = (site.options['modules'] as readonly string[] | undefined) ?? [];
  if (modules.includes(name)) add(`import ${name}`, 0.95);
  return candidates;
}

/** Names the file binds: definitions, parameters, assignments, loop variables, imports. */
export function boundNames(site: FixSite): Set<string> {
  const bound = new Set<string>();
  const code = site.tokens.filter((token) => token.kind !== 'newline' && token.kind !== 'comment');
  let header = false;
  let importing = false;
  let looping = false;
  for (const [at, token] of code.entries()) {
    const before = code[at - 1]?.text ?? '';
    const after = code[at + 1]?.text ?? '';
    const newLine = at === 0 || site.lines.lineAt(token.start) > site.lines.lineAt((code[at - 1] as CodeToken).start);
    if (newLine) importing = /^(?:import|from)$/.test(token.text);
    if (/^(?:def|lambda|function)$/.test(token.text)) header = true;
    if (token.text === 'for') looping = true;
    if (token.text === 'in' || token.text === 'of') looping = false;
    if (header && token.text === ':' && before !== ')' && !/[,(]/.test(after)) header = !newLine && header;
    if (header && newLine && !/^[)\]]/.test(token.text) && before === ':') header = false;
    if (token.kind !== 'word' || before === '.') continue;
    if (
      /^(?:=|:=|\+=|-=|\*=|\/\/=)$/.test(after) ||
      /^(?:def|class|as|function|const|let|var|nonlocal|global)$/.test(before) ||
      importing ||
      looping ||
      (header && /^[(,*:]$/.test(before)) ||
      before === '**' ||
      ((before === ',' || after === ',') && assignedTogether(code, at))
    )
      bound.add(token.text);
  }
  return bound;
}

/** `a, b = …`: whether the list of names this word stands in is assigned. */
function assignedTogether(code: readonly CodeToken[], from: number): boolean {
  for (let at = from + 1; at < Math.min(code.length, from + 16); at++) {
    const token = code[at] as CodeToken;
    if (token.text === '=') return true;
    if (token.text !== ',' && token.text !== '*' && token.text !== ')' && token.kind !== 'word') return false;
  }
  return false;
}

/** The text of the class whose body holds the line, by indentation (Python); undefined outside classes. */
function enclosingClass(site: FixSite, line: number): string | undefined {
  let depth = indentation(lineText(site, line));
  for (let number = line - 1; number >= 1; number--) {
    const text = lineText(site, number);
    if (!text.trim() || indentation(text) >= depth) continue;
    depth = indentation(text);
    if (!/^\s*class\s/.test(text)) continue;
    let last = number + 1;
    const isWithin = (text: string) => !text.trim() || indentation(text) > depth;
    while (last <= site.lines.lineCount && isWithin(lineText(site, last))) last++;
    return site.text.slice(site.lines.lineStart(number), site.lines.lineStart(last));
  }
  return undefined;
}

/** The edit that adds an import: into an existing one-line `from m import …`, else below the leading imports. */
function insertImport(
  site: FixSite,
  statement: string,
  join?: { module: string; name: string },
): Pick<ActionEdit, 'edits'> {
  const eol = site.text.includes('\r\n') ? '\r\n' : '\n';
  let at = 0;
  let afterDocstring = false;
  const imports: ImportLine[] = [];
  for (let line = 1; line <= site.lines.lineCount; line++) {
    const start = site.lines.lineStart(line);
    const end = site.lines.offsetAt(line, Number.MAX_SAFE_INTEGER);
    const next = line < site.lines.lineCount ? site.lines.lineStart(line + 1) : site.text.length;
    const text = site.text.slice(start, end).replace(/\r$/, '');
    const string = site.tokens.find((token) => token.kind === 'string' && token.start <= start && start < token.end);
    if (string) {
      if (at === 0 || afterDocstring) at = site.lines.lineStart(site.lines.lineAt(string.end) + 1);
      afterDocstring = true;
      continue;
    }
    if (/^(?:import|from)\s/.test(text)) {
      if (join) {
        const existing = new RegExp(
          `^from\\s+${join.module.replace(/\./g, '\\.')}\\s+import\\s+([\\w ,]+?)\\s*(?:#.*)?$`,
        ).exec(text);
        if (existing && existing[1] !== '*') {
          const offset = start + text.indexOf(existing[1] as string, 5) + (existing[1] as string).length;
          return { edits: [{ start: offset, end: offset, newText: `, ${join.name}` }] };
        }
      }
      let close = next;
      if (/\(\s*(?:#.*)?$|\([^)]*$/.test(text)) {
        const closing = site.tokens.find((token) => token.text === ')' && token.start > start);
        if (closing) close = site.lines.lineStart(site.lines.lineAt(closing.start) + 1);
      }
      at = Math.max(at, close);
      imports.push({ start, close, module: moduleOf(text) });
    } else if (/^(?:def|class|async|if __name__|@)\b|^@/.test(text)) break;
    else if (text.startsWith('#') && at === 0 && line === 1 && text.startsWith('#!')) at = next;
  }
  const sorted = amongStandardImports(imports, moduleOf(statement), standardModules(site));
  if (sorted) {
    const newText = `${statement}${eol}${sorted.leads ? eol : ''}`;
    return { edits: [{ start: sorted.at, end: sorted.at, newText }] };
  }
  // The first import of a file is set off from what follows (PEP 8: two lines before a definition).
  const following = site.text.slice(at, at + 12);
  const first = !/^(?:import|from)\s/m.test(site.text.slice(0, at));
  const gap =
    !first || /^\s*$|^\r?\n/.test(following) ? '' : /^(?:def|class|async|@)/.test(following) ? eol + eol : eol;
  const separator = at === site.text.length && at > 0 && !site.text.endsWith('\n') ? eol : '';
  return { edits: [{ start: at, end: at, newText: `${separator}${statement}${eol}${gap}` }] };
}

interface ImportLine {
  readonly start: number;
  /** Offset after the statement. */
  readonly close: number;
  /** Top-level module; '' for a relative import. */
  readonly module: string;
}

function moduleOf(statement: string): string {
  return /^(?:import|from)\s+(\w*)/.exec(statement)?.[1] ?? '';
}

/** Top-level modules of the standard library that the rule's tables know. */
function standardModules({ options }: FixSite): ReadonlySet<string> {
  const modules = (options['modules'] as readonly string[] | undefined) ?? [];
  const homes = Object.values((options['table'] as Record<string, string> | undefined) ?? {});
  return new Set([...modules, ...homes].map((module) => module.split('.')[0] as string));
}

/**
 * PEP 8 keeps the standard library's imports in a group of their own, before all others: there, or (`leads`) as a new
 * group before the first import. Undefined where the new import is another's, or is the file's first.
 */
function amongStandardImports(
  imports: readonly ImportLine[],
  module: string,
  standard: ReadonlySet<string>,
): { at: number; leads: boolean } | undefined {
  const others = imports.filter((line) => line.module !== '__future__');
  const [first] = others;
  if (!first || !standard.has(module)) return undefined;
  const last = others.findLast((line) => standard.has(line.module));
  return last ? { at: last.close, leads: false } : { at: first.start, leads: true };
}
