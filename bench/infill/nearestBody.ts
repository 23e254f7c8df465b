/** The nearest function's body alone, with its parameters and the words of its name changed: what stood in before kin were weighed. */
import { byLikeness, isWorth, type Near, nearestIn } from '../../src/core/generation/nearestBody.ts';
import { rebound } from '../../src/core/generation/rebind.ts';
import { DOCSTRING, type Routine, stemOf } from '../../src/core/infill/candidates/kinScope.ts';
import type { SpanCorpus } from '../../src/core/infill/candidates/spanCorpus.ts';
import type { InfillPlace } from '../../src/core/infill/place.ts';

const READ = 8;

/** Undefined where no function is like it. */
export function nearestBody(corpus: SpanCorpus, place: InfillPlace, routine: Routine): string | undefined {
  const { path, language } = place;
  const { fact, facts } = routine;
  const sought = { path, language, words: [], fact, expected: [] };
  let near: Near[] = [];
  for (const other of corpus.paths(language)) {
    const own = facts(other);
    if (own) near = [...near, ...nearestIn(other, own, sought, READ)].sort(byLikeness).slice(0, READ);
  }
  const known = (name: string) => place.prefix.includes(name) || place.suffix.includes(name);
  for (const { path: other, fact: from } of near) {
    const body = corpus.text(other)?.text.slice(from.body.start, from.body.end);
    if (body === undefined || !isWorth(body, language)) continue;
    const inner = language === 'python' ? body.replace(DOCSTRING, '') : body.replace(/^\{/, '').replace(/\}$/, '');
    return rebound(inner, { language, from, to: fact, known, around: [[stemOf(other), stemOf(path)]] });
  }
  return undefined;
}
