/** Who is asked to fill a blanked span: each source on its own, and what the product makes of them. */
import { contextCopies } from '../../src/core/infill/candidates/proposals.ts';
import { SpanCorpus } from '../../src/core/infill/candidates/spanCorpus.ts';
import type { InfillPlace } from '../../src/core/infill/place.ts';
import { CopyBaseline } from './copy.ts';
import type { BlankedFile, BlankedRepository, BlankedSpan } from './spans.ts';

export interface Answer {
  readonly text: string;
  readonly confidence?: number;
}

export interface Arm {
  readonly name: string;
  /** Best first. `known`: lexemes of the answer, where that is told. */
  answer(span: BlankedSpan, known: number | undefined): Answer[] | Promise<Answer[]>;
  dispose?(): void;
}

type Make = (repository: BlankedRepository) => Arm | Promise<Arm>;

const MAKERS: Readonly<Record<string, Make>> = { copy: copyArm, copies: copiesArm };

export async function armsOf(names: readonly string[], repository: BlankedRepository): Promise<Arm[]> {
  const arms: Arm[] = [];
  for (const name of names) {
    const make = MAKERS[name];
    if (!make) throw new Error(`There is no arm "${name}". There are: ${Object.keys(MAKERS).join(', ')}.`);
    arms.push(await make(repository));
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

export function corpusOf({ files }: BlankedRepository): SpanCorpus {
  const corpus = new SpanCorpus();
  for (const { path, language, text } of files.values()) corpus.set(path, language, text);
  corpus.settle();
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
