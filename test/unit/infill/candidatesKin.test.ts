/** Bodies of like functions for a hole, words of names changed from one place to another, and the chances that a scorer gives. */
import { strict as assert } from 'node:assert';
import { fitModel } from '../../../bench/infill/fit.ts';
import { kinStretches } from '../../../bench/infill/kinStretches.ts';
import { changed, wordChange } from '../../../src/core/generation/wordChange.ts';
import { proposals } from '../../../src/core/infill/candidates/proposals.ts';
import {
  calibrated,
  FEATURES,
  NONE_FEATURES,
  PLACE_KINDS,
  parseScorer,
  placeKindOf,
} from '../../../src/core/infill/candidates/scorer.ts';
import type { InfillPlace } from '../../../src/core/infill/place.ts';
import { asked } from './askedHole.ts';
import { shippedScorer, shippedScorerFile } from './shippedScorer.ts';

const ORDERS = `class Orders:
    def total(self, rows):
        """Sums what was ordered."""
        total = 0
        for row in rows:
            if row.cancelled:
                continue
            total += row.amount
        return total
`;
const INVOICES = `class Invoices:
    def total(self, lines):
        ▢
`;

const askedInInvoices = (hole: string, unit: InfillPlace['unit']) =>
  asked('python', { 'orders.py': ORDERS, 'invoices.py': hole }, 'total', unit);

describe('bodies of kin functions', () => {
  it('are proposed whole for a body, with its parameters and its indentation', async () => {
    const { corpus, place, routine } = await askedInInvoices(INVOICES, 'body');
    const [first] = proposals(corpus, place, routine).filter(({ text }) => text.includes('for row in lines'));
    assert.equal(
      first?.text.replace(/^"""[^\n]*\n\s*/, ''),
      'total = 0\n        for row in lines:\n            if row.cancelled:\n                continue\n            total += row.amount\n        return total',
    );
    assert.ok((first?.evidence.likeness ?? 0) > 0.4);
  });

  it('give the stretch that lies between the lines most like those around a hole', async () => {
    const hole = `class Invoices:
    def total(self, lines):
        total = 0
        for row in lines:
            if row.cancelled:
                ▢
            total += row.amount
        return total
`;
    const { corpus, place, routine } = await askedInInvoices(hole, 'hole');
    const [first] = kinStretches(corpus, place, routine);
    assert.equal(first?.text, 'continue');
    const { kinLeft = 0, kinRight = 0 } = first.evidence;
    assert.ok(kinLeft > 0.7 && kinRight > 0.9, `${kinLeft} ${kinRight}`);
  });

  it('give what stands between the ends of a line', async () => {
    const hole = `class Invoices:
    def total(self, lines):
        total = 0
        for row in lines:
            total += ▢.amount
        return total
`;
    const { corpus, place, routine } = await askedInInvoices(hole, 'hole');
    assert.equal(kinStretches(corpus, place, routine)[0]?.text, 'row');
  });
});

describe('words of names', () => {
  it('change as those of the names around them, in their own case', () => {
    const change = wordChange('loadOrder', 'loadInvoice');
    assert.deepEqual(change, { from: ['order'], to: ['invoice'] });
    const through = (name: string) => changed(name, change as NonNullable<typeof change>);
    assert.deepEqual(['orders', 'toOrder', 'ORDER_LIMIT', 'order_id', 'border', 'OrderError'].map(through), [
      'invoices',
      'toInvoice',
      'INVOICE_LIMIT',
      'invoice_id',
      'border',
      'InvoiceError',
    ]);
  });

  it('may be several for one', () => {
    const change = wordChange('after_request_funcs', 'teardown_app_funcs');
    assert.deepEqual(change, { from: ['after', 'request'], to: ['teardown', 'app'] });
    assert.equal(changed('self_after_request', change as NonNullable<typeof change>), 'self_teardown_app');
    assert.equal(wordChange('get', 'getAll'), undefined);
  });
});

describe('the scorer of proposals', () => {
  it('ranks the shipped way: what agrees on both sides and is written often above what the n-gram guesses', () => {
    const scorer = shippedScorer();
    const sure = { left: 20, right: 12, share: 0.95, support: 6, places: 6, files: 3, ownFile: true, ownFolder: true };
    const kin = { likeness: 0.95, kinLeft: 40, kinRight: 30, kinShare: 0.95 };
    const proposed = [
      {
        text: 'return err',
        source: 'copy',
        from: 'a.go:1',
        evidence: { ...sure, ...kin, beam: true, bits: 0.3, backBits: 0.4, leastBits: 1, joinBits: 1, known: 1 },
      },
      {
        text: 'return nil',
        source: 'ngram',
        from: 'n-gram',
        evidence: { bits: 4, backBits: 5, leastBits: 9, joinBits: 8, known: 1 },
      },
    ] as const;
    for (const kind of PLACE_KINDS) {
      const [copy = 0, guess = 0] = scorer.chances(proposed, kind);
      assert.ok(copy > 0.7 && guess < 0.3 && copy + guess <= 1.2, `${kind}: ${copy} ${guess}`);
    }
    assert.deepEqual(scorer.chances([], 'line'), []);
  });

  it('refuses weights that it does not know, and says what to do', () => {
    const file = shippedScorerFile() as { models: Record<string, { weights: Record<string, unknown> }> };
    (file.models['line'] as { weights: Record<string, unknown> }).weights['luck'] = 1;
    for (const bad of [null, {}, { version: 2 }, file])
      assert.throws(() => parseScorer(bad), { code: 'badData', advice: /infillFit/ });
  });

  it('finds the weights that tell right from wrong, and chances that come true', () => {
    let seed = 5;
    const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const likeness = FEATURES.indexOf('likeness');
    const choices = Array.from({ length: 300 }, (_, i) => {
      const rows = [0, 1, 2].map(() => {
        const row = new Float64Array(FEATURES.length);
        row[likeness] = random();
        return row;
      });
      const best = rows.reduce((a, row, k) => ((row[likeness] as number) > (rows[a]?.[likeness] as number) ? k : a), 0);
      const none = new Float64Array(NONE_FEATURES.length);
      none[0] = 1;
      return { rows, none, right: random() < (rows[best]?.[likeness] as number) ** 4 ? best : -1, group: `r${i % 6}` };
    });
    const { model, heldOut } = fitModel(choices);
    assert.ok(heldOut.right > 0.2 && heldOut.calibrationError < 0.15, JSON.stringify(heldOut));
    assert.ok((model.weights.likeness ?? 0) > 2);
    const steps = model.calibration.map(([, y]) => y);
    assert.deepEqual(
      steps,
      steps.toSorted((a, b) => a - b),
    );
    assert.ok(Math.abs(calibrated(0.8, model.calibration) - 0.8) < 0.25, JSON.stringify(model.calibration));
  });

  it('knows four kinds of places', () => {
    const kinds = [true, false].flatMap((isLine) => [undefined, 4].map((known) => placeKindOf(isLine, known)));
    assert.deepEqual(kinds, PLACE_KINDS);
  });
});
