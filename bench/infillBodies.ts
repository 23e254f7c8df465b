/**
 * Whole bodies taken out of repositories and proposed again: exact matches, likeness, and whether the chances come true, beside the nearest body alone.
 * `npm run bench -- infillBodies CLONE… [--each 60] [--seed 1] [--show N]`; `--fit` prints the weights of
 * src/core/infill/candidates/bodyChance.ts, fitted on the clones, instead; `--lines` takes out one line of a body or several and proposes
 * several, with `--fit` for linesChance.ts; `--told`: where several are missing, that is known.
 */
import { basename } from 'node:path';
import { bootstrapMean, mean } from '../src/base/statistics.ts';
import { linesOfKin, wholeBodies } from '../src/core/infill/candidates/kinBodies.ts';
import { isSame } from '../src/core/infill/place.ts';
import { type BodyAsked, fitBodies, fitLines, type LinesAsked } from './infill/bodyFit.ts';
import { bodiesTakenOut } from './infill/bodyPlaces.ts';
import { type BodyRow, bodyReport, chancesReport, linesReport, similarity } from './infill/bodyScores.ts';
import { nearestBody } from './infill/nearestBody.ts';

const args = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const EACH = Number(option('--each') ?? 60);
const SEED = Number(option('--seed') ?? 1);
const SHOW = Number(option('--show') ?? 0);
const FIT = args.includes('--fit') && args.splice(args.indexOf('--fit'), 1).length > 0;
const LINES = args.includes('--lines') && args.splice(args.indexOf('--lines'), 1).length > 0;
const TOLD = args.includes('--told') && args.splice(args.indexOf('--told'), 1).length > 0;
const write = (text: string) => void process.stdout.write(text);

async function lines(): Promise<void> {
  const asked: LinesAsked[] = [];
  for (const folder of args) {
    const repository = basename(folder);
    const { corpus, places } = await bodiesTakenOut(folder, EACH, SEED, 'lines');
    for (const { place, routine, truth } of places) {
      const started = process.cpuUsage();
      const several = truth.includes('\n');
      const told = TOLD && several ? { ...place, severalLines: true } : place;
      const proposed = linesOfKin(corpus, told, routine).map(({ draft, features, chance }) => ({
        ...{ features, chance, exact: isSame(draft.text, truth) },
      }));
      const { user, system } = process.cpuUsage(started);
      asked.push({ repository, proposed, several, ms: (user + system) / 1000 });
    }
  }
  const several = asked.filter((each) => each.several);
  write(FIT ? `${JSON.stringify({ any: fitLines(asked), several: fitLines(several) })}\n` : linesReport(asked));
}

async function main(): Promise<void> {
  if (LINES) return lines();
  const asked: BodyAsked[] = [];
  const rows: BodyRow[] = [];
  let shown = 0;
  for (const folder of args) {
    const repository = basename(folder);
    const { corpus, places } = await bodiesTakenOut(folder, EACH, SEED);
    const own: BodyRow[] = [];
    for (const { id, place, routine, truth } of places) {
      const started = process.cpuUsage();
      const found = wholeBodies(corpus, place, routine);
      const { user, system } = process.cpuUsage(started);
      const judged = found.map(({ draft, chance, features }) => ({
        ...{ text: draft.text, chance, features, exact: isSame(draft.text, truth) },
        similarity: similarity(draft.text, truth),
      }));
      asked.push({ repository, proposed: judged });
      const near = FIT ? undefined : nearestBody(corpus, place, routine);
      own.push({
        ...{ proposed: judged, ms: (user + system) / 1000 },
        nearest: {
          exact: near !== undefined && isSame(near, truth),
          similarity: near === undefined ? 0 : similarity(near, truth),
        },
      });
      const [first] = judged;
      if (shown < SHOW && first && !first.exact) {
        shown++;
        const from = `${found[0]?.draft.from}, alike ${first.similarity.toFixed(2)}, said ${first.chance.toFixed(2)}`;
        write(`--- ${id} from ${from}\n${truth.trim()}\n>>>\n${first.text.trim()}\n`);
      }
    }
    rows.push(...own);
    if (!FIT) write(`${repository.padEnd(14)} ${bodyReport(own)}\n`);
  }
  if (FIT) {
    write(`${JSON.stringify(fitBodies(asked))}\n`);
    return;
  }
  write(`${'all'.padEnd(14)} ${bodyReport(rows)}\n`);
  const gain = (of: (row: BodyRow) => number, name: string) => {
    const values = rows.map(of);
    const [low, high] = bootstrapMean(values);
    write(`${name} beside the nearest body alone: ${points(mean(values))} [${points(low)}, ${points(high)}] points\n`);
  };
  gain(({ proposed: [first], nearest }) => Number(first?.exact ?? false) - Number(nearest.exact), 'exact');
  gain(({ proposed: [first], nearest }) => (first?.similarity ?? 0) - nearest.similarity, 'alike');
  write(chancesReport(rows, [0, 0.1, 0.3, 0.5, 1.01]));
  const firsts = rows.flatMap(({ proposed: [first] }) => (first ? [first] : []));
  const error = Math.abs(mean(firsts.map(({ chance }) => chance)) - mean(firsts.map(({ exact }) => Number(exact))));
  write(
    `mean chance off by ${error.toFixed(3)}; ${mean(rows.map(({ ms }) => ms)).toFixed(0)} ms of a processor a body\n`,
  );
}

const points = (share: number): string => (100 * share).toFixed(1);

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
