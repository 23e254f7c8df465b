/** What mutation operators see of a text, and what they answer. */
import type { TextEdit } from '../../base/textEdit.ts';
import type { CodeToken, LexicalFamily } from './codeTokens.ts';

export interface Mutation {
  readonly edits: readonly TextEdit[];
  /** Prior belief in [0, 1], for the order of trying. */
  readonly weight: number;
  readonly title: string;
}

/** What the operators see: tokens without comments and line ends. */
export interface MutationSite {
  readonly text: string;
  readonly family: LexicalFamily;
  readonly tokens: readonly CodeToken[];
}

/** True if a value may end with this token, so that an operator after it has two sides. */
export function endsOperand(token: CodeToken | undefined): boolean {
  if (!token) return false;
  if (token.kind === 'word')
    return !/^(?:return|and|or|not|in|is|if|else|elif|while|yield|await|print|case|of|typeof)$/.test(token.text);
  return token.kind === 'number' || token.kind === 'string' || token.text === ')' || token.text === ']';
}
