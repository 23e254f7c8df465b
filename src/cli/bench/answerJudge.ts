/** What is wrong with an answer, or right: syntax, security, anti-patterns, complexity, real diagnostics and the project's tests. */

import { avoidedAt } from '../../core/completion/avoided.ts';
import { cyclomaticComplexity } from '../../core/completion/benchmark/complexity.ts';
import { textMetrics, tidied } from '../../core/completion/benchmark/textMetrics.ts';
import { codeLift, type LiftAttractor } from '../../core/completion/codeLift.ts';
import type { CompletionReport } from '../../core/completion/completion.ts';
import { newSmells, type SecuritySmell } from '../../core/edits/securitySmells.ts';
import type { RepositoryEngine } from '../../core/engine.ts';
import type { AntipatternRule } from '../../core/mining/antipatterns.ts';
import type { Deviant } from '../../core/mining/attractor.ts';
import type { Parser } from '../../core/ports.ts';
import { type Arm, isAblation } from './completionArms.ts';
import type { Task } from './completionTasks.ts';
import { type Checked, type ProjectTools, UNCHECKED } from './projectTools.ts';

/** One number per metric; null where it does not apply. Shares and 0/1 in [0, 1], times in milliseconds. */
export interface Measured extends Checked, Finished {
  readonly firstLine: number | null;
  readonly exact: number | null;
  readonly editSimilarity: number | null;
  readonly identifierF1: number | null;
  /** Of the APIs that the true text calls. */
  readonly apiHitRate: number | null;
  /** AT7: of the APIs that retrieval expects and the chosen attractors use. */
  readonly expectedApiHitRate: number | null;
  readonly conceptShare: number | null;
  readonly patternUse: number | null;
  readonly antipatternHits: number | null;
  readonly securityHits: number | null;
  /** The project's tests pass; null where they were not run or do not tell. */
  readonly testsPass: number | null;
  readonly answered: number;
  readonly retried: number;
  /** A filter rejected a text whose first line is right. */
  readonly rejectedRight: number | null;
  readonly totalMs: number;
  readonly modelMs: number | null;
  readonly promptTokens: number | null;
}

/** Of finished code. The repository proposes a line only as far as it is sure, often into a call: nothing of this is asked of it. */
interface Finished {
  readonly complexity: number | null;
  /** No more syntax errors than with the truth (or than without the text). */
  readonly parses: number | null;
}

export interface Expectation {
  readonly names: readonly string[];
  readonly attractors: readonly LiftAttractor[];
}

export interface JudgeParts {
  readonly engine: Pick<RepositoryEngine, 'facts'>;
  readonly parser: Parser;
  readonly smells: readonly SecuritySmell[];
  readonly antipatterns: readonly AntipatternRule[];
  readonly deviants: readonly Deviant[];
  readonly tools: ProjectTools | undefined;
}

export class AnswerJudge {
  constructor(private readonly parts: JudgeParts) {}

  async measure(task: Task, arm: Arm, report: CompletionReport, expected: Expectation): Promise<Measured> {
    const text = answerOf(task, report);
    const near = task.truth === null ? undefined : textMetrics(text, task.truth, task.apis);
    const lift = codeLift(text, expected.names, expected.attractors);
    const isAnswer = text.trim() !== '';
    const isFinished = isAnswer && !arm.repository;
    // Real tools and tests take seconds: an ablation does without.
    const tools = isAblation(arm) ? undefined : this.parts.tools;
    return {
      ...{ firstLine: near?.firstLine ?? null, exact: near?.exact ?? null, apiHitRate: near?.apiHitRate ?? null },
      ...{ editSimilarity: near?.editSimilarity ?? null, identifierF1: near?.identifierF1 ?? null },
      expectedApiHitRate: lift.apiHitRate,
      conceptShare: lift.conceptShare,
      patternUse: lift.attractors === 0 ? null : lift.attractorsUsed / lift.attractors,
      ...(isAnswer ? await this.inspect(task, text) : NOT_INSPECTED),
      ...(isFinished ? await this.inspectFinished(task, text) : UNFINISHED),
      ...((isFinished && (await tools?.check(task, text))) || UNCHECKED),
      // Nothing written passes no test either, where they tell.
      testsPass: (await tools?.tests?.pass(task, text)) ?? null,
      answered: isAnswer ? 1 : 0,
      retried: report.retries > 0 ? 1 : 0,
      rejectedRight: task.truth === null ? null : rejectedRight(report, task.truth),
      ...{ totalMs: report.timings.totalMs, modelMs: report.timings.modelMs },
      promptTokens: report.prompt?.tokens ?? null,
    };
  }

  private async inspect({ path, language, prefix, suffix }: Task, text: string) {
    const { engine, smells, antipatterns, deviants } = this.parts;
    const whole = prefix + text + suffix;
    const facts = await engine.facts({ path, text: whole }, {});
    const at = { start: prefix.length, end: prefix.length + text.length };
    const around = facts.functions.findLast(({ start, end }) => start <= at.start && end >= at.end);
    const place = { language, imports: facts.imports, async: around?.async ?? false, around: prefix.slice(-400) };
    return {
      antipatternHits: avoidedAt(place, antipatterns, deviants).filter((pattern) => pattern.test(text)).length,
      securityHits: newSmells(path, prefix + suffix, whole, smells).reduce((sum, { count }) => sum + count, 0),
    };
  }

  private async inspectFinished(task: Task, text: string): Promise<Finished> {
    const { engine, parser } = this.parts;
    const { path, language, prefix, suffix, truth, whole } = task;
    const [facts, reference, tree, grammar] = [
      await engine.facts({ path, text: whole(text) }, {}),
      await engine.facts({ path, text: whole(truth ?? '') }, {}),
      await parser.parse(language, prefix + text + suffix),
      await parser.grammar(language),
    ];
    return {
      complexity: cyclomaticComplexity(tree, grammar, { start: prefix.length, end: prefix.length + text.length }),
      parses: facts.syntaxErrors <= reference.syntaxErrors ? 1 : 0,
    };
  }
}

const NOT_INSPECTED = { antipatternHits: null, securityHits: null };
const UNFINISHED: Finished = { complexity: null, parses: null };

/** Of a line's answer the first line; where one line is wanted no more is judged. */
export function answerOf({ kind }: Task, { completions }: CompletionReport): string {
  const text = completions[0]?.text ?? '';
  return kind === 'line' ? (text.split(/\r?\n/, 1)[0] as string) : text;
}

function rejectedRight({ rejected }: CompletionReport, truth: string): number {
  const line = tidied(truth).split('\n', 1)[0];
  return rejected.some(({ text }) => tidied(text).split('\n', 1)[0] === line) ? 1 : 0;
}
