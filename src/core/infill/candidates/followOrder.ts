/** A segment's positions sorted by what stands behind them: with the segment's own order, contexts can be looked up from both sides. */
import { equalRange } from '../../../base/binarySearch.ts';
import { idOf } from '../../completion/repository/cells.ts';
import { countingSort } from '../../completion/repository/countingSort.ts';
import type { Range, Segment } from '../../completion/repository/segment.ts';

/** Tokens that the order knows; beyond them a match is followed in the text. */
export const FOLLOW_DEPTH = 4;

export class FollowOrder {
  private readonly order: Int32Array;

  /** `ids` is the size of the vocabulary. Takes about 0.1 s per million tokens. */
  constructor(
    private readonly segment: Segment,
    ids: number,
  ) {
    const values = segment.cells.map(idOf);
    const keys = Array.from({ length: FOLLOW_DEPTH }, (_, offset) => ({ values, offset }));
    this.order = countingSort(values.length, keys, ids);
  }

  at(rank: number): number {
    return this.order[rank] as number;
  }

  /** Ranges for the first 1, 2, … tokens of what follows; as many as are not empty. */
  ranges(following: ArrayLike<number>): Range[] {
    const { cells } = this.segment;
    const found: Range[] = [];
    let range: Range = { from: 0, to: this.order.length };
    for (let ahead = 0; ahead < Math.min(FOLLOW_DEPTH, following.length); ahead++) {
      const wanted = following[ahead] as number;
      const idAt = (rank: number): number => {
        const position = (this.order[rank] as number) + ahead;
        return position >= cells.length ? 0 : idOf(cells[position] as number);
      };
      range = equalRange(range, idAt, wanted);
      if (range.from >= range.to) break;
      found.push(range);
    }
    return found;
  }
}
