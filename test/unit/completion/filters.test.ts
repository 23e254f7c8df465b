/** Each filter rejects what it is for and keeps what only looks alike; none is redundant; nothing throws. */
import { strict as assert } from 'node:assert';
import { avoidedNames } from '../../../src/core/completion/filters/content.ts';
import { FILTER_IDS, type FilterId } from '../../../src/core/completion/filters/filter.ts';
import { FILTERS, type Judging, judge, judgeWithParser } from '../../../src/core/completion/filters/judge.ts';
import type { Place, Proposal } from '../../../src/core/completion/place.ts';
import { LANGUAGE_IDS, type LanguageId } from '../../../src/core/languages.ts';
import { parser } from '../syntax/parserFixture.ts';
import { cursorIn, proposedIn } from './atCursor.ts';
import { FILTER_CASES } from './filterCases.ts';

const proposal = (text: string, replaces = 0): Proposal => ({ text, source: 'model', replaces });
const only = (id: FilterId): Judging => ({ off: new Set(FILTER_IDS.filter((each) => each !== id)) });

function verdict(language: LanguageId, code: string, judging?: Judging): FilterId | undefined {
  const { place, text } = proposedIn(language, code);
  return judge(proposal(text), place, judging).rejected?.filter;
}

describe('completion filters', () => {
  it('are listed once each, in the order of their ids', () => {
    assert.deepEqual([...FILTERS.map(({ id }) => id), 'syntax', 'unsure'], [...FILTER_IDS]);
  });

  for (const [id, { rejects, keeps }] of Object.entries(FILTER_CASES) as [FilterId, (typeof FILTER_CASES)['empty']][]) {
    describe(id, () => {
      // The filter alone must do it, so that this fails with the filter deleted.
      for (const { language, code } of rejects) {
        it(`rejects ${language}: ${JSON.stringify(code)}`, () => {
          assert.equal(verdict(language, code, only(id)), id);
          assert.ok(verdict(language, code));
        });
      }
      for (const { language, code } of keeps) {
        it(`keeps ${language}: ${JSON.stringify(code)}`, () => assert.equal(verdict(language, code), undefined));
      }
    });
  }

  describe('antipattern', () => {
    const avoided = [avoidedNames('no-fetch', 'This repository calls `http.get`.', ['fetch', 'axios.get'])];
    it('rejects a text that does what the repository avoids', () => {
      assert.equal(verdict('typescript', 'const a = await ⟦fetch(url)⟧;\n', { avoided }), 'antipattern');
      assert.equal(verdict('python', 'a = ⟦axios.get(url)⟧\n', { avoided }), 'antipattern');
      assert.equal(verdict('go', 'a := axios.⟦get(url)⟧\n', { avoided }), 'antipattern');
    });
    it('keeps names that only contain it, and what the user has typed already', () => {
      for (const code of ['⟦refetch(url)⟧\n', '⟦this.fetch(url)⟧\n', '⟦fetchAll(url)⟧\n', 'fetch(⟦url⟧)\n']) {
        assert.equal(verdict('typescript', code, { avoided }), undefined, code);
      }
    });
    it('has nothing to say without patterns', () => {
      assert.equal(verdict('typescript', '⟦fetch(url)⟧\n', { avoided: [avoidedNames('x', '', [])] }), undefined);
    });
  });

  describe('syntax', () => {
    const judged = async (language: LanguageId, code: string, judging: Judging = {}) => {
      const { place, text } = proposedIn(language, code);
      return (await judgeWithParser(proposal(text), place, parser, judging)).rejected?.filter;
    };
    const bad: [LanguageId, string][] = [
      ['typescript', 'function f() {\n  ⟦const const a;⟧\n}\n'],
      ['tsx', 'const a = ⟦<p><b>x</p>⟧;\n'],
      ['javascript', 'const a = ⟦1 +⟧;\n'],
      ['python', 'x = ⟦a b c⟧\n'],
      ['rust', 'fn f() {\n    ⟦let = 1;⟧\n}\n'],
      ['go', 'package a\n\nfunc f() {\n\t⟦a := := 1⟧\n}\n'],
      ['go', 'package a\n\n⟦return nil⟧\n\nfunc f() {}\n'],
      ['python', 'x = ⟦a.b.⟧\ny = 1\n'],
    ];
    const good: [LanguageId, string][] = [
      ['typescript', 'function f() {\n  ⟦const a = 1;⟧\n}\n'],
      ['tsx', 'const a = ⟦<p><b>x</b></p>⟧;\n'],
      ['javascript', 'const const;\nconst a = ⟦1⟧;\n'],
      ['python', 'x = ⟦a + b⟧\n'],
      ['rust', 'fn f() {\n    ⟦let a = 1;⟧\n}\n'],
      ['go', 'package a\n\nfunc f() {\n\t⟦a := 1⟧\n}\n'],
      ['go', 'package a\n\n⟦func g() {\n\treturn\n}⟧\n\nfunc f() {}\n'],
      ['python', 'x: tuple[int, ...] = (\n    ⟦a +⟧\n    b\n)\ny = 1\n'],
      ['python', 'def f(): ⟦...⟧\n'],
    ];
    for (const [language, code] of bad) {
      it(`rejects ${language}: ${JSON.stringify(code)}`, async () => {
        assert.equal(await judged(language, code), 'syntax');
        assert.equal(await judged(language, code, { off: new Set(['syntax']) }), undefined);
      });
    }
    for (const [language, code] of good) {
      it(`keeps ${language}: ${JSON.stringify(code)}`, async () =>
        assert.equal(await judged(language, code), undefined));
    }
    it('keeps what a limit cut off where the line was unfinished before', async () => {
      assert.equal(await judged('typescript', 'const a = foo(⟦b, c⟧\n', { partial: true }), undefined);
    });
  });

  it('judge texts with Windows line breaks as they judge others', () => {
    for (const [id, { rejects, keeps }] of Object.entries(FILTER_CASES) as [
      FilterId,
      (typeof FILTER_CASES)['empty'],
    ][]) {
      for (const { language, code } of rejects) {
        assert.ok(verdict(language, code.replaceAll('\n', '\r\n'), only(id)), `${id}: ${code}`);
      }
      for (const { language, code } of keeps) {
        assert.equal(verdict(language, code.replaceAll('\n', '\r\n')), undefined, code);
      }
    }
  });

  it('never throw and stay quick on lines of 100,000 characters, emoji and text that runs right to left', () => {
    const long = 'a'.repeat(100_000);
    const places: Place[] = LANGUAGE_IDS.flatMap((language) => [
      cursorIn(language, `x = "${long}▮"\n`),
      cursorIn(language, 'x = "👩‍👩‍👧▮👍"\n'),
      cursorIn(language, 'x = "שלום ▮عالم"\n'),
      cursorIn(language, `${'(['.repeat(8_000)}▮`),
      cursorIn(language, '▮'),
    ]);
    const texts = [
      long,
      '👍',
      '\uD83D',
      'مرحبا)',
      `${'{'.repeat(5_000)}`,
      `${'ab '.repeat(30_000)}`,
      `${'# '.repeat(30_000)}`,
    ];
    for (const place of places) {
      for (const text of texts) {
        const began = performance.now();
        judge(proposal(text), place);
        assert.ok(performance.now() - began < 2_000, `${place.language}: ${text.slice(0, 20)}`);
      }
    }
  });
});
