/** Trains src/data/retrieval/weights.json: npm run bench -- retrieval-train OUT.json BACKGROUND.json EMBEDDING.json CLONE… (each CLONE checked out, with its history). */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Background, type BackgroundTable } from '../src/core/retrieval/background.ts';
import { CallAffinity } from '../src/core/retrieval/callAffinity.ts';
import { CallEmbedding } from '../src/core/retrieval/callEmbedding.ts';
import { FEATURES } from '../src/core/retrieval/evidence.ts';
import { gather } from '../src/core/retrieval/features.ts';
import { feedBack } from '../src/core/retrieval/feedback.ts';
import { digestCursorFile } from '../src/core/retrieval/fileDigest.ts';
import { createRankingModel } from '../src/core/retrieval/model.ts';
import { NeighbourSearch } from '../src/core/retrieval/neighbours.ts';
import { targetAt } from '../src/core/retrieval/target.ts';
import { TokenOdds } from '../src/core/retrieval/tokenOdds.ts';
import { type Design, fitLogistic } from './retrieval/logistic.ts';
import { PRODUCTS } from './retrieval/products.ts';
import { FactsReader } from './retrieval/repository.ts';
import type { Visit } from './retrieval/samples.ts';
import { openStage, PROTOCOLS, type Protocol } from './retrieval/stage.ts';

/** Per repository and protocol; the first pass only finds what votes once more. */
const TARGETS = 100;
const FIRST_TARGETS = 40;
const PENALTY = 50;
/** One in so many of the names that are not called is kept, and weighs as much more. */
const KEPT = 3;

const [out, backgroundFile, embeddingFile, ...folders] = process.argv.slice(2);
if (out === undefined || backgroundFile === undefined || embeddingFile === undefined || folders.length === 0)
  throw new Error('Usage: retrieval-train OUT.json BACKGROUND.json EMBEDDING.json CLONE…');

const table = JSON.parse(readFileSync(backgroundFile, 'utf8')) as BackgroundTable;
const background = new Background(table);
const affinity = new CallAffinity(new CallEmbedding(readFileSync(embeddingFile, 'utf8')));
const reader = new FactsReader();
const search = new NeighbourSearch();
const tokenOdds = new TokenOdds();
const pairsOf = (products: readonly string[]) =>
  products.map((pair) => pair.split('*').map((name) => (FEATURES as readonly string[]).indexOf(name)));
const sources = new Set<string>();

function commitOf(folder: string): string {
  return execFileSync('git', ['-C', folder, 'rev-parse', '--short=10', 'HEAD'], { encoding: 'utf8' }).trim();
}

interface LinearModel {
  readonly bias: number;
  readonly weights: Record<string, number>;
  readonly products: Record<string, number>;
}

/** Evidence and truth of every candidate of every target; with `first`, the feedback columns are filled too. */
async function collect(
  protocols: readonly Protocol[],
  targets: number,
  products: readonly string[],
  first: LinearModel | undefined,
): Promise<Design> {
  const pairs = pairsOf(products);
  const width = FEATURES.length + products.length;
  const model = first && createRankingModel(first);
  const rows: Float32Array[] = [];
  const labels: number[] = [];
  const rowWeights: number[] = [];
  for (const folder of folders) {
    let visited = 0;
    for (const protocol of protocols) {
      const stage = await openStage(folder, protocol, reader);
      const { index } = stage;
      const collectOne: Visit = ({ hidden, elsewhere }) => {
        const { file } = hidden;
        const family = index.family(file.language);
        const digest = digestCursorFile(file.path, file.facts, index.symbols);
        const target = targetAt(digest, file.facts, file.text, hidden.line, undefined);
        const candidates = gather(family, target, search, background, affinity, tokenOdds);
        if (model) feedBack(family, target, search, candidates, model.score(candidates), tokenOdds);
        const { names, values } = candidates;
        for (let row = 0; row < names.length; row++) {
          const name = index.symbols.text(names[row] as number);
          const isTrue = hidden.truth.has(name);
          if (elsewhere(name) < 2 || (!isTrue && row % KEPT !== 0)) continue;
          const x = new Float32Array(width);
          for (let c = 0; c < FEATURES.length; c++) x[c] = values[row * FEATURES.length + c] as number;
          pairs.forEach(([a, b], c) => {
            x[FEATURES.length + c] = (x[a as number] as number) * (x[b as number] as number);
          });
          rows.push(x);
          labels.push(isTrue ? 1 : 0);
          // Recall counts a target's names as shares of one, but each tells as much of the weights: half way between.
          rowWeights.push((isTrue ? 2 : 2 * KEPT) / Math.sqrt(hidden.truth.size));
        }
      };
      visited += await stage.forEachTarget(targets, collectOne);
    }
    sources.add(`${basename(folder)}@${commitOf(folder)}`);
    process.stderr.write(`${folder}: ${visited} targets, ${rows.length} rows\n`);
  }
  const values = new Float32Array(rows.length * width);
  rows.forEach((x, row) => values.set(x, row * width));
  return {
    values,
    labels: Uint8Array.from(labels),
    rowWeights: Float32Array.from(rowWeights),
    rows: rows.length,
    columns: width,
  };
}

function fit(design: Design, products: readonly string[]): LinearModel {
  const { bias, weights, loss } = fitLogistic(design, PENALTY);
  process.stderr.write(`loss ${loss.toFixed(5)}\n`);
  const round = (value: number) => Math.round(value * 1e4) / 1e4;
  return {
    bias: round(bias),
    weights: Object.fromEntries(FEATURES.map((name, c) => [name, round(weights[c] as number)])),
    products: Object.fromEntries(products.map((name, c) => [name, round(weights[FEATURES.length + c] as number)])),
  };
}

/** One line a key, so that a change of the weights reads well in a diff. */
function compact(value: Record<string, unknown>): string {
  const lines = Object.entries(value).map(([key, entry]) => `  ${JSON.stringify(key)}: ${JSON.stringify(entry)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

async function train(file: string): Promise<void> {
  const first = fit(await collect(['body', 'file'], FIRST_TARGETS, [], undefined), []);
  const final = fit(await collect(PROTOCOLS, TARGETS, PRODUCTS, first), PRODUCTS);
  const weights = {
    schemaVersion: 1,
    provenance: `bench/retrieval-train.ts, ${PROTOCOLS.join(', ')} protocols, ${TARGETS} targets each of ${[...sources].join(', ')}`,
    first: { bias: first.bias, weights: first.weights },
    ...final,
    background: table,
  };
  writeFileSync(file, compact(weights));
}

train(out).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
