/**
 * Bug-fix commits as issues: which file and function `lodestone plan` ranks first, beside plain BM25 (`bench/infill/RESULTS.md`).
 * `npm run bench -- reasoner FIXES.jsonl.xz… [--limit N]`: among the files of the corpus of the same repository;
 * `npm run bench -- reasoner CLONE… [--commits 20]`: among all sources of the tree before the fix; `--sets "neighbour=0 fields.name=3"` shows other weights too.
 */
import type { RankingWeights } from '../src/core/infill/reasoner/ranking.ts';
import { WEIGHTS } from '../src/core/infill/reasoner/ranking.ts';
import {
  difference,
  type Fix,
  figures,
  historyOf,
  Pool,
  type PoolFile,
  type Ranks,
  rank,
  readFixes,
} from './infill/reasoner.ts';
import { FactsReader } from './retrieval/repository.ts';

const args = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const LIMIT = Number(option('--limit') ?? Number.POSITIVE_INFINITY);
const COMMITS = Number(option('--commits') ?? 20);
/** Other weights than the product's, beside it: `neighbour=0 fields.name=3,file=0.3` are two variants. */
const SETS = (option('--sets') ?? '').split(' ').filter(Boolean);
const variants = Object.fromEntries(SETS.map((set) => [set, set.split(',').reduce(changed, WEIGHTS)]));

function changed(weights: RankingWeights, each: string): RankingWeights {
  const [path = '', value = '0'] = each.split('=');
  const [group, field] = path.split('.') as [keyof RankingWeights, string | undefined];
  if (!(group in weights)) throw new Error(`There is no weight "${group}".`);
  if (field === undefined) return { ...weights, [group]: Number(value) };
  return { ...weights, [group]: { ...(weights[group] as Record<string, number>), [field]: Number(value) } };
}

const write = (text: string) => void process.stdout.write(text);
const reader = new FactsReader();
const all: Ranks[] = [];

/** Each path of the repository's fixes as it stood when this one was made: its last version before, else its first after. */
function poolOf(fix: Fix, others: readonly Fix[]): PoolFile[] {
  const versions = Map.groupBy(others, ({ path }) => path);
  return [...versions].map(([path, list]) => {
    if (path === fix.path) return { path, text: fix.before };
    const sorted = [...list].sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
    const earlier = sorted.filter(({ date }) => Date.parse(date) <= Date.parse(fix.date)).at(-1);
    return { path, text: earlier?.after ?? (sorted[0] as Fix).before };
  });
}

const percent = (share: number) => (100 * share).toFixed(1).padStart(6);
const row = (title: string, ranks: readonly number[]) => {
  const { n, mrr, hit1, hit5, hit10 } = figures(ranks);
  write(
    `${title.padEnd(24)} n ${String(n).padStart(5)}  MRR ${mrr.toFixed(3)}  hit@1 ${percent(hit1)}  @5 ${percent(hit5)}  @10 ${percent(hit10)}\n`,
  );
};
const interval = (ours: readonly number[], theirs: readonly number[]) =>
  write(
    `  MRR difference ${difference(ours, theirs)
      .map((bound) => bound.toFixed(3))
      .join(' to ')}\n`,
  );
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
async function main(): Promise<void> {
  const shards = args.filter((name) => name.endsWith('.xz'));
  if (shards.length > 0) {
    // The last shard is judged; the others only fill the pools.
    const fixes = shards.map(readFixes);
    const byRepo = Map.groupBy(fixes.flat(), ({ repo }) => repo);
    const judged = (fixes.at(-1) as Fix[]).slice(0, LIMIT);
    for (const [repo, list] of Map.groupBy(judged, (fix) => fix.repo)) {
      const pool = new Pool(reader);
      for (const fix of list) {
        const ranks = await rank(fix, poolOf(fix, byRepo.get(repo) as Fix[]), pool, variants);
        if (ranks && ranks.files >= 5) all.push(ranks);
      }
    }
  } else
    for (const folder of args) {
      const pool = new Pool(reader);
      const begun = all.length;
      for (const { fix, files } of historyOf(folder, COMMITS, reader)) {
        const ranks = await rank(fix, files, pool, variants);
        if (ranks) all.push(ranks);
      }
      process.stderr.write(
        `${folder}: ${all.length - begun} fixes, ${all.at(-1)?.files} files, ${all.at(-1)?.functions} functions\n`,
      );
    }
  write(
    `Pool: median ${median(all.map(({ files }) => files))} files, ${median(all.map(({ functions }) => functions))} functions\n`,
  );
  row(
    'file: reasoner',
    all.map(({ file }) => file),
  );
  row(
    'file: BM25',
    all.map(({ fileBaseline }) => fileBaseline),
  );
  interval(
    all.map(({ file }) => file),
    all.map(({ fileBaseline }) => fileBaseline),
  );
  const withFunction = all.filter((each) => each.function !== undefined);
  row(
    'function: reasoner',
    withFunction.map((each) => each.function as number),
  );
  row(
    'function: BM25',
    withFunction.map((each) => each.functionBaseline as number),
  );
  interval(
    withFunction.map((each) => each.function as number),
    withFunction.map((each) => each.functionBaseline as number),
  );
  for (const set of SETS) {
    write(`${set}\n`);
    row(
      '  file',
      all.map((each) => each.variants[set]?.file ?? 0),
    );
    row(
      '  function',
      withFunction.map((each) => each.variants[set]?.function ?? 0),
    );
  }
}

void main();
