/** Measures retrieval by hiding functions: npm run bench -- retrieval [--targets N] [--weights FILE] [--misses] [--ablation] CLONE… */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContextProvider } from '../src/core/retrieval/contextProvider.ts';
import { parseWeights, type RetrievalWeights } from '../src/core/retrieval/model.ts';
import { pack } from '../src/core/retrieval/packing.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { type Baseline, bm25, localThenPopular, mostPopular, printed } from './retrieval/baselines.ts';
import { FactsReader, readRepository } from './retrieval/repository.ts';
import { forEachTarget, indexOf } from './retrieval/samples.ts';

const args = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const TARGETS = Number(option('--targets') ?? 60);
const ABLATION = args.includes('--ablation') && args.splice(args.indexOf('--ablation'), 1).length > 0;
const MISSES = args.includes('--misses') && args.splice(args.indexOf('--misses'), 1).length > 0;
const weightsFile = option('--weights') ?? join(projectRoot, 'src/data/retrieval/weights.json');
const weights = parseWeights(JSON.parse(readFileSync(weightsFile, 'utf8')));
const BUDGETS = [300, 1536] as const;
const BASELINES: Record<string, Baseline> = { local: localThenPopular, popular: mostPopular, bm25 };

/** Identifiers in the block's code: titles and warnings are prose and count for nothing. */
function namesIn(block: string): Set<string> {
  const names = new Set<string>();
  for (const line of block.split('\n')) {
    if (/^\S+ (avoid:|.* \(\S+\.[a-z]+\)$)/.test(line)) continue;
    for (const [name] of line.replace(/^\S+ (calls:)?/, '').matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) names.add(name);
  }
  return names;
}

function recall(shown: ReadonlySet<string>, truth: ReadonlySet<string>): number {
  let hits = 0;
  for (const name of truth) if (shown.has(name)) hits++;
  return hits / truth.size;
}

/** The sources of the ranking and the features they feed. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'similar names': ['nameVote', 'nameBest', 'sameName'],
  'similar signatures': ['signatureVote', 'signatureBest'],
  'similar overall': ['mixedVote', 'mixedBest', 'mixedCount'],
  'second pass': ['feedbackVote', 'feedbackBest'],
  'same file': ['fileCount', 'fileShare', 'near', 'containerShare', 'unseenHere'],
  directory: ['directoryShare', 'directoryCount', 'declaredInDirectory'],
  'similar files': ['fileVote', 'fileBest'],
  imports: ['imported', 'moduleShare', 'declaredInImported'],
  receivers: ['receiver', 'receiverCount', 'typeReceiver'],
  'words of names': ['wordOverlap', 'wordShare', 'contextOverlap', 'docOverlap', 'inSignature'],
  analogy: ['analogy', 'analogyBest', 'isTargetName'],
  popularity: ['popularity', 'popularShare', 'routineShare'],
  'public code': ['background', 'backgroundLift'],
};

/** The weights without a source's features, in both passes. */
function without(source: string): RetrievalWeights {
  const gone = new Set(SOURCES[source]);
  const keep = (table: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(table).filter(([name]) => !name.split('*').some((part) => gone.has(part))));
  return {
    ...weights,
    weights: keep(weights.weights),
    products: keep(weights.products ?? {}),
    first: { bias: weights.first.bias, weights: keep(weights.first.weights) },
  };
}

