/** Writes tokens down so that a person can review them: readable text, in which every boundary and special token shows. */
import type { Token } from './tokens.ts';

/** A character that is several tokens has their number behind it. */
const COUNTS = '₀₁₂₃₄₅₆₇₈₉';
const INVISIBLE: Readonly<Record<string, string>> = {
  '\n': '↵',
  '\r': '␍',
  '\t': '⇥',
  '\u200d': '⁀',
  '\u200f': '→RTL',
};

/**
 * Ordinary tokens are divided by "¦" and special ones stand in ⟨⟩. A line ends after "↵", which is a line's end in the text
 * ("␍" a carriage return, "⇥" a tab, "⁀" a joiner of emoji), or before a special token.
 */
export function goldenText(tokens: readonly Token[]): string {
  let text = '';
  /** Whether a boundary has to be shown before the next ordinary token. */
  let divided = false;
  for (let at = 0; at < tokens.length; ) {
    const { bytes, special } = tokens[at] as Token;
    if (special) {
      text += `${text === '' || text.endsWith('\n') ? '' : '\n'}⟨${bytes.toString('utf8')}⟩`;
      divided = false;
      at++;
      continue;
    }
    const [whole, count] = wholeCharacters(tokens, at);
    text += `${divided ? '¦' : ''}${visible(whole)}${count > 1 ? [...String(count)].map((digit) => COUNTS[Number(digit)]).join('') : ''}`;
    divided = !text.endsWith('\n');
    at += count;
  }
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** As many tokens from `at` on as it takes to have whole characters, joined. */
function wholeCharacters(tokens: readonly Token[], at: number): [text: string, count: number] {
  for (let count = 1; ; count++) {
    const part = tokens.slice(at, at + count);
    const text = Buffer.concat(part.map(({ bytes }) => bytes)).toString('utf8');
    if (!text.includes('\ufffd') || at + count >= tokens.length || part.some(({ special }) => special))
      return [text, count];
  }
}

function visible(text: string): string {
  return text.replace(/[\n\r\t\u200d\u200f]/g, (found) => INVISIBLE[found] + (found === '\n' ? '\n' : ''));
}
