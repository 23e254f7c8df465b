/** After a patch was applied: the tools and tests once more, on what really stands there, so that a regression can be rolled back (BD12). */
import type { CallOptions } from '../../base/progress.ts';
import type { Patch } from '../edits/patch.ts';
import type { Snapshot } from '../ports.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { HealDeps } from './fixSources.ts';
import type { HealedFile } from './heal.ts';
import { usable } from './healFiles.ts';
import { judgeResult, type Verdict } from './judges.ts';
import { HealSession } from './session.ts';
import { compareDiagnostics } from './verification.ts';

export interface RecheckRequest {
  readonly patch: Patch;
  /** What the heal promised: the errors each file would have left. */
  readonly files: readonly Pick<HealedFile, 'path' | 'after'>[];
  /** Unsaved buffers by path, as in the heal. */
  readonly overlays?: Readonly<Record<string, string>>;
  readonly trusted: boolean;
  readonly tests?: boolean;
  /** Longest wait in milliseconds for all tools together. */
  readonly budgetMs?: number;
}

export interface Regression {
  /** At least one: what the tools report that was not promised, and what the project's compiler or tests did not report before. */
  readonly errors: readonly Diagnostic[];
}

export interface Recheck extends Pick<Verdict, 'tests' | 'notes'> {
  /** Absent if all is as promised. */
  readonly regression?: Regression;
}

const DEFAULT_BUDGET_MS = 20_000;

/** A tool that gives no answer is no regression: nothing is taken back for its silence, of which the notes tell. */
export async function recheck(request: RecheckRequest, deps: HealDeps, { signal }: CallOptions): Promise<Recheck> {
  const deadline = deps.clock.now() + (request.budgetMs ?? DEFAULT_BUDGET_MS);
  const applied: Snapshot = { root: deps.root, overlay: new Map(Object.entries(request.overlays ?? {})) };
  const run = { trusted: request.trusted, ...(signal ? { signal } : {}) };
  const errors: Diagnostic[] = [];
  for (const { path, after } of request.files) {
    const language = deps.languageOf(path);
    if (!language) continue;
    const { toolchains } = await usable(deps, path, language, request.trusted, deadline, signal);
    const session = new HealSession(deps, path, applied, toolchains, run, deadline, () => true, false);
    errors.push(...compareDiagnostics(after, await session.errorsNow([path])).added);
  }
  const paths = request.patch.files.map(({ path }) => path);
  const before = new Map([...applied.overlay, ...request.patch.files.map((file) => [file.path, file.before] as const)]);
  // The heal has asked the judges about the same texts; only tests may see more on disk than in a copy.
  const { added, tests, notes }: Omit<Verdict, 'validatedBy'> = request.tests
    ? await judgeResult(deps, request, { root: deps.root, overlay: before }, applied, paths, run)
    : { added: [], tests: 'notRun', notes: [] };
  errors.push(...added);
  return { tests, notes, ...(errors.length > 0 ? { regression: { errors } } : {}) };
}
