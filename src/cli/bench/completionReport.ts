/** The completion benchmark's tables: every metric of every arm with its interval, what it has over the file alone, and the claims. */
import {
  atLeast,
  atMost,
  type Estimate,
  estimateDifference,
  estimateMean,
  estimateOverhead,
  type Sample,
  type Verdict,
} from '../../core/completion/benchmark/comparison.ts';
import type { Measured } from './answerJudge.ts';
import { type Arm, BASELINE, isAblation } from './completionArms.ts';
import type { Row } from './completionRun.ts';

export type Metric = keyof Measured;

export const METRICS: readonly Metric[] = [
  ...(['firstLine', 'exact', 'editSimilarity', 'identifierF1', 'apiHitRate', 'expectedApiHitRate'] as const),
  ...(['conceptShare', 'patternUse', 'antipatternHits', 'securityHits', 'complexity'] as const),
  ...(['parses', 'compiles', 'lintHits', 'testsPass', 'answered', 'rejectedRight'] as const),
  ...(['retried', 'totalMs', 'modelMs', 'promptTokens'] as const),
];

export interface MetricFigures {
  readonly metric: Metric;
  /** Per arm: its mean, and what it has over the model with the file alone, paired. */
  readonly arms: readonly { arm: string; mean: Estimate; overBaseline: Estimate | null }[];
}

export interface Table {
  /** A language, or "all". */
  readonly language: string;
  readonly kind: Row['kind'];
  readonly functions: number;
  readonly tasks: number;
  readonly metrics: readonly MetricFigures[];
}

export interface Claim {
  readonly claim: string;
  readonly metric: Metric;
  readonly arm: string;
  readonly over: string;
  readonly estimate: Estimate;
  readonly verdict: Verdict;
}

export interface Ablation {
  readonly arm: string;
  readonly metric: Metric;
  /** All sources − all but this one: what the source is worth. */
  readonly worth: Estimate;
}

const samplesOf = (rows: readonly Row[], arm: number, metric: Metric): Sample[] =>
  rows.map(({ group, measured }) => ({ group, value: measured[arm]?.[metric] ?? null }));

export function tablesOf(rows: readonly Row[], arms: readonly Arm[]): Table[] {
  const languages = [...new Set(rows.map(({ language }) => language))].sort();
  const groups = ['all', ...(languages.length > 1 ? languages : [])];
  const kinds = [...new Set(rows.map(({ kind }) => kind))].sort();
  return groups.flatMap((language) =>
    kinds.flatMap((kind) => {
      const own = rows.filter((row) => row.kind === kind && (language === 'all' || row.language === language));
      return own.length === 0
        ? []
        : [
            tableOf(
              language === 'all' && languages[1] === undefined ? (languages[0] as string) : language,
              kind,
              own,
              arms,
            ),
          ];
    }),
  );
}

function tableOf(language: string, kind: Row['kind'], rows: readonly Row[], arms: readonly Arm[]): Table {
  const base = arms.findIndex(({ id }) => id === BASELINE);
  const metrics = METRICS.map((metric): MetricFigures => {
    const samples = arms.map((_, at) => samplesOf(rows, at, metric));
    return {
      metric,
      arms: arms.map(({ id }, at) => ({
        arm: id,
        mean: estimateMean(samples[at] as Sample[]),
        overBaseline:
          base < 0 || at === base ? null : estimateDifference(samples[at] as Sample[], samples[base] as Sample[]),
      })),
    };
  });
  return { language, kind, functions: new Set(rows.map(({ group }) => group)).size, tasks: rows.length, metrics };
}

/** What the source of the idea says of itself, held against the rows. */
export function claimsOf(rows: readonly Row[], arms: readonly Arm[]): Claim[] {
  const at = (id: string) => arms.findIndex((arm) => arm.id === id);
  if (at(BASELINE) < 0) return [];
  const points = (metric: Metric, arm: string): Claim => {
    const estimate = estimateDifference(samplesOf(rows, at(arm), metric), samplesOf(rows, at(BASELINE), metric));
    const claim = 'at least 5 points more (of +5 to +15) where patterns matter';
    return { claim, metric, arm, over: BASELINE, estimate, verdict: atLeast(estimate, 0.05) };
  };
  const overhead = (arm: string, over: string, most: number, claim: string): Claim => {
    const estimate = estimateOverhead(samplesOf(rows, at(arm), 'totalMs'), samplesOf(rows, at(over), 'totalMs'));
    return { claim, metric: 'totalMs', arm, over, estimate, verdict: atMost(estimate, most) };
  };
  return [
    points('apiHitRate', 'block'),
    points('apiHitRate', 'asa'),
    points('patternUse', 'asa'),
    overhead('block', BASELINE, 0.1, 'at most 10 % more time'),
    overhead('asa', 'block', 0.05, 'ASA takes about 5 % more time'),
  ];
}

const ABLATED: readonly Metric[] = ['firstLine', 'editSimilarity', 'identifierF1', 'apiHitRate', 'totalMs'];

export function ablationOf(rows: readonly Row[], arms: readonly Arm[]): Ablation[] {
  const all = arms.findIndex(({ id }) => id === 'all');
  return arms.flatMap((arm, at) =>
    isAblation(arm)
      ? ABLATED.map((metric) => ({
          ...{ arm: arm.id, metric },
          worth: estimateDifference(samplesOf(rows, all, metric), samplesOf(rows, at, metric)),
        }))
      : [],
  );
}
