/** A replay's figures for a person. */
import { neutralise } from '../../base/neutralise.ts';
import type { Interval } from '../../core/completion/replay/summary.ts';
import type { RanOn } from '../bench/ranOn.ts';
import type { OverallFigures, RecallFigures, ReplayFigures } from '../bench/replayReport.ts';
import type { ReplayArm } from '../bench/replayRun.ts';
import { ranOnLines } from './ranOn.ts';

export interface ReplayValue {
  readonly ranOn: RanOn;
  readonly settings: {
    readonly commits: number;
    readonly linesPerCommit: number;
    readonly positions: number | null;
    readonly seed: number;
  };
  readonly repositories: readonly ReplayFigures[];
  readonly overall: OverallFigures;
}

const TITLES: Readonly<Record<ReplayArm, string>> = {
  repository: 'repository, no model',
  model: 'model, file alone',
  modelAndContext: 'model with context',
  product: 'both, as in the editor',
  contextCopy: 'context copy, at its best here',
  ngram: 'n-gram, at its best here',
};

export function printReplay({ ranOn, settings, repositories, overall }: ReplayValue): string {
  const { commits, linesPerCommit, positions, seed } = settings;
  const sampled = positions === null ? '' : `, at most ${positions} places a repository drawn by seed ${seed}`;
  const lines = [
    ...ranOnLines(ranOn),
    `Last ${commits} commits, at most ${linesPerCommit} added lines of each${sampled}; asked at the line's start and behind each token.`,
    'Characters saved per 100 typed [95 %, by commit]; right and wrong are suggestions shown; over: more wrong than right.',
  ];
  for (const repository of repositories) lines.push('', ...repositoryLines(repository));
  lines.push('', `Mean of ${overall.repositories} repositories [95 %, by repository]`);
  for (const { arm, saved, withinLimit } of overall.arms)
    lines.push(`  ${TITLES[arm].padEnd(32)} ${interval(saved).padEnd(24)} within the limit in ${withinLimit}`);
  for (const { arm, over, difference } of overall.leads)
    lines.push(`  ${TITLES[arm]} − ${TITLES[over]}: ${interval(difference)} ${verdict(difference)}`);
  const { block, file, beyondFile } = overall.recall;
  lines.push(
    `  names that the lines call: ${percent(block)} in the block, ${percent(file)} in the file; of those that the file lacks ${percent(beyondFile)} in the block`,
  );
  return `${lines.join('\n')}\n`;
}

export function repositoryLines({
  name,
  commits,
  lines: count,
  positions,
  typed,
  arms,
  leads,
  recall,
  rejected,
  times,
}: ReplayFigures): string[] {
  const lines = [`${oneLine(name)}: ${count} lines of ${commits} commits, ${positions} places, ${typed} characters`];
  for (const { arm, saved, right, wrong, withinLimit, bySource } of arms) {
    const counts = `right ${right} wrong ${wrong}${withinLimit ? '' : ', over'}`;
    lines.push(`  ${TITLES[arm].padEnd(32)} ${interval(saved).padEnd(24)} ${counts}`);
    if (bySource.length > 1)
      for (const { source, saved: own, right: good, wrong: bad } of bySource)
        lines.push(`    ${source.padEnd(30)} ${own.toFixed(2).padEnd(24)} right ${good} wrong ${bad}`);
  }
  for (const { arm, over, difference } of leads)
    lines.push(`  ${TITLES[arm]} − ${TITLES[over]}: ${interval(difference)}`);
  lines.push(...recallLines(recall));
  for (const { arm, filter, right, wrong } of rejected)
    lines.push(`  ${TITLES[arm]}: ${filter} rejected ${right} right and ${wrong} wrong`);
  for (const { arm, median, p95 } of times)
    lines.push(`  ${TITLES[arm]}: ${median.toFixed(0)} ms median, ${p95.toFixed(0)} ms p95`);
  return lines;
}

function recallLines({ lines, block, file, beyondFile }: RecallFigures): string[] {
  if (lines === 0) return ['  no line calls what the repository calls elsewhere'];
  return [
    `  names that ${lines} lines call: ${shares(block)} in the block, ${shares(file)} in the file; of those that the file lacks ${shares(beyondFile)} in the block`,
  ];
}

const verdict = ({ low, high }: Interval): string => (low > 0 ? '(ahead)' : high < 0 ? '(behind)' : '(not decided)');
const interval = ({ value, low, high }: Interval): string =>
  `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const shares = ({ value, low, high }: Interval): string =>
  `${percent(value)} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;
const oneLine = (text: string): string => neutralise(text, { oneLine: true });
