/** Turns what a model server or the network answers into one error with the action that mends it. */
import { LodestoneError } from '../../base/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { type Surroundings, whyUnreachable } from './unreachable.ts';

/** The server that was asked, as far as messages need it. */
export interface ModelServer {
  readonly kind: 'ollama' | 'openai';
  readonly endpoint: Endpoint;
  readonly surroundings?: Surroundings;
  /** Never appears in a message. */
  readonly apiKey?: string;
}

/** The first version whose `/api/show` tells what a model can do (`capabilities`); older ones hide a missing template. */
export const OLDEST_OLLAMA = '0.6.4';

export function tooOld({ endpoint }: ModelServer, found: string): LodestoneError {
  return new LodestoneError('modelServerTooOld', `The Ollama server at ${endpoint.host} is too old: ${found}.`, {
    advice: `Update Ollama to ${OLDEST_OLLAMA} or later: https://ollama.com/download.`,
    args: { endpoint: endpoint.url, needed: OLDEST_OLLAMA },
  });
}

export function stalled({ endpoint }: ModelServer, ms: number, begun: boolean): LodestoneError {
  const seconds = Number((ms / 1000).toFixed(1));
  return new LodestoneError(
    'modelStalled',
    begun
      ? `The model server at ${endpoint.host} stopped in the middle of an answer and sent nothing for ${seconds} s.`
      : `The model server at ${endpoint.host} sent nothing for ${seconds} s.`,
    {
      advice: 'Try again; if it happens often, choose a smaller model or restart the server.',
      args: { endpoint: endpoint.url, seconds },
    },
  );
}

const UNREACHABLE = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'ETIMEDOUT'],
  ...['EADDRNOTAVAIL', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/** An error that fetch or reading the answer threw; `begun` says that the server had answered already. */
export function transportError(server: ModelServer, error: unknown, begun: boolean): LodestoneError {
  if (error instanceof LodestoneError) return error;
  const { endpoint, surroundings } = server;
  const cause = (error as Error | undefined)?.cause ?? error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  const options = { args: { endpoint: endpoint.url }, cause: withoutKey(server, cause) };
  if (!begun && UNREACHABLE.has(code))
    return new LodestoneError('modelServerDown', `No model server answers at ${endpoint.host} (${code}).`, {
      ...options,
      advice: whyUnreachable(endpoint, surroundings),
    });
  const why = hideKey(server, cause instanceof Error ? cause.message : String(cause)) || code;
  return new LodestoneError(
    'modelFailed',
    begun
      ? `The connection to the model server at ${endpoint.host} broke in the middle of an answer: ${why}`
      : `The model server at ${endpoint.host} could not be asked: ${why}`,
    { ...options, advice: begun ? 'Try again; the server may have been restarted or have crashed.' : ADDRESS },
  );
}

const ADDRESS = 'Check the address, and whether it is http:// or https://.';
const OUT_OF_MEMORY =
  /out of memory|more system memory|insufficient memory|not enough memory|(failed|unable) to allocate|cannot be allocated|cudaMalloc|signal: killed/i;
/** Words of Ollama, llama.cpp and vLLM, in that order. */
const TOO_LONG = /exceeds the (available )?context (length|size)|maximum context length/i;

/** An answer with a status that is no success, or an error line within a stream; `text` is the server's own explanation. */
export function refusal(server: ModelServer, status: number, text: string, model?: string): LodestoneError {
  const { endpoint, kind } = server;
  const said = hideKey(server, explanation(text));
  const args = { endpoint: endpoint.url, status, ...(model === undefined ? {} : { model }) };
  if (OUT_OF_MEMORY.test(said))
    return new LodestoneError('modelOutOfMemory', `There is not enough memory for ${model ?? 'the model'}: ${said}`, {
      advice: 'Choose a smaller model or a shorter context, or stop what else uses the memory.',
      args,
    });
  if (model !== undefined && isMissing(status, said))
    return new LodestoneError('modelMissing', `The server at ${endpoint.host} has no model ${model}.`, {
      advice:
        kind === 'ollama' ? `Get it with "ollama pull ${model}", or choose another.` : 'Choose one that it lists.',
      args,
    });
  if (status === 404 && kind === 'ollama') return tooOld(server, `it does not know this request (${said})`);
  if (TOO_LONG.test(said))
    return new LodestoneError('modelPromptTooLong', `The prompt is too long for ${model ?? 'the model'}: ${said}`, {
      advice: 'Choose a model with a longer context.',
      args,
    });
  if (status === 401 || status === 403)
    return new LodestoneError('modelFailed', `The model server at ${endpoint.host} refuses the request: ${said}`, {
      advice: 'Check the API key.',
      args,
    });
  return new LodestoneError(
    'modelFailed',
    `The model server at ${endpoint.host} failed: ${said || `status ${status}`}`,
    {
      advice: kind === 'ollama' ? 'Its log says more (journalctl -u ollama, or ~/.ollama/logs).' : 'Its log says more.',
      args,
    },
  );
}

/** Ollama says "model 'x' not found", and for a pull "file does not exist"; OpenAI's code is model_not_found. */
function isMissing(status: number, said: string): boolean {
  return (
    /model .*not (found|exist)|not_found|does not exist|model manifest: file does not exist/i.test(said) &&
    (status === 404 || status === 400 || status === 200 || status === 500)
  );
}

/** The server's words out of `{error: "…"}`, `{error: {message: "…"}}` or plain text, in one line. */
function explanation(text: string): string {
  let said = text;
  try {
    const { error, message, detail } = JSON.parse(text) as Record<string, unknown>;
    const found = (error as { message?: unknown } | undefined)?.message ?? error ?? message ?? detail;
    if (found !== undefined) said = typeof found === 'string' ? found : JSON.stringify(found);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return said.replaceAll(/\s+/g, ' ').trim().slice(0, 500);
}

export function hideKey({ apiKey }: ModelServer, text: string): string {
  return apiKey ? text.replaceAll(apiKey, '<API key>') : text;
}

/** A cause is kept for the log as it is, unless it quotes the key. */
function withoutKey(server: ModelServer, cause: unknown): unknown {
  const { apiKey } = server;
  if (!apiKey || !(cause instanceof Error)) return cause;
  return `${cause.message}${cause.stack ?? ''}`.includes(apiKey) ? new Error(hideKey(server, cause.message)) : cause;
}
