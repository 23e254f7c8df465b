/** Conventions of a language family: file and function names, errors, async style, imports, tests. Counted, with sites. */
import type { Family } from '../languages.ts';
import { type Candidate, compareText, distinctPaths, isTestPath, type Site } from './candidate.ts';
import type { FileDigest } from './fileDigest.ts';
import { type FileHabits, type HabitBook, siteIn } from './fileHabits.ts';
import { place } from './idiomNames.ts';
import { type Habit, styleHabits } from './styleConventions.ts';
import { wayHabits } from './wayHabits.ts';

interface Draft {
  readonly kind: Candidate['kind'];
  readonly pattern: string;
  readonly name: string;
  readonly summary: string;
  readonly apis?: readonly string[];
  readonly sites: readonly Site[];
  /** What everybody in the language does. */
  readonly common?: boolean;
  /** Bits by which it is unlikely elsewhere: judged by kind, since no background counts it. */
  readonly specificity: number;
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Habits of style are everybody's in the language: they stand with its idioms, folded away, and take no seat of the page. */
function asDraft(habit: Habit & { readonly kind?: Candidate['kind'] }): Draft {
  return { kind: 'style', common: true, specificity: 1, ...habit, sites: spread(habit.sites) };
}

/** More of them add nothing to an example or to the resonance; the summary counts them all. */
const MOST_STYLE_SITES = 256;

function spread(sites: readonly Site[]): readonly Site[] {
  const step = sites.length / MOST_STYLE_SITES;
  if (step <= 1) return sites;
  return Array.from({ length: MOST_STYLE_SITES }, (_, at) => sites[Math.floor(at * step)] as Site);
}

/** Conventions kept by enough sites in at least three files. */
export function mineConventions(family: Family, files: readonly FileDigest[], book: HabitBook): Candidate[] {
  const habits = files.map((file) => book.of(file));
  const drafts = [
    ...fileNames(files, book),
    ...functionNames(habits),
    ...raisedErrors(family, files),
    ...asyncStyle(family, habits),
    ...importHabits(family, habits),
    ...testHabits(files),
    ...styleHabits(family, files).map(asDraft),
    ...wayHabits(family, habits).map(asDraft),
  ];
  return drafts
    .filter(({ sites }) => sites.length >= 3 && distinctPaths(sites).length >= 3)
    .map((draft): Candidate => {
      const sites = [...draft.sites].sort((a, b) => compareText(a.path, b.path) || a.line - b.line);
      const spread = distinctPaths(sites).length;
      return {
        ...{ kind: draft.kind, family, pattern: draft.pattern, name: draft.name, summary: draft.summary },
        apis: draft.apis ?? [],
        sites,
        specificity: draft.specificity,
        common: draft.common ?? false,
        judged: true,
        gain: draft.common ? 0 : draft.specificity * Math.sqrt(spread) * Math.log2(1 + sites.length) * 0.5,
      };
    });
}

/** Fewer files than this share end alike by accident. */
const SHARE_OF_ROLE = 0.03;

/** Roles in file names: `*.controller.ts`, `use-*.ts`, `test_*.py`, `*_repository.go`. */
function fileNames(files: readonly FileDigest[], book: HabitBook): Draft[] {
  const byRole = new Map<string, FileDigest[]>();
  for (const file of files) for (const role of book.of(file).roles) push(byRole, role, file);
  const roles = [...byRole.entries()]
    .filter(
      ([role, members]) =>
        members.length >= Math.max(3, files.length * (role.startsWith('*.') ? 0 : SHARE_OF_ROLE)) &&
        members.length <= files.length * 0.6,
    )
    .sort((a, b) => b[1].length - a[1].length || compareText(a[0], b[0]));
  const dotted = roles.filter(([role]) => role.startsWith('*.'));
  // Many roles with a dot are one rule: the role stands before the extension.
  const asOne = dotted.length >= 3;
  const drafts = roles
    .filter(([role]) => !asOne || !role.startsWith('*.'))
    .map(([role, members]) => fileRole(role, members));
  if (asOne) {
    const members = [...new Set(dotted.flatMap(([, found]) => found))];
    const named = dotted.slice(0, 6).map(([role, found]) => `\`${role}.${extensionOf(found[0])}\` (${found.length})`);
    drafts.push({
      kind: 'naming',
      pattern: 'file by role',
      name: `Name files by their role: \`${dotted[0]?.[0]}.${extensionOf(dotted[0]?.[1][0])}\``,
      summary: `${members.length} of ${files.length} files (${percent(members.length, files.length)}) carry their role before the extension: ${named.join(', ')}${place(members)}.`,
      sites: members.map((file) => siteIn(file, 1, Math.min(file.lines, 6))),
      specificity: 5,
    });
  }
  return drafts;
}

function extensionOf(file: FileDigest | undefined): string {
  return file?.path.split('.').pop() ?? '';
}

function fileRole(role: string, members: readonly FileDigest[]): Draft {
  const shown = `${role}.${extensionOf(members[0])}`;
  const bases = new Set(members.map(({ path }) => path.split('/').pop()));
  const examples = [...bases].slice(0, 2).map((base) => `\`${base}\``);
  return {
    kind: 'naming',
    pattern: `file ${role}`,
    name: `Name files \`${shown}\``,
    summary: `${members.length} files are named \`${shown}\`, such as ${examples.join(' and ')}${place(members)}.`,
    sites: members.map((file) => siteIn(file, 1, Math.min(file.lines, 6))),
    specificity: 5,
  };
}

/** First words of function names that many files share (`use…`, `handle…`, `New…`, `build…`). */
function functionNames(habits: readonly FileHabits[]): Draft[] {
  const byWord = new Map<string, { site: Site; name: string }[]>();
  let total = 0;
  for (const { isTest, named, words } of habits) {
    if (isTest) continue;
    total += named;
    for (const entry of words) push(byWord, entry.word, entry);
  }
  const COMMON_WORDS =
    /^(?:get|set|is|has|to|from|test|on|add|remove|create|update|delete|new|find|list|fetch|load|save|send|make|init|run|check|parse|read|write|show|open|close|start|stop|do|can|should|use|handle|render|New|Get|Set|Test|Is|To|With|Add|Create|Update|Delete|List|Find|Check|Parse|Load)$/;
  return [...byWord.entries()]
    .filter(([word, found]) => found.length >= 8 && new Set(found.map(({ name }) => name)).size >= 6 && word.length > 1)
    .map(([word, found]): Draft => {
      const examples = [...new Set(found.map(({ name }) => name))].sort(compareText).slice(0, 3);
      return {
        kind: 'naming',
        pattern: `function ${word}`,
        name: `Begin names of functions with \`${word}\`, as in \`${examples[0]}\``,
        summary: `${found.length} of ${total} named functions (${percent(found.length, total)}) begin with \`${word}\`, such as ${examples.map((name) => `\`${name}\``).join(', ')}${place(found.map((entry) => entry.site))}.`,
        sites: found.map((entry) => entry.site),
        common: COMMON_WORDS.test(word),
        specificity: COMMON_WORDS.test(word) ? 1 : 4,
      };
    })
    .sort((a, b) => b.sites.length - a.sites.length || compareText(a.pattern, b.pattern))
    .slice(0, 8);
}

const BUILT_IN_ERRORS =
  /^(?:Error|Exception|TypeError|RangeError|SyntaxError|ValueError|KeyError|RuntimeError|IndexError|AttributeError|NotImplementedError|AssertionError|StopIteration|OSError|IOError|ImportError|errors\.New|fmt\.Errorf|panic)$/;

/** The project's own error types; a variable that is thrown on is none. */
function raisedErrors(family: Family, files: readonly FileDigest[]): Draft[] {
  if (family === 'go' || family === 'rust') return [];
  const byType = new Map<string, Site[]>();
  let raises = 0;
  for (const file of files) {
    if (isTestPath(file.path)) continue;
    for (const { kind, type, line, function: owner } of file.errors) {
      if (kind !== 'raise' || type === '') continue;
      raises++;
      const plain = type
        .replace(/\(.*$/s, '')
        .replace(/^new\s+/, '')
        .trim();
      push(byType, plain, { ...siteIn(file, line), unit: file.functions[owner]?.line ?? line });
    }
  }
  return [...byType.entries()]
    .filter(
      ([type, sites]) =>
        sites.length >= 5 && sites.length >= raises * 0.15 && /^[\w.]+$/.test(type) && !/^[a-z_]\w*$/.test(type),
    )
    .map(([type, sites]): Draft => {
      const verb = family === 'python' ? 'Raise' : 'Throw';
      return {
        kind: 'errorHandling',
        pattern: `raise ${type}`,
        name: `${verb} \`${type}\``,
        summary: `${sites.length} of ${raises} raised errors are \`${type}\`${place(sites)}.`,
        apis: [type],
        sites,
        common: BUILT_IN_ERRORS.test(type),
        specificity: BUILT_IN_ERRORS.test(type) ? 1 : 7,
      };
    });
}

