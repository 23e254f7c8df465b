/** Answers by what stands before and behind the cursor: an answer serves as long as what is typed is its own beginning. */
import { type Cursor, closersAfter, type Offer, restOf } from './offer.ts';
import { PrefixTrie } from './prefixTrie.ts';

/** Prefixes that are remembered; each has a few suffixes at most. */
const PREFIXES = 100;
const SUFFIXES = 4;
/** Longest stretch that can have been typed of an answer. */
const LONGEST = 4_000;

export class OfferCache {
  private readonly trie: PrefixTrie<Map<string, Offer>>;

  constructor(capacity = PREFIXES) {
    this.trie = new PrefixTrie(capacity);
  }

  get size(): number {
    return this.trie.size;
  }

  set({ document, prefix, suffix }: Cursor, offer: Offer): void {
    const bySuffix = this.trie.at(keyOf(document, prefix), () => new Map());
    bySuffix.delete(suffix);
    bySuffix.set(suffix, offer);
    if (bySuffix.size > SUFFIXES) bySuffix.delete(bySuffix.keys().next().value as string);
  }

  /**
   * What is offered at a cursor: an answer for this very place (also one that has nothing), or what is left of one that was
   * given a few characters before.
   */
  find({ document, prefix, suffix }: Cursor): Offer | undefined {
    const key = keyOf(document, prefix);
    for (const { value, length } of this.trie.prefixesOf(key)) {
      const typed = key.slice(length);
      if (typed.length > LONGEST) return undefined;
      for (const closers of closersAfter(typed, suffix)) {
        const offer = value.get(suffix.slice(closers));
        if (!offer) continue;
        const texts = offer.texts.flatMap((text) => restOf(text, typed, suffix.slice(0, closers)) ?? []);
        if (texts.length === 0 && typed !== '') continue;
        this.trie.keep(key.slice(0, length));
        return { ...offer, texts };
      }
    }
    return undefined;
  }

  clear(): void {
    this.trie.clear();
  }
}

/** No document's name holds a NUL, so that none is the beginning of another. */
function keyOf(document: string, prefix: string): string {
  return `${document}\0${prefix}`;
}
