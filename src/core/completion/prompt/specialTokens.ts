/** Texts that a model reads as tokens of its own, where they occur in somebody's code. */

/** Between the first character of such a text and the rest: visible, harmless and easy to take out again. */
const BREAK = ' ';

/**
 * Makes the special tokens of a model harmless in code that is put into its prompt: `<|fim_middle|>` → `< |fim_middle|>`,
 * so that the server does not read them as the end of a part.
 */
export class SpecialTokens {
  private readonly whole: RegExp;
  private readonly broken: RegExp;

  constructor(tokens: readonly string[]) {
    const longestFirst = [...tokens].sort((a, b) => b.length - a.length);
    this.whole = new RegExp(longestFirst.map(escaped).join('|'), 'g');
    this.broken = new RegExp(longestFirst.map((token) => escaped(broken(token))).join('|'), 'g');
  }

  hide(text: string): string {
    return text.replace(this.whole, broken);
  }

  /** What a model copied from a prompt, as it stands in the code. */
  restore(text: string): string {
    return text.replace(this.broken, (found) => found[0] + found.slice(1 + BREAK.length));
  }
}

function broken(token: string): string {
  return `${token[0]}${BREAK}${token.slice(1)}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
