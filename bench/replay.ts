/**
 * Replays the last commits of clones line by line: characters saved per 100 typed without a model, beside context copy and an n-gram.
 * `npm run bench -- replay CLONE… [--commits 200] [--per-commit 8]`; `--fit` fits
 * src/data/completion/repository.json on the clones instead; `--speed` measures time and memory on their checked-out files.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { best, byGain, type Policy, per100, type RecordedLine, typeAll } from '../src/core/completion/replay/policy.ts';
import {
  ahead,
  bestCopy,
  bestNgram,
  COSTS,
  type Interval,
  savedPer100,
} from '../src/core/completion/replay/summary.ts';
import { type CompletionWeights, parseCompletionWeights } from '../src/core/completion/repository/scorer.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { Examples } from './replay/fit.ts';
import { type Recording, record } from './replay/record.ts';
import { speedOf } from './replay/speed.ts';
import { FactsReader } from './retrieval/repository.ts';

const args = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const flag = (name: string): boolean => args.includes(name) && args.splice(args.indexOf(name), 1).length > 0;
const COMMITS = Number(option('--commits') ?? 200);
const PER_COMMIT = Number(option('--per-commit') ?? 8);
const FIT = flag('--fit');
const SPEED = flag('--speed');
const FILE = join(projectRoot, 'src/data/completion/repository.json');
const NONE: CompletionWeights = {
  version: 1,
  provenance: 'none yet',
  bias: 0,
  weights: {},
  cost: 10,
  calls: { atLine: {}, inLine: {} },
};
const weights =
  FIT && !existsSync(FILE) ? NONE : parseCompletionWeights(JSON.parse(readFileSync(FILE, 'utf8')) as unknown);

/** Wrong ones for a right one on the training repositories: others differ from these. */
const MARGIN = 0.6;
const languages = new FactsReader().languages;
const write = (text: string) => void process.stdout.write(text);
const text = ({ value, low, high }: Interval): string => `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;

function row(name: string, lines: readonly RecordedLine[], policy: Policy | undefined): string {
  if (!policy) return `  ${name.padEnd(34)} nothing keeps as many right as wrong\n`;
  const earned = typeAll(lines, policy);
  const saved = text(savedPer100(lines, policy));
  return `${`  ${name.padEnd(34)} ${saved}`.padEnd(62)} right ${earned.right} wrong ${earned.wrong}\n`;
}

const totals: { ours: number; fixed: number; copy: number; ngram: number }[] = [];

function report({ name, lines, copy, ngram, times, tokens, bytes }: Recording): void {
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(2);
  const typed = lines.reduce((sum, { text }) => sum + text.length, 0);
  write(
    `${name}: ${lines.length} lines of ${new Set(lines.map(({ commit }) => commit)).size} commits, ${typed} characters, ` +
      `${times.length} requests, ${at(0.5)} ms median, ${at(0.95)} ms p95; ${tokens} tokens, ${(bytes / Math.max(1, tokens)).toFixed(1)} bytes each\n`,
  );
  const fixed = byGain(weights.cost);
  const own = best(lines, COSTS, byGain);
  const [copied, rolled] = [bestCopy(copy), bestNgram(ngram)];
  write(row('ours, shipped threshold', lines, fixed));
  write(row(`ours, own best threshold (${own?.setting})`, lines, own && byGain(own.setting)));
  write(row('context copy, own best threshold', copy, copied.policy));
  write(row('n-gram, own best threshold', ngram, rolled.policy));
  const held = own ? byGain(own.setting) : fixed;
  write(
    `  ahead, each at its own best threshold: of context copy ${text(ahead(lines, held, copy, copied.policy))}, ` +
      `of the n-gram ${text(ahead(lines, held, ngram, rolled.policy))}\n`,
  );
  const earned = typeAll(lines, fixed);
  for (const [source, { saved, right, wrong }] of earned.bySource)
    write(`    ${source}: ${per100({ saved, typed }).toFixed(2)} per 100, right ${right}, wrong ${wrong}\n`);
  totals.push({
    ours: own ? per100(own.earned) : 0,
    fixed: per100(earned),
    copy: per100(copied.earned),
    ngram: per100(rolled.earned),
  });
}

async function fit(): Promise<void> {
  const examples = new Examples();
  const recorded: { lines: RecordedLine[]; evidence: Float64Array[][][] }[] = [];
  for (const folder of args) {
    const evidences: Float64Array[] = [];
    const { lines, name, times } = await record(folder, languages, {
      ...{ weights, commits: COMMITS, perCommit: PER_COMMIT, baselines: false },
      onCandidate: ({ evidence, text }, { right }) => {
        evidences.push(evidence);
        examples.add(evidence, right, Math.min(2, Math.sqrt(text.length / 8)));
      },
    });
    let at = 0;
    const evidence = lines.map(({ options }) => options.map((list) => list.map(() => evidences[at++] as Float64Array)));
    recorded.push({ lines, evidence });
    times.sort((a, b) => a - b);
    write(
      `${name}: ${lines.length} lines, ${examples.count} examples so far, p95 ${times[Math.floor(times.length * 0.95)]?.toFixed(1)} ms\n`,
    );
  }
  const fitted = examples.fit(3);
  write(`loss ${fitted.loss.toFixed(4)}\n`);
  const linear = Object.values(fitted.weights);
  const rescored = recorded.flatMap(({ lines, evidence }) =>
    lines.map((line, l) => ({
      ...line,
      options: line.options.map((list, s) =>
        list.map((each, c) => {
          const x = evidence[l]?.[s]?.[c] as Float64Array;
          const sum = linear.reduce((total, weight, i) => total + weight * (x[i] as number), fitted.bias);
          return { ...each, score: 1 / (1 + Math.exp(-sum)) };
        }),
      ),
    })),
  );
  for (const cost of COSTS) {
    const earned = typeAll(rescored, byGain(cost));
    write(`  cost ${cost}: ${per100(earned).toFixed(2)} per 100, right ${earned.right}, wrong ${earned.wrong}\n`);
  }
  const chosen = best(rescored, COSTS, byGain, MARGIN);
  const calibration = Array.from({ length: 10 }, () => [0, 0, 0] as [number, number, number]);
  for (const { options } of rescored)
    for (const { score, right } of options.flat()) {
      const bin = calibration[Math.min(9, Math.floor(score * 10))] as [number, number, number];
      bin[0]++;
      bin[1] += score;
      bin[2] += right ? 1 : 0;
    }
  for (const [count, sum, right] of calibration)
    write(
      `  said ${(sum / Math.max(1, count)).toFixed(3)}, right ${(right / Math.max(1, count)).toFixed(3)} of ${count}\n`,
    );
  const file: CompletionWeights = {
    version: 1,
    provenance: `bench/replay.ts --fit, the last ${COMMITS} commits of ${args.map((folder) => folder.split('/').at(-1)).join(', ')}`,
    bias: fitted.bias,
    weights: fitted.weights,
    cost: chosen?.setting ?? 100,
    calls: weights.calls,
  };
  mkdirSync(join(FILE, '..'), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify(file, undefined, 2)}\n`);
  write(`cost ${file.cost}: ${chosen ? per100(chosen.earned).toFixed(2) : 0} characters per 100\n`);
}

async function main(): Promise<void> {
  if (FIT) return fit();
  if (SPEED) {
    for (const folder of args) write(await speedOf(folder, languages, weights));
    return;
  }
  for (const folder of args)
    report(await record(folder, languages, { weights, commits: COMMITS, perCommit: PER_COMMIT, baselines: true }));
  const mean = (key: 'ours' | 'fixed' | 'copy' | 'ngram') =>
    (totals.reduce((sum, entry) => sum + entry[key], 0) / Math.max(1, totals.length)).toFixed(2);
  write(
    `mean of ${totals.length}: ours ${mean('fixed')} (own best threshold ${mean('ours')}), context copy ${mean('copy')}, n-gram ${mean('ngram')}\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
