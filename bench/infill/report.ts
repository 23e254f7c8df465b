/** The table of exact matches, and how far each arm is ahead of the context copy. */
import { mean, uniform } from '../../src/base/statistics.ts';
import { LENGTHS, lengthOf, type SpanKind } from './spans.ts';

export interface Outcome {
  readonly id: string;
  readonly repository: string;
  readonly kind: SpanKind;
  readonly lexemes: number;
  readonly novel: boolean;
  readonly arm: string;
  /** The length in lexemes was given. */
  readonly known: boolean;
  readonly truth: string;
  readonly answer: string | null;
  readonly exact: boolean;
  /** Place of the truth among the answers, from 1; 0: not among them. */
  readonly among: number;
  readonly confidence: number | null;
  /** It was sure enough to be shown. */
  readonly shown: boolean;
}

const ROUNDS = 1000;

/** Exact matches in percent by kind and length, arm by arm; `among`: the truth is one of the answers; then the differences to the first arm. */
export function report(outcomes: readonly Outcome[]): string {
  let text = '';
  const arms = [...new Set(outcomes.map(({ arm }) => arm))];
  for (const known of [true, false]) {
    text += `\n${known ? 'Length known' : 'Length unknown'}: exact % (among the answers %)\n`;
    const columns = columnsOf(outcomes);
    text += `| arm | ${columns.map(({ title }) => title).join(' | ')} |\n|---|${'---|'.repeat(columns.length)}\n`;
    for (const arm of arms) {
      const own = outcomes.filter((each) => each.arm === arm && each.known === known);
      const cells = columns.map(({ holds }) => {
        const here = own.filter(holds);
        if (here.length === 0) return '–';
        return `${percent(mean(here.map(({ exact }) => Number(exact))))} (${percent(mean(here.map(({ among }) => Number(among > 0))))})`;
      });
      text += `| ${arm} | ${cells.join(' | ')} |\n`;
    }
    for (const arm of arms.slice(1)) {
      const cells = columns.map(({ holds }) => {
        const { value, low, high } = ahead(
          outcomes.filter((each) => each.known === known && holds(each)),
          arm,
          arms[0] as string,
        );
        return `${percent(value)} [${percent(low)}, ${percent(high)}]`;
      });
      text += `| ${arm} − ${arms[0]} | ${cells.join(' | ')} |\n`;
    }
  }
  for (const arm of arms)
    text += shown(
      outcomes.filter((each) => each.arm === arm && !each.known && each.kind === 'line'),
      arm,
    );
  return text;
}

/** Of arms that abstain: the share of single lines and nodes shown, what is right of them, and the calibration error of the surest. */
export function abstention(outcomes: readonly Outcome[]): string {
  let text =
    '\nOf what is shown: exact %, share shown %, calibration error of all\n| arm | lines | nodes | ECE |\n|---|---|---|---|\n';
  for (const arm of new Set(outcomes.filter(({ confidence }) => confidence !== null).map((each) => each.arm)))
    for (const known of [true, false]) {
      const own = outcomes.filter((each) => each.arm === arm && each.known === known);
      const cells = (['line', 'node'] as const).map((kind) => {
        const here = own.filter((each) => each.kind === kind);
        const shown = here.filter((each) => each.shown);
        const right = shown.filter(({ exact }) => exact).length / Math.max(1, shown.length);
        return `${percent(right)} of ${percent(shown.length / Math.max(1, here.length))} (${here.length})`;
      });
      text += `| ${arm}, length ${known ? 'known' : 'unknown'} | ${cells.join(' | ')} | ${calibrationError(own).toFixed(3)} |\n`;
    }
  return text;
}

/** Mean over ten bins of |how sure − how often right|, weighted by their counts (Naeini et al. 2015). */
export function calibrationError(outcomes: readonly Pick<Outcome, 'confidence' | 'exact'>[]): number {
  const bins = Array.from({ length: BINS }, () => ({ sure: 0, right: 0, count: 0 }));
  for (const { confidence, exact } of outcomes) {
    if (confidence === null) continue;
    const bin = bins[Math.min(BINS - 1, Math.floor(confidence * BINS))] as (typeof bins)[number];
    bin.sure += confidence;
    bin.right += Number(exact);
    bin.count++;
  }
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, { sure, right }) => sum + Math.abs(sure - right), 0) / Math.max(1, all);
}

/** Chances from which on something is shown, for the table of how much is and how often it is right. */
const CHANCES = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8] as const;
const BINS = 10;

/** Single lines of unknown length: what is shown from a chance on, and how far the chances are from what happens. */
function shown(outcomes: readonly Outcome[], arm: string): string {
  const rated = outcomes.filter(({ confidence }) => confidence !== null);
  if (rated.length === 0) return '';
  let text = `\n${arm}, single lines of unknown length (${outcomes.length}), shown from a chance on: exact %, share shown %\n`;
  for (const chance of CHANCES) {
    const here = rated.filter(({ confidence }) => (confidence as number) >= chance);
    const exact = percent(mean(here.map((each) => Number(each.exact))));
    text += `| ${chance} | ${exact} | ${percent(here.length / outcomes.length)} |\n`;
  }
  return `${text}Expected calibration error (${BINS} bins of equal width): ${calibrationError(rated).toFixed(3)}\n`;
}

interface Column {
  readonly title: string;
  readonly holds: (outcome: Outcome) => boolean;
}

function columnsOf(outcomes: readonly Outcome[]): Column[] {
  const count = (holds: (outcome: Outcome) => boolean) => new Set(outcomes.filter(holds).map(({ id }) => id)).size;
  const columns: Column[] = [];
  for (const kind of ['line', 'node'] as const) {
    LENGTHS.forEach((most, i) => {
      const holds = (outcome: Outcome) => outcome.kind === kind && lengthOf(outcome.lexemes) === i;
      const from = (LENGTHS[i - 1] ?? 0) + 1;
      columns.push({ title: `${kind}s ${from}–${most} (${count(holds)})`, holds });
    });
  }
  const novel = (outcome: Outcome) => outcome.novel;
  columns.push({ title: `novel (${count(novel)})`, holds: novel });
  columns.push({ title: `all (${count(() => true)})`, holds: () => true });
  return columns;
}

/** Paired difference of two arms with its 95 % interval: repositories are drawn with replacement, then places in each. */
export function ahead(
  outcomes: readonly Outcome[],
  arm: string,
  other: string,
): { value: number; low: number; high: number } {
  const byRepository = new Map<string, number[]>();
  const others = new Map(outcomes.filter((each) => each.arm === other).map((each) => [each.id, each]));
  for (const outcome of outcomes) {
    if (outcome.arm !== arm) continue;
    const difference = Number(outcome.exact) - Number(others.get(outcome.id)?.exact ?? false);
    const list = byRepository.get(outcome.repository) ?? [];
    list.push(difference);
    byRepository.set(outcome.repository, list);
  }
  const repositories = [...byRepository.values()];
  const random = uniform(11);
  const pick = (count: number) => Math.floor(random.next().value * count);
  const values: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const drawn = repositories.flatMap(() => {
      const own = repositories[pick(repositories.length)] as number[];
      return own.map(() => own[pick(own.length)] as number);
    });
    values.push(mean(drawn));
  }
  values.sort((a, b) => a - b);
  return {
    value: mean(repositories.flat()),
    low: values[Math.floor(ROUNDS * 0.025)] ?? 0,
    high: values[Math.floor(ROUNDS * 0.975)] ?? 0,
  };
}

const percent = (share: number): string => (100 * share).toFixed(1);
