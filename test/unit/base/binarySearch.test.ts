/** Binary search: where what is sought begins and ends, at the edges too, and with how few questions. */
import { strict as assert } from 'node:assert';
import { equalRange, lowerBound } from '../../../src/base/binarySearch.ts';

const SORTED = [1, 3, 3, 3, 8, 9, 9];
const valueAt = (index: number) => SORTED[index] as number;

describe('binary search', () => {
  it('finds the first value that is not less, in the part that is asked about', () => {
    for (let from = 0; from <= SORTED.length; from++)
      for (let to = from; to <= SORTED.length; to++)
        for (let least = 0; least <= 10; least++) {
          const first = SORTED.findIndex((value, index) => index >= from && index < to && value >= least);
          assert.equal(lowerBound(from, to, valueAt, least), first < 0 ? to : first, `${least} in ${from}–${to}`);
        }
  });

  it('finds all that are equal, and the place of what is not there', () => {
    const all = { from: 0, to: SORTED.length };
    assert.deepEqual(equalRange(all, valueAt, 3), { from: 1, to: 4 });
    assert.deepEqual(equalRange(all, valueAt, 9), { from: 5, to: 7 });
    assert.deepEqual(equalRange(all, valueAt, 5), { from: 4, to: 4 });
    assert.deepEqual(equalRange({ from: 2, to: 3 }, valueAt, 3), { from: 2, to: 3 });
    assert.deepEqual(equalRange({ from: 4, to: 4 }, valueAt, 3), { from: 4, to: 4 });
  });

  it('asks about few of a million', () => {
    let asked = 0;
    const odd = (index: number) => {
      asked++;
      return 2 * index + 1;
    };
    assert.equal(lowerBound(0, 1_000_000, odd, 765_432), 382_716);
    assert.ok(asked <= 20, String(asked));
  });
});
