/** The nearest body: the stretch of the functions most like the hole's own that lies where the hole does. */
import type { FileFacts, FunctionFact } from '../../src/core/syntax/facts.ts';
import { type Arm, corpusOf, placeOf } from './arms.ts';
import { kinStretches } from './kinStretches.ts';
import { factsReader } from './read.ts';
import type { BlankedRepository } from './spans.ts';

export async function nearestArm(repository: BlankedRepository): Promise<Arm> {
  const corpus = corpusOf(repository);
  const facts = new Map<string, FileFacts>();
  for (const { path, language, text } of repository.files.values())
    facts.set(path, await factsReader.read(language, text));
  return {
    name: 'nearest',
    answer: (span, known) => {
      const around = (facts.get(span.path)?.functions ?? [])
        .filter(({ name, start, end }) => name !== '' && start <= span.at && end >= span.at)
        .sort((a, b) => a.end - a.start - (b.end - b.start));
      const [fact] = around as FunctionFact[];
      if (!fact) return [];
      const routine = { fact, expected: [], facts: (path: string) => facts.get(path) };
      return kinStretches(corpus, placeOf(repository, span, known), routine).slice(0, 12);
    },
  };
}
