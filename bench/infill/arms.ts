/** Who is asked to fill a blanked span: each source on its own, and what the product makes of them. */
import { CopyBaseline } from './copy.ts';
import type { BlankedRepository, BlankedSpan } from './spans.ts';

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

export async function armsOf(names: readonly string[], repository: BlankedRepository): Promise<Arm[]> {
  return names.map((name) => {
    if (name === 'copy') return copyArm(repository);
    throw new Error(`There is no arm "${name}".`);
  });
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
