/** A segment's positions sorted by what stands behind them: with the segment's own order, contexts can be looked up from both sides. */
import { idOf } from '../../completion/repository/cells.ts';
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
    this.order = sorted(segment.cells, ids);
  }

  at(rank: number): number {
    return this.order[rank] as number;
  }

  /** Ranges for the first 1, 2, … tokens of what follows; as many as are not empty. */
  ranges(following: ArrayLike<number>): Range[] {
    const { cells } = this.segment;
    const found: Range[] = [];
    let from = 0;
    let to = this.order.length;
    for (let ahead = 0; ahead < Math.min(FOLLOW_DEPTH, following.length); ahead++) {
      const wanted = following[ahead] as number;
      const bound = (least: number): number => {
        let low = from;
        let high = to;
        while (low < high) {
          const middle = (low + high) >> 1;
          const position = (this.order[middle] as number) + ahead;
          if ((position >= cells.length ? 0 : idOf(cells[position] as number)) < least) low = middle + 1;
          else high = middle;
        }
        return low;
      };
      [from, to] = [bound(wanted), bound(wanted + 1)];
      if (from >= to) break;
      found.push({ from, to });
    }
    return found;
  }
}

/** One counting sort per token, the last one first. */
function sorted(cells: Int32Array, ids: number): Int32Array {
  let order = new Int32Array(cells.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  let other = new Int32Array(cells.length);
  const places = new Int32Array(ids + 1);
  const keyAt = (position: number) => (position >= cells.length ? 0 : idOf(cells[position] as number));
  for (let ahead = FOLLOW_DEPTH - 1; ahead >= 0; ahead--) {
    places.fill(0);
    for (let i = 0; i < order.length; i++) {
      const slot = keyAt(i + ahead) + 1;
      places[slot] = (places[slot] as number) + 1;
    }
    for (let i = 1; i <= ids; i++) places[i] = (places[i] as number) + (places[i - 1] as number);
    for (let i = 0; i < order.length; i++) {
      const position = order[i] as number;
      const slot = keyAt(position + ahead);
      const place = places[slot] as number;
      other[place] = position;
      places[slot] = place + 1;
    }
    [order, other] = [other, order];
  }
  return order;
}
