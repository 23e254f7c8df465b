/**
 * What each family's makers say that their model is to be given, for one question: `GIVEN`. ⟨⟩ holds a token of the model's
 * own; whatever stands between two of them has to be there byte by byte, with no space more or less.
 */
import type { GoldenParts } from './goldenQuestions.ts';
import type { Token } from './tokens.ts';

/** Asked in src/cart.ts of the repository "shop". */
export const GIVEN: GoldenParts = {
  considerBlock: '',
  seed: '',
  related: [
    { path: 'src/tax.ts', text: 'export const tax = 2;\n' },
    { path: 'src/fee.ts', text: 'export const fee = 3;\n' },
  ],
  prefix: 'export const alpha = ',
  suffix: '; // beta\n',
};

export const DOCUMENTED = {
  // arxiv.org/abs/2409.12186, and examples/Qwen2.5-Coder-repolevel-fim.py of github.com/QwenLM/Qwen3-Coder
  'qwen2.5-coder':
    '⟨<|repo_name|>⟩shop\n⟨<|file_sep|>⟩src/tax.ts\nexport const tax = 2;\n⟨<|file_sep|>⟩src/fee.ts\nexport const fee = 3;\n' +
    '⟨<|file_sep|>⟩src/cart.ts\n⟨<|fim_prefix|>⟩export const alpha = ⟨<|fim_suffix|>⟩; // beta\n⟨<|fim_middle|>⟩',
  // arxiv.org/abs/2402.19173, section 5.1
  starcoder2:
    '⟨<repo_name>⟩shop⟨<file_sep>⟩src/tax.ts\nexport const tax = 2;\n⟨<file_sep>⟩src/fee.ts\nexport const fee = 3;\n' +
    '⟨<file_sep>⟩⟨<fim_prefix>⟩src/cart.ts\nexport const alpha = ⟨<fim_suffix>⟩; // beta\n⟨<fim_middle>⟩',
  // README.md of github.com/deepseek-ai/DeepSeek-Coder: "Code Insertion", with the files of "Repository Level Code Completion"
  'deepseek-coder':
    '⟨<｜begin▁of▁sentence｜>⟩⟨<｜fim▁begin｜>⟩#src/tax.ts\nexport const tax = 2;\n#src/fee.ts\nexport const fee = 3;\n' +
    '#src/cart.ts\nexport const alpha = ⟨<｜fim▁hole｜>⟩; // beta\n⟨<｜fim▁end｜>⟩',
  // arxiv.org/abs/2406.11409, figures 2 and 4
  codegemma:
    '⟨<bos>⟩src/tax.ts\nexport const tax = 2;\n⟨<|file_separator|>⟩src/fee.ts\nexport const fee = 3;\n⟨<|file_separator|>⟩' +
    'src/cart.ts\n⟨<|fim_prefix|>⟩export const alpha = ⟨<|fim_suffix|>⟩; // beta\n⟨<|fim_middle|>⟩',
  // encode_fim of github.com/mistralai/mistral-common: a space before the prefix, none before the suffix; files as Continue shows them
  codestral:
    '⟨<s>⟩⟨[SUFFIX]⟩; // beta\n⟨[PREFIX]⟩ +++++ src/tax.ts\nexport const tax = 2;\n\n+++++ src/fee.ts\nexport const fee = 3;\n\n' +
    '+++++ src/cart.ts\nexport const alpha = ',
  // ibm.com/granite/docs/models/granite has prefix, suffix and middle alone; files stand where llama.cpp puts them (its pull request 9874)
  'granite-code':
    '--- src/tax.ts ---\n\nexport const tax = 2;\n\n--- src/fee.ts ---\n\nexport const fee = 3;\n\n' +
    '⟨<fim_prefix>⟩export const alpha = ⟨<fim_suffix>⟩; // beta\n⟨<fim_middle>⟩',
} satisfies Readonly<Record<string, string>>;

/**
 * What a server makes of it where the tokenizer is SentencePiece's: by the file's "add_space_prefix" it puts a space before all
 * text that begins a prompt or stands behind a special token, or before none. No text that is sent changes that.
 */
export const SERVED: Readonly<Record<string, Readonly<Record<'spaced' | 'unspaced', string>>>> = {
  codegemma: {
    unspaced: DOCUMENTED.codegemma,
    // Files of before July 2024 (llama.cpp's pull request 8248), and those that Ollama converts itself.
    spaced: DOCUMENTED.codegemma.replace(/⟩(?=[^⟨])/g, '⟩ '),
  },
  codestral: {
    // The file of Ollama's library (its issue 6148): the prefix has its space, and the suffix one too many.
    spaced: DOCUMENTED.codestral.replace('⟨[SUFFIX]⟩', '⟨[SUFFIX]⟩ '),
    // Some that others converted: the prefix has none.
    unspaced: DOCUMENTED.codestral.replace('⟨[PREFIX]⟩ ', '⟨[PREFIX]⟩'),
  },
};

/** Tokens in the form of the texts above. */
export function markedText(tokens: readonly Token[]): string {
  const marked = tokens.map(({ bytes, special }) => (special ? Buffer.from(`⟨${bytes}⟩`) : bytes));
  return Buffer.concat(marked).toString('utf8');
}
