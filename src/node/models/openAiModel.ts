/** The LanguageModel port on any server with OpenAI's completions protocol: llama.cpp, vLLM, LM Studio, a hosted one. */
import { LodestoneError, throwIfAborted } from '../../base/errors.ts';
import type { LanguageModel, ModelDescription, ModelEnd, ModelPiece, ModelRequest } from '../../core/ports.ts';
import { broken, type CallAbout, type Connection, openConnection, type Patience } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { hideKey, type ModelServer, refusal } from './serverErrors.ts';
import { type ServerEvent, serverEvents } from './serverEvents.ts';
import type { Surroundings } from './unreachable.ts';

export interface OpenAiOptions {
  /** With its version path ("https://host/v1"); "/v1" is added where there is no path. */
  readonly endpoint: Endpoint;
  readonly surroundings?: Surroundings;
  /** Sent as a bearer token; never part of an error. */
  readonly apiKey?: string;
  /** The server joins prompt and suffix by the model's own template: the protocol has no way to ask. */
  readonly takesSuffix?: boolean;
  /** As for Ollama: silence that is borne while completing, in milliseconds. */
  readonly patience?: Partial<Patience>;
}

const COMPLETING: Patience = { firstMs: 120_000, nextMs: 30_000 };
const ASKING: Patience = { firstMs: 10_000, nextMs: 10_000 };

/** Throws badArguments where the key cannot be sent in a header. */
export function openOpenAiModel(options: OpenAiOptions): LanguageModel {
  const { endpoint, surroundings, apiKey, takesSuffix = false } = options;
  if (apiKey !== undefined && !/^[\x21-\x7e]*$/.test(apiKey))
    throw new LodestoneError('badArguments', 'The API key has characters that no key has, perhaps a line break.', {
      advice: 'Enter it again.',
    });
  const server: ModelServer = {
    kind: 'openai',
    endpoint,
    ...(surroundings ? { surroundings } : {}),
    ...(apiKey ? { apiKey } : {}),
  };
  const patience = { ...COMPLETING, ...options.patience };
  const base = new URL(endpoint.url).pathname === '/' ? `${endpoint.url}/v1` : endpoint.url;
  const headers = {
    'Content-Type': 'application/json',
    ...(apiKey ? { Authorization: `Bearer ${apiKey}` } : {}),
  };
  /** Strict servers refuse options that are not OpenAI's own: learnt from the first refusal. */
  let strict = false;
  /** Whose name for a grammar the server knows: told by what it says of its models; 'nobody' once it has refused one. */
  let constrains: Constraining | undefined;

  async function listed(about: Omit<CallAbout, 'patience'>): Promise<readonly ListedModel[]> {
    const connection = openConnection(server, { ...about, patience: ASKING });
    try {
      const answer = (await (await connection.fetch(`${base}/models`, { headers })).json()) as { data?: ListedModel[] };
      const models = answer.data ?? [];
      if (models.some(({ meta }) => meta?.n_ctx_train !== undefined)) constrains ??= 'llama.cpp';
      else if (models.some(({ max_model_len: most }) => most !== undefined)) constrains ??= 'vllm';
      return models;
    } catch (error) {
      throw connection.explain(error);
    } finally {
      connection.close();
    }
  }

  async function post(connection: Connection, request: ModelRequest): Promise<Response> {
    const send = (extras: object) =>
      connection.fetch(`${base}/completions`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ ...standardOptions(request), ...extras }),
      });
    if (strict) return await send({});
    const grammar = grammarOption(request, constrains);
    try {
      return await send({ ...ownOptions(request), ...grammar });
    } catch (error) {
      if (grammar && refuses(error, /grammar|structured_outputs/i)) {
        constrains = 'nobody';
        return await post(connection, request);
      }
      if (!refuses(error, /top_k|min_p|repeat_penalty|repetition_penalty|logprobs|extra/i)) throw error;
      strict = true;
      return await send({});
    }
  }

  return {
    endpoint: endpoint.url,

    async list({ signal }) {
      return (await listed({ signal })).map(({ id }) => id);
    },

    async describe(model, { signal }): Promise<ModelDescription> {
      const found = (await listed({ signal, model })).find(({ id }) => id === model || id === `${model}:latest`);
      if (found === undefined) throw refusal(server, 404, `model ${model} not found`, model);
      // vLLM and llama.cpp say how long a context may be, each in its own field.
      const contextLength = found.max_model_len ?? found.meta?.n_ctx_train;
      return {
        name: model,
        architecture: '',
        ...(contextLength === undefined ? {} : { contextLength }),
        template: '',
        takesSuffix,
      };
    },

    async *complete(request, { signal }): AsyncGenerator<ModelPiece> {
      throwIfAborted(signal);
      const connection = openConnection(server, { signal, patience, model: request.model });
      const last: { -readonly [K in keyof ModelEnd]: ModelEnd[K] } = { reason: 'length' };
      let complete = false;
      let answered = false;
      try {
        const { body } = await post(connection, request);
        for await (const event of body === null ? [] : serverEvents(body, () => broken(server))) {
          const part = readPart(server, request.model, event);
          if (part === 'done') break;
          answered = true;
          Object.assign(last, endOf(part));
          const text = request.maxTokens === 0 ? '' : (part.choices?.[0]?.text ?? '');
          if (text !== '') yield { text, ...tokensOf(part) };
        }
        if (!answered) throw broken(server);
        complete = true;
        // A server that stops on its own (Ollama, at a token repeated 30 times) may end without a reason: cut short.
        yield { text: '', end: request.maxTokens === 0 ? { ...last, answerTokens: 0 } : last };
      } catch (error) {
        throw connection.explain(error);
      } finally {
        connection.close(complete);
      }
    },

    async pull(model) {
      throw new LodestoneError('modelFailed', `The server at ${endpoint.host} cannot download ${model} when asked.`, {
        advice: 'Load the model where that server runs, by its own means.',
        args: { endpoint: endpoint.url, model },
      });
    },
  };

  function readPart(from: ModelServer, model: string, { data }: ServerEvent): CompletionPart | 'done' {
    if (data === '[DONE]') return 'done';
    let part: CompletionPart;
    try {
      part = JSON.parse(data) as CompletionPart;
    } catch (error) {
      throw new LodestoneError('modelFailed', `The server at ${endpoint.host} sent something else than JSON.`, {
        advice: 'Check that the endpoint is that of an OpenAI-compatible server.',
        cause: new Error(hideKey(from, (error as Error).message)),
      });
    }
    if (part.error !== undefined) throw refusal(from, 200, data, model);
    return part;
  }
}

