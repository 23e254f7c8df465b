/** Sequences of up to four tokens that several repositories share, counted by sorting all positions, and written as a trie. */
import { countingSort } from '../../src/core/completion/repository/countingSort.ts';
import type { Vocabulary } from '../../src/core/completion/repository/vocabulary.ts';
import {
  CORPUS_NEW_LINE,
  CORPUS_ORDER,
  CORPUS_VERSION,
  COUNT_STEPS,
} from '../../src/core/infill/candidates/corpusNgram.ts';

/** Sequences of one length, in their order. */
interface Level {
  readonly ids: number[];
  readonly counts: number[];
  /** Longer sequences that each begins. */
  readonly children: number[];
}

export class SharedSequences {
  static readonly NEW_LINE = -1;
  static readonly BREAK = -2;
  texts: readonly string[] = [];
  readonly levels: Level[] = Array.from({ length: CORPUS_ORDER }, () => ({ ids: [], counts: [], children: [] }));
  /** Of each sequence of two. */
  readonly spaced: number[] = [];
  private tokens = new Int32Array(1 << 20);
  private spaces = new Uint8Array(1 << 20);
  private owners = new Uint8Array(1 << 20);
  private size = 0;

  /** Tokens of one text, with what stands before each, of one repository (below 256). */
  add(ids: Int32Array, spaces: Uint8Array, repository: number): void {
    while (this.size + ids.length + 1 > this.tokens.length) {
      this.tokens = wider(this.tokens, new Int32Array(this.tokens.length * 2));
      this.spaces = wider(this.spaces, new Uint8Array(this.spaces.length * 2));
      this.owners = wider(this.owners, new Uint8Array(this.owners.length * 2));
    }
    this.tokens.set(ids, this.size);
    this.spaces.set(spaces, this.size);
    this.owners.fill(repository, this.size, this.size + ids.length + 1);
    this.size += ids.length;
    this.tokens[this.size++] = SharedSequences.BREAK;
  }

  /** Counts what at least `least` repositories have. */
  settle(vocabulary: Vocabulary, least: number): void {
    const numbers = this.number(vocabulary, least);
    const end = this.texts.length;
    const keys = new Int32Array(this.size + CORPUS_ORDER).fill(end);
    for (let i = 0; i < this.size; i++) {
      const token = this.tokens[i] as number;
      keys[i] = token === SharedSequences.NEW_LINE ? CORPUS_NEW_LINE : token < 0 ? end : (numbers[token] as number);
    }
    this.tokens = new Int32Array(0);
    this.count(keys, sorted(keys, this.size, end), end, least);
  }

  summary(): string {
    return `${this.size} tokens, ${this.levels.map(({ ids }) => ids.length).join(' + ')} sequences`;
  }

  /** Numbers the tokens that are shared, the commonest first. */
  private number(vocabulary: Vocabulary, least: number): Int32Array {
    const counts = new Int32Array(vocabulary.size);
    const repositories = new Uint8Array(vocabulary.size);
    const last = new Int16Array(vocabulary.size).fill(-1);
    // Texts of one repository do not stand side by side: a repository is counted again when it comes again, so all are kept as bits.
    const bits = Array.from({ length: 8 }, () => new Uint32Array(vocabulary.size));
    for (let i = 0; i < this.size; i++) {
      const token = this.tokens[i] as number;
      if (token < 0) continue;
      const owner = this.owners[i] as number;
      counts[token] = (counts[token] as number) + 1;
      if (last[token] === owner) continue;
      last[token] = owner;
      const word = bits[owner >> 5] as Uint32Array;
      const bit = 1 << (owner & 31);
      if ((word[token] as number) & bit) continue;
      word[token] = (word[token] as number) | bit;
      repositories[token] = Math.min(255, (repositories[token] as number) + 1);
    }
    const kept = Array.from({ length: vocabulary.size }, (_, id) => id)
      .filter(
        (id) => (repositories[id] as number) >= least && vocabulary.text(id) !== '' && !/\n/.test(vocabulary.text(id)),
      )
      .sort((a, b) => (counts[b] as number) - (counts[a] as number));
    this.texts = ['', ...kept.map((id) => vocabulary.text(id))];
    const numbers = new Int32Array(vocabulary.size).fill(this.texts.length);
    kept.forEach((id, i) => {
      numbers[id] = i + 1;
    });
    return numbers;
  }

