/** The project's tests, on request: they judge the repair, and where they fail small changes of logic are tried on them. */
import { isCancelled, throwIfAborted, toLodestoneError } from '../../base/errors.ts';
import { applyEdits } from '../../base/textEdit.ts';
import { proposeMutations } from '../edits/mutations.ts';
import { familyOf } from '../languages.ts';
import type { Diagnosis, Snapshot, Toolchain } from '../ports.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { HealDeps } from './fixSources.ts';
import type { FixCandidate } from './heal.ts';
import { withTexts } from './plan.ts';
import type { HealSession } from './session.ts';
import { withinLimit } from './toolLimit.ts';
import { compareDiagnostics, diagnosticKey } from './verification.ts';

/** Runs of the tests on mutants, and characters of the largest file that is mutated. */
const MAX_RUNS = 400;
const MAX_LENGTH = 100_000;
/** Slips repaired one after the other. */
const MAX_STEPS = 3;
/** A mutant may loop for ever: it gets a multiple of the time that the tests took without it, and this much (milliseconds). */
const PATIENCE = 3;
const SLACK_MS = 2000;
/** What one run of the tests may use up of the time that is left, and the least that it gets (milliseconds). */
const SHARE = 0.35;
const LEAST_MS = 5000;
/** Code of the problem that the tests do not end. */
const ENDLESS = 'timeout';
/** Passing tests say that a change is possible, not that it was meant. */
const CONFIDENCE = 0.5;

export interface TestOutcome {
  /** Failing tests at the start and in the session's present state. */
  readonly before: readonly Diagnostic[];
  readonly after: readonly Diagnostic[];
  /** The runner's id; '' where none ran to its end. */
  readonly ranBy: string;
  /** What was changed for the tests' sake. */
  readonly kept: readonly FixCandidate[];
  readonly runs: number;
  readonly notes: Diagnosis['notes'];
}

interface Input {
  readonly deps: HealDeps;
  readonly session: HealSession;
  readonly path: string;
  readonly start: Snapshot;
  /** Static errors that the file still has: what does not compile is not mutated. */
  readonly errors: readonly Diagnostic[];
  readonly deadline: number;
  readonly options: { readonly signal?: AbortSignal; readonly trusted: boolean };
}

/** Runs the tests of the file's language; where they fail on a file without errors, looks for a small change that they like. */
export async function judgeByTests(input: Input): Promise<TestOutcome> {
  const notes: Diagnosis['notes'][number][] = [];
  const nothing: TestOutcome = { before: [], after: [], ranBy: '', kept: [], runs: 0, notes };
  const { deps, session, path, start, options } = input;
  const language = deps.languageOf(path);
  for (const runner of options.trusted ? (deps.tests ?? []) : []) {
    if (!runner.languages.some((id) => id === language)) continue;
    try {
      if ((await runner.probe(deps.root, options.trusted, { path })).status !== 'ok') continue;
      const run = (snapshot: Snapshot, limitMs: number) => failing(runner, snapshot, path, limitMs, options);
      const judged = async (snapshot: Snapshot) => {
        const limit = Math.max(LEAST_MS, SHARE * (input.deadline - deps.clock.now()));
        return (await unlessLate(run(snapshot, limit))) ?? [endless(runner, path)];
      };
      const before = await judged(start);
      const began = deps.clock.now();
      const now = await judged(session.snapshot);
      if (!now.length || input.errors.length) return { ...nothing, before, after: now, ranBy: runner.id };
      const isEndless = now.some(({ code }) => code === ENDLESS);
      const limit = SLACK_MS + (isEndless ? 0 : PATIENCE * (deps.clock.now() - began));
      const { kept, runs, after } = await mutate(input, now, (snapshot) => run(snapshot, limit));
      return { before, after, ranBy: runner.id, kept, runs, notes };
    } catch (error) {
      if (isCancelled(error)) throw error;
      const { message, advice } = toLodestoneError(error);
      notes.push({ tool: runner.id, message, ...(advice ? { advice } : {}) });
    }
  }
  return nothing;
}

async function failing(
  runner: Toolchain,
  snapshot: Snapshot,
  path: string,
  limitMs: number,
  options: Input['options'],
): Promise<readonly Diagnostic[]> {
  const { diagnostics } = await withinLimit(runner.title, limitMs, options.signal, (signal) =>
    runner.diagnose(snapshot, [path], { trusted: options.trusted, signal }),
  );
  return diagnostics.filter(({ severity }) => severity === 'error');
}

/** Greedy: the first mutation that leaves nothing failing, else the best of those that help and break nothing, and again. */
async function mutate(
  { deps, session, path, deadline, options }: Input,
  failingNow: readonly Diagnostic[],
  run: (snapshot: Snapshot) => Promise<readonly Diagnostic[]>,
) {
  const kept: FixCandidate[] = [];
  let after = failingNow;
  let runs = 0;
  const language = deps.languageOf(path);
  const family = language && familyOf(language);
  // The slips are those of these two.
  if (family !== 'python' && family !== 'ecmascript') return { kept, runs, after };
  for (let step = 0; step < MAX_STEPS && after.length; step++) {
    const text = session.textOf(path);
    if (!deps.mutations || text === undefined || text.length > MAX_LENGTH) break;
    let best: { candidate: FixCandidate; failing: readonly Diagnostic[] } | undefined;
    for (const { edits, title } of proposeMutations(text, family, deps.mutations)) {
      throwIfAborted(options.signal);
      if (runs >= MAX_RUNS || deps.clock.now() >= deadline) break;
      const answers = diagnosticKey(after[0] as Diagnostic);
      const candidate: FixCandidate = {
        id: `mutation/${answers}/${edits.map(({ start, newText }) => `${start}:${newText}`).join()}`,
        title,
        source: 'mutation',
        edits: { [path]: edits },
        confidence: CONFIDENCE,
        answers,
        fromTool: false,
        kind: 'mutation',
      };
      if (!session.keepsCode(candidate)) continue;
      const mutant = withTexts(session.snapshot, new Map([[path, applyEdits(text, edits)]]));
      runs++;
      const seen = await unlessLate(run(mutant));
      if (!seen || seen.length >= (best?.failing ?? after).length || compareDiagnostics(after, seen).added.length)
        continue;
      if ((await session.errors(mutant, [path])).length) continue;
      best = { candidate, failing: seen };
      if (!seen.length) break;
    }
    if (!best) break;
    const { candidate } = best;
    const changed = applyEdits(text, candidate.edits[path] ?? []);
    session.accept({ candidates: [candidate], texts: new Map([[path, changed]]), size: 0, confidence: CONFIDENCE });
    kept.push(candidate);
    after = best.failing;
  }
  return { kept, runs, after };
}

function endless({ id }: Toolchain, path: string): Diagnostic {
  const place = { path, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const message = 'The tests did not end in their share of the time budget.';
  return { ...place, code: ENDLESS, category: 'test failure', severity: 'error', message, tool: id };
}

/** Undefined where the tests do not end. */
async function unlessLate(run: Promise<readonly Diagnostic[]>): Promise<readonly Diagnostic[] | undefined> {
  try {
    return await run;
  } catch (error) {
    if (toLodestoneError(error).code === 'toolTimedOut') return undefined;
    throw error;
  }
}
