/**
 * How public code of a language family goes on: the outermost cache of the nested n-gram (Hellendoorn and Devanbu, FSE 2017). A trie of token
 * sequences that several repositories share, read forwards and backwards. src/data/infill/corpus.<family>.bin, written by bench/infillCorpus.ts.
 */
import { equalRange, lowerBound } from '../../../base/binarySearch.ts';
import { LodestoneError } from '../../../base/errors.ts';
import { countingSort, type SortKey } from '../../completion/repository/countingSort.ts';
import type { Range } from '../../completion/repository/segment.ts';
import { isNewLine, NEW_LINE, type Vocabulary } from '../../completion/repository/vocabulary.ts';

/** Tokens of the longest sequences. */
export const CORPUS_ORDER = 4;
export const CORPUS_VERSION = 1;
/** Every line's end is this token. */
export const CORPUS_NEW_LINE = 0;
/** Counts are kept as round(STEPS · log2). */
export const COUNT_STEPS = 4;

/** Sequences of one length in the order of their tokens. */
interface Sequences {
  /** The first, second, … token of each. */
  readonly columns: readonly Int32Array[];
  readonly counts: Float32Array;
  /** The sequences in the order of their second, third, … token, the first token last. */
  readonly behind: Int32Array;
  /** Counts before each rank, in both orders. */
  readonly sums: Float64Array;
  readonly behindSums: Float64Array;
}

/** What follows, or precedes, a context. */
export interface Followers {
  /** Places of the context, and those of them whose next token is in the table. */
  readonly all: number;
  readonly known: number;
  /** Tokens that are known. */
  readonly size: number;
  /** Ranks of the sequences. */
  readonly range: Range;
}

/** Forwards: what follows; backwards: what precedes. */
export type Direction = 'forwards' | 'backwards';

export class CorpusNgram {
  private readonly ids: ReadonlyMap<string, number>;

  private constructor(
    private readonly texts: readonly string[],
    /** By length, from 1. */
    private readonly sequences: readonly Sequences[],
    /** Of each sequence of two: one space between them is commoner than none. */
    private readonly spaced: Uint8Array,
  ) {
    this.ids = new Map(texts.map((text, id) => [text, id]));
  }

  /** Throws LodestoneError badData for a file that is cut off or of another version. */
  static parse(bytes: Uint8Array): CorpusNgram {
    try {
      return CorpusNgram.read(new Reader(bytes));
    } catch (cause) {
      throw new LodestoneError('badData', 'The table of how public code goes on is damaged or of another version.', {
        cause,
        advice: 'Rebuild data/infill/corpus.*.bin with `npm run bench -- infillCorpus`, or reinstall Lodestone.',
      });
    }
  }

  private static read(reader: Reader): CorpusNgram {
    if (reader.number() !== CORPUS_VERSION) throw new Error('another version');
    const texts = reader.texts();
    const levels: Sequences[] = [];
    let parents: readonly Int32Array[] = [];
    let children: Int32Array = Int32Array.of(texts.length);
    for (let length = 1; length <= CORPUS_ORDER; length++) {
      const size = children.reduce((sum, count) => sum + count, 0);
      const columns = Array.from({ length }, () => new Int32Array(size));
      const own = columns[length - 1] as Int32Array;
      let at = 0;
      children.forEach((count, parent) => {
        let id = -1;
        for (let i = 0; i < count; i++, at++) {
          own[at] = id += 1 + reader.number();
          for (let k = 0; k < length - 1; k++) (columns[k] as Int32Array)[at] = parents[k]?.[parent] as number;
        }
      });
      const counts = Float32Array.from({ length: size }, () => 2 ** (reader.number() / COUNT_STEPS));
      if (length < CORPUS_ORDER) children = Int32Array.from({ length: size }, () => reader.number());
      const behind = behindOrder(columns, size, texts.length);
      const sums = sumsOf(counts, (rank) => rank);
      const behindSums = sumsOf(counts, (rank) => behind[rank] as number);
      levels.push({ columns, counts, behind, sums, behindSums });
      parents = columns;
    }
    const spaced = reader.bytes((levels[1] as Sequences).counts.length);
    reader.end();
    return new CorpusNgram(texts, levels, spaced);
  }

  /** -1 for a token that few repositories have. */
  idOf(text: string): number {
    return this.ids.get(text) ?? -1;
  }

  textOf(id: number): string {
    return this.texts[id] as string;
  }

  /** `context`: the nearest first; at most CORPUS_ORDER - 1. Undefined where it was not seen. */
  next(context: readonly number[], direction: Direction): Followers | undefined {
    const { length } = context;
    const all = this.sequences[length];
    if (!all || length === 0 || context.some((id) => id < 0)) return undefined;
    const isForwards = direction === 'forwards';
    const inOrder = isForwards ? [...context].reverse() : context;
    const range = rangeOf(all, inOrder, isForwards ? undefined : all.behind);
    if (range.from >= range.to) return undefined;
    const own = this.sequences[length - 1] as Sequences;
    const sums = isForwards ? all.sums : all.behindSums;
    const known = (sums[range.to] as number) - (sums[range.from] as number);
    return { all: own.counts[rangeOf(own, inOrder).from] as number, known, size: range.to - range.from, range };
  }