  private count(keys: Int32Array, order: Int32Array, end: number, least: number): void {
    const groups = Array.from({ length: CORPUS_ORDER }, () => new Group());
    let before = -1;
    const close = (length: number): void => {
      const group = groups[length - 1] as Group;
      const level = this.levels[length - 1] as Level;
      // Each token of the vocabulary is there, so that its place is its number.
      if (group.repositories >= least || (length === 1 && group.count > 0)) {
        level.ids.push(keys[before + length - 1] as number);
        level.counts.push(group.count);
        level.children.push(group.children);
        if (length === 2) this.spaced.push(Number(group.spaces * 2 > group.count));
        if (length > 1) (groups[length - 2] as Group).children++;
      }
      group.begin();
    };
    for (const position of order) {
      let same = 0;
      if (before >= 0) while (same < CORPUS_ORDER && keys[before + same] === keys[position + same]) same++;
      if (before >= 0) for (let length = CORPUS_ORDER; length > same; length--) close(length);
      for (let length = 1; length <= CORPUS_ORDER && keys[position + length - 1] !== end; length++)
        (groups[length - 1] as Group).add(this.owners[position] as number, this.spaces[position + 1] as number);
      before = position;
    }
    for (let length = CORPUS_ORDER; length > 0; length--) close(length);
  }
}

class Group {
  count = 0;
  repositories = 0;
  children = 0;
  spaces = 0;
  private readonly seen = new Int32Array(256);
  private round = 1;

  add(owner: number, space: number): void {
    this.count++;
    this.spaces += space;
    if (this.seen[owner] === this.round) return;
    this.seen[owner] = this.round;
    this.repositories++;
  }

  begin(): void {
    this.count = this.repositories = this.children = this.spaces = 0;
    this.round++;
  }
}

function wider<T extends Int32Array | Uint8Array>(old: T, fresh: T): T {
  fresh.set(old);
  return fresh;
}

/** Positions by their next tokens. */
function sorted(keys: Int32Array, size: number, end: number): Int32Array {
  const ahead = Array.from({ length: CORPUS_ORDER }, (_, offset) => ({ values: keys, offset }));
  return countingSort(size, ahead, end + 1);
}

/** As CorpusNgram reads it: columns, so that they pack well. */
export function packed({ texts, levels, spaced }: SharedSequences): Uint8Array {
  const writer = new Writer();
  writer.number(CORPUS_VERSION);
  const text = Buffer.from(texts.join('\n'));
  writer.number(texts.length);
  writer.number(text.length);
  writer.bytes(text);
  let children: readonly number[] = [texts.length];
  levels.forEach((level, depth) => {
    let at = 0;
    for (const count of children) {
      let before = -1;
      for (let i = 0; i < count; i++, at++) {
        writer.number((level.ids[at] as number) - before - 1);
        before = level.ids[at] as number;
      }
    }
    for (const count of level.counts) writer.number(Math.round(COUNT_STEPS * Math.log2(count)));
    if (depth < CORPUS_ORDER - 1) for (const count of level.children) writer.number(count);
    children = level.children;
  });
  writer.bytes(Uint8Array.from(spaced));
  return writer.all();
}

class Writer {
  private readonly parts: Uint8Array[] = [];
  private small: number[] = [];

  number(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.small.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.small.push(rest);
    if (this.small.length > 1 << 16) this.flush();
  }

  bytes(bytes: Uint8Array): void {
    this.flush();
    this.parts.push(bytes);
  }

  all(): Uint8Array {
    this.flush();
    return Buffer.concat(this.parts);
  }

  private flush(): void {
    this.parts.push(Uint8Array.from(this.small));
    this.small = [];
  }
}
