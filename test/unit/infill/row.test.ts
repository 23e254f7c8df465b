/** A denoiser's row: its order, its budgets, the window around the hole, and what guidance leaves out. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { type RowLayout, type RowParts, rowOf, type Tokenizer } from '../../../src/core/infill/row.ts';

/** One token a character, so that the tests can be read. */
const letters: Tokenizer = {
  encode: (text) => Array.from(text, (letter) => 1000 + (letter.codePointAt(0) as number)),
  decode: (ids) => ids.map((id) => String.fromCodePoint(id - 1000)).join(''),
};
const LAYOUT: RowLayout = {
  maxLength: 40,
  specialIds: { mask: 1, hole: 2, bos: 3, eos: 4 },
  row: {
    languages: { python: 10 },
    intent: { id: 5, tokens: 4 },
    consider: { id: 6, tokens: 3 },
    near: { id: 7, tokens: 5 },
    code: { id: 8 },
  },
  tokenizer: { spaceBelongsToNextToken: true },
};
const PARTS: RowParts = {
  language: 'python',
  intent: 'sums it',
  consider: 'abcdef',
  near: 'nearest',
  prefix: 'x = ',
  suffix: '\ny',
};
const told = (ids: Int32Array) =>
  Array.from(ids, (id) => (id < 1000 ? `<${id}>` : String.fromCodePoint(id - 1000))).join('');

describe("a denoiser's row", () => {
  it('has its sections in order, each cut to its budget, and masks where the hole is', () => {
    const row = rowOf(PARTS, 3, LAYOUT, letters);
    assert.equal(told(row?.ids as Int32Array), '<3><10><5>sums<6>abc<7>neare<8>x =<1><1><1>\ny<4>');
    assert.deepEqual(
      row?.holes.map((at) => row.ids[at]),
      [1, 1, 1],
    );
    assert.equal(row?.ownSpace, ' ');
  });

  it('asks for a length by one mark', () => {
    const row = rowOf(PARTS, 0, LAYOUT, letters);
    assert.deepEqual(
      row?.holes.map((at) => row.ids[at]),
      [2],
    );
  });

  it('leaves out intent and consider-block alone for guidance', () => {
    const row = rowOf(PARTS, 1, LAYOUT, letters, false);
    assert.equal(told(row?.ids as Int32Array), '<3><10><7>neare<8>x =<1>\ny<4>');
  });

  it('is code alone for a model that knows nothing else', () => {
    const bare: RowLayout = { maxLength: 9, specialIds: { mask: 1, bos: 3 }, tokenizer: {} };
    assert.equal(told(rowOf(PARTS, 2, bare, letters)?.ids as Int32Array), '<3>x = <1><1>\ny');
  });

  it('keeps the nearest code on both sides, never more than the row holds', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), fc.integer({ min: 0, max: 30 }), (before, after, length) => {
        const parts = { ...PARTS, prefix: `${'p'.repeat(before)}P`, suffix: `S${'s'.repeat(after)}` };
        const row = rowOf(parts, length, LAYOUT, letters);
        if (!row) return assert.ok(length > 15);
        assert.ok(row.ids.length <= LAYOUT.maxLength);
        const [first, last] = [row.holes[0] as number, row.holes.at(-1) as number];
        const room = LAYOUT.maxLength - 1 - (last - first + 1);
        if (room > 30) {
          assert.equal(row.ids[first - 1], 1000 + 'P'.charCodeAt(0));
          assert.equal(row.ids[last + 1], 1000 + 'S'.charCodeAt(0));
        }
      }),
    );
    assert.equal(rowOf(PARTS, 60, LAYOUT, letters), undefined);
  });
});
