/**
 * Measures retrieval by hiding functions: npm run bench -- retrieval [--protocol body|file|replay] [--targets N] [--ablation] CLONE…
 * More: --weights FILE, --embedding FILE, --misses (what each 300-byte block lacks), --judge (bits under ../shared/models/tiny-coder, too).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, mean } from '../src/base/statistics.ts';
import type { Attractor } from '../src/core/mining/attractor.ts';
import { CallEmbedding } from '../src/core/retrieval/callEmbedding.ts';
import { createContextProvider } from '../src/core/retrieval/contextProvider.ts';
import { parseWeights, type RetrievalWeights } from '../src/core/retrieval/model.ts';
import { pack } from '../src/core/retrieval/packing.ts';
import type { RetrievalIndex } from '../src/core/retrieval/retrievalIndex.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { minedAttractors, withoutHidden } from './retrieval/attractors.ts';
import { type Baseline, bm25, localThenPopular, mostPopular, printed } from './retrieval/baselines.ts';
import { CodeModelJudge } from './retrieval/judge.ts';
import { RepositoryLikelihood } from './retrieval/likelihood.ts';
import { repositoryMap } from './retrieval/pageRank.ts';
import { FactsReader } from './retrieval/repository.ts';
import type { Scene } from './retrieval/samples.ts';
import { net, recall } from './retrieval/scores.ts';
import { SOURCES, without } from './retrieval/sources.ts';
import { openStage, PROTOCOLS, type Protocol } from './retrieval/stage.ts';

const args = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const flag = (name: string): boolean => args.includes(name) && args.splice(args.indexOf(name), 1).length > 0;
const PROTOCOL = (option('--protocol') ?? 'body') as Protocol;
if (!PROTOCOLS.includes(PROTOCOL)) throw new Error(`--protocol is one of ${PROTOCOLS.join(', ')}.`);
const TARGETS = Number(option('--targets') ?? 60);
const ABLATION = flag('--ablation');
const MISSES = flag('--misses');
const JUDGE = flag('--judge');
const lacks = JUDGE ? CodeModelJudge.lacks() : undefined;
if (lacks) process.stderr.write(`${lacks}\n`);
const weightsFile = option('--weights') ?? join(projectRoot, 'src/data/retrieval/weights.json');
const weights = parseWeights(JSON.parse(readFileSync(weightsFile, 'utf8')));
const embedding = new CallEmbedding(
  readFileSync(option('--embedding') ?? join(projectRoot, 'src/data/retrieval/embedding.json'), 'utf8'),
);
const BUDGETS = [300, 1536] as const;
const BASELINES: Readonly<Record<string, Baseline>> = {
  local: localThenPopular,
  popular: mostPopular,
  bm25,
  map: repositoryMap,
};

/** Identifiers in the block's code: titles and warnings are prose and count for nothing. */
function namesIn(block: string): Set<string> {
  const names = new Set<string>();
  for (const line of block.split('\n')) {
    if (/^\S+ (avoid:|.* \(\S+\.[a-z]+\)$)/.test(line)) continue;
    for (const [name] of line.replace(/^\S+ (calls:)?/, '').matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) names.add(name);
  }
  return names;
}

/** Recall per target, in the order of the targets. */
interface Arms {
  readonly ours: number[];
  /** Names alone in the order of our ranking, packed by value per byte. */
  readonly namesOnly: number[];
  readonly baselines: readonly number[][];
  readonly blocks: string[];
  /** Bits per 100 bytes of block by which the true body grows likelier than without it, and than with another target's. */
  readonly gains: number[];
  readonly gainsOverOther: number[];
}

/** The other target's block is that of so many targets ago: those of one commit follow each other in replay. */
const OTHER = 4;

const reader = new FactsReader();
const show = (value: number) => value.toFixed(3).padStart(6);
const write = (text: string) => void process.stdout.write(text);

/** What the product would show of the repository's attractors at the present target. */
let attractors: readonly Attractor[] = [];

const providerOf = (index: RetrievalIndex, given: RetrievalWeights) =>
  createContextProvider({
    index,
    weights: given,
    embedding,
    attractors: () => attractors,
    lineComment: (language) => reader.lineComment(language),
  });

