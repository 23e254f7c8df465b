/** Heals files: diagnose, propose, verify, accept, again, until nothing gets better; returns patches and never writes. */
import { isCancelled, LodestoneError, throwIfAborted, toLodestoneError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import { buildPatch } from '../edits/buildPatch.ts';
import { changedExports } from '../edits/exportedSignatures.ts';
import type { Risk } from '../edits/patch.ts';
import { scoreRisk } from '../edits/risk.ts';
import { unifiedDiff } from '../edits/unifiedDiff.ts';
import type { Diagnosis, Snapshot, SourceFile, Toolchain } from '../ports.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type HealDeps, memoryKey } from './fixSources.ts';
import type { FixCandidate, HealedFile, HealReport, HealRequest } from './heal.ts';
import { judgeResult } from './judges.ts';
import { searchPlans } from './search.ts';
import { HealSession, isSyntax } from './session.ts';
import { judgeByTests } from './testRepair.ts';
import { answerMs, withinLimit } from './toolLimit.ts';
import { compareDiagnostics } from './verification.ts';

/** Rounds of diagnosing afresh: repairing one error reveals the next (SH1: three to five). */
const MAX_ROUNDS = 5;
const DEFAULT_BUDGET_MS = 20_000;
/** Without a budget of the user's, the first diagnosis of a cold project takes what it needs, up to this, beside the search's. */
const COLD_MS = 100_000;
/** With tests to run, which take longer than compilers. */
const TESTS_BUDGET_MS = 60_000;
/** Problems that fixes are asked for in one round; the rest of a file with hundreds waits for the next. */
const MAX_TARGETS = 100;
/** Fewer in a file so large (UTF-16 units in all) that looking through it for each of them uses up the time. */
const MAX_LOOKED_THROUGH = 5_000_000;
/** Real runs of the tools on candidates for one file. */
const MAX_ATTEMPTS = 120;

interface Result {
  readonly file: HealedFile;
  readonly notes: Diagnosis['notes'];
  readonly texts: ReadonlyMap<string, string>;
  readonly kept: readonly FixCandidate[];
  readonly validatedBy: readonly string[];
  readonly added: number;
  readonly tests: 'passed' | 'failed' | 'notRun';
}

/**
 * Heals the requested files one after the other, each on top of what was already repaired, and joins the result into
 * one patch. Throws only `cancelled` and `badArguments`; whatever else goes wrong is a note or a reason in the report.
 */
export async function heal(request: HealRequest, deps: HealDeps, options: CallOptions): Promise<HealReport> {
  const overlays = new Map(Object.entries(request.overlays ?? {}));
  let snapshot: Snapshot = { root: deps.root, overlay: overlays };
  const deadline = deps.clock.now() + (request.budgetMs ?? (request.tests ? TESTS_BUDGET_MS : DEFAULT_BUDGET_MS));
  const results: Result[] = [];
  const files = [...new Set(request.files)];
  for (const [index, path] of files.entries()) {
    throwIfAborted(options.signal);
    options.onProgress?.({ step: `Healing ${path}`, done: index, total: files.length });
    const result = await healOne(path, snapshot, request, deps, deadline, options);
    results.push(result);
    snapshot = { root: deps.root, overlay: new Map([...snapshot.overlay, ...result.texts]) };
  }
  options.onProgress?.({ step: 'Healed', done: files.length, total: files.length });
  const notes = new Map(
    results.flatMap((result) => result.notes).map((note) => [`${note.tool}\0${note.message}`, note]),
  );
  const patch = await joinPatch(results, overlays, request, deps);
  return { files: results.map(({ file }) => file), notes: [...notes.values()], ...(patch ? { patch } : {}) };
}

async function healOne(
  path: string,
  start: Snapshot,
  request: HealRequest,
  deps: HealDeps,
  deadline: number,
  options: CallOptions,
): Promise<Result> {
  const began = deps.clock.now();
  const unchanged = (reason: string): Result => ({
    file: {
      path,
      before: [],
      after: [],
      diff: '',
      risk: { score: 0, components: [] },
      attempts: 0,
      sources: [],
      durationMs: deps.clock.now() - began,
      reason,
    },
    notes: [],
    texts: new Map(),
    kept: [],
    validatedBy: [],
    added: 0,
    tests: 'notRun',
  });
  const language = deps.languageOf(path);
  if (!language) return unchanged('Lodestone does not know this language.');
  let disk: SourceFile | undefined;
  try {
    disk = await deps.read(path);
  } catch (error) {
    if (isCancelled(error)) throw error;
    const known = toLodestoneError(error);
    if (!start.overlay.has(path)) return unchanged(known.advice ? `${known.message} ${known.advice}` : known.message);
  }
  if (disk?.lossy) return unchanged('The file is not valid in its encoding, so it is not changed.');

  const { toolchains, notes } = await usable(deps, path, language, request.trusted, deadline, options.signal);
  const { only } = request;
  const isTarget = (diagnostic: Diagnostic) =>
    diagnostic.path === path &&
    (!only ||
      (only.path === path &&
        diagnostic.line === only.line &&
        diagnostic.code === only.code &&
        diagnostic.column === only.column));
  const run = { trusted: request.trusted, ...(options.signal ? { signal: options.signal } : {}) };
  const cold = request.budgetMs === undefined ? COLD_MS : 0;
  const session = new HealSession(deps, path, start, toolchains, run, deadline + cold, isTarget, only !== undefined);
  for (const note of notes) session.note(note);
  await session.load([path]);
  const asked = deps.clock.now();
  let before = await session.errorsNow([path]);
  session.deadline = deadline + Math.min(cold, deps.clock.now() - asked);
  let errors = before;
  const kept: FixCandidate[] = [];
  // The last state that is strictly better than the one before it: what only uncovered another problem is taken back.
  let sound = { snapshot: start, errors, kept: 0 };
  const exhausted = () => session.exhausted || session.attempts >= MAX_ATTEMPTS;

  for (let round = 0; round < MAX_ROUNDS && !exhausted(); round++) {
    const targets = errors.filter(isTarget);
    if (!targets.length) break;
    options.onProgress?.({ step: `Healing ${path}: ${targets.length} left`, done: round, total: MAX_ROUNDS });
    const wanted = targets.slice(0, targetsFor(session.textOf(path)));
    const search = (found: readonly FixCandidate[]) =>
      searchPlans({
        targets,
        candidates: found.map((candidate) => remembered(candidate, deps)),
        textOf: (name) => session.textOf(name),
        verify: (plan) => session.verify(plan),
        confirm: (plan) => session.confirm(plan),
        exhausted,
        signal: options.signal,
      });
    const known = await search(await session.propose(wanted));
    const uncovering = session.takeUncovering();
    const isOpen = !known && (only || !uncovering) && !exhausted();
    const outcome = isOpen ? await search(await session.proposeLast(wanted)) : known;
    if (isOpen) session.takeUncovering();
    const plan = outcome?.plan ?? (only ? undefined : uncovering);
    if (!plan) break;
    kept.push(...plan.candidates);
    session.accept(plan);
    errors = await session.errorsNow([path]);
    if (outcome) sound = { snapshot: session.snapshot, errors, kept: kept.length };
    // One problem was asked about: once it is gone, what else the file has is not this request's.
    if (only) break;
  }

  if (errors.length >= sound.errors.length && session.snapshot !== sound.snapshot) {
    session.restore(sound.snapshot);
    errors = sound.errors;
    kept.length = sound.kept;
  }
  // Repairing a syntax error may uncover more than it cured: nobody asked for a file with more errors than it had.
  if (errors.length > before.length) {
    session.restore(start);
    errors = before;
    kept.length = 0;
  }

  const tested =
    request.tests && !only
      ? await judgeByTests({ deps, session, path, start, errors, deadline: session.deadline, options: run })
      : undefined;
  if (tested) {
    for (const note of tested.notes) session.note(note);
    kept.push(...tested.kept);
    before = [...before, ...tested.before];
    errors = [...errors, ...tested.after];
  }
  const texts = new Map(
    [...session.snapshot.overlay].filter(([name, text]) => (start.overlay.get(name) ?? undefined) !== text),
  );
  const verdict = await judgeResult(deps, {}, start, session.snapshot, [...texts.keys()], run);
  for (const note of verdict.notes) session.note(note);
  const broken = tested ? compareDiagnostics(tested.before, tested.after).added : [];
  const worse = verdict.added.length + broken.length > 0;
  const good = texts.size > 0 && !worse;
  if (worse) {
    errors = before;
    texts.clear();
  }
  for (const candidate of kept) deps.memory?.record(memoryKey(candidate), good ? 'verified' : 'rolledBack');
  const changed = await fileChanges(texts, start, deps);
  const sources = good ? [...new Set(kept.map(({ source, title }) => `${source}: ${title}`))] : [];
  // Half a validation is none: a patch that may have broken other files waits for somebody to look.
  const validatedBy = session.unconfirmed
    ? []
    : [...session.toolIds, ...verdict.validatedBy, ...(tested?.ranBy ? [tested.ranBy] : [])];
  const tests: Result['tests'] = !tested?.ranBy ? 'notRun' : tested.after.length ? 'failed' : 'passed';
  const base = {
    texts,
    kept: good ? kept.map((one) => (session.unconfirmed ? doubted(one) : one)) : [],
    validatedBy,
    added: 0,
    tests,
  };
  const risk = good ? await riskOf(changed, [path], before, errors, base, deps) : { score: 0, components: [] };
  const reason = reasonFor({
    errors: errors.filter((error) => isTarget(error) && error.category !== 'test failure').length,
    failing: tested?.after.length ?? 0,
    tools: toolchains.length,
    session,
    verdict: worse,
    changed: good,
  });
  return {
    file: {
      path,
      before,
      after: errors,
      diff: changed.map((file) => unifiedDiff(file.path, file.before, file.after)).join(''),
      risk,
      attempts: session.attempts + (tested?.runs ?? 0),
      sources,
      durationMs: deps.clock.now() - began,
      reason,
    },
    notes: session.allNotes,
    ...base,
  };
}

function targetsFor(text: string | undefined): number {
  const { length } = text ?? '';
  return Math.max(4, Math.min(MAX_TARGETS, Math.floor(MAX_LOOKED_THROUGH / Math.max(1, length))));
}

/** Toolchains for the language that are there and may run; what is missing becomes a note. */
export async function usable(
  deps: HealDeps,
  path: string,
  language: string,
  trusted: boolean,
  deadline: number,
  signal: AbortSignal | undefined,
) {
  const toolchains: Toolchain[] = [];
  const notes: Diagnosis['notes'][number][] = [];
  for (const toolchain of deps.toolchains) {
    if (!toolchain.languages.some((id) => id === language)) continue;
    if (toolchain.needsTrust && !trusted) continue;
    const note = (message: string, advice: string | undefined) =>
      notes.push({ tool: toolchain.id, message, ...(advice ? { advice } : {}) });
    try {
      const limit = answerMs(deadline - deps.clock.now(), true);
      const { status, detail, advice } = await withinLimit(toolchain.title, limit, signal, (both) =>
        toolchain.probe(deps.root, trusted, { path, signal: both }),
      );
      if (status === 'ok') toolchains.push(toolchain);
      else if (status !== 'notNeeded') note(detail, advice);
    } catch (error) {
      if (isCancelled(error)) throw error;
      const { message, advice } = toLodestoneError(error);
      note(message, advice);
    }
  }
  return { toolchains, notes };
}

/** What worked here is tried earlier, what was rolled back later; without a record nothing moves. */
function remembered(candidate: FixCandidate, deps: HealDeps): FixCandidate {
  const known = deps.memory?.confidence(memoryKey(candidate));
  if (known === undefined) return candidate;
  const { confidence } = candidate;
  return {
    ...candidate,
    rank: known >= 0.5 ? confidence + (1 - confidence) * (known - 0.5) : confidence * (known + 0.5),
  };
}

/** Not all that depends on it was checked again. */
function doubted(candidate: FixCandidate): FixCandidate {
  return { ...candidate, confidence: candidate.confidence / 2 };
}

interface Change {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly beforeHash: string;
}

/** Texts before and after with the hash of the bytes on disk. */
async function fileChanges(texts: ReadonlyMap<string, string>, start: Snapshot, deps: HealDeps): Promise<Change[]> {
  const changes: Change[] = [];
  for (const [path, after] of [...texts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const disk = await readIfThere(path, deps);
    changes.push({
      path,
      before: start.overlay.get(path) ?? disk?.text ?? '',
      after,
      beforeHash: disk?.hash ?? '',
    });
  }
  return changes.filter(({ before, after }) => before !== after);
}

/** A buffer that was never saved has no file: its hash is ''. */
async function readIfThere(path: string, deps: HealDeps): Promise<SourceFile | undefined> {
  try {
    return await deps.read(path);
  } catch (error) {
    if (error instanceof LodestoneError && error.code === 'notFound') return undefined;
    throw error;
  }
}

async function riskOf(
  changes: readonly Change[],
  targets: readonly string[],
  before: readonly Diagnostic[],
  after: readonly Diagnostic[],
  result: Pick<Result, 'kept' | 'tests' | 'added'>,
  deps: HealDeps,
): Promise<Risk> {
  const exported: string[] = [];
  for (const change of changes) {
    const [old, now] = [await deps.facts(change.path, change.before), await deps.facts(change.path, change.after)];
    if (old && now) exported.push(...changedExports(old, now));
  }
  const { left, added } = compareDiagnostics(before, after);
  return scoreRisk(
    {
      files: changes,
      targets,
      syntaxErrors: after.filter(isSyntax).length,
      errorsBefore: before.length,
      errorsLeft: left.length,
      errorsAdded: added.length + result.added,
      changedExports: exported,
      tests: result.tests,
      confidence: Math.min(1, ...result.kept.map(({ confidence }) => confidence)),
    },
    deps.riskModel,
  );
}

async function joinPatch(
  results: readonly Result[],
  overlays: ReadonlyMap<string, string>,
  request: HealRequest,
  deps: HealDeps,
) {
  const texts = new Map(results.flatMap((result) => [...result.texts]));
  if (!texts.size) return undefined;
  const changes = await fileChanges(texts, { root: deps.root, overlay: overlays }, deps);
  if (!changes.length) return undefined;
  const before = results.flatMap(({ file }) => file.before);
  const after = results.flatMap(({ file }) => file.after);
  const tests = results.map((result) => result.tests);
  const risk = await riskOf(
    changes,
    request.files,
    before,
    after,
    {
      kept: results.flatMap(({ kept }) => kept),
      tests: tests.includes('failed') ? 'failed' : tests.every((one) => one === 'passed') ? 'passed' : 'notRun',
      added: 0,
    },
    deps,
  );
  const sources = [...new Set(results.flatMap(({ file }) => file.sources))];
  const repaired = before.length - after.length;
  const where = changes.length === 1 ? (changes[0] as Change).path : `${changes.length} files`;
  return buildPatch({
    title:
      sources.length === 1
        ? `${(sources[0] as string).replace(/^[^:]*: /, '')} in ${where}`
        : `Repair ${repaired} ${repaired === 1 ? 'error' : 'errors'} in ${where}`,
    files: changes,
    risk,
    syntaxErrors: after.filter(isSyntax).length,
    validationErrors: after.length,
    sources,
    validatedBy: [...new Set(results.filter(({ texts: own }) => own.size).flatMap(({ validatedBy }) => validatedBy))],
    fixes: results.flatMap(({ kept }) => kept.map(memoryKey)),
  });
}

function reasonFor(state: {
  errors: number;
  failing: number;
  tools: number;
  session: HealSession;
  verdict: boolean;
  changed: boolean;
}): string {
  const { session } = state;
  if (state.verdict)
    return 'A repair was found, but the project’s own checks got worse with it, so it was rolled back.';
  if (!state.tools) return 'No tool that checks this language is available; see the notes.';
  if (!session.toolIds.length && !session.lostTool) return 'The tools that check this file failed; see the notes.';
  if (!state.errors && state.failing) {
    const failing = state.failing === 1 ? 'A test fails' : `${state.failing} tests fail`;
    return `${failing}, and no small change that was tried lets more of them pass.`;
  }
  if (!state.errors) return '';
  const left = `${state.errors} ${state.errors === 1 ? 'error is' : 'errors are'} left`;
  if (session.lostTool) return `A tool stopped answering, see the notes; ${left}.`;
  if (session.exhausted) return `The time budget was used up after ${session.attempts} attempts; ${left}.`;
  if (session.attempts >= MAX_ATTEMPTS) return `${MAX_ATTEMPTS} attempts were made; ${left}.`;
  if (!session.attempts) return `No fix is known for what is left; ${left}.`;
  return state.changed
    ? `No further fix made the file better; ${left}.`
    : `${session.attempts} ${session.attempts === 1 ? 'fix was' : 'fixes were'} tried and none made the file better; ${left}.`;
}
