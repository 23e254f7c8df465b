/** Bodies of the functions most like the hole's own, bound to the names here: whole ones, and the lines of one that lie where the hole does. */
import { byLikeness, type Evidence, type Near, nearestIn } from '../../generation/nearestBody.ts';
import { type InfillPlace, lexemesOf } from '../place.ts';
import type { Proposal } from '../proposal.ts';
import { type BodyDraft, bodyChances, dice, type RatedBody } from './bodyChance.ts';
import { DOCSTRING, KinScope, type Routine } from './kinScope.ts';
import { type RatedLines, rateLines } from './linesChance.ts';
import { type Seen, severalLines } from './severalLines.ts';
import type { SpanCorpus } from './spanCorpus.ts';

/** Functions whose bodies are read for a whole body. */
const MOST_KIN = 20;
/** How alike they are at least. */
const LEAST_LIKE = 0.25;

/** Whole bodies as proposals, the surest first. */
export function kinBodies(corpus: SpanCorpus, place: InfillPlace, routine: Routine, most: number): Proposal[] {
  return wholeBodies(corpus, place, routine).slice(0, most).map(asProposal);
}

/** Bodies for a hole that is one, each another text, the surest first. */
export function wholeBodies(corpus: SpanCorpus, place: InfillPlace, routine: Routine): RatedBody[] {
  const scope = new KinScope(corpus, place, routine);
  const drafts = kinOf(corpus, place, routine, MOST_KIN).flatMap((near): BodyDraft[] => {
    const { path, fact, likeness } = near;
    const bound = scope.bound(near);
    if (bound === undefined || lexemesOf(bound.text).length === 0) return [];
    return [
      {
        ...{ text: scope.written(bound.text), from: `${path}:${fact.startLine}`, likeness },
        ...{ kin: fact, wanted: routine.fact, evidence: near.evidence as Evidence, analogy: bound.analogy },
        nearness: path === place.path ? scope.nearness(fact) : 0,
        unresolved: scope.unresolved(bound.text),
      },
    ];
  });
  return bodyChances(drafts);
}

/** Several lines as proposals; none for a body, which is asked for whole. */
export function kinLines(corpus: SpanCorpus, place: InfillPlace, routine: Routine, most: number): Proposal[] {
  if (place.unit === 'body') return [];
  return linesOfKin(corpus, place, routine)
    .slice(0, most)
    .map(({ draft: { text, from, unresolved }, chance }) => ({
      ...{ text, source: 'kin', from },
      evidence: { linesChance: chance, unresolved },
    }));
}

function asProposal({ draft, chance, expected, support }: RatedBody): Proposal {
  const { text, from, likeness, unresolved, analogy } = draft;
  return {
    ...{ text, source: 'kin', from },
    evidence: {
      ...{ likeness, bodyChance: chance, bodyLikeness: expected, support, unresolved },
      ...(analogy.pairs > 0 ? { agreement: analogy.agreement } : {}),
    },
  };
}

/** Kin whose bodies are held against what is seen of the function around a hole, and of these the ones that are read closely. */
const MOST_SEEN = 40;
const MOST_CLOSE = 8;

/** Several lines for a hole of whole lines of unknown length in a function, each another text, the surest first. */
export function linesOfKin(corpus: SpanCorpus, place: InfillPlace, routine: Routine): RatedLines[] {
  const scope = new KinScope(corpus, place, routine);
  const seen = seenOf(place, routine);
  if (!seen) return [];
  const words = lexemesOf(seen.before + seen.after);
  const close = kinOf(corpus, place, routine, MOST_SEEN)
    .map((near) => ({ near, rest: dice(words, lexemesOf(scope.bodyOf(near) ?? '')) }))
    .sort((a, b) => b.rest - a.rest)
    .slice(0, MOST_CLOSE);
  return rateLines(
    close.flatMap(({ near }) => {
      const bound = scope.bound(near);
      const lines = bound && severalLines(bound.text, seen);
      if (!lines) return [];
      const from = `${near.path}:${near.fact.startLine}`;
      return [{ ...lines, from, likeness: near.likeness, unresolved: scope.unresolved(lines.text) }];
    }),
    place.severalLines === true,
  );
}

/** Undefined where the hole is not within the function's body. */
function seenOf({ prefix, suffix }: InfillPlace, { fact, text }: Routine): Seen | undefined {
  const after = fact.body.end - ((text?.length ?? prefix.length + suffix.length) - suffix.length);
  if (fact.body.start > prefix.length || after < 0) return undefined;
  const indent = /[ \t]*$/.exec(prefix)?.[0] ?? '';
  const before = prefix.slice(fact.body.start);
  const behind = suffix.slice(0, after);
  const hasBraces = before.startsWith('{');
  return {
    before: hasBraces ? before.slice(1) : before.replace(DOCSTRING, ''),
    after: hasBraces ? behind.replace(/\}\s*$/, '') : behind,
    indent,
  };
}

/** The `most` functions most like the routine, the likest first; none around it or within it. */
export function kinOf(
  corpus: SpanCorpus,
  place: InfillPlace,
  { fact, expected, facts }: Routine,
  most: number,
): Near[] {
  const { path, language } = place;
  const sought = { path, language, words: [], fact, expected };
  let near: Near[] = [];
  for (const other of corpus.paths(language)) {
    const own = facts(other);
    if (!own) continue;
    const found = nearestIn(other, own, sought, most, LEAST_LIKE).filter(
      // Such a function says nothing but what was taken out.
      (each) => other !== path || each.fact.end <= fact.start || each.fact.start >= fact.end,
    );
    near = [...near, ...found].sort(byLikeness).slice(0, most);
  }
  return near;
}
