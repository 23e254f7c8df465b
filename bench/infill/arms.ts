/** Who is asked to fill a blanked span: each source on its own, and what the product makes of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contextCopies, ngramBeam, proposals } from '../../src/core/infill/candidates/proposals.ts';
import { ProposalScorer, parseScorer, placeKindOf } from '../../src/core/infill/candidates/scorer.ts';
import { SpanCorpus } from '../../src/core/infill/candidates/spanCorpus.ts';
import { type InfillPlace, isWholeLine } from '../../src/core/infill/place.ts';
import { ranked, thresholdAt } from '../../src/core/infill/ranking.ts';
import { projectRoot } from '../../test/projectRoot.ts';
import { ABLATIONS, type Strip, whole } from './ablation.ts';
import { CopyBaseline } from './copy.ts';
import { fimArm } from './fimArm.ts';
import { nearestArm } from './nearestArm.ts';
import { type AskedProduct, askedProduct } from './product.ts';
import { hearPublicCode } from './publicCode.ts';
import type { BlankedFile, BlankedRepository, BlankedSpan } from './spans.ts';

export interface Answer {
  readonly text: string;
  readonly confidence?: number;
  /** Absent where an arm shows whatever it has. */
  readonly shown?: boolean;
}

export interface Arm {
  readonly name: string;
  /** Best first. `known`: lexemes of the answer, where that is told. */
  answer(span: BlankedSpan, known: number | undefined): Answer[] | Promise<Answer[]>;
  dispose?(): void;
}

type Make = (repository: BlankedRepository, product: AskedProduct) => Arm | Promise<Arm>;

const MAKERS: Readonly<Record<string, Make>> = {
  copy: copyArm,
  copies: copiesArm,
  ngram: ngramArm('ngram', (repository) => corpusOf(repository, { hears: false })),
  publicNgram: ngramArm('publicNgram', corpusOf),
  nearest: nearestArm,
  fim: fimArm,
  sources: sourcesArm,
  product: productArm('product'),
  denoiser: productArm('denoiser', whole, askedProduct(['copy', 'kin', 'ngram', 'repaired'])),
  ...Object.fromEntries(Object.entries(ABLATIONS).map(([name, strip]) => [name, productArm(name, strip)])),
};

/** `kept`: a file in which the product's answers stand, or come to stand where they do not: the scorer may change, and nobody is asked again. */
export async function armsOf(names: readonly string[], repository: BlankedRepository, kept?: string): Promise<Arm[]> {
  const arms: Arm[] = [];
  const product = askedProduct([], kept);
  for (const name of names) {
    const make = MAKERS[name];
    if (!make) throw new Error(`There is no arm "${name}". There are: ${Object.keys(MAKERS).join(', ')}.`);
    arms.push(await make(repository, product));
  }
  return arms;
}

function copyArm(repository: BlankedRepository): Arm {
  const baseline = new CopyBaseline(repository);
  return {
    name: 'copy',
    answer: (span, known) => {
      const text = baseline.answer(span, known);
      return text === undefined ? [] : [{ text }];
    },
  };
}

function copiesArm(repository: BlankedRepository): Arm {
  const corpus = corpusOf(repository);
  return { name: 'copies', answer: (span, known) => contextCopies(corpus, placeOf(repository, span, known)) };
}

function ngramArm(name: string, read: (repository: BlankedRepository) => SpanCorpus) {
  return (repository: BlankedRepository): Arm => {
    const corpus = read(repository);
    return { name, answer: (span, known) => ngramBeam(corpus, placeOf(repository, span, known)) };
  };
}

/** What the product proposed, ranked by the scorer as it is now, without somebody's part in it. */
function productArm(name: string, strip: Strip = whole, ask?: AskedProduct): Make {
  return (repository, product) => {
    const scorer = shippedScorer();
    return {
      name,
      answer: async (span, known) => {
        const proposals = await (ask ?? product)(repository, span, known !== undefined);
        const others = strip(proposals);
        const place = placeOf(repository, span, known);
        const all = ranked(others, place, scorer).map((each) => ({ ...each, text: each.proposal.text }));
        return shownFirst(all, thresholdAt(others, place, scorer), proposals);
      },
    };
  };
}

/** As the product does: the first that is sure enough and breaks nothing is shown, before all others. */
function shownFirst(
  all: readonly { readonly text: string; readonly confidence: number }[],
  threshold: number,
  proposals: readonly { readonly text: string; readonly parses: boolean }[],
): Answer[] {
  const parsing = new Set(proposals.filter(({ parses }) => parses).map(({ text }) => text));
  const shown = all.find(({ text, confidence }) => confidence >= threshold && parsing.has(text));
  const order = shown ? [shown, ...all.filter((each) => each !== shown)] : all;
  return order.map((each) => ({ text: each.text, confidence: each.confidence, shown: each === shown }));
}

function shippedScorer(): ProposalScorer {
  const path = join(projectRoot, 'src/data/infill/scorer.json');
  return new ProposalScorer(parseScorer(JSON.parse(readFileSync(path, 'utf8')) as unknown));
}

/** Everything that the repository proposes, ranked and rated by the scorer. */
function sourcesArm(repository: BlankedRepository): Arm {
  const corpus = corpusOf(repository);
  const scorer = shippedScorer();
  return {
    name: 'sources',
    answer: (span, known) => {
      const place = placeOf(repository, span, known);
      const found = proposals(corpus, place);
      const kind = placeKindOf(isWholeLine(place.prefix, place.suffix), known);
      const chances = scorer.chances(found, kind);
      const raw = scorer.raw(found, kind);
      return found
        .map(({ text }, i) => ({ text, confidence: chances[i] as number, raw: raw[i] as number }))
        .sort((a, b) => b.raw - a.raw);
    },
  };
}

/** `hears`: how public code goes on too, as in the product. */
export function corpusOf({ files }: BlankedRepository, { hears } = { hears: true }): SpanCorpus {
  const corpus = new SpanCorpus();
  for (const { path, language, text } of files.values()) corpus.set(path, language, text);
  corpus.settle();
  if (hears) hearPublicCode(corpus);
  return corpus;
}

export function placeOf({ files }: BlankedRepository, span: BlankedSpan, known: number | undefined): InfillPlace {
  const { path, language, at } = span;
  const { text } = files.get(path) as BlankedFile;
  return {
    ...{ path, language, prefix: text.slice(0, at), suffix: text.slice(at) },
    unit: 'hole',
    nodeType: '',
    ...(known === undefined ? {} : { lexemes: known }),
  };
}
