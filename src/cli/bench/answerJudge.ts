/** What is wrong with an answer, or right: syntax, security, anti-patterns, complexity, real diagnostics and the project's tests. */

import { avoidedAt } from '../../core/completion/avoided.ts';
import { cyclomaticComplexity } from '../../core/completion/benchmark/complexity.ts';
import { type TextMetrics, textMetrics, tidied } from '../../core/completion/benchmark/textMetrics.ts';
import { codeLift, type LiftAttractor } from '../../core/completion/codeLift.ts';
import type { CompletionReport } from '../../core/completion/completion.ts';
import { newSmells, type SecuritySmell } from '../../core/edits/securitySmells.ts';
import type { RepositoryEngine } from '../../core/engine.ts';
import type { AntipatternRule } from '../../core/mining/antipatterns.ts';
import type { Deviant } from '../../core/mining/attractor.ts';
import type { Parser } from '../../core/ports.ts';
import type { Task } from './completionTasks.ts';
import type { ProjectTools } from './projectTools.ts';

/** One number per metric; null where it does not apply. Shares and 0/1 in [0, 1], times in milliseconds. */
export interface Measured extends Omit<TextMetrics, 'firstLine' | 'exact' | 'editSimilarity' | 'identifierF1'> {
  readonly firstLine: number | null;
  readonly exact: number | null;
  readonly editSimilarity: number | null;
  readonly identifierF1: number | null;
  /** AT7: of the APIs that retrieval expects and the chosen attractors use. */
  readonly expectedApiHitRate: number | null;
  readonly conceptShare: number | null;
  readonly patternUse: number | null;
  readonly antipatternHits: number | null;
  readonly securityHits: number | null;
  readonly complexity: number | null;
  /** No more syntax errors than with the truth (or than without the text). */
  readonly parses: number | null;
  /** Diagnostics of the real tools that the true text has not; null where no tool is there. */
  readonly newDiagnostics: number | null;
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

  /** `costly`: real tools and tests too, which take seconds. */
  async measure(task: Task, report: CompletionReport, expected: Expectation, costly: boolean): Promise<Measured> {
    const text = answerOf(task, report);
    const near = task.truth === null ? undefined : textMetrics(text, task.truth, task.apis);
    const lift = codeLift(text, expected.names, expected.attractors);
    const isAnswer = text.trim() !== '';
    const tools = costly && isAnswer ? this.parts.tools : undefined;
    return {
      ...{ firstLine: near?.firstLine ?? null, exact: near?.exact ?? null, apiHitRate: near?.apiHitRate ?? null },
      ...{ editSimilarity: near?.editSimilarity ?? null, identifierF1: near?.identifierF1 ?? null },
      expectedApiHitRate: lift.apiHitRate,
      conceptShare: lift.conceptShare,
      patternUse: lift.attractors === 0 ? null : lift.attractorsUsed / lift.attractors,
      ...(isAnswer ? await this.inspect(task, text) : NOT_INSPECTED),
      newDiagnostics: (await tools?.newDiagnostics(task, text)) ?? null,
      // Nothing written passes no test either, where they tell.
      testsPass: costly ? ((await this.parts.tools?.testsPass(task, text)) ?? null) : null,
      answered: isAnswer ? 1 : 0,
      retried: report.retries > 0 ? 1 : 0,
      rejectedRight: task.truth === null ? null : rejectedRight(report, task.truth),
      ...{ totalMs: report.timings.totalMs, modelMs: report.timings.modelMs },
      promptTokens: report.prompt?.tokens ?? null,
    };
  }

  private async inspect({ path, language, prefix, suffix, truth }: Task, text: string) {
    const { engine, parser, smells, antipatterns, deviants } = this.parts;
    const whole = prefix + text + suffix;
    const [facts, reference, tree, grammar] = [
      await engine.facts({ path, text: whole }, {}),
      await engine.facts({ path, text: prefix + (truth ?? '') + suffix }, {}),
      await parser.parse(language, whole),
      await parser.grammar(language),
    ];
    const at = { start: prefix.length, end: prefix.length + text.length };
    const around = facts.functions.findLast(({ start, end }) => start <= at.start && end >= at.end);
    const place = { language, imports: facts.imports, async: around?.async ?? false, around: prefix.slice(-400) };
    return {
      antipatternHits: avoidedAt(place, antipatterns, deviants).filter((pattern) => pattern.test(text)).length,
      securityHits: newSmells(path, prefix + suffix, whole, smells).reduce((sum, { count }) => sum + count, 0),
      complexity: cyclomaticComplexity(tree, grammar, at),
      parses: facts.syntaxErrors <= reference.syntaxErrors ? 1 : 0,
    };
  }
}

const NOT_INSPECTED = { antipatternHits: null, securityHits: null, complexity: null, parses: null };

/** Of a line's answer the first line; where one line is wanted no more is judged. */
export function answerOf({ kind }: Task, { completions }: CompletionReport): string {
  const text = completions[0]?.text ?? '';
  return kind === 'line' ? (text.split(/\r?\n/, 1)[0] as string) : text;
}

function rejectedRight({ rejected }: CompletionReport, truth: string): number {
  const line = tidied(truth).split('\n', 1)[0];
  return rejected.some(({ text }) => tidied(text).split('\n', 1)[0] === line) ? 1 : 0;
}
