/** Executed pass@1: the project's own tests with an answer in the place of a body that was held out, in a copy and within a time limit. */
import { isCancelled, toLodestoneError } from '../../base/errors.ts';
import type { Toolchain } from '../../core/ports.ts';
import type { Task } from './completionTasks.ts';

export interface ExecutedTestsParts {
  readonly root: string;
  /** The runners that are there for a task's language. */
  readonly runners: (task: Task) => Promise<readonly Toolchain[]>;
  /** A runner was asked. */
  readonly onAsked: (runner: Toolchain) => void;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Why functions have a figure or none. */
export interface TestCounts {
  /** Tests fail without the body that pass with it: an answer can be judged. */
  telling: number;
  /** No test needs the body. */
  silent: number;
  /** There is no runner, or it gives no verdict on the repository as it is. */
  unusable: number;
}

/** The repository as it is. */
interface Reference {
  readonly runners: readonly Toolchain[];
  /** Tests that fail in it; undefined where it cannot be said which. */
  readonly failing: ReadonlySet<string> | undefined;
  readonly ms: number;
}

/** What a runner says in place of a test's name: that all of it failed. */
const WHOLE_SUITE: ReadonlySet<string> = new Set(['pytest', 'npm test', 'cargo test']);
const TIMED_OUT = 'timed out';
/** An answer may loop for ever: it has this long, and three times what the tests take without it. */
const LEAST_LIMIT_MS = 30_000;
const SLOWER = 3;

export class ExecutedTests {
  readonly counts: TestCounts = { telling: 0, silent: 0, unusable: 0 };
  private readonly references = new Map<string, Reference>();
  /** By task: 1 or 0 by text, or null where the tests tell nothing of it. */
  private readonly verdicts = new Map<Task, Map<string, 0 | 1> | null>();

  constructor(private readonly parts: ExecutedTestsParts) {}

  /** 1: no test fails that passes with the true body. Null where no test needs that, or none can be run. */
  async pass(task: Task, text: string): Promise<0 | 1 | null> {
    const { whole, truth } = task;
    if (task.kind !== 'body' || truth === null) return null;
    const reference = await this.referenceOf(task, whole(truth));
    let verdicts = this.verdicts.get(task);
    if (verdicts === undefined) this.verdicts.set(task, (verdicts = await this.begin(task, whole, reference)));
    if (!verdicts) return null;
    const found = verdicts.get(text) ?? (await this.verdict(task, whole(text), reference));
    verdicts.set(text, found);
    return found;
  }

  /** Whether the tests tell anything of a body: they must fail without it. */
  private async begin(
    task: Task,
    whole: (text: string) => string,
    reference: Reference,
  ): Promise<Map<string, 0 | 1> | null> {
    if (!reference.failing) {
      this.counts.unusable++;
      return null;
    }
    const empty = await this.verdict(task, whole(placeholder(task)), reference);
    if (empty === 1) this.counts.silent++;
    else this.counts.telling++;
    // Nothing written passes no test either.
    return empty === 1 ? null : new Map([['', 0]]);
  }

  private async verdict(task: Task, text: string, { runners, failing, ms }: Reference): Promise<0 | 1> {
    const found = await this.run(runners, task, text, Math.ceil(LEAST_LIMIT_MS + SLOWER * ms));
    return [...found].every((name) => failing?.has(name)) ? 1 : 0;
  }

  /** Run once: with its true body every file is as it lies there. */
  private async referenceOf(task: Task, text: string): Promise<Reference> {
    const runners = await this.parts.runners(task);
    const key = runners.map(({ id }) => id).join();
    let known = this.references.get(key);
    if (!known) this.references.set(key, (known = await this.asItIs(runners, task, text)));
    return known;
  }

  private async asItIs(runners: readonly Toolchain[], task: Task, text: string): Promise<Reference> {
    const { warn } = this.parts;
    if (runners.length === 0) return { runners, failing: undefined, ms: 0 };
    const titles = runners.map(({ title }) => title).join(', ');
    const started = performance.now();
    try {
      const failing = await this.run(runners, task, text, undefined);
      const ms = performance.now() - started;
      const told = [...failing].find((name) => WHOLE_SUITE.has(name));
      if (told === undefined) return { runners, failing, ms };
      warn(`${titles}: the tests fail as the repository is, and nothing says which: no pass@1 is measured.`);
    } catch (error) {
      if (isCancelled(error)) throw error;
      warn(`${titles} cannot be used, no pass@1 is measured: ${toLodestoneError(error).message}`);
    }
    return { runners, failing: undefined, ms: 0 };
  }

  /** Names of the tests that fail; `limitMs` undefined: the runner's own limit holds, and throws. */
  private async run(
    runners: readonly Toolchain[],
    { path }: Task,
    text: string,
    limitMs: number | undefined,
  ): Promise<Set<string>> {
    const { root, signal: stop, onAsked } = this.parts;
    const limit = limitMs === undefined ? undefined : AbortSignal.timeout(limitMs);
    const signal = limit ? AbortSignal.any([stop, limit]) : stop;
    const failing = new Set<string>();
    for (const runner of runners) {
      onAsked(runner);
      try {
        const snapshot = { root, overlay: new Map([[path, text]]) };
        const { diagnostics } = await runner.diagnose(snapshot, [path], { trusted: true, signal });
        for (const { code, category } of diagnostics) if (category === 'test failure') failing.add(code);
      } catch (error) {
        if (stop.aborted || !limit) throw error;
        const timedOut = limit.aborted || toLodestoneError(error).code === 'toolTimedOut';
        if (!timedOut) throw error;
        failing.add(TIMED_OUT);
      }
    }
    return failing;
  }
}

/** A body with nothing in it. */
export const placeholder = ({ language }: Pick<Task, 'language'>): string => (language === 'python' ? 'pass' : '');
