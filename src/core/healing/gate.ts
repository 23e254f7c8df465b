/** The gate before a commit: what the parser and the real tools report of several files changed together and did not report before. */
import { isCancelled, throwIfAborted, toLodestoneError } from '../../base/errors.ts';
import { LineIndex } from '../../base/lineIndex.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { LanguageId } from '../languages.ts';
import type { Diagnosis, Parser, Snapshot, Toolchain } from '../ports.ts';
import { NODE_ERROR, NODE_MISSING } from '../syntax/flatTree.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { HealDeps } from './fixSources.ts';
import { usable } from './healFiles.ts';
import { HealSession, isSyntax, sortDiagnostics } from './session.ts';
import { withinLimit } from './toolLimit.ts';
import { compareDiagnostics, seesDependents } from './verification.ts';

export interface GateRequest {
  /** Files that are to be committed; `before` is '' for a new one. */
  readonly files: readonly { readonly path: string; readonly before: string; readonly after: string }[];
  /** Further files whose text in the commit differs from the disk's, by path: what is changed and not committed stays out. */
  readonly others?: Readonly<Record<string, string>>;
  /** True if the repository's own configuration and tools may run. */
  readonly trusted: boolean;
  /** Longest wait in milliseconds for all tools of a language together. */
  readonly budgetMs?: number;
}

export interface GateReport {
  /** Errors that the change adds, also in files that depend on it, by place. */
  readonly added: readonly Diagnostic[];
  /** Errors that were there before and still are, in the changed files: they stop nobody. */
  readonly left: number;
  readonly checked: readonly string[];
  /** Ids of the tools that answered. */
  readonly tools: readonly string[];
  /** Tools that were missing, failed or took too long: their silence stops nobody either. */
  readonly notes: Diagnosis['notes'];
}

const BUDGET_MS = 30_000;
const PARSER = 'tree-sitter';

export async function checkGate(
  { files, others = {}, trusted, budgetMs = BUDGET_MS }: GateRequest,
  deps: HealDeps,
  parser: Parser,
  { signal }: CallOptions,
): Promise<GateReport> {
  const known = files.flatMap((file) => {
    const language = deps.languageOf(file.path);
    return language ? [{ ...file, language }] : [];
  });
  const overlay = (side: 'before' | 'after') =>
    new Map([...Object.entries(others), ...known.map((file) => [file.path, file[side]] as const)]);
  const [before, after]: Snapshot[] = [
    { root: deps.root, overlay: overlay('before') },
    { root: deps.root, overlay: overlay('after') },
  ] as const;
  const report = {
    added: [] as Diagnostic[],
    left: 0,
    tools: new Set<string>(),
    notes: new Map<string, Diagnosis['notes'][number]>(),
  };
  const note = (one: Diagnosis['notes'][number]) => report.notes.set(`${one.tool}\0${one.message}`, one);
  for (const [language, own] of Map.groupBy(known, (file) => file.language)) {
    throwIfAborted(signal);
    const paths = own.map(({ path }) => path);
    const deadline = deps.clock.now() + budgetMs;
    const { toolchains, notes } = await usable(deps, paths[0] as string, language, trusted, deadline, signal);
    for (const each of notes) note(each);
    const run = { trusted, ...(signal ? { signal } : {}) };
    const session = new HealSession(
      deps,
      paths[0] as string,
      before as Snapshot,
      toolchains,
      run,
      deadline,
      () => true,
      false,
    );
    const old = await session.errors(before as Snapshot, paths);
    const now = await session.errors(after as Snapshot, paths);
    const compared = compareDiagnostics(old, now);
    report.added.push(...compared.added);
    report.left += compared.left.length;
    report.added.push(
      ...(await dependents(toolchains, before as Snapshot, after as Snapshot, paths, deps, deadline, run, note)),
    );
    for (const each of session.allNotes) note(each);
    for (const id of session.toolIds) report.tools.add(id);
    for (const file of own) {
      const isTold = now.some((error) => error.path === file.path && isSyntax(error));
      if (!isTold) report.added.push(...(await newSyntaxErrors(file, language, parser)));
    }
  }
  if (known.length > 0) report.tools.add(PARSER);
  return {
    ...{ added: sortDiagnostics(report.added), left: report.left, checked: known.map(({ path }) => path) },
    ...{ tools: [...report.tools], notes: [...report.notes.values()] },
  };
}

/** Errors in files that nobody committed, since they see a declaration that the commit changes. */
async function dependents(
  toolchains: readonly Toolchain[],
  before: Snapshot,
  after: Snapshot,
  paths: readonly string[],
  deps: HealDeps,
  deadline: number,
  run: { readonly signal?: AbortSignal; readonly trusted: boolean },
  note: (one: Diagnosis['notes'][number]) => void,
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const toolchain of toolchains) {
    if (!seesDependents(toolchain)) continue;
    try {
      const left = deadline - deps.clock.now();
      const seen = await withinLimit(toolchain.title, left, run.signal, (signal) =>
        toolchain.dependents(before, after, paths, { ...run, signal }),
      );
      const isError = ({ severity }: Diagnostic) => severity === 'error';
      found.push(...compareDiagnostics(seen.before.filter(isError), seen.after.filter(isError)).added);
    } catch (error) {
      if (isCancelled(error)) throw error;
      const message = `Files that depend on the change were not checked: ${toLodestoneError(error).message}`;
      note({ tool: toolchain.id, message });
    }
  }
  return found;
}

/** As many of the parser's errors, from the last one back, as the file has more than before; for languages without another tool too. */
async function newSyntaxErrors(
  { path, before, after }: GateRequest['files'][number],
  language: LanguageId,
  parser: Parser,
): Promise<Diagnostic[]> {
  const [old, now] = [await errorOffsets(parser, language, before), await errorOffsets(parser, language, after)];
  const more = now.length - old.length;
  if (more <= 0) return [];
  const lines = new LineIndex(after);
  let same = 0;
  while (same < old.length && before.slice(0, old[same]) === after.slice(0, now[same] as number)) same++;
  return now.slice(same, same + more).map((offset) => {
    const { line, column } = lines.positionAt(offset);
    const place = { path, line, column, endLine: line, endColumn: column };
    return {
      ...place,
      code: 'syntax',
      category: 'syntax',
      severity: 'error',
      message: 'This does not parse.',
      tool: PARSER,
    };
  });
}

async function errorOffsets(parser: Parser, language: LanguageId, text: string): Promise<number[]> {
  const { hasErrors, size, flags, startIndex } = await parser.parse(language, text);
  if (!hasErrors) return [];
  const found: number[] = [];
  for (let node = 0; node < size; node++)
    if (((flags[node] as number) & (NODE_ERROR | NODE_MISSING)) !== 0) found.push(startIndex[node] as number);
  return found;
}
