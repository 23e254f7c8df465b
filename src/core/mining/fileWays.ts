/** What one file's facts say of small rules: the order of its imports, the cases of its names, how it logs, what it documents. */
import type { Family } from '../languages.ts';
import { isTestPath } from './candidate.ts';
import { CALL_LINE, CALL_RESOLVED, CALL_WIDTH, type FileDigest, type ImportDigest } from './fileDigest.ts';
import type { LabelTable } from './labelTable.ts';
import { caseOf, type NameCase } from './nameCases.ts';

/** Rules that are counted here; `wayHabits.ts` says them. Their place is their number. */
export const WAY_RULES = [
  'functions camelCase',
  'functions snake_case',
  'types PascalCase',
  'files camelCase',
  'files PascalCase',
  'files snake_case',
  'files kebab-case',
  'files tsx camelCase',
  'files tsx PascalCase',
  'files tsx snake_case',
  'files tsx kebab-case',
  'imports grouped',
  'imports sorted',
  'imports absolute',
  'imports one name',
  'imports future',
  'imports of types',
  'logged',
  'files without console',
  'files without print',
  'paths as objects',
  'errors wrapped by package',
  'functions with return types',
  'exported functions documented',
] as const;

export type WayRule = (typeof WAY_RULES)[number];

const NUMBERS: ReadonlyMap<string, number> = new Map(WAY_RULES.map((rule, number) => [rule, number]));

/** Flat, WAY_WIDTH numbers a rule that the file says something of: its number, places that keep and break it, the line of the first that keeps it. */
export type Ways = Int32Array;
export const WAY_WIDTH = 4;

/** Words of calls by their number, read once a repository. */
export class CallKinds {
  private readonly known = new Map<number, string>();

  constructor(private readonly names: LabelTable) {}

  of(id: number): string {
    let kind = this.known.get(id);
    if (kind === undefined) {
      kind = kindOfCall(this.names.names[id] ?? '');
      this.known.set(id, kind);
    }
    return kind;
  }
}

/** What sort of call it is, where a rule is about it; '' for all others. */
function kindOfCall(called: string): string {
  if (/^console\.(?:log|info|debug)$|^print$|^fmt\.Print(?:ln|f)?$|^e?println!?$|^dbg!?$/.test(called)) return 'print';
  if (/(?:^|[._:])(?:log|logger|logging|slog|tracing|zap|winston|pino)(?:\W|$)/i.test(called)) return 'log';
  if (/^(?:github\.com\/pkg\/)?errors\.(?:Wrapf?|WithMessagef?|WithStack)$/.test(called)) return 'wrap';
  if (called === 'fmt.Errorf') return 'errorf';
  if (/^os\.path\./.test(called)) return 'osPath';
  if (/^(?:pathlib\.)?Path$/.test(called)) return 'path';
  return '';
}

export function waysOf(file: FileDigest, calls: CallKinds): Ways {
  const ways = new Ledger();
  countCases(file, ways);
  countImports(file, ways);
  if (!isTestPath(file.path)) {
    countCalls(file, calls, ways);
    countFunctions(file, ways);
  }
  return ways.flat();
}

class Ledger {
  private readonly rows = new Map<number, [kept: number, broken: number, line: number]>();

  note(rule: WayRule, isKept: boolean, line: number): void {
    const number = NUMBERS.get(rule) as number;
    let row = this.rows.get(number);
    if (row === undefined) {
      row = [0, 0, 0];
      this.rows.set(number, row);
    }
    if (isKept && row[0]++ === 0) row[2] = line;
    if (!isKept) row[1]++;
  }

  flat(): Ways {
    return Int32Array.from([...this.rows].flatMap(([number, row]) => [number, ...row]));
  }
}

const FUNCTION_CASES = ['camelCase', 'snake_case'] as const;
const FILE_CASES = ['camelCase', 'PascalCase', 'snake_case', 'kebab-case'] as const;

function countCases({ path, language, functions, types }: FileDigest, ways: Ledger): void {
  for (const { name, line } of functions) {
    const style = caseOf(name);
    // One word is in every case, and a capital may make it a component, a constructor or exported.
    if (style === undefined || !(FUNCTION_CASES as readonly NameCase[]).includes(style)) continue;
    for (const own of FUNCTION_CASES) ways.note(`functions ${own}`, style === own, line);
  }
  for (const { name, line } of types) ways.note('types PascalCase', caseOf(name) === 'PascalCase', line);
  const base = (path.split('/').pop() as string).replace(/\..*$/, '');
  const style = caseOf(base);
  if (style === undefined || style === 'flat' || style === 'SCREAMING_CASE' || /^test_/.test(base)) return;
  for (const own of FILE_CASES) ways.note(language === 'tsx' ? `files tsx ${own}` : `files ${own}`, style === own, 1);
}

/**
 * Imports more lines apart do not stand in one list: one of them is inside a function or a branch, such as Python's for types. Only
 * JavaScript's are mostly long.
 */
const FAR = (family: Family) => (family === 'ecmascript' ? 12 : 2);

