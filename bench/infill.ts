/**
 * Lines and nodes of repositories taken out and proposed again: exact matches of every source, with the length known and unknown.
 * `npm run bench -- infill CLONE… [--each 40] [--seed 1] [--arms copy,ngram,nearest,product] [--out FILE.jsonl] [--show N]`;
 * `--fit CLONE…` fits src/data/infill/scorer.json instead; `--report FILE.jsonl…` prints the tables of results that were kept;
 * `--cost CLONE…` says what the index and the proposals take of a processor.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { proposals } from '../src/core/infill/candidates/proposals.ts';
import {
  PLACE_KINDS,
  type PlaceKind,
  type PlaceModels,
  parseScorer,
  placeKindOf,
  type ScorerFile,
} from '../src/core/infill/candidates/scorer.ts';
import { isSame, isWholeLine } from '../src/core/infill/place.ts';
import type { Proposal } from '../src/core/infill/proposal.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { armsOf, corpusOf, placeOf } from './infill/arms.ts';
import { type Choice, choiceOf, fitModel } from './infill/fit.ts';
import { cpu, indexCost } from './infill/indexCost.ts';
import { askProduct } from './infill/product.ts';

import { blankedClone } from './infill/read.ts';
import { abstention, type Outcome, report } from './infill/report.ts';

const args = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const EACH = Number(option('--each') ?? 40);
const SEED = Number(option('--seed') ?? 1);
const ARMS = (option('--arms') ?? 'copy,ngram,nearest,sources').split(',');
const OUT = option('--out') ?? join(projectRoot, 'out/infill.jsonl');
const SHOW = Number(option('--show') ?? 0);
const REPORT = args.includes('--report') && args.splice(args.indexOf('--report'), 1).length > 0;
const COST = args.includes('--cost') && args.splice(args.indexOf('--cost'), 1).length > 0;
const FIT = args.includes('--fit') && args.splice(args.indexOf('--fit'), 1).length > 0;
const FIT_DENOISER = args.includes('--fit-denoiser') && args.splice(args.indexOf('--fit-denoiser'), 1).length > 0;
const ASK = args.includes('--ask') && args.splice(args.indexOf('--ask'), 1).length > 0;
const SCORER = join(projectRoot, 'src/data/infill/scorer.json');
const folders = args;

/** Fits src/data/infill/scorer.json on the clones. */
async function fit(): Promise<void> {
  const choices = new Map<PlaceKind, Choice[]>(PLACE_KINDS.map((kind) => [kind, []]));
  for (const folder of folders) {
    const repository = await blankedClone(folder, EACH, SEED);
    const corpus = corpusOf(repository);
    for (const span of repository.spans)
      for (const known of [span.lexemes, undefined]) {
        const place = placeOf(repository, span, known);
        const kind = placeKindOf(isWholeLine(place.prefix, place.suffix), known);
        const found = proposals(corpus, place);
        choices.get(kind)?.push(choiceOf(found, span.truth, repository.name));
      }
    process.stderr.write(`${repository.name}: ${repository.spans.length} spans\n`);
  }
  const names = folders.map((folder) => basename(folder)).join(', ');
  const provenance = `npm run bench -- infill --fit: ${names}; ${EACH} spans of each kind`;
  save({ version: 1, provenance, models: fitted(choices) });
}

/** One hole as the product asked about it: kept, so that weights can be fitted again without asking. */
interface Asked {
  readonly kind: PlaceKind;
  readonly repository: string;
  readonly truth: string;
  readonly model: string;
  readonly proposals: readonly Proposal[];
}

/** Asks the product about the clones' spans, and writes what everybody proposed to `--out`. */
async function ask(): Promise<void> {
  mkdirSync(dirname(OUT), { recursive: true });
  const asked: Asked[] = [];
  for (const folder of folders) {
    const repository = await blankedClone(folder, EACH, SEED);
    for (const known of [true, false]) {
      const answers = await askProduct(repository, repository.spans, known, ['--threshold', '1']);
      for (const span of repository.spans) {
        const { prefix, suffix } = placeOf(repository, span, undefined);
        const found = (answers.get(span.id) ?? []).map(({ proposal }) => proposal);
        asked.push({
          kind: placeKindOf(isWholeLine(prefix, suffix), known ? span.lexemes : undefined),
          ...{ repository: repository.name, truth: span.truth, model: found[0]?.meta.model ?? '' },
          proposals: found.map(({ text, source, from, evidence }) => ({ text, source, from, evidence })),
        });
      }
    }
    process.stderr.write(`${repository.name}: ${repository.spans.length} spans\n`);
    writeFileSync(OUT, asked.map((each) => `${JSON.stringify(each)}\n`).join(''));
  }
}