/** async/await against `.then` chains. */
function asyncStyle(family: Family, habits: readonly FileHabits[]): Draft[] {
  if (family !== 'ecmascript') return [];
  const awaited = habits.flatMap((file) => file.awaited);
  const chained = habits.flatMap((file) => file.chained);
  const total = awaited.length + chained.length;
  if (total < 10) return [];
  const [kept, name, text] =
    awaited.length >= total * 0.9
      ? [awaited, 'Await promises', 'are awaited; `.then` chains are the exception']
      : chained.length >= total * 0.9
        ? [chained, 'Chain promises with `then`', 'are chained with `.then`']
        : [[], '', ''];
  return [
    {
      kind: 'async',
      pattern: `async ${name}`,
      name,
      summary: `${kept.length} of ${total} promises ${text}.`,
      apis: [],
      sites: kept,
      common: name.startsWith('Await'),
      specificity: 2,
    },
  ];
}

/** Modules of the project that a good part of its files import, path aliases, future imports. */
function importHabits(family: Family, habits: readonly FileHabits[]): Draft[] {
  // `use super::*` is how Rust's tests begin; Go's imports are its module's paths.
  if (family === 'go' || family === 'rust') return [];
  const aliases = new Map<string, Site[]>();
  const counts = new Map<string, number>();
  let relative = 0;
  for (const { relativeImports, aliases: own, modules } of habits) {
    relative += relativeImports;
    for (const { alias, site } of own) push(aliases, alias, site);
    for (const { key } of modules) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const least = Math.max(5, habits.length * 0.3);
  const usual = new Map<string, Site[]>();
  for (const [key, count] of counts) if (count >= least && !key.endsWith('…/index')) usual.set(key, []);
  for (const { modules } of habits) for (const { key, site } of modules) usual.get(key)?.push(site);
  const drafts: Draft[] = [];
  for (const [prefix, sites] of aliases)
    if (sites.length >= 10 && sites.length > relative * 0.5)
      drafts.push({
        kind: 'imports',
        pattern: `alias ${prefix}`,
        name: `Import through the path alias \`${prefix}\``,
        summary: `${sites.length} imports (${percent(sites.length, sites.length + relative)} of those inside the project) go through \`${prefix}…\`, ${relative} are relative.`,
        sites,
        specificity: 5,
      });
  for (const [key, sites] of usual) {
    const future = key.includes('__future__');
    drafts.push({
      kind: 'imports',
      pattern: `import ${key}`,
      name: importName(key),
      summary: `${sites.length} of ${habits.length} files (${percent(sites.length, habits.length)}) import ${importName(key).slice('Import '.length)}.`,
      sites,
      specificity: future ? 3 : 5,
    });
  }
  return drafts;
}

/** `Import `X` from `module``. */
function importName(key: string): string {
  const [name = '', from] = key.replace('…/', '').split(' from ');
  return from === undefined ? `Import \`${name}\`` : `Import \`${name}\` from \`${from}\``;
}

function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / Math.max(1, whole))} %`;
}

/** Where tests live and how they are named. */
function testHabits(files: readonly FileDigest[]): Draft[] {
  const tests = files.filter(({ path }) => isTestPath(path));
  if (tests.length < 3) return [];
  const forms = new Map<string, FileDigest[]>();
  for (const file of tests) {
    const base = file.path.split('/').pop() as string;
    const form =
      /\.(?:test|spec|e2e-spec|cy)\.\w+$/.exec(base)?.[0] ??
      /_test\.(?:py|rs)$/.exec(base)?.[0] ??
      (/^test_/.test(base) ? 'test_' : undefined);
    if (form) push(forms, form, file);
  }
  const [best] = [...forms.entries()].sort((a, b) => b[1].length - a[1].length || compareText(a[0], b[0]));
  if (!best || best[1].length < tests.length * 0.5) return [];
  const shown = best[0] === 'test_' ? 'test_*.py' : `*${best[0]}`;
  return [
    {
      kind: 'tests',
      pattern: `tests ${shown}`,
      name: `Name tests \`${shown}\``,
      summary: `${best[1].length} test files are named \`${shown}\`${place(best[1])}.`,
      sites: best[1].map((file) => siteIn(file, 1, Math.min(file.lines, 5))),
      common: true,
      specificity: 1,
    },
  ];
}
