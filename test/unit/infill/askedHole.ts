/** A hole in a function of some files: their texts, the place, and what is known of the function. */
import type { Routine } from '../../../src/core/infill/candidates/kinScope.ts';
import { SpanCorpus } from '../../../src/core/infill/candidates/spanCorpus.ts';
import type { InfillPlace } from '../../../src/core/infill/place.ts';
import type { LanguageId } from '../../../src/core/languages.ts';
import type { FileFacts, FunctionFact } from '../../../src/core/syntax/facts.ts';
import { factsOf } from '../syntax/parserFixture.ts';

/** A hole in a function of some files, as sources are asked about it. */
export interface Asked {
  readonly corpus: SpanCorpus;
  readonly place: InfillPlace;
  readonly routine: Routine;
}

/** `▢` in one of the files is the hole, and stands in the function `name`. */
export async function asked(
  language: LanguageId,
  files: Readonly<Record<string, string>>,
  name: string,
  unit: InfillPlace['unit'] = 'body',
): Promise<Asked> {
  const corpus = new SpanCorpus();
  const known = new Map<string, FileFacts>();
  let hole: [path: string, prefix: string, suffix: string] | undefined;
  for (const [path, text] of Object.entries(files)) {
    const [prefix, suffix] = text.split('▢') as [string, string?];
    if (suffix !== undefined) hole = [path, prefix, suffix];
    const whole = suffix === undefined ? prefix : `${prefix}${language === 'python' ? 'pass' : ''}${suffix}`;
    corpus.set(path, language, whole);
    known.set(path, await factsOf(language, whole));
  }
  const [path, prefix, suffix] = hole as [string, string, string];
  const fact = known
    .get(path)
    ?.functions.find((each) => each.name === name && each.start <= prefix.length && each.end >= prefix.length);
  const routine = { fact: fact as FunctionFact, expected: [], facts: (other: string) => known.get(other) };
  return { corpus, place: { path, language, prefix, suffix, unit, nodeType: '' }, routine };
}
