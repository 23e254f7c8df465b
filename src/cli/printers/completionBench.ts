/** The completion benchmark's tables for a person. */
import { neutralise } from '../../base/neutralise.ts';
import { type Estimate, LEAST_GROUPS } from '../../core/completion/benchmark/comparison.ts';
import type { BenchedRepository } from '../bench/completionBench.ts';
import type { Ablation, Claim, Metric, Table } from '../bench/completionReport.ts';
import type { RanOn } from '../bench/ranOn.ts';
import { ranOnLines } from './ranOn.ts';

export interface CompletionBenchValue {
  readonly ranOn: RanOn;
  readonly settings: {
    readonly functions: number;
    readonly seed: number;
    readonly prompts: number | null;
    /** Compilers and linters were asked. */
    readonly check: boolean;
    readonly runTests: boolean;
    readonly contextTokens?: number;
    readonly blockBytes?: number;
  };
  readonly tools: readonly string[];
  readonly arms: readonly { readonly id: string; readonly title: string }[];
  readonly repositories: readonly BenchedRepository[];
  readonly tables: readonly Table[];
  readonly claims: readonly Claim[];
  readonly ablation: readonly Ablation[];
}

const TITLES: Readonly<Record<Metric, string>> = {
  firstLine: 'first line exact',
  exact: 'whole text exact',
  editSimilarity: 'edit similarity',
  identifierF1: 'identifier F1',
  apiHitRate: 'API hit rate (true APIs)',
  expectedApiHitRate: 'API hit rate (AT7: expected)',
  conceptShare: 'concept share (its gain is the lift)',
  patternUse: 'repository-pattern use',
  antipatternHits: 'anti-patterns an answer',
  securityHits: 'security findings an answer',
  complexity: 'cyclomatic complexity',
  parses: 'parses (no new syntax error)',
  compiles: 'compiles (no new error of compilers, type checkers)',
  lintHits: 'new lint findings an answer',
  testsPass: "pass@1 of the project's tests",
  answered: 'answered',
  rejectedRight: 'right line rejected by a filter',
  retried: 'asked again',
  totalMs: 'latency, ms',
  modelMs: 'of it the model, ms',
  promptTokens: 'prompt tokens (where told)',
};
const PLAIN: ReadonlySet<Metric> = new Set([
  'antipatternHits',
  'securityHits',
  'lintHits',
  'complexity',
  'totalMs',
  'modelMs',
  'promptTokens',
]);

export function printCompletionBench(value: CompletionBenchValue): string {
  const { ranOn, settings, tools, arms, repositories, tables, claims, ablation } = value;
  const what =
    settings.prompts === null
      ? `up to ${settings.functions} held-out functions a repository, seed ${settings.seed}`
      : `${settings.prompts} prompts`;
  const lines = [
    ...ranOnLines(ranOn),
    ...limitLines(settings),
    `${what}: ${repositories.map(nameOf).join(', ')}`,
    settings.check || settings.runTests
      ? `Real tools asked: ${tools.length > 0 ? tools.join(', ') : 'none is available'}.`
      : 'No compiler or linter was asked.',
    ...repositories.flatMap(testLines),
    'Mean; behind it what it has over the model with the file alone [95 %, paired, by function]. Shares in per cent.',
    ...(ranOn.model
      ? ['A model is asked again only within the latency budget: a slow or busy machine does it less often.']
      : []),
    'What is asked of finished code is not asked of the repository alone: it writes a line only as far as it is sure.',
  ];
  for (const { language, kind, functions, tasks, metrics } of tables) {
    const of =
      kind === 'prompt' ? `${tasks} tasks of ${functions} prompts` : `${tasks} tasks of ${functions} functions`;
    lines.push('', `${language}, ${kind}: ${of}`);
    for (const { metric, arms: figures } of metrics) {
      const told = figures.filter(({ mean }) => mean.n > 0);
      if (told.length === 0) {
        lines.push(`  ${TITLES[metric]}: not available`);
        continue;
      }
      const most = Math.max(...told.map(({ mean }) => mean.n));
      lines.push(`  ${TITLES[metric]} (n ${most})`);
      for (const { arm, mean, overBaseline } of told.filter(({ arm }) => !arm.startsWith('without-'))) {
        const title = arms.find(({ id }) => id === arm)?.title ?? arm;
        const over = overBaseline?.n
          ? difference(overBaseline, metric)
          : `[${number(mean.low, metric)}, ${number(mean.high, metric)}]`;
        const counts = fewer(mean, overBaseline, most);
        lines.push(`    ${title.padEnd(28)} ${number(mean.value, metric).padStart(8)}  ${over}${counts}`);
      }
    }
  }
  if (ablation.length > 0) lines.push('', 'What each source is worth: all that the editor gives − all but it');
  for (const { arm, metric, worth } of ablation)
    lines.push(
      `  ${arm.replace('without-', '').padEnd(12)} ${TITLES[metric].padEnd(26)} ${difference(worth, metric)} ${apart(worth)}`,
    );
  if (claims.length > 0) lines.push('', "The source's own claims");
  for (const { claim, metric, arm, over, estimate, verdict } of claims)
    lines.push(`  ${claim} (${TITLES[metric]}, ${arm} over ${over}): ${percents(estimate)}: ${verdict}`);
  return `${lines.join('\n')}\n`;
}

function limitLines({ contextTokens, blockBytes }: CompletionBenchValue['settings']): string[] {
  const told = [
    ...(contextTokens === undefined ? [] : [`prompt and answer at most ${contextTokens} tokens`]),
    ...(blockBytes === undefined ? [] : [`the block at most ${blockBytes} bytes`]),
  ];
  return told.length > 0 ? [`Limits: ${told.join(', ')}.`] : [];
}

function nameOf({ name, commit, functions, tasks }: BenchedRepository): string {
  return `${oneLine(name)}${commit ? ` at ${commit.slice(0, 10)}` : ''} (${functions}, ${tasks} tasks)`;
}

/** What became of the tests: where no figure stands it must be plain why. */
function testLines({ name, tests }: BenchedRepository): string[] {
  if (!tests) return [];
  const { telling, silent, unusable } = tests;
  return [
    `Tests of ${oneLine(name)}: they need ${telling} of the bodies; ${silent} none needs; of ${unusable} nothing can be told.`,
  ];
}

/** A metric may apply to fewer answers of one arm, and to fewer still in both that are compared. */
function fewer({ n }: Estimate, over: Estimate | null, most: number): string {
  if (n === most && (!over || over.n === n)) return '';
  return over ? `  (n ${n}, ${over.n} pairs)` : `  (n ${n})`;
}

const number = (value: number | null, metric: Metric): string =>
  value === null ? '–' : PLAIN.has(metric) ? value.toFixed(2) : (100 * value).toFixed(1);
const signed = (value: number | null, metric: Metric): string =>
  (value !== null && value >= 0 ? '+' : '') + number(value, metric);
const difference = ({ value, low, high }: Estimate, metric: Metric): string =>
  `${signed(value, metric)} [${signed(low, metric)}, ${signed(high, metric)}]`;
const percents = ({ value, low, high, n }: Estimate): string =>
  `${difference({ value, low, high, n, groups: 0 }, 'firstLine')} %, n ${n}`;
const apart = ({ low, high, groups }: Estimate): string =>
  groups >= LEAST_GROUPS && ((low ?? 0) > 0 || (high ?? 0) < 0) ? '(apart from 0)' : '';
const oneLine = (text: string): string => neutralise(text, { oneLine: true });
