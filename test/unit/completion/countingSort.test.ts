/** Positions by several keys: the same order as that of a sort by comparison. */
import { strict as assert } from 'node:assert';
import { countingSort } from '../../../src/core/completion/repository/countingSort.ts';

describe('the counting sort of positions', () => {
  it('goes by the first key, then the others, then by position; what lies outside counts as 0', () => {
    const values = Int32Array.from({ length: 200 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 29);
    const other = Int32Array.from(values, (value, i) => (value + i) % 3);
    const keys = [
      { values, offset: -1 },
      { values, offset: 2 },
      { values: other, offset: 0 },
    ];
    const expected = Array.from(values, (_, i) => i).sort((a, b) => {
      for (const key of keys) {
        const [one, two] = [a, b].map((position) => key.values[position + key.offset] ?? 0) as [number, number];
        if (one !== two) return one - two;
      }
      return a - b;
    });
    assert.deepEqual(Array.from(countingSort(values.length, keys, 8)), expected);
    assert.notDeepEqual(Array.from(countingSort(values.length, keys.toReversed(), 8)), expected);
    assert.deepEqual(countingSort(0, keys, 8), new Int32Array(0));
    const behind = { values: Int32Array.of(1, 2), offset: 5 };
    const before = { values: Int32Array.of(1, 2), offset: -7 };
    const ahead = { values: Int32Array.of(0, 2, 1), offset: 1 };
    assert.deepEqual(Array.from(countingSort(3, [behind, ahead, before], 3)), [2, 1, 0]);
  });
});
