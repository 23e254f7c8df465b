/** Anti-patterns in the repository's own code, found from facts and the rules in src/data/conventions. */
import type { Family } from '../languages.ts';
import { isTestPath } from './candidate.ts';
import {
  CALL_ARGUMENTS,
  CALL_FLAGS,
  CALL_FUNCTION,
  CALL_LINE,
  CALL_NAME,
  CALL_RESOLVED,
  CALL_WIDTH,
  type FileDigest,
  FLAG_AWAITED,
  FLAG_DISCARDED,
} from './fileDigest.ts';
import type { LabelTable } from './labelTable.ts';

/** One file of src/data/conventions (schema: src/data/schemas/catalog/conventions.json). */
export interface AntipatternFile {
  readonly antipatterns: readonly AntipatternRule[];
}

export interface AntipatternRule {
  readonly id: string;
  readonly family: Family;
  /** The rule in the imperative, as an attractor's name: "Keep blocking calls out of coroutines". */
  readonly name: string;
  readonly summary: string;
  /** Callees, as resolved dotted paths or last segments. */
  readonly calls: readonly string[];
  /** Only inside async functions. */
  readonly inAsync?: boolean;
  /** Only calls with at most so many arguments: one more says that it is meant. */
  readonly mostArguments?: number;
  /** Only where the function calls none of these: what was opened is never closed. */
  readonly without?: readonly string[];
  /** Regular expressions over the statement's lines: only where the first, never where the second matches. */
  readonly where?: string;
  readonly unless?: string;
  /** A constant first argument is harmless. */
  readonly constantIsFine?: boolean;
}

export interface AntipatternSite {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly family: Family;
  /** The API that is called wrongly; undefined where it is no call. */
  readonly api?: string;
  /** The rule from the data, which the text still has to bear out. */
  readonly rule?: AntipatternRule;
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
}

/** Scripts, builds and migrations may block, run fixed commands and drop errors: nobody waits for them. */
const TOOLING =
  /(?:^|\/)(?:scripts?|tools?|tooling|build|bin|ci|hack|extra|docs?|(?:knex_)?migrations|seeds?|examples?|samples?|bench(?:es|marks?)?)\/|(?:^|\/)(?:build|gulpfile|gruntfile|webpack|rollup|vite|esbuild|setup|noxfile|tasks|fabfile|conf)[^/]*\.\w+$|[.-]config\.\w+$/i;

/** Anti-patterns that show in the facts and need no list of calls. */
const DROPPED = { id: 'empty-catch', name: 'Handle caught errors', summary: 'An error is caught and dropped.' };
const BARE = {
  id: 'bare-except',
  name: 'Name the errors to catch',
  summary: 'A bare except also catches KeyboardInterrupt and SystemExit.',
};

/** Every anti-pattern in production code, in source order, a step a file; `vetAntipatterns` looks at their text. */
export function* findAntipatterns(
  files: readonly FileDigest[],
  names: LabelTable,
  labels: LabelTable,
  rules: readonly AntipatternRule[],
): Generator<undefined, AntipatternSite[]> {
  const found: AntipatternSite[] = [];
  const rulesFor = ruleIndex(names, rules);
  const asyncNames = asyncOnlyNames(files);
  for (const file of files) {
    yield;
    if (isTestPath(file.path) || TOOLING.test(file.path)) continue;
    const add = (what: Omit<AntipatternSite, 'family' | 'path' | 'line' | 'endLine'>, line: number, endLine = line) =>
      found.push({ ...what, family: file.family, path: file.path, line, endLine });
    const asyncHere = asyncInReach(file, asyncNames);
    let handed: Set<number> | undefined;
    /** The call at `at` stands in a with statement, is returned, or its function calls one of `closers`. */
    const closes = (closers: readonly string[], at: number): boolean => {
      const line = file.calls[at + CALL_LINE] as number;
      handed ??= handedOn(file, labels);
      if (handed.has(line)) return true;
      const owner = file.calls[at + CALL_FUNCTION] as number;
      for (let other = 0; other < file.calls.length; other += CALL_WIDTH)
        if (
          file.calls[other + CALL_FUNCTION] === owner &&
          closers.includes(names.name(file.calls[other + CALL_NAME] as number))
        )
          return true;
      return false;
    };
    for (const { kind, type, empty, line } of file.errors) {
      if (kind !== 'catch') continue;
      // Python passes over a named error on purpose; over every error only by accident.
      const broad = file.family !== 'python' || /^(?:|Exception|BaseException)$/.test(type);
      if (empty && broad) add(DROPPED, line, line + 2);
      else if (file.family === 'python' && type === '') add(BARE, line, line + 2);
    }
    for (let at = 0; at < file.calls.length; at += CALL_WIDTH) {
      const flags = file.calls[at + CALL_FLAGS] as number;
      const owner = file.functions[file.calls[at + CALL_FUNCTION] as number];
      const line = file.calls[at + CALL_LINE] as number;
      const resolved = file.calls[at + CALL_RESOLVED] as number;
      for (const rule of rulesFor(file.family, resolved)) {
        if (rule.inAsync === true && owner?.async !== true) continue;
        if ((file.calls[at + CALL_ARGUMENTS] as number) > (rule.mostArguments ?? Number.POSITIVE_INFINITY)) continue;
        if (rule.without && (owner === undefined || HANDLES.test(owner.returnType) || closes(rule.without, at)))
          continue;
        const { id, name, summary } = rule;
        add({ id, name, summary, rule, api: names.name(resolved) }, line);
      }
      const called = names.name(file.calls[at + CALL_NAME] as number);
      const isPlain = names.name(resolved) === called || names.name(resolved).startsWith('.');
      if (
        flags & FLAG_DISCARDED &&
        !(flags & FLAG_AWAITED) &&
        owner?.async === true &&
        isPlain &&
        asyncHere.has(called)
      )
        add(
          {
            id: file.family === 'python' ? 'missing-await' : 'floating-promise',
            name: file.family === 'python' ? 'Await coroutines' : 'Await promises',
            summary: `\`${called}\` is async here and its result is thrown away without await.`,
            api: called,
          },
          line,
        );
    }
  }
  return found;
}