type Constraining = 'llama.cpp' | 'vllm' | 'nobody';

interface ListedModel {
  readonly id: string;
  readonly max_model_len?: number;
  readonly meta?: { readonly n_ctx_train?: number };
}

/** OpenAI's for completions, which vLLM has; llama.cpp sends what OpenAI has for chats. */
interface LegacyChances {
  readonly tokens?: readonly string[];
  readonly token_logprobs?: readonly (number | null)[];
}
interface NewerChances {
  readonly content?: readonly { readonly token: string; readonly logprob: number }[];
}

interface CompletionPart {
  readonly error?: unknown;
  readonly choices?: readonly {
    readonly text?: string;
    readonly finish_reason?: string | null;
    readonly logprobs?: LegacyChances | NewerChances | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  } | null;
  /** llama.cpp's own. */
  readonly timings?: { readonly prompt_ms?: number; readonly cache_n?: number };
}

/** What OpenAI's own reference has. After one token the prompt is evaluated; 0 means other things to other servers. */
function standardOptions({ model, prompt, suffix, stop, maxTokens, temperature, topP, seed }: ModelRequest): object {
  return {
    model,
    prompt,
    ...(suffix === undefined ? {} : { suffix }),
    max_tokens: Math.max(1, maxTokens),
    temperature,
    top_p: topP,
    seed,
    ...(stop.length > 0 ? { stop } : {}),
    presence_penalty: 0,
    frequency_penalty: 0,
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** What local servers add under their own names: llama.cpp's and LM Studio's repeat_penalty is vLLM's repetition_penalty. */
function ownOptions({ topK, repeatPenalty, chances }: ModelRequest): object {
  const own = { top_k: topK, min_p: 0, repeat_penalty: repeatPenalty, repetition_penalty: repeatPenalty };
  return chances ? { ...own, logprobs: 1 } : own;
}

/** llama.cpp's server and vLLM's each have a name of their own for it. */
function grammarOption({ grammar }: ModelRequest, server: Constraining | undefined): object | undefined {
  if (grammar === undefined || server === undefined || server === 'nobody') return undefined;
  return server === 'vllm' ? { structured_outputs: { grammar } } : { grammar };
}

function refuses(error: unknown, what: RegExp): boolean {
  if (!(error instanceof LodestoneError)) return false;
  const status = error.options.args?.status;
  return (status === 400 || status === 422) && what.test(error.message);
}

function tokensOf({ choices }: CompletionPart): Pick<ModelPiece, 'tokens'> {
  const told = choices?.[0]?.logprobs;
  if (!told) return {};
  if ('content' in told)
    return { tokens: (told.content ?? []).map(({ token, logprob }) => ({ text: token, logprob })) };
  const { tokens, token_logprobs: chances } = told as LegacyChances;
  if (!tokens || tokens.length !== chances?.length) return {};
  return { tokens: tokens.map((text, i) => ({ text, logprob: chances[i] ?? 0 })) };
}

function endOf({ choices, usage, timings }: CompletionPart): Partial<ModelEnd> {
  const reason = choices?.[0]?.finish_reason;
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? timings?.cache_n;
  return {
    ...(reason ? { reason: reason === 'length' ? ('length' as const) : ('stop' as const) } : {}),
    ...(usage?.prompt_tokens === undefined ? {} : { promptTokens: usage.prompt_tokens }),
    ...(usage?.completion_tokens === undefined ? {} : { answerTokens: usage.completion_tokens }),
    ...(cached === undefined ? {} : { cachedTokens: cached }),
    ...(timings?.prompt_ms === undefined ? {} : { promptMs: timings.prompt_ms }),
  };
}
