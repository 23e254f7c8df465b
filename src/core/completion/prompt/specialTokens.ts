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
    this.whole = anyOf(longestFirst);
    this.broken = anyOf(longestFirst.map(broken));
  }

  hide(text: string): string {
    return text.replace(this.whole, broken);
  }

  /** What a model copied from a prompt, as it stands in the code. */
  restore(text: string): string {
    return text.replace(this.broken, (found) => found[0] + found.slice(1 + BREAK.length));
  }
}

/** What a server's template for a model says around prompt and suffix that looks like tokens of the model's own. */
export function tokensInTemplate(template: string): string[] {
  return template.replace(/\{\{.*?\}\}/gs, ' ').match(/<[^<>\s]+>|\[\/?[A-Z_]+\]/g) ?? [];
}

function broken(token: string): string {
  return `${token[0]}${BREAK}${token.slice(1)}`;
}

/** With no texts it matches nowhere, where an empty expression would everywhere. */
function anyOf(texts: readonly string[]): RegExp {
  return new RegExp(texts.map(escaped).join('|') || '(?!)', 'g');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
