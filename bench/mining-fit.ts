/**
 * Fits the weights of resonance (src/core/mining/resonance.ts): the chance that a pattern mined at 80 % of the history recurs.
 * Usage: npm run bench -- mining-fit CLONE…   Prints the weights, and AUC and calibration on repositories left out in turn.
 */
import type { ResonanceComponent } from '../src/core/mining/attractor.ts';
import { areaUnderCurve, calibrationError, type Judged, mean } from './mining/measures.ts';
import { BenchMiner } from './mining/miner.ts';
import { recurrences } from './mining/recurs.ts';
import { type Fit, fitLogistic } from './retrieval/logistic.ts';

type Name = ResonanceComponent['name'];

interface Row {
  readonly repository: number;
  readonly values: ReadonlyMap<Name, number>;
  readonly recurs: boolean;
}

const ALWAYS: readonly Name[] = ['frequency', 'spread', 'folders', 'specificity', 'exclusive', 'tests'];
/** Not survival: without it repositories that were left out are judged better. */
const WITH_HISTORY: readonly Name[] = [...ALWAYS, 'recency', 'authors'];
const PENALTY = 1;
const FOLDS = 5;

function fit(rows: readonly Row[], names: readonly Name[]): Fit {
  const sizes = new Map<number, number>();
  for (const { repository } of rows) sizes.set(repository, (sizes.get(repository) ?? 0) + 1);
  return fitLogistic(
    {
      values: Float32Array.from(rows.flatMap(({ values }) => names.map((name) => values.get(name) ?? 0))),
      labels: Uint8Array.from(rows, ({ recurs }) => Number(recurs)),
      // A repository with many patterns is heard more, but not in proportion.
      rowWeights: Float32Array.from(rows, ({ repository }) => 1 / Math.sqrt(sizes.get(repository) ?? 1)),
      rows: rows.length,
      columns: names.length,
    },
    PENALTY,
  );
}

function judge(rows: readonly Row[], names: readonly Name[], { bias, weights }: Fit): Judged[] {
  return rows.map(({ values, recurs }) => {
    const sum = names.reduce(
      (total, name, index) => total + (weights[index] as number) * (values.get(name) ?? 0),
      bias,
    );
    return { score: 1 / (1 + Math.exp(-sum)), isTrue: recurs };
  });
}

function report(rows: readonly Row[], names: readonly Name[], title: string): void {
  const heldOut: { repository: number; judged: Judged }[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const model = fit(
      rows.filter(({ repository }) => repository % FOLDS !== fold),
      names,
    );
    const rest = rows.filter(({ repository }) => repository % FOLDS === fold);
    judge(rest, names, model).forEach((judged, index) => {
      heldOut.push({ repository: (rest[index] as Row).repository, judged });
    });
  }
  const pooled = heldOut.map(({ judged }) => judged);
  const each = [...Map.groupBy(heldOut, ({ repository }) => repository).values()]
    .map((members) => areaUnderCurve(members.map(({ judged }) => judged)))
    .filter((area) => !Number.isNaN(area));
  const { bias, weights } = fit(rows, names);
  const shown = names.map((name, index) => `${name}: ${(weights[index] as number).toFixed(2)}`).join(', ');
  console.log(`${title}: bias ${bias.toFixed(2)}, ${shown}`);
  console.log(
    `  repositories left out, ${FOLDS} folds: AUC ${areaUnderCurve(pooled).toFixed(3)} pooled, ${mean(each).toFixed(3)} mean of ${each.length}; ` +
      `calibration error ${calibrationError(pooled).toFixed(3)}; ${rows.length} patterns`,
  );
}

async function main(): Promise<void> {
  const rows: Row[] = [];
  const miner = await BenchMiner.open();
  for (const [repository, folder] of process.argv.slice(2).entries()) {
    for (const { found, recurs } of await recurrences(miner, folder)) {
      const values = new Map(found.attractor.components.map(({ name, value }) => [name, value]));
      rows.push({ repository, values, recurs });
    }
    miner.forget();
  }
  report(rows, WITH_HISTORY, 'with history');
  report(rows, ALWAYS, 'without history');
}

void main();
