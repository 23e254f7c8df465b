/**
 * A SentencePiece tokenizer for models with random weights: "▁" for a space, a token for each byte that no piece has, and the
 * special tokens of any family. A server cuts text by it in another way than by a byte-level one, spaces above all.
 */
import { mergesFor, type TokenizerShape } from './randomTokenizer.ts';
import type { Token } from './tokens.ts';

export interface PieceShape extends TokenizerShape {
  /** Texts that are cut out before all others, as Gemma has them for line feeds and indentation. */
  readonly whole: readonly string[];
}

/** Numbers of GGUF's "tokenizer.ggml.token_type". */
const KINDS = { normal: 1, unknown: 2, control: 3, whole: 4, byte: 6 } as const;

export interface Piece {
  readonly text: string;
  readonly kind: (typeof KINDS)[keyof typeof KINDS];
  /** Of two pieces that could be made, the one with more is. */
  readonly score: number;
}

const SPACE = '▁';
const UNKNOWN = '<unk>';

/** In the order of their ids. */
export function piecesOf({ special, whole, words }: PieceShape): Piece[] {
  const merged = mergesFor(words, SPACE).map((merge) => merge.replace(' ', ''));
  const characters = [SPACE, ...Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at))];
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  return [
    ...special.map((text) => ({ text, kind: text === UNKNOWN ? KINDS.unknown : KINDS.control, score: 0 })),
    ...whole.map((text) => ({ text, kind: KINDS.whole, score: 0 })),
    ...bytes.map((text) => ({ text, kind: KINDS.byte, score: 0 })),
    ...[...merged, ...characters].map((text, at) => ({ text, kind: KINDS.normal, score: -at })),
  ];
}

/** Turns token ids into tokens, whose bytes have spaces as spaces. */
export function pieceDecoder(shape: PieceShape): (ids: readonly number[]) => Token[] {
  const tokens = piecesOf(shape).map(({ text, kind }): Token => {
    if (kind === KINDS.byte) return { bytes: Buffer.from(text.slice(3, 5), 'hex'), special: false };
    const special = kind === KINDS.control || kind === KINDS.unknown;
    return { bytes: Buffer.from(special ? text : text.replaceAll(SPACE, ' ')), special };
  });
  return (ids) => ids.map((id) => tokens[id] as Token);
}
