/** Proposals parsed where they would stand, and what the scorer makes of it. */
import { strict as assert } from 'node:assert';
import type { InfillPlace } from '../../../src/core/infill/place.ts';
import type { Proposal } from '../../../src/core/infill/proposal.ts';
import { ranked } from '../../../src/core/infill/ranking.ts';
import { SyntaxReview } from '../../../src/core/infill/repair.ts';
import type { LanguageId } from '../../../src/core/languages.ts';
import { parsedProposals, withErrors } from '../../../src/node/infill/parsedProposals.ts';
import { parser } from '../syntax/parserFixture.ts';
import { shippedScorer } from './shippedScorer.ts';

const proposal = (text: string): Proposal => ({
  text,
  source: 'copy',
  from: 'a.ts:1',
  evidence: { support: 2, share: 0.4 },
});

/** `▢` is the hole. */
function placeOf(language: LanguageId, marked: string): InfillPlace {
  const [prefix = '', suffix = ''] = marked.split('▢');
  return { path: `a.${language}`, language, unit: 'hole', nodeType: '', prefix, suffix };
}

function parsedIn(place: InfillPlace, texts: readonly string[], least: number, before = place.prefix + place.suffix) {
  const all = texts.map((text) => ({ proposal: proposal(text), confidence: 0.1 }));
  return parsedProposals(parser, place, before, all, least, undefined);
}

/** What the line in the hole opens is closed far below. */
const RUST = `pub struct Input {
    state: u8,
}

▢
${Array.from({ length: 30 }, (_, i) => `    /// F${i} says ${'what it does, '.repeat(8)}\n    pub fn f${i}(&self) -> u8 {\n        self.state + ${i}\n    }\n`).join('\n')}}
`;

describe('parsed proposals', () => {
  it('are parsed until eight of them parse, of at most 16, and as many as are told in any case', async () => {
    const place = placeOf('typescript', 'function f() {\n  ▢\n}\n');
    const good = Array.from({ length: 30 }, (_, i) => `g${i}();`);
    assert.equal((await parsedIn(place, good, 0)).length, 8);
    assert.equal((await parsedIn(place, good, 12)).length, 12);
    assert.equal((await parsedIn(place, ['g(', ...good], 0)).length, 9);
    const bad = Array.from({ length: 30 }, (_, i) => `g${i}(`);
    assert.equal((await parsedIn(place, bad, 0)).length, 16);
    assert.equal((await parsedIn(place, bad, 99)).length, 30);
  });

  it('parse where the file is whole with them, though the stretch around a broken hole looks broken with them', async () => {
    const place = placeOf('rust', RUST);
    const review = await SyntaxReview.open(parser, place);
    assert.equal((await review.verdict('impl Input {')).parses, false);
    for (const before of [undefined, RUST.replace('▢', 'impl Output {')]) {
      const [opens, leftOpen] = await parsedIn(place, ['impl Input {', 'fn g('], 0, before);
      assert.equal(opens?.errors, 0);
      assert.ok((leftOpen?.errors ?? 0) > 0);
    }
  });

  it('parse where the whole file is sound with them: each line of a file that opens a block, taken out alone', async () => {
    const method = (i: number) =>
      `  /** ${'What it says. '.repeat(6)}*/\n  f${i}(a: string[]): string {\n    for (const b of a) {\n      if (b === this.g${i}) {\n        return b;\n      }\n    }\n    return '';\n  }\n`;
    const file = `export class A {\n${Array.from({ length: 24 }, (_, i) => method(i)).join('\n')}}\n`;
    let asked = 0;
    for (const { index, 0: line } of file.matchAll(/^.*\{$/gm)) {
      if (asked++ % 5 !== 0) continue;
      const at = index + line.length - line.trimStart().length;
      const place = placeOf('typescript', `${file.slice(0, at)}▢${file.slice(index + line.length)}`);
      const [right, wrong] = await parsedIn(place, [line.trim(), `${line.trim()} (`], 0);
      assert.equal(right?.errors, 0, line);
      assert.ok((wrong?.errors ?? 0) > 0, line);
    }
    const jsx = placeOf('tsx', `const a = (\n  <p>\n    b\n  ▢\n);\n`);
    assert.deepEqual(
      (await parsedIn(jsx, ['</p>', '</b>'], 0)).map(({ errors }) => errors > 0),
      [false, true],
    );
  });

  it('that do not parse are out where another makes the file whole, less likely where it stays broken elsewhere, and not where none parses', async () => {
    const scorer = shippedScorer();
    const chances = async (marked: string, texts: readonly string[]) => {
      const place = placeOf('typescript', marked);
      return scorer.raw(withErrors(texts.map(proposal), await parsedIn(place, texts, 0)), 'line');
    };
    const [opens, calls] = ['for (const a of b) {', 'g();'];
    const [asked = 0, other = 0] = scorer.raw([opens, calls].map(proposal), 'line');
    const [whole = 1, more = 0] = await chances('function f() {\n  ▢\n}\n', [opens, calls]);
    const [broken = 1] = await chances('function f() {\n  ▢\n}\n\nfunction h( {\n', [opens, calls]);
    assert.ok(whole < broken / 10 && broken < asked / 4, `${whole} ${broken} ${asked}`);
    assert.ok(more > other, `${more} ${other}`);
    const [alone = 0] = await chances('function f() {\n  ▢\n}\n', [opens, 'if (a) {']);
    assert.ok(alone > broken, `${alone} ${broken}`);
  });

  it('of bodies and of several lines that do not parse stand behind those that do', () => {
    const scorer = shippedScorer();
    const body = (text: string, bodyChance: number, breaks: number): Proposal => ({
      ...proposal(text),
      evidence: { bodyChance, bodyLikeness: bodyChance, breaks },
    });
    const bodies = [body('a(', 0.9, 1), body('a()', 0.1, 0)];
    const place: InfillPlace = { ...placeOf('typescript', 'function f() {▢}\n'), unit: 'body' };
    assert.deepEqual(
      ranked(bodies, place, scorer).map(({ proposal: { text } }) => text),
      ['a()', 'a('],
    );
    const lines = (text: string, linesChance: number, breaks: number): Proposal => ({
      ...proposal(text),
      evidence: { linesChance, breaks },
    });
    const several = [lines('a(\nb', 0.9, 1), lines('a()\nb', 0.6, 0)];
    const hole = placeOf('typescript', 'function f() {\n  ▢\n}\n');
    assert.deepEqual(
      ranked(several, hole, scorer).map(({ proposal: { text } }) => text),
      ['a()\nb', 'a(\nb'],
    );
  });
});
