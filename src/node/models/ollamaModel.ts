/** The LanguageModel port on an Ollama server, through its official client. */
import { type ModelDetails, Ollama } from 'ollama/browser';
import { LodestoneError, throwIfAborted, toLodestoneError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { LanguageModel, ModelDescription, ModelPiece, ModelRequest } from '../../core/ports.ts';
import { type CallAbout, type Connection, openConnection, type Patience } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { endOf, generateRequest, tokensOf } from './ollamaRequest.ts';
import { SLICE_CHARACTERS, sliceEnds } from './promptSlices.ts';
import { type ModelServer, OLDEST_OLLAMA, refusal, tooOld } from './serverErrors.ts';
import type { Surroundings } from './unreachable.ts';

export interface OllamaOptions {
  readonly endpoint: Endpoint;
  readonly surroundings?: Surroundings;
  /** How long the server keeps a model loaded after a request, as Ollama writes it: "30m", "-1" for ever. */
  readonly keepAlive?: string;
  /**
   * Silence that is borne while completing, in milliseconds. The first piece may take two minutes, since a large model is
   * read from the disk and a long prompt evaluated before; after it 30 s are a stall.
   */
  readonly patience?: Partial<Patience>;
  /** Silence after which a server that may have lost its turn (see `answerSurely`) is brought round, in milliseconds. */
  readonly stuckMs?: number;
  /** A raw prompt with more that is new than about this is evaluated in several requests: what an abort can still save. */
  readonly sliceCharacters?: number;
}

const COMPLETING: Patience = { firstMs: 120_000, nextMs: 30_000 };
/** Questions that need no model. */
const ASKING: Patience = { firstMs: 10_000, nextMs: 10_000 };
/** A registry may be slow to say the first word. */
const PULLING: Patience = { firstMs: 60_000, nextMs: 60_000 };
const KEEP_ALIVE = '30m';
/** Longer than a loaded model takes for the first piece, since long prompts go in slices. */
const STUCK_MS = 30_000;
/** Silence that tells a stuck model, behind a request that was given up: so much and so many times the longest usual wait. */
const LEAST_STUCK_MS = 2_000;
const STUCK_TIMES = 4;

export function openOllamaModel(options: OllamaOptions): LanguageModel {
  const { endpoint, surroundings } = options;
  const server: ModelServer = { kind: 'ollama', endpoint, ...(surroundings ? { surroundings } : {}) };
  const patience = { ...COMPLETING, ...options.patience };
  const { keepAlive = KEEP_ALIVE, sliceCharacters = SLICE_CHARACTERS, stuckMs = STUCK_MS } = options;
  /** Models that have answered. */
  const loaded = new Set<string>();
  /** Models of which a request was given up, here or by another process as far as can be told, and that have not answered since. */
  const brokenOff = new Set<string>();
  /** The longest that each loaded model lately took to its first piece, in milliseconds. */
  const slowest = new Map<string, number>();

  /** A client for one request: it then carries that request's own signal, from before the connection is made. */
  function connect(about: CallAbout): { client: Ollama; connection: Connection } {
    const connection = openConnection(server, about);
    return { client: new Ollama({ host: endpoint.url, fetch: connection.fetch }), connection };
  }

  async function ask<T>(about: Omit<CallAbout, 'patience'>, question: (client: Ollama) => Promise<T>): Promise<T> {
    const { client, connection } = connect({ ...about, patience: ASKING });
    try {
      return await question(client);
    } catch (error) {
      throw connection.explain(error);
    } finally {
      connection.close();
    }
  }

  function explain(connection: Connection, model: string, error: unknown): Error {
    const said = errorLine(error);
    return said === undefined ? connection.explain(error) : refusal(server, 200, said, model);
  }

  async function* answer(request: ModelRequest, { signal }: CallOptions): AsyncGenerator<ModelPiece> {
    throwIfAborted(signal);
    const { model } = request;
    const wasLoaded = loaded.has(model);
    const usual = wasLoaded ? slowest.get(model) : undefined;
    const stuck = usual === undefined ? stuckMs : Math.min(stuckMs, LEAST_STUCK_MS + STUCK_TIMES * usual);
    const firstMs = brokenOff.has(model) ? Math.min(stuck, patience.firstMs) : patience.firstMs;
    const started = performance.now();
    const { client, connection } = connect({ signal, patience: { ...patience, firstMs }, model, jsonLines: true });
    const wanted = generateRequest(request, keepAlive);
    let complete = false;
    let answered = false;
    try {
      for await (const part of await client.generate(wanted)) {
        if (!answered && wasLoaded)
          slowest.set(model, Math.max(performance.now() - started, 0.9 * (slowest.get(model) ?? 0)));
        answered = true;
        loaded.add(model);
        brokenOff.delete(model);
        complete = part.done;
        // The token that was asked for only so that the prompt is evaluated is nobody's answer.
        const text = request.maxTokens === 0 ? '' : (part.response ?? '');
        const told = { text, ...tokensOf(part) };
        if (part.done) yield { ...told, end: endOf(part, request) };
        else if (text !== '') yield told;
      }
    } catch (error) {
      // Where the model repeats one token 30 times Ollama ends the answer properly but without its last line.
      if (!answered || signal?.aborted || (error as Error).message !== WITHOUT_END)
        throw explain(connection, model, error);
      yield { text: '', end: { reason: 'length' } };
    } finally {
      connection.close(complete);
      // Before its first answer a model may be on its way from the disk.
      if (!complete && loaded.has(model)) brokenOff.add(model);
    }
  }

  /**
   * An Ollama server whose client goes while it streams can wait for ever to be read, and takes up no other request of that
   * model (ollama/ollama#17131). Unloading the model frees it.
   */
  async function* answerSurely(request: ModelRequest, call: CallOptions): AsyncGenerator<ModelPiece> {
    const { model } = request;
    const mayBeStuck = brokenOff.has(model);
    let begun = false;
    try {
      for await (const piece of answer(request, call)) {
        begun = true;
        yield piece;
      }
    } catch (error) {
      const isSilent = error instanceof LodestoneError && error.code === 'modelStalled' && !begun;
      if (!mayBeStuck || !isSilent) throw error;
      brokenOff.delete(model);
      const { signal } = call;
      await ask({ signal, model }, (client) => client.generate({ model, prompt: '', keep_alive: 0, stream: false }));
      yield* answer(request, call);
    }
  }

  /** The prompt that each model evaluated last. */
  const evaluated = new Map<string, string>();

  return {
    endpoint: endpoint.url,

    async list({ signal }) {
      const { models } = await ask({ signal }, (client) => client.list());
      return models.map(({ name }) => name);
    },

    async describe(model, { signal }): Promise<ModelDescription> {
      const told = await unlessUnknown(ask({ signal }, (client) => client.version()));
      if (told && isOlder(told.version, OLDEST_OLLAMA)) throw tooOld(server, `it is version ${told.version}`);
      const shown = await unlessUnknown(ask({ signal, model }, (client) => client.show({ model })));
      // What stands before an Ollama (a proxy, a gateway) may pass on the requests for completions alone.
      if (!shown) return { name: model, architecture: '', template: '', takesSuffix: false };
      // Whoever had it loaded may have left it in mid-answer. Two names can have the same weights, and then the same runner. A server that does not
      // tell is waited for as one that loads the model.
      const running = await ask({ signal }, (client) => client.ps()).catch(() => undefined);
      if (!loaded.has(model) && running?.models?.some(({ details }) => sameWeights(details, shown.details)))
        brokenOff.add(model);
      // The client's types have a Map here; what arrives is the JSON object.
      const facts = shown.model_info as unknown as Readonly<Record<string, unknown>> | undefined;
      const architecture = String(facts?.['general.architecture'] ?? shown.details?.family ?? '');
      const contextLength = facts?.[`${architecture}.context_length`];
      return {
        name: model,
        architecture,
        ...(typeof contextLength === 'number' ? { contextLength } : {}),
        template: shown.template ?? '',
        takesSuffix: shown.capabilities?.includes('insert') ?? false,
        ...(told ? { server: `Ollama ${told.version}` } : {}),
        ...(shown.details?.parameter_size ? { parameters: shown.details.parameter_size } : {}),
        ...(shown.details?.quantization_level ? { quantisation: shown.details.quantization_level } : {}),
      };
    },

    async *complete(request, call): AsyncGenerator<ModelPiece> {
      const { model, prompt, suffix } = request;
      const before = suffix === undefined ? sliceEnds(evaluated.get(model) ?? '', prompt, sliceCharacters) : [];
      let spentMs = 0;
      for (const end of before) {
        const slice = prompt.slice(0, end);
        for await (const piece of answerSurely({ ...request, prompt: slice, maxTokens: 0 }, call))
          spentMs += piece.end?.promptMs ?? 0;
        evaluated.set(model, slice);
      }
      for await (const piece of answerSurely(request, call)) {
        if (suffix === undefined) evaluated.set(model, prompt);
        const { end } = piece;
        yield end?.promptMs === undefined ? piece : { ...piece, end: { ...end, promptMs: end.promptMs + spentMs } };
      }
    },

    async pull(model, call) {
      const { signal } = call;
      throwIfAborted(signal);
      const { client, connection } = connect({ signal, patience: PULLING, model, jsonLines: true });
      const report = downloadProgress(call);
      try {
        for await (const part of await client.pull({ model, stream: true })) report(part);
      } catch (error) {
        throw explain(connection, model, error);
      } finally {
        connection.close();
      }
    },
  };
}

/** Whether two models may have the same weights, as far as the server tells. */
function sameWeights(a: ModelDetails | undefined, b: ModelDetails | undefined): boolean {
  if (!a || !b) return false;
  return (['family', 'parameter_size', 'quantization_level'] as const).every((key) => a[key] === b[key]);
}

/** The answer, or undefined where the server does not know the question. */
async function unlessUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (toLodestoneError(error).code === 'modelServerTooOld') return undefined;
    throw error;
  }
}

