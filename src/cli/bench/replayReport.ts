/** A replay's figures: what each arm saved in each repository and over them all, and how often the block named what a line calls. */
import { bootstrap, mean } from '../../base/statistics.ts';
import { type Policy, per100, type RecordedLine, typeAll } from '../../core/completion/replay/policy.ts';
import { ahead, bestCopy, bestNgram, type Interval, savedPer100 } from '../../core/completion/replay/summary.ts';
import type { AskedArm, LineRecall, RejectedTexts, ReplayArm, ReplayedRepository } from './replayRun.ts';

export interface ArmFigures {
  readonly arm: ReplayArm;
  /** Characters saved per 100 typed, 95 %. */
  readonly saved: Interval;
  readonly right: number;
  readonly wrong: number;
  /** No more wrong suggestions were shown than right ones. */
  readonly withinLimit: boolean;
  readonly bySource: readonly { source: string; saved: number; right: number; wrong: number }[];
}

export interface Lead {
  readonly arm: ReplayArm;
  readonly over: ReplayArm;
  readonly difference: Interval;
}

export interface RecallFigures {
  readonly lines: number;
  /** Shares of the names that the lines call: in the block, in the file, and of those that the file lacks in the block. */
  readonly block: Interval;
  readonly file: Interval;
  readonly beyondFile: Interval;
}

export interface ReplayFigures {
  readonly name: string;
  readonly commits: number;
  readonly lines: number;
  readonly positions: number;
  /** Characters of the lines. */
  readonly typed: number;
  readonly arms: readonly ArmFigures[];
  readonly leads: readonly Lead[];
  readonly recall: RecallFigures;
  readonly rejected: readonly RejectedTexts[];
  readonly times: readonly { arm: AskedArm; median: number; p95: number }[];
}

export interface OverallFigures {
  readonly repositories: number;
  /** Means over the repositories; intervals by resampling them. */
  readonly arms: readonly { arm: ReplayArm; saved: Interval; withinLimit: number }[];
  readonly leads: readonly Lead[];
  readonly recall: { readonly block: number; readonly file: number; readonly beyondFile: number };
}

const BASELINES = ['contextCopy', 'ngram'] as const;

interface Ready {
  readonly arm: ReplayArm;
  readonly lines: readonly RecordedLine[];
  readonly policy: Policy;
}

const first: Policy = (options) => options[0];

export function figuresOf({ name, lines, recall, rejected, times }: ReplayedRepository): ReplayFigures {
  const of = (arm: ReplayArm) => lines.get(arm) ?? [];
  const [repository, model] = [of('repository'), of('modelAndContext')];
  const ready: Ready[] = [{ arm: 'repository', lines: repository, policy: first }];
  if (model.length > 0)
    ready.push(
      { arm: 'model', lines: of('model'), policy: first },
      { arm: 'modelAndContext', lines: model, policy: first },
      { arm: 'product', lines: of('product'), policy: first },
    );
  const asked = ready.map(({ arm }) => arm);
  ready.push(
    { arm: 'contextCopy', lines: of('contextCopy'), policy: bestCopy(of('contextCopy')).policy },
    { arm: 'ngram', lines: of('ngram'), policy: bestNgram(of('ngram')).policy },
  );
  const by = new Map(ready.map((each) => [each.arm, each]));
  const lead = (arm: ReplayArm, over: ReplayArm): Lead => {
    const [a, b] = [by.get(arm) as Ready, by.get(over) as Ready];
    return { arm, over, difference: ahead(a.lines, a.policy, b.lines, b.policy) };
  };
  return {
    name,
    commits: new Set(repository.map(({ commit }) => commit)).size,
    lines: repository.length,
    positions: repository.reduce((sum, { stops }) => sum + stops.length, 0),
    typed: repository.reduce((sum, { text }) => sum + text.length, 0),
    arms: ready.map(armFigures),
    leads: [
      ...asked.flatMap((arm) => BASELINES.map((over) => lead(arm, over))),
      ...(model.length > 0 ? [lead('modelAndContext', 'model')] : []),
    ],
    recall: recallFigures(recall),
    rejected,
    times: [...times].map(([arm, values]) => ({ arm, median: quantile(values, 0.5), p95: quantile(values, 0.95) })),
  };
}

function armFigures({ arm, lines, policy }: Ready): ArmFigures {
  const { right, wrong, typed, bySource } = typeAll(lines, policy);
  return {
    ...{ arm, saved: savedPer100(lines, policy), right, wrong, withinLimit: wrong <= right },
    bySource: [...bySource].map(([source, { saved, ...counts }]) => ({
      source,
      saved: per100({ saved, typed }),
      ...counts,
    })),
  };
}

function recallFigures(recall: readonly LineRecall[]): RecallFigures {
  const groups = [...Map.groupBy(recall, ({ commit }) => commit).values()];
  const share = (part: (line: LineRecall) => number, whole: (line: LineRecall) => number): Interval => {
    const counted = groups.map((lines) => [sum(lines.map(part)), sum(lines.map(whole))] as const);
    const statistic = (picked: readonly number[]) =>
      sum(picked.map((i) => counted[i]?.[0] ?? 0)) / Math.max(1, sum(picked.map((i) => counted[i]?.[1] ?? 0)));
    const value = statistic(counted.map((_, i) => i));
    const [low, high] = counted.length > 0 ? bootstrap(counted.length, statistic) : [0, 0];
    return { value, low, high };
  };
  const beyond = ({ called, inFile }: LineRecall) => called.filter((name) => !inFile.includes(name));
  return {
    lines: recall.length,
    block: share(
      ({ inBlock }) => inBlock.length,
      ({ called }) => called.length,
    ),
    file: share(
      ({ inFile }) => inFile.length,
      ({ called }) => called.length,
    ),
    beyondFile: share(
      (line) => beyond(line).filter((name) => line.inBlock.includes(name)).length,
      (line) => beyond(line).length,
    ),
  };
}

/** A repository of which no line was typed, or recalled, says nothing: it is no zero. */
export function overallOf(repositories: readonly ReplayFigures[]): OverallFigures {
  const all = repositories.filter(({ lines }) => lines > 0);
  const recalled = all.filter(({ recall }) => recall.lines > 0);
  const over = (values: readonly number[]): Interval => {
    const [low, high] = bootstrap(values.length, (picked) => mean(picked.map((i) => values[i] as number)));
    return { value: mean(values), low, high };
  };
  const [head] = all;
  return {
    repositories: all.length,
    arms: (head?.arms ?? []).map(({ arm }, at) => ({
      arm,
      saved: over(all.map(({ arms }) => arms[at]?.saved.value ?? 0)),
      withinLimit: all.filter(({ arms }) => arms[at]?.withinLimit).length,
    })),
    leads: (head?.leads ?? []).map(({ arm, over: other }, at) => ({
      arm,
      over: other,
      difference: over(all.map(({ leads }) => leads[at]?.difference.value ?? 0)),
    })),
    recall: {
      block: mean(recalled.map(({ recall }) => recall.block.value)),
      file: mean(recalled.map(({ recall }) => recall.file.value)),
      beyondFile: mean(recalled.map(({ recall }) => recall.beyondFile.value)),
    },
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** 0 for no values. */
export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
}
