/**
 * Fits src/data/infill/scorer.json on blanked clones, in steps that are kept as files:
 * `npm run bench -- infillFit propose CLONE… --out FILE.jsonl [--each 48] [--seed 1]` what the repository itself proposes;
 * `npm run bench -- infillFit ask CLONE… --out FILE.jsonl` what the product proposes and its denoiser thinks of it;
 * `npm run bench -- infillFit base FILE.jsonl…` the weights of what the repository proposes;
 * `npm run bench -- infillFit denoiser FILE.jsonl…` what a denoiser and the project's tools add to them.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { proposals } from '../src/core/infill/candidates/proposals.ts';
import {
  PLACE_KINDS,
  type PlaceKind,
  type PlaceModel,
  parseScorer,
  placeKindOf,
  type ScorerFile,
} from '../src/core/infill/candidates/scorer.ts';
import { isWholeLine } from '../src/core/infill/place.ts';
import type { Proposal } from '../src/core/infill/proposal.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { withoutDenoiser } from './infill/ablation.ts';
import { addedWeights, type Beside, fitBeside, OF_DENOISER, OF_TOOLS } from './infill/addedWeights.ts';
import { corpusOf, placeOf } from './infill/arms.ts';
import { type Choice, choiceOf, type Fitted, fitModel } from './infill/fit.ts';
import { askProduct } from './infill/product.ts';
import { blankedClone } from './infill/read.ts';
import type { BlankedRepository } from './infill/spans.ts';

const [step, ...args] = process.argv.slice(2);
const option = (name: string, otherwise: string): string => {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : (args.splice(at, 2)[1] as string);
};
const EACH = Number(option('--each', '48'));
const SEED = Number(option('--seed', '1'));
const OUT = option('--out', join(projectRoot, 'out/infill-proposed.jsonl'));
const SCORER = join(projectRoot, 'src/data/infill/scorer.json');

/** One hole with all that was proposed for it. */
interface Proposed {
  readonly kind: PlaceKind;
  readonly repository: string;
  readonly truth: string;
  /** Name of the denoiser; '' where none was asked. */
  readonly model: string;
  readonly proposals: readonly Proposal[];
}

/** `found`: the proposals of each span, by its id. */
type Found = ReadonlyMap<string, { readonly model: string; readonly proposals: readonly Proposal[] }>;

/** Writes each clone's holes as soon as they are known. */
async function keep(found: (repository: BlankedRepository, known: boolean) => Found | Promise<Found>): Promise<void> {
  mkdirSync(dirname(OUT), { recursive: true });
  writeFileSync(OUT, '');
  for (const folder of args) {
    const repository = await blankedClone(folder, EACH, SEED);
    for (const known of [true, false]) {
      const all = await found(repository, known);
      for (const span of repository.spans) {
        const { prefix, suffix } = placeOf(repository, span, undefined);
        const kind = placeKindOf(isWholeLine(prefix, suffix), known ? span.lexemes : undefined);
        const { model = '', proposals: own = [] } = all.get(span.id) ?? {};
        const hole: Proposed = { kind, repository: repository.name, truth: span.truth, model, proposals: own };
        appendFileSync(OUT, `${JSON.stringify(hole)}\n`);
      }
    }
    process.stderr.write(`${repository.name}: ${repository.spans.length} spans\n`);
  }
}

function ofRepository(repository: BlankedRepository, known: boolean): Found {
  const corpus = corpusOf(repository);
  return new Map(
    repository.spans.map((span) => {
      const place = placeOf(repository, span, known ? span.lexemes : undefined);
      return [span.id, { model: '', proposals: proposals(corpus, place) }];
    }),
  );
}

async function ofProduct(repository: BlankedRepository, known: boolean): Promise<Found> {
  const answers = await askProduct(repository, known);
  return new Map(
    [...answers].map(([id, own]) => {
      const found = own.map(({ text, source, from, evidence }) => ({ text, source, from, evidence }));
      return [id, { model: own[0]?.meta.model ?? '', proposals: found }];
    }),
  );
}

function read(): Proposed[] {
  const lines = args.flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'));
  return lines.map((line) => JSON.parse(line) as Proposed);
}

function told(kind: PlaceKind, holes: number, { model, heldOut }: Fitted): PlaceModel {
  const right = (100 * heldOut.right).toFixed(1);
  const error = heldOut.calibrationError.toFixed(3);
  process.stdout.write(`${kind}: ${holes} holes, held out ${right} % right, calibration error ${error}\n`);
  return model;
}

function choicesOf(all: readonly Proposed[], kind: PlaceKind): Choice[] {
  return all
    .filter((each) => each.kind === kind)
    .map(({ proposals: own, truth, repository }) => choiceOf(own, truth, repository));
}

function ofKinds(model: (kind: PlaceKind) => PlaceModel): ScorerFile['models'] {
  return Object.fromEntries(PLACE_KINDS.map((kind) => [kind, model(kind)])) as unknown as ScorerFile['models'];
}

function fitBase(): void {
  const all = read();
  const provenance = `npm run bench -- infillFit propose, base: ${namesOf(all)}; ${all.length} holes`;
  const models = ofKinds((kind) => {
    const choices = choicesOf(all, kind);
    return told(kind, choices.length, fitModel(choices));
  });
  save({ version: 1, provenance, models });
}

function fitDenoiser(): void {
  const all = read();
  const others = all.map((each) => ({ ...each, proposals: withoutDenoiser(each.proposals) }));
  const { provenance, ...file } = parseScorer(JSON.parse(readFileSync(SCORER, 'utf8')) as unknown);
  const names = [...new Set(all.map(({ model }) => model).filter(Boolean))].join(', ');
  const added = `with ${names}: npm run bench -- infillFit ask, denoiser: ${namesOf(all)}; ${all.length} holes`;
  const beside = (from: readonly Proposed[], models: ScorerFile['models']): Beside[] =>
    PLACE_KINDS.map((kind) => ({ choices: choicesOf(from, kind), base: models[kind] }));
  const { row: tools } = addedWeights(beside(others, file.models), OF_TOOLS);
  process.stdout.write(`What tools say: ${JSON.stringify(tools)}\n`);
  const models = ofKinds((kind) => {
    const base = file.models[kind];
    return { ...base, weights: { ...base.weights, ...tools } };
  });
  const places = beside(all, models);
  const fits = fitBeside(places, OF_DENOISER);
  const withDenoiser = ofKinds((kind) => {
    const i = PLACE_KINDS.indexOf(kind);
    return told(kind, (places[i] as Beside).choices.length, fits[i] as Fitted);
  });
  save({ ...file, provenance: `${provenance.split(' | ')[0]} | ${added}`, models, withDenoiser });
}

function namesOf(all: readonly Proposed[]): string {
  return [...new Set(all.map(({ repository }) => repository))].join(', ');
}

function save(file: ScorerFile): void {
  writeFileSync(SCORER, `${JSON.stringify(file, null, 1)}\n`);
}

const STEPS: Readonly<Record<string, () => void | Promise<void>>> = {
  propose: () => keep(ofRepository),
  ask: () => keep(ofProduct),
  base: fitBase,
  denoiser: fitDenoiser,
};

async function main(): Promise<void> {
  const run = STEPS[step ?? ''];
  if (!run || args.length === 0)
    throw new Error(`Name a step (${Object.keys(STEPS).join(', ')}) and what it reads: clones or files.`);
  await run();
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