  /** Places of the context at which `id` is next. */
  countOf({ range }: Followers, length: number, id: number, direction: Direction): number {
    const { columns, counts, behind } = this.sequences[length] as Sequences;
    const isForwards = direction === 'forwards';
    const column = columns[isForwards ? length : 0] as Int32Array;
    const at = (rank: number) => (isForwards ? rank : (behind[rank] as number));
    const rank = lowerBound(range.from, range.to, (each) => column[at(each)] as number, id);
    return rank < range.to && column[at(rank)] === id ? (counts[at(rank)] as number) : 0;
  }

  /** The `most` commonest next tokens. */
  commonest({ range }: Followers, length: number, direction: Direction, most: number): number[] {
    const { columns, counts, behind } = this.sequences[length] as Sequences;
    const column = columns[direction === 'forwards' ? length : 0] as Int32Array;
    const places = Array.from({ length: range.to - range.from }, (_, i) =>
      direction === 'forwards' ? range.from + i : (behind[range.from + i] as number),
    );
    return places
      .sort((a, b) => (counts[b] as number) - (counts[a] as number))
      .slice(0, most)
      .map((place) => column[place] as number);
  }

  /** Whether a space mostly stands between two tokens; undefined where they were not seen side by side. */
  isSpaced(before: number, after: number): boolean | undefined {
    const { from, to } = rangeOf(this.sequences[1] as Sequences, [before, after]);
    return from < to ? this.spaced[from] === 1 : undefined;
  }
}

/** Ranks of the sequences that begin with `tokens`; with the order of `behind`: that have them behind their first one. */
function rangeOf({ columns, counts }: Sequences, tokens: readonly number[], behind?: Int32Array): Range {
  return tokens.reduce<Range>(
    (range, wanted, k) => {
      const column = columns[behind ? k + 1 : k] as Int32Array;
      const idAt = (rank: number) => column[behind ? (behind[rank] as number) : rank] as number;
      return equalRange(range, idAt, wanted);
    },
    { from: 0, to: counts.length },
  );
}

/** A corpus by the token numbers of a repository's vocabulary, which learns what the corpus proposes. */
export class CorpusView {
  private readonly known = new Map<number, number>();

  constructor(
    private readonly corpus: CorpusNgram,
    private readonly vocabulary: Vocabulary,
  ) {}

  /** As CorpusNgram.next, in the vocabulary's numbers. */
  next(context: readonly number[], direction: Direction): Votes | undefined {
    const there = context.map((id) => this.idThere(id));
    const found = this.corpus.next(there, direction);
    if (!found) return undefined;
    return {
      total: found.known,
      // What few repositories have is not in the table.
      unseen: found.size + Math.max(0, found.all - found.known),
      // The one kind of line end that is known stands for all of them.
      votesFor: (id) =>
        isNewLine(id) && id !== NEW_LINE ? 0 : this.corpus.countOf(found, there.length, this.idThere(id), direction),
      commonest: (most) => this.corpus.commonest(found, there.length, direction, most).map((id) => this.idHere(id)),
    };
  }

  /** Whether several repositories have the word. */
  knows(word: string): boolean {
    return this.corpus.idOf(word) >= 0;
  }

  isSpaced(before: number, after: number): boolean | undefined {
    return this.corpus.isSpaced(this.idThere(before), this.idThere(after));
  }

  private idThere(id: number): number {
    if (isNewLine(id)) return CORPUS_NEW_LINE;
    let there = this.known.get(id);
    if (there === undefined) this.known.set(id, (there = this.corpus.idOf(this.vocabulary.text(id))));
    return there;
  }

  private idHere(id: number): number {
    return id === CORPUS_NEW_LINE ? NEW_LINE : this.vocabulary.intern(this.corpus.textOf(id));
  }
}

/** Votes for a token after a context of one length, or before it. */
export interface Votes {
  readonly total: number;
  /** Votes for what was not seen here: those of shorter contexts. */
  readonly unseen: number;
  votesFor(id: number): number;
  /** The `most` tokens with the most votes, or all of them. */
  commonest(most: number): Iterable<number>;
}

function sumsOf(counts: Float32Array, at: (rank: number) => number): Float64Array {
  const sums = new Float64Array(counts.length + 1);
  for (let rank = 0; rank < counts.length; rank++)
    sums[rank + 1] = (sums[rank] as number) + (counts[at(rank)] as number);
  return sums;
}

/** Positions sorted by the second, third, … column, then the first. */
function behindOrder(columns: readonly Int32Array[], size: number, tokens: number): Int32Array {
  const [first, ...others] = columns.map((values) => ({ values, offset: 0 }));
  return countingSort(size, [...others, first as SortKey], tokens);
}

/** Numbers of seven bits a byte, the lowest first. Throws beyond the end. */
class Reader {
  private at = 0;

  constructor(private readonly all: Uint8Array) {}

  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.all[this.at++];
      if (byte === undefined) throw new Error('cut off');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  /** Texts that are ended by line ends, after their number. */
  texts(): string[] {
    const count = this.number();
    const length = this.number();
    const texts = new TextDecoder().decode(this.bytes(length)).split('\n');
    if (texts.length !== count) throw new Error('cut off');
    return texts;
  }

  bytes(length: number): Uint8Array {
    if (this.at + length > this.all.length) throw new Error('cut off');
    this.at += length;
    return this.all.subarray(this.at - length, this.at);
  }

  end(): void {
    if (this.at !== this.all.length) throw new Error('longer than it says');
  }
}