const totals = new Map(
  BUDGETS.map((bytes) => {
    const perRepository: Record<'ours' | 'namesOnly' | 'gains' | 'gainsOverOther', number[]> = {
      ours: [],
      namesOnly: [],
      gains: [],
      gainsOverOther: [],
    };
    return [bytes, perRepository];
  }),
);
const losses = new Map<string, { net: number[]; gain: number[] }>();

function withInterval(values: readonly number[]): string {
  const [low, high] = bootstrap(values.length, (picked) => mean(picked.map((i) => values[i] as number)));
  return `${mean(values).toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`.padEnd(20);
}

/** What the 300-byte block lacks of the truth, and where the ranking has it. */
function writeMisses(
  { hidden }: Scene,
  shown: ReadonlySet<string>,
  ranked: readonly Ranked[],
  local: Set<string>,
): void {
  const place = new Map(ranked.map(({ key, value }, i) => [key, `${i}:${value.toFixed(3)}`]));
  const missed = [...hidden.truth]
    .filter((name) => !shown.has(name))
    .map((name) => `${name}@${place.get(name) ?? 'none'}${local.has(name) ? ' (local has it)' : ''}`);
  write(`${hidden.path}:${hidden.line} ${hidden.name} ${hidden.truth.size} true; missed ${missed.join(', ')}\n`);
}

interface Ranked {
  readonly key: string;
  readonly value: number;
  readonly bytes: number;
}

