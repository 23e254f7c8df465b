/** A model with a family's tokenizer, of the family's kind: byte-level, or of SentencePiece's pieces. */
import type { FamilyTokenizer } from './familyTokenizers.ts';
import { tokenizerFolder } from './ollamaServer.ts';
import { pieceFolder } from './randomGguf.ts';
import { pieceDecoder } from './randomPieces.ts';
import { type Token, tokenDecoder } from './tokens.ts';

export interface FamilyModel {
  /** What the server imports. */
  readonly folder: string;
  /** Tokens of the server's ids. */
  decode(ids: readonly number[]): Token[];
}

/** `words`: known whole, see TokenizerShape. */
export function familyModel(
  name: string,
  contextLength: number,
  { pieces, ...tokenizer }: FamilyTokenizer,
  words: readonly string[],
): FamilyModel {
  if (!pieces) {
    const folder = tokenizerFolder(name, contextLength, { ...tokenizer, words });
    return { folder, decode: tokenDecoder(folder) };
  }
  const shape = { ...tokenizer, ...pieces, words };
  return { folder: pieceFolder(name, contextLength, shape), decode: pieceDecoder(shape) };
}
