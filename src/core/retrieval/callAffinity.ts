/** How well each candidate fits the place by what public code calls in such places (see callEmbedding.ts); vectors of names are remembered. */
import { affinity, CallEmbedding } from './callEmbedding.ts';
import { COLUMN, FEATURES, type Rows, type Target } from './evidence.ts';
import type { FamilyIndex } from './retrievalIndex.ts';
import { placeOf } from './targetTokens.ts';

export class CallAffinity {
  private embedding: CallEmbedding | undefined;
  /** Vectors of called names by symbol. */
  private readonly calls = new WeakMap<FamilyIndex, (Float32Array | undefined)[]>();

  /** `text`: data/retrieval/embedding.json, read when it is first needed. */
  constructor(private readonly text: string) {}

  /** Fills the rows' affinity; throws LodestoneError badData where the file is none of this version. */
  fill(rows: Rows, index: FamilyIndex, target: Target): void {
    // Outside any function there is no name to go by.
    if (target.routine < 0) return;
    const embedding = (this.embedding ??= new CallEmbedding(this.text));
    const place = embedding.place(placeOf(index.symbols, target));
    let known = this.calls.get(index);
    if (!known) this.calls.set(index, (known = []));
    const { names, values } = rows;
    for (let row = 0; row < names.length; row++) {
      const name = names[row] as number;
      const call = (known[name] ??= embedding.call(index.symbols.text(name), index.family));
      values[row * FEATURES.length + COLUMN.affinity] = affinity(place, call);
    }
  }
}