async function measure(folder: string): Promise<void> {
  const stage = await openStage(folder, PROTOCOL, reader);
  const { index } = stage;
  const provider = providerOf(index, weights);
  const ablated = (ABLATION ? Object.keys(SOURCES) : []).map((source) => ({
    source,
    recalls: [] as number[],
    gains: [] as number[],
    provider: providerOf(index, without(weights, source)),
  }));
  const baselines = Object.values(BASELINES);
  const likelihood = new RepositoryLikelihood();
  const judge = JUDGE && lacks === undefined ? new CodeModelJudge() : undefined;
  const arms = new Map<number, Arms>(
    BUDGETS.map((bytes) => [
      bytes,
      {
        ours: [],
        namesOnly: [],
        baselines: baselines.map(() => []),
        blocks: [],
        gains: [],
        gainsOverOther: [],
      },
    ]),
  );
  const latencies: number[] = [];
  const coverage: number[] = [];
  const mined = await minedAttractors(folder);
  const visited = await stage.forEachTarget(TARGETS, (scene) => {
    attractors = withoutHidden(mined, scene);
    const { file, line, truth } = scene.hidden;
    const input = { path: file.path, language: file.language, facts: file.facts, text: file.text, line };
    provider.context(input);
    // Names that two other files do not call are no truth: striking them makes the baselines stronger.
    const lists = baselines.map((baseline) =>
      baseline(scene.hidden, scene.files).filter((called) => scene.elsewhere(called) >= 2),
    );
    const ranked: Ranked[] = provider.rank(input).map(({ symbol, probability }) => {
      const key = index.symbols.text(symbol);
      return { key, value: probability, bytes: Buffer.byteLength(key) };
    });
    coverage.push(recall(new Set(ranked.map(({ key }) => key)), truth));
    const ablatedBlocks = ablated.map((arm) => arm.provider.context({ ...input, bytes: 300 }).considerBlock);
    for (const bytes of BUDGETS) {
      const arm = arms.get(bytes) as Arms;
      const started = performance.now();
      const report = provider.context({ ...input, bytes });
      latencies.push(performance.now() - started);
      const shown = namesIn(report.considerBlock);
      arm.ours.push(recall(shown, truth));
      arm.namesOnly.push(recall(new Set(pack(ranked, bytes + 1).map(({ key }) => key)), truth));
      lists.forEach((names, i) => arm.baselines[i]?.push(recall(printed(names, bytes), truth)));
      arm.blocks.push(report.considerBlock);
      if (MISSES && bytes === 300) writeMisses(scene, shown, ranked, printed(lists[0] as string[], bytes));
    }
    const own = [...arms.values()].map(({ blocks }) => blocks.at(-1) as string);
    const others = [...arms.values()].flatMap(({ blocks }) => blocks.at(-1 - OTHER) ?? []);
    const bits = likelihood.bits(scene, [...own, ...ablatedBlocks, ...others]);
    judge?.add(scene, own[0] as string, ablatedBlocks);
    const per100 = (without: number, at: number, block: string) =>
      (100 * (without - (bits.with[at] as number))) / Math.max(1, Buffer.byteLength(block));
    [...arms.values()].forEach((arm, i) => {
      arm.gains.push(per100(bits.none, i, own[i] as string));
      const other = bits.with[own.length + ablatedBlocks.length + i];
      if (other !== undefined) arm.gainsOverOther.push(per100(other, i, own[i] as string));
    });
    ablated.forEach(({ recalls, gains }, i) => {
      const block = ablatedBlocks[i] as string;
      recalls.push(recall(namesIn(block), truth));
      gains.push(per100(bits.none, own.length + i, block));
    });
  });
  if (visited === 0) return write(`${stage.name}: no targets\n`);
  latencies.sort((a, b) => a - b);
  for (const bytes of BUDGETS) {
    const { ours, namesOnly, baselines: others, gains, gainsOverOther } = arms.get(bytes) as Arms;
    const [low, high] = bootstrap(visited, (picked) => net(ours, others, picked));
    totals.get(bytes)?.ours.push(net(ours, others));
    totals.get(bytes)?.namesOnly.push(net(namesOnly, others));
    write(
      `${stage.name.padEnd(26)}${String(visited).padStart(6)} ${String(bytes).padStart(5)}  ` +
        `${others.map((recalls) => show(mean(recalls))).join(' ')} ${show(mean(ours))} ${show(net(ours, others))} ` +
        `[${show(low)}, ${show(high)}]  ${show(net(namesOnly, others))}     ` +
        `${withInterval(gains)} ${withInterval(gainsOverOther)}\n`,
    );
    totals.get(bytes)?.gains.push(mean(gains));
    totals.get(bytes)?.gainsOverOther.push(mean(gainsOverOther));
  }
  if (judge) write(judge.figures(ablated.map(({ source }) => source)));
  const small = arms.get(300) as Arms;
  for (const { source, recalls, gains } of ablated) {
    const lost = losses.get(source) ?? { net: [], gain: [] };
    lost.net.push(net(small.ours, small.baselines) - net(recalls, small.baselines));
    lost.gain.push(mean(small.gains) - mean(gains));
    losses.set(source, lost);
  }
  const p95 = latencies[Math.floor(latencies.length * 0.95)] ?? 0;
  write(
    `  ${index.size} files, context warm p95 ${p95.toFixed(2)} ms, truth among candidates ${mean(coverage).toFixed(3)}\n`,
  );
}

async function main(): Promise<void> {
  const columns = Object.keys(BASELINES).map((name) => name.padStart(6));
  write(
    `${PROTOCOL.padEnd(26)}targets bytes ${columns.join(' ')}   ours   net [95 %]            names-only net  bits/100 bytes      over another's\n`,
  );
  for (const folder of args) await measure(folder);
  for (const [bytes, { ours, namesOnly, gains, gainsOverOther }] of totals) {
    write(
      `mean net at ${bytes} bytes: ${show(mean(ours))}, least ${show(Math.min(...ours))} (names only ${show(mean(namesOnly))}); ` +
        `bits per 100 bytes: ${mean(gains).toFixed(2)}, least ${Math.min(...gains).toFixed(2)}, ` +
        `over another target's block ${mean(gainsOverOther).toFixed(2)}, least ${Math.min(...gainsOverOther).toFixed(2)}\n`,
    );
  }
  for (const [source, { net: lost, gain }] of losses) {
    write(
      `without ${source.padEnd(20)} net at 300 bytes falls by ${show(mean(lost))}, bits per 100 bytes by ${mean(gain).toFixed(2)}\n`,
    );
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
