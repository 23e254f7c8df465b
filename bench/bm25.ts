/** Okapi BM25 (k1 1.2, b 0.75; Robertson and Zaragoza, 2009) over documents given as their words. */

export interface Document {
  /** How often each word stands in it. */
  readonly words: ReadonlyMap<string, number>;
  readonly length: number;
}

export function documentOf(words: readonly string[]): Document {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { words: counts, length: words.length };
}

export class Bm25 {
  private readonly frequency = new Map<string, number>();
  private readonly meanLength: number;

  constructor(private readonly documents: readonly Document[]) {
    for (const { words } of documents)
      for (const word of words.keys()) this.frequency.set(word, (this.frequency.get(word) ?? 0) + 1);
    this.meanLength = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, documents.length);
  }

  /** Of any document, one of the collection or not; 0 where it shares no word with the query. */
  score(query: ReadonlySet<string>, { words, length }: Document): number {
    let score = 0;
    for (const word of query) {
      const count = words.get(word);
      if (!count) continue;
      const n = this.frequency.get(word) ?? 0;
      const idf = Math.log(1 + (this.documents.length - n + 0.5) / (n + 0.5));
      score += (idf * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / this.meanLength));
    }
    return score;
  }
}