/** Fits the part of src/data/infill/scorer.json that knows what the denoiser thinks, on files that `--ask` wrote. */
async function fitWithDenoiser(): Promise<void> {
  const lines = folders.flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'));
  const asked = lines.map((line) => JSON.parse(line) as Asked);
  const { provenance, ...file } = parseScorer(JSON.parse(readFileSync(SCORER, 'utf8')) as unknown);
  const withDenoiser = Object.fromEntries(
    PLACE_KINDS.map((kind) => {
      const own = asked.filter((each) => each.kind === kind);
      const choices = own.map(({ proposals, truth, repository }) => choiceOf(proposals, truth, repository));
      return [kind, fitModel(choices, file.models[kind])];
    }),
  ) as unknown as PlaceModels;
  const names = [...new Set(asked.map(({ repository }) => repository))].join(', ');
  const models = [...new Set(asked.map(({ model }) => model).filter(Boolean))].join(', ');
  const added = `with ${models}: npm run bench -- infill --ask, --fit-denoiser: ${names}; ${asked.length} requests`;
  save({ ...file, provenance: `${provenance.split(' | ')[0]} | ${added}`, withDenoiser });
}

function fitted(choices: ReadonlyMap<PlaceKind, readonly Choice[]>): PlaceModels {
  return Object.fromEntries(
    PLACE_KINDS.map((kind) => [kind, fitModel(choices.get(kind) as Choice[])]),
  ) as unknown as PlaceModels;
}

function save(file: ScorerFile): void {
  mkdirSync(dirname(SCORER), { recursive: true });
  writeFileSync(SCORER, `${JSON.stringify(file, null, 1)}\n`);
}

async function main(): Promise<void> {
  if (folders.length === 0) throw new Error('Name at least one clone.');
  mkdirSync(dirname(OUT), { recursive: true });
  const outcomes: Outcome[] = [];
  for (const folder of folders) {
    const repository = await blankedClone(folder, EACH, SEED);
    process.stderr.write(`${repository.name}: ${repository.files.size} files, ${repository.spans.length} spans\n`);
    for (const arm of await armsOf(ARMS, repository)) {
      for (const known of [true, false]) {
        const start = performance.now();
        for (const span of repository.spans) {
          const answer = await arm.answer(span, known ? span.lexemes : undefined);
          const { id, kind, lexemes, novel, truth } = span;
          const [first] = answer;
          outcomes.push({
            ...{ id, repository: repository.name, kind, lexemes, novel, arm: arm.name, known, truth },
            answer: first?.text ?? null,
            exact: first !== undefined && isSame(first.text, truth),
            among: answer.findIndex(({ text }) => isSame(text, truth)) + 1,
            confidence: first?.confidence ?? null,
            shown: first !== undefined && first.shown !== false,
          });
        }
        const ms = (performance.now() - start) / Math.max(1, repository.spans.length);
        process.stderr.write(`  ${arm.name} ${known ? 'oracle' : 'predicted'}: ${ms.toFixed(1)} ms a request\n`);
      }
      arm.dispose?.();
    }
    // What was measured stays if the rest fails.
    writeFileSync(OUT, outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join(''));
  }
  process.stdout.write(report(outcomes) + abstention(outcomes));
  for (const outcome of outcomes.filter(({ exact }) => !exact).slice(0, SHOW))
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

/** The tables of files that were written before, as one. */
async function tell(): Promise<void> {
  const lines = folders.flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'));
  const outcomes = lines.map((line) => JSON.parse(line) as Outcome);
  process.stdout.write(report(outcomes) + abstention(outcomes));
}

/** Processor time of the index, and of all proposals for each span, this thread alone. */
async function cost(): Promise<void> {
  for (const folder of folders) {
    const repository = await blankedClone(folder, EACH, SEED);
    process.stdout.write(indexCost(repository));
    const corpus = corpusOf(repository);
    for (const known of [true, false]) {
      const times = repository.spans.map((span) =>
        cpu(() => void proposals(corpus, placeOf(repository, span, known ? span.lexemes : undefined))),
      );
      times.sort((a, b) => a - b);
      const [half, most] = [0.5, 0.95].map((share) => (times[Math.floor(times.length * share)] ?? 0).toFixed(0));
      process.stdout.write(`  proposals, length ${known ? 'known' : 'unknown'}: p50 ${half} ms, p95 ${most} ms\n`);
    }
  }
}

(COST ? cost() : REPORT ? tell() : FIT ? fit() : FIT_DENOISER ? fitWithDenoiser() : ASK ? ask() : main()).catch(
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exitCode = 1;
  },
);
