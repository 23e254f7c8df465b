/** Interned strings and the two link structures of the retrieval index, laid for small memory and exact undo. */

/** Ids stay below this, so that a pair of them is an exact number. */
const PAIR_BASE = 2 ** 26;

/** Strings to small integers; ids never reach any output order. */
export class SymbolTable {
  private readonly ids = new Map<string, number>();
  private readonly texts: string[] = [];
  private readonly pairs = new Map<number, number>();
  private readonly firsts = new Counters();
  private readonly seconds = new Counters();

  intern(text: string): number {
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    const id = this.texts.length;
    this.ids.set(text, id);
    this.texts.push(text);
    return id;
  }

  /** The id of a known string, or -1. */
  find(text: string): number {
    return this.ids.get(text) ?? -1;
  }

  text(id: number): string {
    return this.texts[id] as string;
  }

  get size(): number {
    return this.texts.length;
  }

  /** Number of the pair (a, b), in a space of its own: far smaller than a string made of both. */
  pair(a: number, b: number): number {
    const key = a * PAIR_BASE + b;
    const known = this.pairs.get(key);
    if (known !== undefined) return known;
    const id = this.pairs.size;
    this.pairs.set(key, id);
    this.firsts.add(id, a);
    this.seconds.add(id, b);
    return id;
  }

  first(pair: number): number {
    return this.firsts.get(pair);
  }

  second(pair: number): number {
    return this.seconds.get(pair);
  }
}

/** Int32 counters that grow on demand; unset ones read 0. */
export class Counters {
  private values = new Int32Array(256);

  get(index: number): number {
    return index < this.values.length ? (this.values[index] as number) : 0;
  }

  /** Adds and returns the new value. */
  add(index: number, by: number): number {
    if (index >= this.values.length) {
      const grown = new Int32Array(Math.max(index + 1, this.values.length * 2));
      grown.set(this.values);
      this.values = grown;
    }
    const value = (this.values[index] as number) + by;
    this.values[index] = value;
    return value;
  }
}

/** Counters over a sparse range; those that come down to 0 are forgotten. */
export class SparseCounters {
  private readonly values = new Map<number, number>();

  get(index: number): number {
    return this.values.get(index) ?? 0;
  }

  add(index: number, by: number): void {
    const value = this.get(index) + by;
    if (value === 0) this.values.delete(index);
    else this.values.set(index, value);
  }
}

/** Integers in insertion order. */
export type IntList = readonly number[] | Int32Array;

const NONE: readonly number[] = [];

/** Longer lists are kept in typed arrays: half the memory and faster to run through. */
const PACKED_FROM = 16;

interface PackedList {
  values: Int32Array;
  length: number;
}

/** Key → list of integers, appended to and never searched; single entries are kept without an array. */
export class Postings {
  private readonly lists = new Map<number, number | number[] | PackedList>();

  add(key: number, value: number): void {
    const list = this.lists.get(key);
    if (list === undefined) this.lists.set(key, value);
    else if (typeof list === 'number') this.lists.set(key, [list, value]);
    else if (!Array.isArray(list)) append(list, value);
    else if (list.length < PACKED_FROM) list.push(value);
    else {
      const packed = { values: new Int32Array(PACKED_FROM * 2), length: list.length };
      packed.values.set(list);
      append(packed, value);
      this.lists.set(key, packed);
    }
  }

  /** Values in insertion order: callers must not let that order reach an output. */
  get(key: number): IntList {
    const list = this.lists.get(key);
    if (list === undefined) return NONE;
    if (typeof list === 'number') return [list];
    return Array.isArray(list) ? list : list.values.subarray(0, list.length);
  }
}

function append(list: PackedList, value: number): void {
  if (list.length === list.values.length) {
    const grown = new Int32Array(Math.ceil(list.length * 1.5));
    grown.set(list.values);
    list.values = grown;
  }
  list.values[list.length++] = value;
}

/** Links from a key to items that are counted: an item is listed once under its key, and counts down to 0 again. */
export class CountedLinks {
  private readonly items = new Postings();
  private readonly counts = new Counters();
  private readonly totals = new Counters();
  private readonly listed = new Counters();

  /** Items must belong to one key only. */
  add(key: number, item: number, by: number): void {
    if (this.listed.get(item) === 0) {
      this.listed.add(item, 1);
      this.items.add(key, item);
    }
    this.counts.add(item, by);
    this.totals.add(key, by);
  }

  of(key: number): IntList {
    return this.items.get(key);
  }

  count(item: number): number {
    return this.counts.get(item);
  }

  total(key: number): number {
    return this.totals.get(key);
  }
}