/** Types of what is handed to a caller, who then has to close it. */
const HANDLES = /Closer|File|IO\b|Response|socket/;

/** Lines on which something is opened by a with statement or handed to the caller. */
function handedOn(file: FileDigest, labels: LabelTable): Set<number> {
  const { label, line } = file.trees;
  const [item, returned] = [labels.idOf('item'), labels.idOf('return')];
  const found = new Set<number>();
  for (let node = 0; node < label.length; node++)
    if (label[node] === item || label[node] === returned) found.add(line[node] as number);
  return found;
}

/** Rules by callee, looked up once per distinct callee. */
function ruleIndex(names: LabelTable, rules: readonly AntipatternRule[]) {
  const byCall = new Map<string, AntipatternRule[]>();
  for (const rule of rules)
    for (const call of rule.calls) {
      const key = `${rule.family} ${call}`;
      byCall.set(key, [...(byCall.get(key) ?? []), rule]);
    }
  const known = new Map<Family, Map<number, readonly AntipatternRule[]>>();
  return (family: Family, resolved: number): readonly AntipatternRule[] => {
    const ofFamily = known.get(family) ?? new Map<number, readonly AntipatternRule[]>();
    known.set(family, ofFamily);
    let list = ofFamily.get(resolved);
    if (list === undefined) {
      list = byCall.get(`${family} ${names.name(resolved)}`) ?? [];
      ofFamily.set(resolved, list);
    }
    return list;
  };
}

/** Names of functions outside classes that are declared async, and never as anything else. */
function asyncOnlyNames(files: readonly FileDigest[]): Set<string> {
  const yes = new Set<string>();
  const no = new Set<string>();
  for (const file of files)
    for (const { name, async, container } of file.functions)
      if (name !== '' && container === '') (async ? yes : no).add(`${file.family} ${name}`);
  return new Set([...yes].filter((name) => !no.has(name)));
}

/** Those of them that a plain call in the file means: declared there, or imported from the project. */
function asyncInReach(file: FileDigest, asyncNames: ReadonlySet<string>): Set<string> {
  const declared = file.functions.filter(({ async }) => async).map(({ name }) => name);
  const imported = file.imports
    .filter(({ relative }) => relative)
    .flatMap(({ names }) => names.filter(({ name, alias }) => alias === '' || alias === name).map(({ name }) => name));
  return new Set([...declared, ...imported].filter((name) => asyncNames.has(`${file.family} ${name}`)));
}

/** Sites read at most: they are shown by threes. */
const MOST_VETTED = 400;

/** The sites that their source text bears out: no comment says why an error is dropped, no constant is taken for input. */
export async function vetAntipatterns(
  sites: readonly AntipatternSite[],
  text: (path: string) => Promise<string | undefined>,
): Promise<AntipatternSite[]> {
  const kept: AntipatternSite[] = [];
  let known: { path: string; lines: readonly string[] } | undefined;
  for (const site of sites.slice(0, MOST_VETTED)) {
    if (known?.path !== site.path) known = { path: site.path, lines: (await text(site.path))?.split('\n') ?? [] };
    if (holds(site, known.lines)) kept.push(site);
  }
  return kept;
}

function holds({ id, family, line, rule, api }: AntipatternSite, lines: readonly string[]): boolean {
  const own = lines[line - 1];
  if (own === undefined) return false;
  if (id === DROPPED.id) return !isExplained(family, lines, line - 1);
  if (rule === undefined || api === undefined) return true;
  const statement = lines.slice(Math.max(0, line - 2), line + 2).join('\n');
  if (rule.where !== undefined && !new RegExp(rule.where, 'i').test(statement)) return false;
  if (rule.unless !== undefined && new RegExp(rule.unless, 'i').test(statement)) return false;
  return rule.constantIsFine !== true || !isConstant(lines.slice(line - 1, line + 3).join('\n'), api);
}

/** A comment in an empty handler says that the error is dropped on purpose. */
function isExplained(family: Family, lines: readonly string[], at: number): boolean {
  const own = lines[at] as string;
  if (family === 'python') {
    const depth = own.search(/\S/);
    const after = lines.slice(at + 1, at + 6);
    const end = after.findIndex((text) => text.trim() !== '' && text.search(/\S/) <= depth);
    return [own, ...after.slice(0, end === -1 ? after.length : end)].some((text) => text.includes('#'));
  }
  const from = lines.slice(at, at + 12).join('\n');
  const open = from.indexOf('{', Math.max(0, from.search(/\bcatch\b/)));
  const close = from.indexOf('}', open);
  // Whoever explains often does so above the closing brace or on its line.
  const line = close === -1 ? from.length : from.indexOf('\n', close);
  return /\/\/|\/\*/.test(from.slice(open, line === -1 ? from.length : line));
}

/** The call's first argument is a literal without holes. */
function isConstant(text: string, api: string): boolean {
  const name = api.split(/[.:]+/).pop() as string;
  const argument = text.slice(text.indexOf(`${name}(`) + name.length + 1).trimStart();
  return /^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`$]*`)\s*[,)]/.test(argument);
}