/** The client's own words where a stream ended without a line that says so. */
const WITHOUT_END = 'Did not receive done or success response in stream.';

/** The server's own words: an error line within a stream reaches us as a bare Error, where a broken connection has a cause. */
function errorLine(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.constructor !== Error || error.cause !== undefined) return undefined;
  return error.message === WITHOUT_END ? undefined : error.message;
}

interface PullPart {
  readonly status: string;
  readonly digest?: string;
  readonly completed?: number;
  readonly total?: number;
}

/** Sums the layers, each of which the server reports by itself, in bytes. */
function downloadProgress({ onProgress }: CallOptions) {
  const layers = new Map<string, { done: number; total: number }>();
  return ({ status, digest, completed, total }: PullPart) => {
    if (digest && total) layers.set(digest, { done: completed ?? 0, total });
    const sum = (key: 'done' | 'total') => [...layers.values()].reduce((all, layer) => all + layer[key], 0);
    const known = sum('total');
    onProgress?.({ step: digest ? 'Downloading' : status, done: sum('done'), ...(known > 0 ? { total: known } : {}) });
  };
}

/** "0.0.0" is what a server says that was built from source: it is taken for a new one. */
function isOlder(version: string, oldest: string): boolean {
  const numbers = (text: string) => text.split(/[.-]/).slice(0, 3).map(Number);
  const [found, needed] = [numbers(version), numbers(oldest)];
  if (found.every((part) => part === 0) || found.some(Number.isNaN)) return false;
  const at = found.findIndex((part, i) => part !== needed[i]);
  return at !== -1 && (found[at] ?? 0) < (needed[at] ?? 0);
}
