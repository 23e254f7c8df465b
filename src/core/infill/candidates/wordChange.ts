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

/** The name with the words changed, each in the case of the one it replaces; the name itself where it has none of them. */
export function changed(name: string, { from, to }: WordChange): string {
  const found = [...name.matchAll(WORDS)];
  for (let at = 0; at + from.length <= found.length; at++) {
    const part = found.slice(at, at + from.length);
    const plural = (part.at(-1) as RegExpExecArray)[0].toLowerCase() === `${from.at(-1)}s`;
    const isSame = part.every(([word], i) => word.toLowerCase() === from[i] || (plural && i === from.length - 1));
    if (!isSame) continue;
    const [first, last] = [part[0] as RegExpExecArray, part.at(-1) as RegExpExecArray];
    const separator =
      part.length > 1
        ? name.slice(first.index + first[0].length, (part[1] as RegExpExecArray).index)
        : /_/.test(name)
          ? '_'
          : '';
    const isUpper = name === name.toUpperCase() && /[A-Z]{2}/.test(name);
    const isCamel = separator === '' && !isUpper;
    const fresh = to.map((word, i) => {
      const own = plural && i === to.length - 1 ? `${word}s` : word;
      if (isUpper) return own.toUpperCase();
      const isCapital = i === 0 ? /^[A-Z]/.test(first[0]) : isCamel || /^[A-Z]/.test(first[0]);
      return isCapital ? (own[0] as string).toUpperCase() + own.slice(1) : own;
    });
    return name.slice(0, first.index) + fresh.join(separator) + name.slice(last.index + last[0].length);
  }
  return name;
}

function wordsOf(name: string): string[] {
  return (name.match(WORDS) ?? []).map((word) => word.toLowerCase());
}
