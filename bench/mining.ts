/**
 * What mined patterns are worth, without a reader: recurrence, a null model, planted idioms, names, coverage, overlap.
 * Usage: npm run bench -- mining CLONE… [--only recurs,null,planted,page,configuration]   (clones with their history)
 */
import { PAGE } from '../src/core/mining/page.ts';
import { CONFIGURATION, inferredRules } from './mining/configuration.ts';
import { areaUnderCurve, calibrationError, type Judged, mean } from './mining/measures.ts';
import { BenchMiner } from './mining/miner.ts';
import { namingRank } from './mining/naming.ts';
import { nullFigures } from './mining/nullModel.ts';
import { coverage, highestJaccard } from './mining/pageMeasures.ts';
import { plantedFound } from './mining/planted.ts';
import { recurrences } from './mining/recurs.ts';
import { familyOfPath } from './mining/samples.ts';
import { commitAt, readMatching, readSnapshot } from './mining/snapshots.ts';

const PARTS = ['recurs', 'null', 'planted', 'page', 'configuration'] as const;
type Part = (typeof PARTS)[number];
type Row = Record<string, number | undefined>;

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const at = args.indexOf('--only');
  const parts = new Set<Part>(at === -1 ? PARTS : ((args.splice(at, 2)[1] ?? '').split(',') as Part[]));
  const miner = await BenchMiner.open();
  const judged: Judged[] = [];
  const rows: { name: string; row: Row }[] = [];
  for (const folder of args) {
    const snapshot = readSnapshot(folder, commitAt(folder, 1));
    const row: Row = {};
    if (parts.has('recurs')) {
      const found = (await recurrences(miner, folder)).map(({ found: { attractor }, recurs, onPage }) => ({
        ...{ score: attractor.resonance, isTrue: recurs, onPage },
      }));
      judged.push(...found);
      const page = found.filter(({ onPage }) => onPage);
      row['precision@20'] = mean(page.map(({ isTrue }) => Number(isTrue)));
      row['AUC'] = areaUnderCurve(found);
    }
    if (parts.has('page')) {
      const mined = await miner.mine(snapshot);
      row['page'] = mined.page.length;
      row['naming MRR'] = namingRank(mined, snapshot);
      row['Jaccard'] = highestJaccard(mined);
      const covered = await coverage(miner, snapshot);
      row['coverage, page'] = covered.page;
      row['coverage, all'] = covered.all;
    }
    const family = mainFamily([...snapshot.texts.keys()]);
    if (parts.has('planted') && family) {
      const found = await plantedFound(miner, snapshot, family);
      row['planted of 10, page'] = found.page;
      row['planted, all'] = found.all;
    }
    if (parts.has('null') && family) {
      const figures = await nullFigures(miner, snapshot, family);
      row['null'] = figures?.stitched;
      row['real'] = figures?.real;
      row['null ÷ real'] = figures && figures.stitched / figures.real;
    }
    if (parts.has('configuration')) {
      const inferred = await inferredRules(miner, snapshot, readMatching(folder, commitAt(folder, 1), CONFIGURATION));
      row['configured rules'] = inferred.rules;
      row['inferred'] = inferred.rules === 0 ? undefined : inferred.stated / inferred.rules;
      row['contrary stated'] = inferred.denied;
      row['stated though off'] = inferred.unasked;
      console.error(`${snapshot.name}: missed ${inferred.missed.join(', ')}; wrong ${inferred.wrong.join(', ')}`);
    }
    miner.forget();
    rows.push({ name: snapshot.name, row });
    if (rows.length === 1) header(row);
    print(snapshot.name, row);
  }
  const first = rows[0]?.row ?? {};
  print(
    '**mean**',
    Object.fromEntries(
      Object.keys(first).map((key) => [
        key,
        mean(
          rows.map(({ row }) => row[key]).filter((value) => value !== undefined && !Number.isNaN(value)) as number[],
        ),
      ]),
    ),
  );
  if (judged.length > 0)
    console.log(
      `\nAll ${judged.length} patterns pooled: AUC ${areaUnderCurve(judged).toFixed(3)}, calibration error ${calibrationError(judged).toFixed(3)}, ` +
        `share that recurs ${mean(judged.map(({ isTrue }) => Number(isTrue))).toFixed(2)}. A page has at most ${PAGE} entries.`,
    );
}

function header(row: Row): void {
  console.log(`| repository | ${Object.keys(row).join(' | ')} |`);
  console.log(`|---${'|---'.repeat(Object.keys(row).length)}|`);
}

function print(name: string, row: Row): void {
  const shown = Object.values(row).map((value) =>
    value === undefined || Number.isNaN(value) ? '–' : Number.isInteger(value) ? String(value) : value.toFixed(2),
  );
  console.log(`| ${name} | ${shown.join(' | ')} |`);
}

/** The family of most files. */
function mainFamily(paths: readonly string[]) {
  const groups = Map.groupBy(paths, familyOfPath);
  return [...groups].sort((a, b) => b[1].length - a[1].length).find(([family]) => family !== undefined)?.[0];
}

void main();
