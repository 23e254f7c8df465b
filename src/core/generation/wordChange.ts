/** What changes between a name there and the name here, as words of it: `loadOrder` to `loadInvoice` makes `orders` into `invoices`. */

const WORDS = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;

export interface WordChange {
  /** In lower case, in order. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** The words between what two names begin with and end with alike; undefined where nothing is left of one of them, or all differs. */
export function wordChange(there: string, here: string): WordChange | undefined {
  const [a, b] = [wordsOf(there), wordsOf(here)];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [from, to] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (from.length === 0 || to.length === 0 || from.join('').length < 2) return undefined;
  return { from, to };
}

/**
 * As `wordChange`; where words are only added or taken away, the word beside them says where: `Push` to `PushTags` makes `push` into
 * `push tags`.
 */
export function nameChange(there: string, here: string): WordChange | undefined {
  const plain = wordChange(there, here);
  if (plain) return plain;
  const [a, b] = [wordsOf(there), wordsOf(here)];
  if (a.length === b.length || a.length === 0 || b.length === 0) return undefined;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  const end = Math.min(a.length, b.length) - start;
  if (end > 0 && a.slice(a.length - end).join(' ') !== b.slice(b.length - end).join(' ')) return undefined;
  // The word before it, else the one behind.
  const [from, to] =
    start > 0
      ? [a.slice(start - 1, a.length - end), b.slice(start - 1, b.length - end)]
      : [a.slice(0, a.length - end + 1), b.slice(0, b.length - end + 1)];
  return from.join('').length < 2 ? undefined : { from, to };
}

/** The name with the words changed, each in the case of the one it replaces; the name itself where it has none of them. */
export function changed(name: string, { from, to }: WordChange): string {
  const found = [...name.matchAll(WORDS)];
  for (let at = 0; at + from.length <= found.length; at++) {
    const part = found.slice(at, at + from.length);
    const plural = (part.at(-1) as RegExpExecArray)[0].toLowerCase() === pluralOf(from.at(-1) as string);
    const isSame = part.every(([word], i) => word.toLowerCase() === from[i] || (plural && i === from.length - 1));
    if (!isSame) continue;
    const [first, last] = [part[0] as RegExpExecArray, part.at(-1) as RegExpExecArray];
    const separator =
      part.length > 1
        ? name.slice(first.index + first[0].length, (part[1] as RegExpExecArray).index)
        : /_/.test(name)
          ? '_'
          : '';
    const isUpper = part.every(([word]) => word === word.toUpperCase()) && /[A-Z]{2}/.test(first[0]);
    const isCamel = separator === '' && !isUpper;
    const fresh = to.map((word, i) => {
      const own = plural && i === to.length - 1 ? pluralOf(word) : word;
      if (isUpper) return own.toUpperCase();
      const isCapital = i === 0 ? /^[A-Z]/.test(first[0]) : isCamel || /^[A-Z]/.test(first[0]);
      return isCapital ? (own[0] as string).toUpperCase() + own.slice(1) : own;
    });
    return name.slice(0, first.index) + fresh.join(separator) + name.slice(last.index + last[0].length);
  }
  return name;
}

/** Words that stand in the same place of names of as many words: `leftToRight` and `rightToLeft` make left right and right left. */
export function wordsInPlace(there: string, here: string): ReadonlyMap<string, string> {
  const [a, b] = [wordsOf(there), wordsOf(here)];
  const pairs = a.length === b.length ? a.map((word, i) => [word, b[i] as string] as const) : [];
  return new Map(pairs.filter(([one, other]) => one !== other && one.length > 1));
}

/** The name with each of its words that is among these replaced, in its own case. */
export function withWords(name: string, words: ReadonlyMap<string, string>): string {
  if (words.size === 0) return name;
  return name.replace(WORDS, (word) => {
    const fresh = words.get(word.toLowerCase());
    if (fresh === undefined) return word;
    if (word === word.toUpperCase() && word.length > 1) return fresh.toUpperCase();
    return /^[A-Z]/.test(word) ? (fresh[0] as string).toUpperCase() + fresh.slice(1) : fresh;
  });
}

/** By the rule: `orders`, `boxes`, `categories`. */
function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

function wordsOf(name: string): string[] {
  return (name.match(WORDS) ?? []).map((word) => word.toLowerCase());
}
