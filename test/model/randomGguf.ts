/** The smallest model with a SentencePiece tokenizer, as one GGUF file of random weights: what llama.cpp's converter makes of published ones. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../projectRoot.ts';
import { type GgufTensor, type GgufValue, gguf } from './gguf.ts';
import { linearCongruential } from './randomModel.ts';
import { type PieceShape, piecesOf } from './randomPieces.ts';

export interface GgufShape extends PieceShape {
  readonly architecture: 'llama' | 'gemma';
  /** "add_space_prefix": the server puts a space before text that begins a prompt or stands behind a special token. */
  readonly spaced: boolean;
}

const HIDDEN = 64;
const INNER = 256;

/** A folder with the file alone, as `ollama create` wants it. */
export function pieceFolder(name: string, contextLength: number, shape: GgufShape): string {
  const version = createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 8);
  const folder = join(projectRoot, '.vscode-test/ollama', `pieces-${name}-${contextLength}-${version}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, 'model.gguf'), gguf(metadata(contextLength, shape), tensors(piecesOf(shape).length)));
  if (existsSync(folder)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, folder);
  return folder;
}

function metadata(contextLength: number, shape: GgufShape): Record<string, GgufValue> {
  const { architecture, special, beginning, end, spaced } = shape;
  const pieces = piecesOf(shape);
  const sizes = {
    context_length: contextLength,
    embedding_length: HIDDEN,
    block_count: 1,
    feed_forward_length: INNER,
    'attention.head_count': 1,
    'attention.head_count_kv': 1,
    'attention.key_length': HIDDEN,
    'attention.value_length': HIDDEN,
    'rope.dimension_count': HIDDEN,
  };
  return {
    'general.architecture': ['string', architecture],
    'general.file_type': ['uint32', 0],
    ...Object.fromEntries(
      Object.entries(sizes).map(([key, value]) => [`${architecture}.${key}`, ['uint32', value] as const]),
    ),
    [`${architecture}.attention.layer_norm_rms_epsilon`]: ['float32', 1e-6],
    'tokenizer.ggml.model': ['string', 'llama'],
    'tokenizer.ggml.pre': ['string', 'default'],
    'tokenizer.ggml.tokens': ['string', pieces.map(({ text }) => text)],
    'tokenizer.ggml.scores': ['float32', pieces.map(({ score }) => score)],
    'tokenizer.ggml.token_type': ['int32', pieces.map(({ kind }) => kind)],
    'tokenizer.ggml.bos_token_id': ['uint32', special.indexOf(beginning ?? end)],
    'tokenizer.ggml.eos_token_id': ['uint32', special.indexOf(end)],
    'tokenizer.ggml.unknown_token_id': ['uint32', special.indexOf('<unk>')],
    'tokenizer.ggml.add_bos_token': ['bool', beginning !== undefined],
    'tokenizer.ggml.add_eos_token': ['bool', false],
    'tokenizer.ggml.add_space_prefix': ['bool', spaced],
  };
}

function tensors(vocabulary: number): GgufTensor[] {
  const random = linearCongruential(1);
  const tensor = (name: string, ...shape: number[]): GgufTensor => {
    const count = shape.reduce((product, size) => product * size, 1);
    const norm = name.endsWith('norm.weight');
    return { name, shape, numbers: Float32Array.from({ length: count }, () => (norm ? 1 : (random() - 0.5) / 4)) };
  };
  return [
    tensor('token_embd.weight', HIDDEN, vocabulary),
    tensor('output_norm.weight', HIDDEN),
    ...['attn_norm', 'ffn_norm'].map((part) => tensor(`blk.0.${part}.weight`, HIDDEN)),
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((part) => tensor(`blk.0.${part}.weight`, HIDDEN, HIDDEN)),
    ...['ffn_gate', 'ffn_up'].map((part) => tensor(`blk.0.${part}.weight`, HIDDEN, INNER)),
    tensor('blk.0.ffn_down.weight', INNER, HIDDEN),
  ];
}
