/** A byte-level tokenizer in Hugging Face's form for models with random weights: with the special tokens of any family. */

export interface TokenizerShape {
  /** Texts that are one token each. */
  readonly special: readonly string[];
  /** One of `special`: ends an answer. */
  readonly end: string;
  /** One of `special`: the server puts it before every prompt, as some families' tokenizers want it. */
  readonly beginning?: string;
  /** ASCII words that are one token each, wherever no other word's merges come in between. */
  readonly words: readonly string[];
}

/** Qwen2.5-Coder's own special tokens, in its order, and just enough words to see that merges work. */
export const QWEN_CODER: TokenizerShape = {
  special: [
    '<|endoftext|>',
    '<|im_start|>',
    '<|im_end|>',
    '<|fim_prefix|>',
    '<|fim_middle|>',
    '<|fim_suffix|>',
    '<|fim_pad|>',
    '<|repo_name|>',
    '<|file_sep|>',
  ],
  end: '<|endoftext|>',
  words: ['er', 'on', 'in', 'return'],
};

/** Qwen2.5's split pattern, by whose checksum Ollama recognises the tokenizer. */
const SPLIT =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
/** A space, as byte-level tokenizers write it. */
const SPACE = 'Ġ';

export interface RandomTokenizer {
  /** tokenizer.json and tokenizer_config.json. */
  readonly files: Readonly<Record<string, object>>;
  /** Tokens that are text: first the bytes, then merged ones. Special tokens follow them. */
  readonly ordinary: number;
  /** Tokens in all. */
  readonly size: number;
  readonly endId: number;
  readonly beginningId: number;
}

export function randomTokenizer({ special, end, beginning, words }: TokenizerShape): RandomTokenizer {
  const merges = mergesFor(words, SPACE);
  const ordinary = [...byteCharacters(), ...merges.map((merge) => merge.replace(' ', ''))];
  const added = special.map((content, at) => ({
    ...{ id: ordinary.length + at, content, special: true },
    ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
  }));
  const idOf = (token: string) => ordinary.length + special.indexOf(token);
  return {
    ordinary: ordinary.length,
    size: ordinary.length + special.length,
    endId: idOf(end),
    beginningId: idOf(beginning ?? end),
    files: {
      'tokenizer_config.json': {
        tokenizer_class: 'Qwen2Tokenizer',
        eos_token: end,
        pad_token: end,
        bos_token: beginning ?? null,
        add_bos_token: beginning !== undefined,
      },
      'tokenizer.json': {
        version: '1.0',
        added_tokens: added,
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [
            { type: 'Split', pattern: { Regex: SPLIT }, behavior: 'Isolated', invert: false },
            { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
          ],
        },
        model: { type: 'BPE', vocab: Object.fromEntries(ordinary.map((token, id) => [token, id])), merges },
      },
    },
  };
}

/** Letter by letter to each word, the word with a space before it, and indentation. `space`: as the tokenizer writes one. */
export function mergesFor(words: readonly string[], space: string): string[] {
  const merges = new Set([`${space} ${space}`, `${space}${space} ${space}${space}`]);
  for (const word of words) for (let at = 1; at < word.length; at++) merges.add(`${word.slice(0, at)} ${word[at]}`);
  for (const word of words) merges.add(`${space} ${word}`);
  // Two ways to one token are one too many: a vocabulary has each once.
  const made = new Set<string>();
  return [...merges].filter((merge) => {
    const token = merge.replace(' ', '');
    return !made.has(token) && made.add(token);
  });
}

/** GPT-2's printable stand-in for each byte, in the order of the bytes. */
export function byteCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCharCode(printable ? byte : next++);
  });
}
