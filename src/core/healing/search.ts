/** Searches combinations of fix candidates for the one that leaves the fewest errors, adds none and changes least. */
import { throwIfAborted } from '../../base/errors.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { FixCandidate } from './heal.ts';
import { mergePlan, type Plan, rankByProblem } from './plan.ts';
import { diagnosticKey } from './verification.ts';

/** What verifying a plan showed. */
export interface Outcome {
  readonly plan: Plan;
  /** Strictly better and nothing worse (SH5). */
  readonly accepted: boolean;
  /** Errors that were to be repaired and are still there, and all errors seen. */
  readonly targetsLeft: number;
  readonly errorsLeft: number;
  readonly syntaxLeft: number;
}

export interface SearchInput {
  readonly targets: readonly Diagnostic[];
  readonly candidates: readonly FixCandidate[];
  textOf(path: string): string | undefined;
  verify(plan: Plan): Promise<Outcome>;
  /** The dear last look at what was chosen: false where files that were not changed got worse. */
  confirm(plan: Plan): Promise<boolean>;
  /** True once time or attempts are used up: the best so far is returned. */
  exhausted(): boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Alternatives tried for one problem. */
const MAX_ALTERNATIVES = 6;
/** Problems whose fixes are tried one by one in a round; the next round sees the rest. */
const MAX_PROBLEMS = 24;

const NAMES: ReadonlySet<Diagnostic['category']> = new Set(['undefined variable', 'missing import']);

/** Outcomes that are confirmed, best first, before the round ends without one. */
const MAX_CONFIRMED = 4;

/** The best accepted outcome that is confirmed, or undefined if no combination is better than leaving the file alone. */
export async function searchPlans(input: SearchInput): Promise<Outcome | undefined> {
  const accepted: Outcome[] = [];
  const chosen = await search(input, accepted);
  if (!chosen) return undefined;
  const others = accepted.filter((outcome) => outcome !== chosen).sort(compareOutcomes);
  for (const outcome of [chosen, ...others].slice(0, MAX_CONFIRMED)) {
    throwIfAborted(input.signal);
    if (await input.confirm(outcome.plan)) return outcome;
  }
  return undefined;
}

async function search(input: SearchInput, accepted: Outcome[]): Promise<Outcome | undefined> {
  const { targets, textOf, exhausted } = input;
  const wanted = new Set(targets.map(diagnosticKey));
  const ranked = rankByProblem(input.candidates.filter(({ answers }) => wanted.has(answers)));
  const seen = new Map<string, Outcome>();
  let best: Outcome | undefined;
  const run = async (candidates: readonly FixCandidate[]): Promise<Outcome | undefined> => {
    throwIfAborted(input.signal);
    const plan = mergePlan(candidates, textOf);
    if (!plan) return undefined;
    const key = JSON.stringify([...plan.texts]);
    const known = seen.get(key);
    if (known) return known;
    const outcome = await input.verify(plan);
    seen.set(key, outcome);
    if (outcome.accepted) accepted.push(outcome);
    if (outcome.accepted && (!best || better(outcome, best))) best = outcome;
    return outcome;
  };

  // The likeliest plan first and whole: a common single error needs no second look.
  const first = firstChoice(targets, ranked);
  const joint = await run(first);
  if (joint?.accepted && joint.targetsLeft === 0) return exhausted() ? joint : shrink(joint, targets, run, exhausted);

  // Then each problem's alternatives alone, the likeliest of every problem before the second likeliest of any.
  const problems = [...ranked.keys()].slice(0, MAX_PROBLEMS);
  const winners = new Map<string, Outcome>();
  for (let rank = 0; rank < MAX_ALTERNATIVES; rank++) {
    for (const problem of problems) {
      const candidate = ranked.get(problem)?.[rank];
      const winner = winners.get(problem);
      if (!candidate || (winner && !candidate.wholeFile && winner.targetsLeft <= targets.length - 1)) continue;
      if (exhausted()) return best;
      const outcome = await run([candidate]);
      if (outcome?.accepted && (!winner || better(outcome, winner))) winners.set(problem, outcome);
    }
  }

  // Last all that helped alone, together; where they hinder each other, one after the other.
  const helpers = [...winners.values()].sort(compareOutcomes).map(({ plan }) => plan.candidates);
  if (helpers.length > 1 && !exhausted()) {
    const together = await run(helpers.flat());
    if (!together?.accepted || together.targetsLeft > targets.length - helpers.length) {
      let kept: FixCandidate[] = [];
      let last: Outcome | undefined;
      for (const helper of helpers) {
        if (exhausted()) break;
        const outcome = await run([...kept, ...helper]);
        if (outcome?.accepted && (!last || better(outcome, last))) {
          kept = [...kept, ...helper];
          last = outcome;
        }
      }
    }
  }
  return best;
}

/**
 * Each problem's likeliest fix. Where several problems share a kind, the fix for all of them stands for each: such
 * fixes know how to share one import statement or one declaration.
 */
function firstChoice(
  targets: readonly Diagnostic[],
  ranked: ReadonlyMap<string, readonly FixCandidate[]>,
): FixCandidate[] {
  const kinds = new Map<string, number>();
  const chosen: FixCandidate[] = [];
  for (const target of targets) {
    const single = ranked.get(diagnosticKey(target))?.find(({ wholeFile }) => !wholeFile);
    if (single?.kind) kinds.set(single.kind, (kinds.get(single.kind) ?? 0) + 1);
  }
  const whole = new Map<string, FixCandidate>();
  for (const list of ranked.values()) {
    for (const candidate of list) {
      if (candidate.wholeFile && candidate.kind && !whole.has(candidate.kind)) whole.set(candidate.kind, candidate);
    }
  }
  const byName = new Map<string, FixCandidate>();
  for (const target of targets) {
    const list = ranked.get(diagnosticKey(target)) ?? [];
    let single = list.find(({ wholeFile }) => !wholeFile) ?? list[0];
    if (NAMES.has(target.category)) {
      // A name that means nothing in ten places is one problem: what repairs the first repairs the others, or does so there, too.
      const key = `${target.path}\0${target.tool}\0${target.code}\0${target.message}`;
      const leader = byName.get(key);
      if (leader) single = list.find(({ kind, title }) => kind === leader.kind && title === leader.title);
      else if (single) byName.set(key, single);
    }
    if (!single) continue;
    const shared = single.kind && (kinds.get(single.kind) ?? 0) > 1 ? whole.get(single.kind) : undefined;
    if (!chosen.includes(shared ?? single)) chosen.push(shared ?? single);
  }
  return chosen;
}

/**
 * Leaves out, one by one, the fixes that the result does not need: repairing one error may have taken another with it. A
 * linter's fix answers its own finding alone, so there a run would be wasted.
 */
async function shrink(
  outcome: Outcome,
  targets: readonly Diagnostic[],
  run: (candidates: readonly FixCandidate[]) => Promise<Outcome | undefined>,
  exhausted: () => boolean,
): Promise<Outcome> {
  let best = outcome;
  if (outcome.plan.candidates.length > 6) return best;
  const linted = new Set(targets.filter(({ category }) => category === 'lint').map(diagnosticKey));
  for (const candidate of outcome.plan.candidates.filter(({ answers }) => !linted.has(answers))) {
    const rest = best.plan.candidates.filter((other) => other !== candidate);
    if (!rest.length || exhausted()) break;
    const smaller = await run(rest);
    if (smaller?.accepted && smaller.errorsLeft <= best.errorsLeft && smaller.targetsLeft <= best.targetsLeft)
      best = smaller;
  }
  return best;
}

const better = (a: Outcome, b: Outcome) => compareOutcomes(a, b) < 0;

/** Fewest syntax errors, then fewest of the problems asked about, then fewest errors at all, likeliest, smallest. */
function compareOutcomes(a: Outcome, b: Outcome): number {
  return (
    a.syntaxLeft - b.syntaxLeft ||
    a.targetsLeft - b.targetsLeft ||
    a.errorsLeft - b.errorsLeft ||
    b.plan.confidence - a.plan.confidence ||
    a.plan.size - b.plan.size ||
    compareIds(a.plan, b.plan)
  );
}

function compareIds(a: Plan, b: Plan): number {
  const [x, y] = [a, b].map(({ candidates }) => candidates.map(({ id }) => id).join('\n')) as [string, string];
  return x < y ? -1 : x > y ? 1 : 0;
}
