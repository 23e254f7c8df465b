/** Anti-patterns in the repository's own code, found from facts and the rules in src/data/conventions. */
import { isTestPath } from './candidate.ts';
import {
  CALL_ARGUMENTS,
  CALL_FLAGS,
  CALL_FUNCTION,
  CALL_LINE,
  CALL_NAME,
  CALL_RESOLVED,
  CALL_WIDTH,
  type Family,
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
  readonly summary: string;
  /** Callees, as resolved dotted paths or last segments. */
  readonly calls: readonly string[];
  /** Only inside async functions. */
  readonly inAsync?: boolean;
  /** Only calls with at most so many arguments: one more says that it is meant. */
  readonly mostArguments?: number;
  /** Only where the function calls none of these: what was opened is never closed. */
  readonly without?: readonly string[];
}

export interface AntipatternSite {
  readonly id: string;
  readonly summary: string;
  readonly family: Family;
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
}

/** Every anti-pattern in production code, in source order. */
export function findAntipatterns(
  files: readonly FileDigest[],
  names: LabelTable,
  labels: LabelTable,
  rules: readonly AntipatternRule[],
): AntipatternSite[] {
  const found: AntipatternSite[] = [];
  const rulesFor = ruleIndex(names, rules);
  const asyncNames = asyncOnlyNames(files);
  for (const file of files) {
    if (isTestPath(file.path)) continue;
    const add = (id: string, summary: string, line: number, endLine = line) =>
      found.push({ id, summary, family: file.family, path: file.path, line, endLine });
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
      if (empty && broad) add('empty-catch', 'An error is caught and dropped.', line, line + 2);
      else if (file.family === 'python' && type === '')
        add('bare-except', 'A bare except also catches KeyboardInterrupt and SystemExit.', line, line + 2);
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
        add(rule.id, rule.summary, line);
      }
      if (
        flags & FLAG_DISCARDED &&
        !(flags & FLAG_AWAITED) &&
        owner?.async === true &&
        asyncNames.has(`${file.family} ${names.name(resolved)}`)
      )
        add(
          file.family === 'python' ? 'missing-await' : 'floating-promise',
          `\`${names.name(resolved)}\` is async here and its result is thrown away without await.`,
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

/** Function names that the repository declares as async and never as anything else. */
function asyncOnlyNames(files: readonly FileDigest[]): Set<string> {
  const yes = new Set<string>();
  const no = new Set<string>();
  for (const file of files)
    for (const { name, async, container } of file.functions)
      if (name !== '' && container === '') (async ? yes : no).add(`${file.family} ${name}`);
  return new Set([...yes].filter((name) => !no.has(name)));
}
