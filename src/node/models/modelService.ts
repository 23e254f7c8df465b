/** The configured model on the configured server: opened at its first use, with a memory for a server that just failed. */
import { type LodestoneError, toLodestoneError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import { KnownModels } from '../../core/completion/knownModels.ts';
import type { ModelFamily } from '../../core/completion/prompt/modelFamily.ts';
import type { ModelStatus } from '../../core/engine.ts';
import type { Clock, LanguageModel } from '../../core/ports.ts';
import { chooseEndpoint, type EndpointSources } from './endpoint.ts';
import { openOllamaModel } from './ollamaModel.ts';
import { openOpenAiModel } from './openAiModel.ts';
import type { Surroundings } from './unreachable.ts';

export interface ModelServiceOptions {
  readonly endpoint: EndpointSources;
  /** Name of the configured model; '' for none. */
  readonly model: string;
  readonly apiKey?: string;
  readonly surroundings?: Surroundings;
  readonly families: () => Promise<readonly ModelFamily[]>;
  readonly clock: Pick<Clock, 'now'>;
}

/** So long a failed server is not asked again unless a person asks. */
const REST_MS = 15_000;

export class ModelService {
  private opened: Promise<KnownModels> | undefined;
  private failure: { error: LodestoneError; at: number } | undefined;

  constructor(private readonly options: ModelServiceOptions) {}

  /** Name of the configured model; null for none. */
  get configured(): string | null {
    return this.options.model.trim() || null;
  }

  /** Throws badArguments for an address that is none. */
  async models(): Promise<KnownModels> {
    this.opened ??= this.options.families().then((families) => new KnownModels(this.open(), families));
    this.opened.catch(() => (this.opened = undefined));
    return this.opened;
  }

  /**
   * Runs a request to the server. After a failure of the server's, requests that nobody asked for by hand fail at once with
   * the same error for a while.
   */
  async use<T>(request: (models: KnownModels) => Promise<T>, options: { manual: boolean }): Promise<T> {
    const { failure } = this;
    if (failure && !options.manual && this.options.clock.now() - failure.at < REST_MS) throw failure.error;
    try {
      const result = await request(await this.models());
      this.failure = undefined;
      return result;
    } catch (error) {
      const failed = toLodestoneError(error);
      if (isModelFailure(failed)) this.failure = { error: failed, at: this.options.clock.now() };
      throw error;
    }
  }

  /** Never throws but for a cancellation: what is wrong is part of the status. */
  async status(options: CallOptions): Promise<ModelStatus> {
    const model = this.configured;
    let endpoint = '';
    try {
      const { server } = await this.models();
      endpoint = server.endpoint;
      const installed = await server.list(options);
      const ready = model !== null && installed.some((name) => name === model || name === `${model}:latest`);
      if (ready) this.failure = undefined;
      return { endpoint, model, installed, ready };
    } catch (error) {
      const { code, message, advice = '' } = toLodestoneError(error);
      if (code === 'cancelled') throw error;
      return { endpoint, model, installed: [], ready: false, problem: { code, message, advice } };
    }
  }

  async pull(model: string, options: CallOptions): Promise<void> {
    await (await this.models()).server.pull(model, options);
    this.failure = undefined;
  }

  /** An address whose path ends in /v1 speaks OpenAI's protocol; every other one is an Ollama. */
  private open(): LanguageModel {
    const { apiKey, surroundings } = this.options;
    const endpoint = chooseEndpoint(this.options.endpoint);
    const common = { endpoint, ...(surroundings ? { surroundings } : {}) };
    return endpoint.url.endsWith('/v1')
      ? openOpenAiModel({ ...common, ...(apiKey ? { apiKey } : {}) })
      : openOllamaModel(common);
  }
}

/** A failure of the model or its server, which the repository itself can stand in for. */
export function isModelFailure(error: unknown): error is LodestoneError {
  return toLodestoneError(error).code.startsWith('model');
}
