/** The slow witnesses: the project's tests and its own compiler, run once before and once after the search. */
import { isCancelled, toLodestoneError } from '../../base/errors.ts';
import { inShort } from '../../base/findings.ts';
import type { Diagnosis, Snapshot } from '../ports.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { HealDeps } from './fixSources.ts';
import type { HealRequest } from './heal.ts';
import { compareDiagnostics } from './verification.ts';

export interface Verdict {
  /** Errors that a judge saw after and not before. */
  readonly added: readonly Diagnostic[];
  readonly tests: 'passed' | 'failed' | 'notRun';
  readonly validatedBy: readonly string[];
  readonly notes: Diagnosis['notes'];
}

/** Asks every judge that applies; without a change nobody is asked. */
export async function judgeResult(
  deps: HealDeps,
  request: Pick<HealRequest, 'tests'>,
  before: Snapshot,
  after: Snapshot,
  changed: readonly string[],
  options: { signal?: AbortSignal; trusted: boolean },
): Promise<Verdict> {
  const added: Diagnostic[] = [];
  let tests: Verdict['tests'] = 'notRun';
  const validatedBy: string[] = [];
  const notes: Diagnosis['notes'][number][] = [];
  const runners = new Set(request.tests ? deps.tests : []);
  // Of several runners of a language one may be enough: why the others do not run is told where none does.
  const idle: { readonly path: string; readonly note: Diagnosis['notes'][number] }[] = [];
  const tested = new Set<string>();
  for (const judge of changed.length ? [...(deps.judges ?? []), ...runners] : []) {
    if (judge.needsTrust && !options.trusted) continue;
    const mine = changed.filter((path) => judge.languages.some((language) => language === deps.languageOf(path)));
    if (!mine.length) continue;
    try {
      const { status, detail, advice } = await judge.probe(deps.root, options.trusted, { path: mine[0] as string });
      if (status !== 'ok') {
        const note = { tool: judge.id, message: detail, ...(advice ? { advice } : {}) };
        if (runners.has(judge)) idle.push({ path: mine[0] as string, note });
        continue;
      }
      if (runners.has(judge)) for (const path of mine) tested.add(path);
      const [old, now] = [await judge.diagnose(before, mine, options), await judge.diagnose(after, mine, options)];
      notes.push(...now.notes);
      const failing = now.diagnostics.filter(({ severity }) => severity === 'error');
      const known = old.diagnostics.filter(({ severity }) => severity === 'error');
      const { added: broken } = compareDiagnostics(known, failing);
      added.push(...broken);
      if (runners.has(judge) && tests !== 'failed') tests = failing.length ? 'failed' : 'passed';
      if (runners.has(judge) && failing.length > 0 && broken.length === 0)
        notes.push({
          tool: judge.id,
          message: inShort(failing),
        });
      validatedBy.push(judge.id);
    } catch (error) {
      if (isCancelled(error)) throw error;
      const { message, advice } = toLodestoneError(error);
      notes.push({ tool: judge.id, message, ...(advice ? { advice } : {}) });
    }
  }
  notes.push(...idle.filter(({ path }) => !tested.has(path)).map(({ note }) => note));
  return { added, tests, validatedBy, notes };
}
