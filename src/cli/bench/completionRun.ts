/** Runs the arms of the completion benchmark over the held-out functions of one repository. */
import { basename } from 'node:path';
import { mix } from '../../base/statistics.ts';
import { likelyCalls } from '../../core/completion/apiSeed.ts';
import { lastSegment } from '../../core/completion/codeLift.ts';
import { CONTEXT_SOURCES, type ContextLimits } from '../../core/completion/completion.ts';
import type { RepositoryEngine } from '../../core/engine.ts';
import type { LanguageEntry, LanguageId } from '../../core/languages.ts';
import type { MiningReport } from '../../core/mining/attractor.ts';
import type { Invocation } from '../command.ts';
import { AnswerJudge, type Expectation, type JudgeParts, type Measured } from './answerJudge.ts';
import type { Arm } from './completionArms.ts';
import { holdOut, type Task } from './completionTasks.ts';
import { readSources } from './sources.ts';
import { WorkCopy } from './workCopy.ts';

export interface CompletionSettings {
  readonly functions: number;
  readonly seed: number;
  readonly model: string | null;
  readonly arms: readonly Arm[];
  readonly limits: ContextLimits;
}

/** One task under every arm, in the order of the arms. */
export interface Row {
  readonly group: string;
  readonly kind: Task['kind'];
  readonly language: LanguageId;
  readonly measured: readonly Measured[];
}

export async function benchRepository(
  invocation: Invocation,
  folder: string,
  languages: readonly LanguageEntry[],
  settings: CompletionSettings,
  judging: Omit<JudgeParts, 'engine' | 'deviants'>,
): Promise<Row[]> {
  const { call, terminal } = invocation;
  const copy = new WorkCopy(basename(folder));
  try {
    const sources = await readSources(folder, invocation, languages);
    for (const { path, text } of sources) copy.write(path, text);
    return await copy.open(invocation, async (engine) => {
      const { functions: count, seed } = settings;
      const tasks = await holdOut(copy, engine, sources, languages, { count, seed }, call);
      if (tasks.length === 0)
        terminal.log.warn(
          `${basename(folder)}: none of ${sources.length} sources has a function of three lines or more that calls two names which other files call too.`,
        );
      return runTasks(invocation, engine, tasks, settings, judging, basename(folder));
    });
  } finally {
    copy.dispose();
  }
}

/** Mines what lies there now and asks every arm at every task, in an order drawn for each task. */
export async function runTasks(
  { call }: Invocation,
  engine: RepositoryEngine,
  tasks: readonly Task[],
  settings: CompletionSettings,
  judging: Omit<JudgeParts, 'engine' | 'deviants'>,
  name: string,
): Promise<Row[]> {
  const report = await engine.mine({}, call);
  const judge = new AnswerJudge({ ...judging, engine, deviants: report.deviants });
  const { arms, model, limits } = settings;
  const signal = call.signal;
  const rows: Row[] = [];
  const last = tasks.at(-1);
  // The first request loads the model, which is no arm's time; what it leaves in the server's cache must help none either.
  if (model !== null && last)
    await engine.complete({ ...placeOf(last), ...limits, leaveOut: CONTEXT_SOURCES, model }, { signal });
  for (const [number, task] of tasks.entries()) {
    call.onProgress?.({ step: `Completing in ${name}`, done: number, total: tasks.length });
    const { related } = task;
    const place = placeOf(task);
    const expected = await expectationAt(engine, place, limits, report);
    const measured: Measured[] = [];
    // What a server has cached of the arm before helps the next one: which one that is must be drawn anew each time.
    const turn = (at: number) => mix(`${settings.seed} ${number} ${arms[at]?.id}`);
    for (const at of arms.map((_, i) => i).sort((a, b) => turn(a) - turn(b))) {
      const arm = arms[at] as Arm;
      const { repository, leaveOut } = arm;
      const asked = { ...place, ...limits, related, leaveOut, model: repository ? null : model };
      const answer = await engine.complete(asked, { signal });
      measured[at] = await judge.measure(task, arm, answer, expected);
    }
    rows.push({ group: task.group, kind: task.kind, language: task.language, measured });
  }
  return rows;
}

interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

function placeOf({ path, prefix, suffix }: Task): Place {
  const lines = prefix.split('\n');
  return { path, line: lines.length, column: (lines.at(-1) as string).length + 1, text: prefix + suffix };
}

/** What AT7 expects at a place, the same for every arm: the likeliest APIs and those of the attractors that the block has room for. */
async function expectationAt(
  engine: RepositoryEngine,
  place: Place,
  { blockBytes }: ContextLimits,
  { attractors }: MiningReport,
): Promise<Expectation> {
  const context = await engine.context({ ...place, ...(blockBytes === undefined ? {} : { bytes: blockBytes }) }, {});
  const chosen = attractors.filter(({ id }) => context.attractors.includes(id));
  const names = [
    ...likelyCalls(context.apis).map(({ name }) => name),
    ...chosen.flatMap(({ apis }) => apis.map(lastSegment)),
  ];
  return { names: [...new Set(names)].filter((name) => name !== ''), attractors: chosen };
}
