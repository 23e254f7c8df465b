/**
 * What is learned from pairs of functions that stand to one another as a kin does to the function asked for: `Orders.find` is to
 * `Invoices.find` as `Orders.total` is to `Invoices.total`; `getInt` is to `getInt32` as `getInts` is to `getInt32s`.
 */
import { rebound } from '../../generation/rebind.ts';
import { changed, nameChange, type WordChange } from '../../generation/wordChange.ts';
import type { LanguageId } from '../../languages.ts';
import type { FunctionFact } from '../../syntax/facts.ts';
import { lexemesOf } from '../place.ts';

/** A function of a file with the text of its body. */
export interface Told {
  readonly fact: FunctionFact;
  readonly body: string;
}

export interface Analogy {
  /** Words of the ones' bodies and what always stands for them in the others'. */
  readonly renames: ReadonlyMap<string, string>;
  /** Changes from the kin's name, class or file to the other's that are made in the bodies of the pairs too. */
  readonly confirmed: readonly WordChange[];
  /** How alike the ones, bound to the others' names, are to what the others do say: mean in [0, 1]; 0 where there are no pairs. */
  readonly agreement: number;
  readonly pairs: number;
  /** Lexemes of the others that are just what the ones say, bound to their names. */
  readonly agreedLexemes: number;
}

/** Pairs that are compared, the nearest ones, and lexemes of each body. */
const MOST_PAIRS = 4;
const MOST_LEXEMES = 200;
/** Functions beside each that are looked at. */
const MOST_BESIDE = 60;
const WORD = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

export interface AnalogyQuestion {
  readonly language: LanguageId;
  /** The kin, and the function asked for. */
  readonly from: FunctionFact;
  readonly to: FunctionFact;
  /** Functions beside the kin, and beside the other: the same ones where both stand in one class. */
  readonly there: readonly Told[];
  readonly here: readonly Told[];
  /** Names of the two files. */
  readonly around: readonly [string, string];
  readonly known: (name: string) => boolean;
}

export function analogy(question: AnalogyQuestion): Analogy {
  const { language, from, to, around, known } = question;
  const changes = changesOf(question);
  const pairs = pairsOf(question, changes).slice(0, MOST_PAIRS);
  const turns = new Map<string, Map<string, number>>();
  const apart = pairs.map(([one, other]) => {
    const fresh = rebound(one.body, { language, from: one.fact, to: other.fact, known, around: [around] });
    const [a, b] = [lexemesOf(fresh).slice(0, MOST_LEXEMES), lexemesOf(other.body).slice(0, MOST_LEXEMES)];
    const own = new Set(lexemesOf(one.body));
    const { distance, same } = aligned(a, b);
    for (const [x, y] of same) {
      // What was renamed by rule needs no learning.
      if (!own.has(x) || !WORD.test(x) || !WORD.test(y)) continue;
      const votes = turns.get(x) ?? new Map<string, number>();
      votes.set(y, (votes.get(y) ?? 0) + 1);
      turns.set(x, votes);
    }
    return { a, b, distance };
  });
  const names = new Set([...from.parameters, ...to.parameters].map(({ name }) => name));
  const renames = new Map<string, string>();
  for (const [x, votes] of turns) {
    const [[best, count] = ['', 0], second] = [...votes].sort((one, other) => other[1] - one[1]);
    if (best !== x && (second?.[1] ?? 0) * 3 < count && !names.has(x)) renames.set(x, best);
  }
  const alike = apart.map(({ a, b, distance }) => {
    if (renames.size === 0 || distance === 0) return similarityOf(a, b, distance);
    const again = a.map((lexeme) => renames.get(lexeme) ?? lexeme);
    return similarityOf(again, b, aligned(again, b).distance);
  });
  const agreement = alike.length === 0 ? 0 : alike.reduce((sum, each) => sum + each, 0) / alike.length;
  const agreedLexemes = apart.reduce((sum, { b }, i) => sum + (alike[i] === 1 ? b.length : 0), 0);
  const confirmed = changes.filter((change) => isMade(change, pairs));
  return { renames, confirmed, agreement, pairs: pairs.length, agreedLexemes };
}

function changesOf({ from, to, there, here, around }: AnalogyQuestion): WordChange[] {
  const names = there === here ? [[from.name, to.name]] : [[from.container, to.container], around];
  return names.flatMap(([a = '', b = '']) => (a === b ? [] : (nameChange(a, b) ?? [])));
}

/** More of the ones' words that it changes are so in the others' bodies than are not. */
function isMade(change: WordChange, pairs: readonly (readonly [Told, Told])[]): boolean {
  let balance = 0;
  for (const [one, other] of pairs) {
    const there = new Set(lexemesOf(other.body));
    for (const word of new Set(lexemesOf(one.body))) {
      const image = changed(word, change);
      if (image !== word) balance += there.has(image) ? 1 : -1;
    }
  }
  return balance > 0;
}

/** Nearest first to the function asked for. */
function pairsOf({ from, to, there, here }: AnalogyQuestion, changes: readonly WordChange[]): [Told, Told][] {
  const isOne = there === here;
  const images = new Map<string, Told>();
  // The nearest one of a name is the one that is meant.
  for (const one of nearest(there, from).reverse()) {
    if (!isOne) images.set(one.fact.name, one);
    for (const change of changes) {
      const image = changed(one.fact.name, change);
      if (image !== one.fact.name) images.set(image, one);
    }
  }
  return nearest(here, to).flatMap((other): [Told, Told][] => {
    const one = images.get(other.fact.name);
    return one && one.fact !== other.fact && one.fact.kind === other.fact.kind ? [[one, other]] : [];
  });
}

/** The functions around one, itself left out. */
function nearest(all: readonly Told[], fact: FunctionFact): Told[] {
  return all
    .filter(({ fact: { start, name } }) => start !== fact.start || name !== fact.name)
    .sort((x, y) => apartFrom(x.fact, fact) - apartFrom(y.fact, fact))
    .slice(0, MOST_BESIDE);
}

const apartFrom = (a: FunctionFact, b: FunctionFact): number => Math.abs(a.startLine - b.startLine);

function similarityOf(a: readonly string[], b: readonly string[], distance: number): number {
  return 1 - distance / Math.max(1, a.length, b.length);
}

/** Levenshtein's distance with the pairs that are kept or changed into one another. */
function aligned(a: readonly string[], b: readonly string[]): { distance: number; same: [string, string][] } {
  const width = b.length + 1;
  const costs = new Uint16Array((a.length + 1) * width);
  for (let x = 0; x <= a.length; x++) costs[x * width] = x;
  for (let y = 0; y <= b.length; y++) costs[y] = y;
  for (let x = 1; x <= a.length; x++)
    for (let y = 1; y <= b.length; y++) {
      const both = (costs[(x - 1) * width + y - 1] as number) + (a[x - 1] === b[y - 1] ? 0 : 1);
      const alone = Math.min(costs[(x - 1) * width + y] as number, costs[x * width + y - 1] as number) + 1;
      costs[x * width + y] = Math.min(both, alone);
    }
  const same: [string, string][] = [];
  let [x, y] = [a.length, b.length];
  while (x > 0 && y > 0) {
    const own = costs[x * width + y] as number;
    const [one, other] = [a[x - 1] as string, b[y - 1] as string];
    if (own === (costs[(x - 1) * width + y - 1] as number) + (one === other ? 0 : 1)) {
      same.push([one, other]);
      [x, y] = [x - 1, y - 1];
    } else if (own === (costs[(x - 1) * width + y] as number) + 1) x--;
    else y--;
  }
  return { distance: costs[a.length * width + b.length] as number, same };
}
