/** Attempts until one is valid and uses what the repository has, or until no more are allowed; each told what failed before. */
import type { CallOptions } from '../../base/progress.ts';
import { type Pressure, STRONGEST } from '../completion/apiSeed.ts';
import { maskSecrets } from '../completion/prompt/secretMask.ts';
import type { FailedAttempt, Validation } from './generation.ts';
import type { Written } from './writer.ts';

export interface AttemptPlan {
  /** Attempts beyond the first. */
  readonly retries: number;
  /** In [0, 1]: an answer with a lower hit rate is asked for again with more pressure. */
  readonly threshold: number;
  /** Undefined: nothing that was not asked already. */
  write(pressure: Pressure, problems: readonly string[]): Promise<Written | undefined>;
  /** Why a text cannot stand there whatever the tools say; undefined where it can. */
  refuses(text: string): string | undefined;
  validate(written: Pick<Written, 'text' | 'replaces'>): Promise<Validation>;
}

export interface Attempted {
  readonly best?: { readonly written: Written; readonly validation: Validation };
  readonly attempts: number;
  readonly rejected: readonly FailedAttempt[];
}

/** Problems of an attempt that the next one is told. */
const TOLD = 5;

export async function attempt(plan: AttemptPlan, options: CallOptions): Promise<Attempted> {
  let pressure: Pressure = 0;
  let problems: string[] = [];
  let best: Attempted['best'];
  const rejected: FailedAttempt[] = [];
  // What a model makes up may look like somebody's password, or be one that it has seen.
  const reject = ({ text }: Written, why: string) => rejected.push({ text: maskSecrets(text), why });
  let attempts = 0;
  while (attempts <= plan.retries) {
    options.onProgress?.({ step: 'Writing', done: attempts, total: plan.retries + 1 });
    const written = await plan.write(pressure, problems);
    if (!written) break;
    attempts++;
    const refusal = written.rejected ?? plan.refuses(written.text);
    if (refusal !== undefined) {
      reject(written, refusal);
      problems = [refusal];
      pressure = Math.min(STRONGEST, pressure + 1) as Pressure;
      continue;
    }
    options.onProgress?.({ step: 'Checking', done: attempts, total: plan.retries + 1 });
    const validation = await plan.validate(written);
    const told = problemsOf(validation);
    const tried = { written, validation };
    const worse = validation.syntaxErrors > 0 || (best && !isBetter(tried, best)) ? tried : best;
    if (worse) reject(worse.written, whyNot(worse.validation));
    if (worse !== tried) best = tried;
    const uses = written.hitRate === null || written.hitRate >= plan.threshold;
    if (validation.passed && uses) break;
    problems = told;
    if (!uses) pressure = Math.min(STRONGEST, pressure + 1) as Pressure;
  }
  return { ...(best ? { best } : {}), attempts, rejected };
}

function problemsOf({ syntaxErrors, added }: Validation): string[] {
  if (syntaxErrors > 0) return ['It does not parse.'];
  return added.slice(0, TOLD).map(({ code, message }) => `${code} ${message}`.trim().split('\n')[0] as string);
}

/** Why an attempt that the tools looked at was not taken. */
function whyNot(validation: Validation): string {
  return problemsOf(validation).join('; ') || 'Another attempt uses no fewer of the expected calls.';
}

type Attempt = NonNullable<Attempted['best']>;

function isBetter(a: Attempt, b: Attempt): boolean {
  const fewer = b.validation.added.length - a.validation.added.length;
  return fewer !== 0 ? fewer > 0 : (a.written.hitRate ?? 0) > (b.written.hitRate ?? 0);
}
