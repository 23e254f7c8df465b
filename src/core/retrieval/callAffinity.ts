/** How well each candidate fits the place by what public code calls in such places (see callEmbedding.ts); vectors of names are remembered. */
import type { CallEmbedding } from './callEmbedding.ts';
import { COLUMN, FEATURES, type Rows, type Target } from './evidence.ts';
import type { FamilyIndex } from './retrievalIndex.ts';
import { placeOf } from './targetTokens.ts';

/** Vectors of the names that were asked for, one after the other. */
class CallVectors {
  /** Where a name's vector begins, plus one; 0 where it was not asked for. */
  private starts = new Int32Array(4096);
  private values: Float32Array;
  private used = 0;

  constructor(
    private readonly index: FamilyIndex,
    private readonly embedding: CallEmbedding,
  ) {
    this.values = new Float32Array(1024 * embedding.dimensions);
  }

  /** Log-odds by which a call is likelier at the place than anywhere in its repository. */
  affinity(place: Float32Array, name: number): number {
    const start = this.startOf(name);
    const { values } = this;
    let product = 0;
    for (let i = 0; i < place.length; i++) product += (place[i] as number) * (values[start + i] as number);
    return product;
  }

  private startOf(name: number): number {
    const known = this.starts[name];
    if (known) return known - 1;
    if (name >= this.starts.length) {
      const grown = new Int32Array(this.index.symbols.size + 4096);
      grown.set(this.starts);
      this.starts = grown;
    }
    const start = this.used;
    this.used += this.embedding.dimensions;
    if (this.used > this.values.length) {
      const grown = new Float32Array(this.values.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values.set(this.embedding.call(this.index.symbols.text(name), this.index.family), start);
    this.starts[name] = start + 1;
    return start;
  }
}

export class CallAffinity {
  private readonly vectors = new WeakMap<FamilyIndex, CallVectors>();

  /** Without an embedding the repository alone ranks. */
  constructor(private readonly embedding: CallEmbedding | undefined) {}

  fill({ names, values }: Rows, index: FamilyIndex, target: Target): void {
    const { embedding } = this;
    // Outside any function there is no name to go by.
    if (target.routine < 0 || !embedding) return;
    const place = embedding.place(placeOf(index.symbols, target));
    let vectors = this.vectors.get(index);
    if (!vectors) this.vectors.set(index, (vectors = new CallVectors(index, embedding)));
    for (let row = 0; row < names.length; row++) {
      values[row * FEATURES.length + COLUMN.affinity] = vectors.affinity(place, names[row] as number);
    }
  }
}
