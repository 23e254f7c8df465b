/** Models that suit completion on a machine of one's own, as Ollama's library names them. */

export interface RecommendedModel {
  readonly name: string;
  /** Of the download, about; as the library states it (ollama.com/library/qwen2.5-coder/tags). */
  readonly megabytes: number;
}

/** Base models fill in; the instruct ones of the same sizes talk. Small first: latency decides whether ghost text helps. */
export const RECOMMENDED_MODELS: readonly RecommendedModel[] = [
  { name: 'qwen2.5-coder:0.5b-base', megabytes: 531 },
  { name: 'qwen2.5-coder:1.5b-base', megabytes: 986 },
  { name: 'qwen2.5-coder:3b-base', megabytes: 1_900 },
  { name: 'qwen2.5-coder:7b-base', megabytes: 4_700 },
];