function countImports({ imports, family, path }: FileDigest, ways: Ledger): void {
  for (const { module, relative, typeOnly, names, line } of imports) {
    if (family === 'ecmascript' && typeOnly) ways.note('imports of types', true, line);
    if (family !== 'python' || module === '__future__') continue;
    ways.note('imports absolute', !relative, line);
    if (names.length > 0 && names[0]?.name !== '*') ways.note('imports one name', names.length === 1, line);
  }
  const [first] = imports;
  if (first === undefined) return;
  if (family === 'python')
    ways.note(
      'imports future',
      imports.some(({ module }) => module === '__future__'),
      first.line,
    );
  const folders = path.split('/');
  // Names of one statement share its line.
  const listed = imports.filter(({ module, line }, at) => module !== '__future__' && line !== imports[at - 1]?.line);
  const statements = family === 'rust' ? Map.groupBy(imports, ({ line }) => line) : undefined;
  listed.slice(1).forEach((next, at) => {
    const one = listed[at] as ImportDigest;
    if (next.line - one.line > FAR(family)) return;
    const [before, after] = [rankOf(one, family, folders), rankOf(next, family, folders)];
    if (before !== after) ways.note('imports grouped', before < after, next.line);
    else if (isAlike(one, next, family))
      ways.note('imports sorted', keyOf(one, statements) <= keyOf(next, statements), next.line);
  });
}

/** Tools differ in where they put plain imports, those for their effects, those of folders above, and the runtime's own. */
function isAlike(one: ImportDigest, next: ImportDigest, family: Family): boolean {
  // Groups parted by a blank line are sorted each by itself.
  if (family !== 'ecmascript' && next.line !== one.line + 1) return false;
  const isPlain = ({ names }: ImportDigest) => names.length === 0 || (family === 'python' && names[0]?.name === '*');
  const sort = (entry: ImportDigest) =>
    `${/^[.@~#]*(?:\.*\/)*/.exec(entry.module)?.[0]} ${/^(?:node|bun):/.test(entry.module)} ${isPlain(entry)}`;
  return one.module !== next.module && sort(one) === sort(next);
}

/** Imports by line, one statement each. */
type Statements = ReadonlyMap<number, readonly ImportDigest[]>;

/** What an import is sorted by: its module, in Rust with its name, lists after names as rustfmt has them. */
function keyOf({ module, names, line }: ImportDigest, statements: Statements | undefined): string {
  if (statements === undefined) return module.toLowerCase();
  const statement = statements.get(line) ?? [];
  if (statement.length === 1 && names.length === 1)
    return `${module}::${names[0]?.name === '*' ? '{*' : names[0]?.name}`.toLowerCase();
  const paths = statement.map((entry) => entry.module.split('::'));
  const shared = (paths[0] ?? []).filter((part, at) => paths.every((path) => path[at] === part));
  return `${shared.join('::')}::{`.toLowerCase();
}

/** 0 for the language's own library (with packages in JavaScript), 1 for packages, 2 for the project's own. */
function rankOf({ module, relative }: ImportDigest, family: Family, folders: readonly string[]): number {
  if (relative) return 2;
  if (family === 'ecmascript') return /^(?:[@~#]?\/|[~#])/.test(module) ? 2 : 1;
  if (family === 'rust')
    return /^(?:std|core|alloc)\b/.test(module) ? 0 : /^(?:crate|self|super)\b/.test(module) ? 2 : 1;
  const [first = ''] = module.split(family === 'go' ? '/' : '.');
  if (family === 'go') return first.includes('.') ? 1 : 0;
  if (folders.includes(first)) return 2;
  return PYTHON_LIBRARY.has(first) ? 0 : 1;
}

const PYTHON_LIBRARY: ReadonlySet<string> = new Set(
  `abc argparse ast asyncio base64 bisect builtins calendar codecs collections concurrent configparser contextlib contextvars copy
  csv ctypes dataclasses datetime decimal difflib email enum errno fcntl fnmatch functools gc getpass gettext glob gzip hashlib heapq
  hmac html http importlib inspect io ipaddress itertools json keyword linecache locale logging math mimetypes multiprocessing
  numbers operator os pathlib pickle pkgutil platform pprint queue random re secrets select shlex shutil signal site smtplib socket
  sqlite3 ssl stat statistics string struct subprocess sys sysconfig tempfile textwrap threading time timeit tomllib traceback types
  typing unicodedata unittest urllib uuid venv warnings weakref webbrowser xml zipfile zlib zoneinfo`.split(/\s+/),
);

function countCalls({ calls, family, lines }: FileDigest, kinds: CallKinds, ways: Ledger): void {
  let prints = 0;
  let printed = 1;
  for (let at = 0; at < calls.length; at += CALL_WIDTH) {
    const kind = kinds.of(calls[at + CALL_RESOLVED] as number);
    if (kind === '') continue;
    const line = calls[at + CALL_LINE] as number;
    if (kind === 'print' || kind === 'log') ways.note('logged', kind === 'log', line);
    if (kind === 'print') {
      prints++;
      printed = line;
    } else if (kind === 'path' || kind === 'osPath') ways.note('paths as objects', kind === 'path', line);
    else if (kind === 'wrap' || kind === 'errorf') ways.note('errors wrapped by package', kind === 'wrap', line);
  }
  if (calls.length > 0)
    ways.note(
      family === 'ecmascript' ? 'files without console' : 'files without print',
      prints === 0,
      prints ? printed : Math.min(1, lines),
    );
}

function countFunctions({ functions, family }: FileDigest, ways: Ledger): void {
  for (const { name, kind, exported, documented, returnType, container, line } of functions) {
    if (name === '' || kind === 'constructor') continue;
    if (family === 'python') ways.note('functions with return types', returnType !== '', line);
    else if (family === 'ecmascript' && kind !== 'arrow')
      ways.note('functions with return types', returnType !== '', line);
    const isPublic = exported && !name.startsWith('_') && (family !== 'ecmascript' || container === '');
    if (isPublic) ways.note('exported functions documented', documented, line);
  }
}