/** Deterministic uniform numbers for the bootstrap. */
function* uniform(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

interface Arms {
  readonly ours: number[];
  readonly order: number[];
  readonly baselines: Record<string, number[]>;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** net = (recall − best baseline) / (1 − best baseline) over the means of the targets. */
function net(arms: Arms, ours: readonly number[], pick?: readonly number[]): number {
  const at = (values: readonly number[]) => mean(pick ? pick.map((i) => values[i] as number) : values);
  const best = Math.max(...Object.values(arms.baselines).map(at));
  return (at(ours) - best) / Math.max(1 - best, 0.02);
}

function interval(arms: Arms, ours: readonly number[]): [number, number] {
  const random = uniform(7);
  const nets: number[] = [];
  for (let round = 0; round < 500; round++) {
    nets.push(
      net(
        arms,
        ours,
        ours.map(() => Math.floor(random.next().value * ours.length)),
      ),
    );
  }
  nets.sort((a, b) => a - b);
  return [nets[12] as number, nets[487] as number];
}

const reader = new FactsReader();
const totals: Record<number, number[]> = { 300: [], 1536: [] };
const names: Record<number, number[]> = { 300: [], 1536: [] };
const losses = new Map<string, number[]>();
const show = (value: number) => value.toFixed(3).padStart(6);
async function measure(): Promise<void> {
  process.stdout.write(
    'repository                targets bytes   local popular  bm25   ours   net [95 %]            names-only net\n',
  );
  for (const folder of args) {
    const repository = await readRepository(folder, reader);
    const index = indexOf(repository);
    const provider = createContextProvider({
      index,
      weights,
      attractors: () => [],
      lineComment: (language) => reader.lineComment(language),
    });
    const ablated = (ABLATION ? Object.keys(SOURCES) : []).map((source) => ({
      source,
      recalls: [] as number[],
      provider: createContextProvider({
        index,
        weights: without(source),
        attractors: () => [],
        lineComment: (language) => reader.lineComment(language),
      }),
    }));
    const arms = new Map<number, Arms>(
      BUDGETS.map((bytes) => [bytes, { ours: [], order: [], baselines: { local: [], popular: [], bm25: [] } }]),
    );
    const latencies: number[] = [];
    const coverage: number[] = [];
    const visited = await forEachTarget(repository, index, reader, TARGETS, ({ hidden, elsewhere }) => {
      const { file, line, truth } = hidden;
      const input = { path: file.path, language: file.language, facts: file.facts, text: file.text, line };
      provider.context(input);
      const lists = Object.entries(BASELINES).map(([name, baseline]) => ({
        name,
        names: baseline(hidden, repository.files).filter((called) => elsewhere(called) >= 2),
      }));
      const ranked = provider.rank(input).map(({ symbol, probability }) => {
        const key = index.symbols.text(symbol);
        return { key, value: probability, bytes: Buffer.byteLength(key) };
      });
      coverage.push(recall(new Set(ranked.map(({ key }) => key)), truth));
      for (const { provider: other, recalls } of ablated) {
        recalls.push(recall(namesIn(other.context({ ...input, bytes: 300 }).considerBlock), truth));
      }
      if (MISSES) {
        const shown = namesIn(provider.context({ ...input, bytes: 300 }).considerBlock);
        const local = printed(lists[0]?.names ?? [], 300);
        const missed = [...truth].filter((name) => !shown.has(name));
        const where = new Map(ranked.map(({ key, value }, i) => [key, `${i}:${value.toFixed(3)}`]));
        process.stdout.write(
          `${hidden.path}:${line} ${hidden.name} ${truth.size} true; missed ` +
            `${missed.map((name) => `${name}@${where.get(name) ?? 'none'}${local.has(name) ? ' (local has it)' : ''}`).join(', ')}\n`,
        );
      }
      for (const bytes of BUDGETS) {
        const arm = arms.get(bytes) as Arms;
        const started = performance.now();
        const report = provider.context({ ...input, bytes });
        latencies.push(performance.now() - started);
        arm.ours.push(recall(namesIn(report.considerBlock), truth));
        arm.order.push(recall(new Set(pack(ranked, bytes + 1).map(({ key }) => key)), truth));
        for (const { name, names } of lists) arm.baselines[name]?.push(recall(printed(names, bytes), truth));
      }
    });
    latencies.sort((a, b) => a - b);
    for (const bytes of BUDGETS) {
      const arm = arms.get(bytes) as Arms;
      const [low, high] = interval(arm, arm.ours);
      totals[bytes]?.push(net(arm, arm.ours));
      names[bytes]?.push(net(arm, arm.order));
      process.stdout.write(
        `${repository.name.padEnd(26)}${String(visited).padStart(6)} ${String(bytes).padStart(5)}  ` +
          `${show(mean(arm.baselines.local as number[]))} ${show(mean(arm.baselines.popular as number[]))} ` +
          `${show(mean(arm.baselines.bm25 as number[]))} ${show(mean(arm.ours))} ${show(net(arm, arm.ours))} ` +
          `[${show(low)}, ${show(high)}]  ${show(net(arm, arm.order))}\n`,
      );
    }
    const full = arms.get(300) as Arms;
    for (const { source, recalls } of ablated) {
      const lost = net(full, full.ours) - net(full, recalls);
      losses.set(source, [...(losses.get(source) ?? []), lost]);
    }
    const p95 = latencies[Math.floor(latencies.length * 0.95)] ?? 0;
    process.stdout.write(
      `  ${repository.files.size} files, context warm p95 ${p95.toFixed(2)} ms, truth among candidates ${mean(coverage).toFixed(3)}\n`,
    );
  }
  for (const bytes of BUDGETS)
    process.stdout.write(
      `mean net at ${bytes} bytes: ${show(mean(totals[bytes] ?? []))} (names only ${show(mean(names[bytes] ?? []))})\n`,
    );
  for (const [source, lost] of losses) {
    process.stdout.write(`without ${source.padEnd(20)} net at 300 bytes falls by ${show(mean(lost))}\n`);
  }
}

measure().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
