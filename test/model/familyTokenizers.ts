/**
 * The special tokens of each family's published tokenizer (tokenizer_config.json of the model named beside it), in full: what
 * a server that serves the family reads as one token, whether src/data/models knows of it or not. (Written from memory; StarCoder2's, Granite's and Mistral's were
 * compared with public code that lists them.)
 */
import type { GgufShape } from './randomGguf.ts';
import type { TokenizerShape } from './randomTokenizer.ts';

export interface FamilyTokenizer extends Omit<TokenizerShape, 'words'> {
  /** Of families whose tokenizer is SentencePiece's. */
  readonly pieces?: Omit<GgufShape, keyof TokenizerShape>;
}

const GITHUB_EVENTS = ['<issue_start>', '<issue_comment>', '<issue_closed>'];
const JUPYTER = ['<jupyter_start>', '<jupyter_text>', '<jupyter_code>', '<jupyter_output>'];
const FILL_IN = ['<fim_prefix>', '<fim_middle>', '<fim_suffix>', '<fim_pad>'];

export const FAMILY_TOKENIZERS: Readonly<Record<string, FamilyTokenizer>> = {
  // Qwen/Qwen2.5-Coder-1.5B
  'qwen2.5-coder': {
    special: [
      ...['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<|object_ref_start|>', '<|object_ref_end|>'],
      ...['<|box_start|>', '<|box_end|>', '<|quad_start|>', '<|quad_end|>', '<|vision_start|>', '<|vision_end|>'],
      ...['<|vision_pad|>', '<|image_pad|>', '<|video_pad|>', '<tool_call>', '</tool_call>'],
      ...['<|fim_prefix|>', '<|fim_middle|>', '<|fim_suffix|>', '<|fim_pad|>', '<|repo_name|>', '<|file_sep|>'],
    ],
    end: '<|endoftext|>',
  },
  // bigcode/starcoder2-3b
  starcoder2: {
    special: [
      ...['<|endoftext|>', ...FILL_IN, '<repo_name>', '<file_sep>', ...GITHUB_EVENTS, ...JUPYTER],
      ...['<jupyter_script>', '<empty_output>', '<code_to_intermediate>', '<intermediate_to_code>'],
      ...['<pr>', '<pr_status>', '<pr_is_merged>', '<pr_base>', '<pr_file>', '<pr_base_code>', '<pr_diff>'],
      ...['<pr_diff_hunk>', '<pr_comment>', '<pr_event_id>', '<pr_review>', '<pr_review_state>'],
      ...['<pr_review_comment>', '<pr_in_reply_to_review_id>', '<pr_in_reply_to_comment_id>'],
      ...['<pr_diff_hunk_comment_line>', '<NAME>', '<EMAIL>', '<KEY>', '<PASSWORD>'],
    ],
    end: '<|endoftext|>',
  },
  // deepseek-ai/deepseek-coder-1.3b-base
  'deepseek-coder': {
    special: [
      ...['<｜begin▁of▁sentence｜>', '<｜end▁of▁sentence｜>', '<｜fim▁hole｜>', '<｜fim▁begin｜>', '<｜fim▁end｜>'],
      ...['<pad>', '<|User|>', '<|Assistant|>', '<|EOT|>'],
    ],
    end: '<｜end▁of▁sentence｜>',
    beginning: '<｜begin▁of▁sentence｜>',
  },
  // google/codegemma-2b; its 99 <unusedN> left out
  codegemma: {
    special: [
      ...['<pad>', '<eos>', '<bos>', '<unk>', '<mask>', '<start_of_turn>', '<end_of_turn>'],
      ...['<|fim_prefix|>', '<|fim_middle|>', '<|fim_suffix|>', '<|file_separator|>'],
    ],
    end: '<eos>',
    beginning: '<bos>',
    pieces: { architecture: 'gemma', whole: ['\n', '\n\n', '  ', '    '], spaced: false },
  },
  // mistralai/Codestral-22B-v0.1; its [control_N] left out
  codestral: {
    special: [
      ...['<unk>', '<s>', '</s>', '[INST]', '[/INST]', '[TOOL_CALLS]', '[AVAILABLE_TOOLS]', '[/AVAILABLE_TOOLS]'],
      ...['[TOOL_RESULTS]', '[/TOOL_RESULTS]', '[IMG]', '[PREFIX]', '[MIDDLE]', '[SUFFIX]'],
    ],
    end: '</s>',
    beginning: '<s>',
    pieces: { architecture: 'llama', whole: [], spaced: true },
  },
  // ibm-granite/granite-8b-code-base-4k
  'granite-code': {
    special: [
      ...['<|endoftext|>', ...FILL_IN, '<filename>', '<gh_stars>', ...GITHUB_EVENTS, ...JUPYTER, '<empty_output>'],
      ...['<commit_before>', '<commit_msg>', '<commit_after>', '<reponame>'],
    ],
    end: '<|endoftext|>',
  },
};

/**
 * A model that nobody here knows, with tokens of its own: those of CodeLlama that its template names or that others have too
 * (nobody can tell of any others). Without a suffix it would chat.
 */
export const UNKNOWN_MODEL = {
  tokenizer: {
    special: ['<unk>', '<s>', '</s>', '<PRE>', '<MID>', '<SUF>'],
    end: '</s>',
    beginning: '<s>',
  } satisfies FamilyTokenizer,
  template:
    '{{- if .Suffix }}<PRE> {{ .Prompt }} <SUF>{{ .Suffix }} <MID>{{- else }}You are a helpful chat: {{ .Prompt }}{{ end }}',
};
