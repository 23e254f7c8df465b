/** The page: no two entries of it lie in the same places, however few there are to choose from. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Candidate, Site } from '../../../src/core/mining/candidate.ts';
import { mergeCandidates } from '../../../src/core/mining/mergeCandidates.ts';
import { type Composed, composePage, overlap, PAGE, placesOf } from '../../../src/core/mining/page.ts';

const site: fc.Arbitrary<Site> = fc
  .record({ file: fc.nat(5), unit: fc.nat(5), at: fc.nat(3) })
  .map(({ file, unit, at }) => {
    const line = unit * 10 + at;
    return { path: `src/f${file}.ts`, line, endLine: line, unit: unit * 10, slack: 0 };
  });

const candidate = fc.record({
  kind: fc.constantFrom('idiom' as const, 'apiSequence' as const, 'naming' as const, 'imports' as const),
  sites: fc.array(site, { minLength: 3, maxLength: 12 }),
  gain: fc.nat(50),
  chance: fc.constantFrom(0.2, 0.7),
});

type Judged = Candidate & { readonly chance: number };

const made = (drafts: readonly (Pick<Candidate, 'kind' | 'sites' | 'gain'> & { chance?: number })[]): Judged[] =>
  drafts.map((draft, index) => ({
    ...{ chance: 1, ...draft, family: 'ecmascript', specificity: 10, common: false },
    ...{ pattern: `pattern ${index}`, name: `Call \`a${index}\``, summary: '', apis: [`a${index}`] },
  }));

const worth = ({ gain }: Candidate): number => gain;
const chance = (candidate: Candidate): number => (candidate as Judged).chance;

const composed = (candidates: readonly Candidate[]): Composed => {
  const merging = mergeCandidates(candidates);
  for (;;) {
    const { done, value } = merging.next();
    if (done) return composePage(value, { familySizes: new Map([['ecmascript', 6]]), testShare: 0 }, { worth, chance });
  }
};

/** Places of their own for every entry. */
const apart = (count: number, of: (index: number) => Pick<Judged, 'chance'> & Partial<Candidate>) =>
  made(
    Array.from({ length: count }, (_, index) => ({
      ...{ kind: 'idiom' as const, gain: count - index, ...of(index) },
      sites: [1, 2, 3].map((file) => ({
        ...{ path: `src/f${file}.ts`, slack: 0 },
        ...{ line: index, endLine: index, unit: index },
      })),
    })),
  );

describe('the page', () => {
  it('holds no two entries of which more than three places in ten are common', () => {
    fc.assert(
      fc.property(fc.array(candidate, { minLength: 2, maxLength: 40 }), (drafts) => {
        const page = composed(made(drafts)).page.map(placesOf);
        for (const [index, own] of page.entries())
          for (const other of page.slice(index + 1)) assert.ok(overlap(own, other) <= 0.3);
      }),
      { numRuns: 300 },
    );
  });

  it('takes more of a sort than its quota where nothing else is left', () => {
    const at = (file: number): Site => ({ path: `src/f${file}.ts`, line: 1, endLine: 1, unit: 1, slack: 0 });
    const own = Array.from({ length: 8 }, (_, index) => ({
      ...{ kind: 'naming' as const, gain: index },
      sites: [at(index * 3), at(index * 3 + 1), at(index * 3 + 2)],
    }));
    assert.equal(composed(made(own)).page.length, 8);
  });

  it('ends with what is likely to be written again, however much else was found', () => {
    const { page, rest } = composed(apart(30, (index) => ({ chance: index % 2 ? 0.6 : 0.4 })));
    assert.deepEqual([page.length, rest.length], [15, 15]);
    assert.ok(page.every((entry) => chance(entry) === 0.6));
  });

  it('shows a few entries where nothing is likely, the worthiest', () => {
    const { page } = composed(apart(30, () => ({ chance: 0.2 })));
    assert.deepEqual(
      page.map(({ name }) => name),
      Array.from({ length: 12 }, (_, index) => `Call \`a${index}\``),
    );
  });

  it('is full where enough is likely', () => {
    const { page, rest } = composed(apart(30, (index) => ({ chance: index < 24 ? 0.6 : 0.4 })));
    assert.deepEqual([page.length, rest.length], [PAGE, 10]);
    assert.ok(page.every((entry) => chance(entry) === 0.6));
  });
});
