/** What is said to Ollama's /api/generate, and what its last line says. */
import type { GenerateRequest } from 'ollama/browser';
import type { ModelEnd, ModelPiece, ModelRequest } from '../../core/ports.ts';

/**
 * Everything is said, since the server's defaults bite: a repeat penalty of 1.1 makes a model avoid the names that code
 * repeats, a model's own parameters differ, a prompt that is too long loses its beginning without a word, and models
 * that can think do. (Mirostat is left out: newer servers do not know it, and older ones have it off.)
 */
export function generateRequest(request: ModelRequest, keepAlive: string) {
  const { model, prompt, suffix, stop, maxTokens } = request;
  return {
    model,
    prompt,
    ...(suffix === undefined ? { raw: true } : { suffix, raw: false }),
    stream: true as const,
    think: false,
    ...(request.chances && maxTokens > 0 ? { logprobs: true } : {}),
    keep_alive: keepAlive,
    // Not in the client's types, which the server is ahead of: a prompt beyond the context is an error, not cut.
    truncate: false,
    shift: false,
    options: {
      num_ctx: request.contextTokens,
      // For Ollama 0 is without end; after one token the prompt is in its cache.
      num_predict: Math.max(1, maxTokens),
      temperature: request.temperature,
      top_p: request.topP,
      top_k: request.topK,
      min_p: 0,
      typical_p: 1,
      repeat_penalty: request.repeatPenalty,
      repeat_last_n: 64,
      presence_penalty: 0,
      frequency_penalty: 0,
      seed: request.seed,
      stop: [...stop],
    },
  } satisfies GenerateRequest & { stream: true; truncate: boolean; shift: boolean; options: { min_p: number } };
}

interface PartWithChances {
  readonly logprobs?: readonly { readonly token: string; readonly logprob: number }[];
}

/** Tokens of a part of the answer; servers before 0.12.11 do not tell them. */
export function tokensOf({ logprobs }: PartWithChances): Pick<ModelPiece, 'tokens'> {
  return logprobs ? { tokens: logprobs.map(({ token, logprob }) => ({ text: token, logprob })) } : {};
}

interface LastPart {
  readonly done_reason?: string;
  readonly prompt_eval_count?: number;
  readonly prompt_eval_duration?: number;
  readonly eval_count?: number;
}

/** The share of the prompt that came from the server's cache is in its log only, so that `cachedTokens` is not known. */
export function endOf(part: LastPart, { maxTokens }: ModelRequest): ModelEnd {
  return {
    reason: part.done_reason === 'length' ? 'length' : 'stop',
    ...(part.prompt_eval_count === undefined ? {} : { promptTokens: part.prompt_eval_count }),
    ...(part.eval_count === undefined ? {} : { answerTokens: maxTokens === 0 ? 0 : part.eval_count }),
    ...(part.prompt_eval_duration === undefined ? {} : { promptMs: part.prompt_eval_duration / 1e6 }),
  };
}
