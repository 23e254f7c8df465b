/** Writes a Hugging Face folder with a Qwen2-shaped model of random weights: what `ollama create` imports where no trained one is at hand. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { QWEN_CODER, randomTokenizer, type TokenizerShape } from './randomTokenizer.ts';

export interface RandomModelShape {
  /** Width of the embeddings; a multiple of 64. */
  readonly hidden: number;
  readonly layers: number;
  /** Longest context in tokens. */
  readonly contextLength: number;
}

/** The template that puts prompt and suffix into Qwen's fill-in-the-middle order: with it `insert` is among the capabilities. */
export const FIM_TEMPLATE = `{{- if .Suffix }}<|fim_prefix|>{{ .Prompt }}<|fim_suffix|>{{ .Suffix }}<|fim_middle|>
{{- else }}{{ .Prompt }}{{ end }}`;

/** Does nothing where the folder exists. The same shape and tokenizer always get the same weights. */
export function writeRandomModel(folder: string, shape: RandomModelShape, tokens: TokenizerShape = QWEN_CODER): void {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const write = (name: string, content: object) => writeFileSync(join(unfinished, name), JSON.stringify(content));
  const tokenizer = randomTokenizer(tokens);
  const heads = shape.hidden / 64;
  write('config.json', {
    architectures: ['Qwen2ForCausalLM'],
    model_type: 'qwen2',
    hidden_size: shape.hidden,
    intermediate_size: shape.hidden * 4,
    num_hidden_layers: shape.layers,
    num_attention_heads: heads,
    num_key_value_heads: heads,
    max_position_embeddings: shape.contextLength,
    rms_norm_eps: 1e-6,
    rope_theta: 10000,
    vocab_size: tokenizer.size,
    bos_token_id: tokenizer.beginningId,
    eos_token_id: tokenizer.endId,
    tie_word_embeddings: true,
    torch_dtype: 'bfloat16',
    hidden_act: 'silu',
  });
  write('generation_config.json', { eos_token_id: [tokenizer.endId], bos_token_id: tokenizer.beginningId });
  for (const [name, content] of Object.entries(tokenizer.files)) write(name, content);
  writeFileSync(join(unfinished, 'model.safetensors'), safetensors(tensors(shape, tokenizer.size), tokenizer.ordinary));
  if (existsSync(folder)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, folder);
}

type Tensor = readonly [name: string, shape: readonly number[]];

function tensors({ hidden, layers }: RandomModelShape, vocabulary: number): Tensor[] {
  const inner = hidden * 4;
  const list: Tensor[] = [
    ['model.embed_tokens.weight', [vocabulary, hidden]],
    ['model.norm.weight', [hidden]],
  ];
  for (let layer = 0; layer < layers; layer++) {
    const add = (name: string, ...shape: number[]) => list.push([`model.layers.${layer}.${name}`, shape]);
    add('input_layernorm.weight', hidden);
    add('post_attention_layernorm.weight', hidden);
    for (const part of ['q', 'k', 'v']) {
      add(`self_attn.${part}_proj.weight`, hidden, hidden);
      add(`self_attn.${part}_proj.bias`, hidden);
    }
    add('self_attn.o_proj.weight', hidden, hidden);
    add('mlp.gate_proj.weight', inner, hidden);
    add('mlp.up_proj.weight', inner, hidden);
    add('mlp.down_proj.weight', hidden, inner);
  }
  return list;
}

/** The file format: length of the header (64 bits), the header as JSON, the numbers (here bfloat16) one after the other. */
function safetensors(list: readonly Tensor[], ordinary: number): Buffer {
  let offset = 0;
  const header = Object.fromEntries(
    list.map(([name, shape]) => {
      const start = offset;
      offset += 2 * shape.reduce((product, size) => product * size, 1);
      return [name, { dtype: 'BF16', shape, data_offsets: [start, offset] }];
    }),
  );
  const json = Buffer.from(JSON.stringify(header));
  const file = Buffer.alloc(8 + json.length + offset);
  file.writeBigUInt64LE(BigInt(json.length));
  json.copy(file, 8);
  const random = linearCongruential(1);
  const bytes = 256;
  /** Tokens that are no text by themselves have weights of 0, so that they are never the likeliest: answers are ASCII. */
  const isText = (token: number) => (token >= 32 && token < 127) || (token >= bytes && token < ordinary);
  for (const [name, shape] of list) {
    const embeds = name === 'model.embed_tokens.weight';
    const start = 8 + json.length + (header[name]?.data_offsets[0] ?? 0);
    const count = shape.reduce((product, size) => product * size, 1);
    const spread = 1.7 / Math.sqrt(shape.at(-1) ?? 1);
    for (let i = 0; i < count; i++) {
      const drawn = (random() * 2 - 1) * spread;
      const silent = embeds && !isText(Math.floor(i / (shape[1] ?? 1)));
      file.writeUInt16LE(bfloat16(name.endsWith('norm.weight') ? 1 : silent ? 0 : drawn), start + 2 * i);
    }
  }
  return file;
}

const asFloat = new Float32Array(1);
const asBits = new Uint32Array(asFloat.buffer);

function bfloat16(value: number): number {
  asFloat[0] = value;
  return (asBits[0] ?? 0) >>> 16;
}

/** Numbers in [0, 1) from a seed (Numerical Recipes' constants): the same weights everywhere. */
export function linearCongruential(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
