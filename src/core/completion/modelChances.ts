/** How sure a model is of what it wrote, by the chances that it gave its own tokens. */
import type { TokenChance } from '../ports.ts';

/** A beginning of a text's first line that ends with a whole word or a sign, and the chance that a person writes just this. */
export interface Beginning {
  /** UTF-16 units. */
  readonly length: number;
  readonly chance: number;
}

const WORD_SIGN = /[\p{L}\p{M}\p{N}_$]/u;

/**
 * The beginnings of a text's first line, the whole line last. A token's chance counts for every beginning that it reaches into.
 * `tokens`: of the whole answer, of which the text is a part; undefined where it is not found in it.
 */
export function beginningsOf(text: string, tokens: readonly TokenChance[]): Beginning[] | undefined {
  const line = (text.split(/\r?\n/, 1)[0] as string).trimEnd();
  const from = tokens
    .map((token) => token.text)
    .join('')
    .indexOf(line);
  if (line === '' || from < 0) return undefined;
  const beginnings: Beginning[] = [];
  let sum = 0;
  let end = -from;
  for (const token of tokens) {
    sum += token.logprob;
    end += token.text.length;
    const length = Math.min(end, line.length);
    if (length > 0 && endsWord(line, length)) beginnings.push({ length, chance: Math.exp(sum) });
    if (end >= line.length) break;
  }
  return beginnings;
}

function endsWord(line: string, at: number): boolean {
  return !(WORD_SIGN.test(line[at - 1] ?? '') && WORD_SIGN.test(line[at] ?? ''));
}
