/** Completion in an opened repository: what is known of the cursor, asked of a model's server or of the repository itself. */
import { basename } from 'node:path';
import { type LodestoneError, throwIfAborted, toLodestoneError } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import type { Completion, CompletionReport, CompletionRequest } from '../core/completion/completion.ts';
import { type ModelAnswer, ModelCompletion } from '../core/completion/modelCompletion.ts';
import type { Place, Proposal } from '../core/completion/place.ts';
import type { ModelFamily } from '../core/completion/prompt/modelFamily.ts';
import type { RankedName } from '../core/completion/repository/nextCalls.ts';
import { RepositoryCompletion } from '../core/completion/repository/repositoryCompletion.ts';
import type { CompletionWeights } from '../core/completion/repository/scorer.ts';
import { type Windows, windowsAt } from '../core/completion/windows.ts';
import type { LanguageId } from '../core/languages.ts';
import type { Attractor } from '../core/mining/attractor.ts';
import type { Clock, LanguageModel } from '../core/ports.ts';
import type { ContextReport } from '../core/retrieval/context.ts';
import { parseEndpoint } from './models/endpoint.ts';
import { openOllamaModel } from './models/ollamaModel.ts';

/** What the place says, as the repository's other parts worked it out. */
export interface Surveyed {
  readonly text: string;
  readonly language: LanguageId;
  readonly context: ContextReport;
  /** APIs that the function around the cursor is expected to call, best first. */
  readonly ranked: () => readonly RankedName[];
  readonly attractors: readonly Attractor[];
}

export interface CompletionsParts {
  readonly root: string;
  readonly clock: Clock;
  readonly families: () => Promise<readonly ModelFamily[]>;
  readonly weights: () => Promise<CompletionWeights>;
  readonly lineComment: (language: LanguageId) => string;
  /** Texts of the repository's sources, one after another; read when nobody but the repository is asked. */
  readonly texts: () => AsyncIterable<{ path: string; language: LanguageId; text: string }>;
}

/** From this probability on an API counts as expected. */
const EXPECTED = 0.2;

export class Completions {
  private readonly servers = new Map<string, Promise<ModelCompletion>>();
  private repository: Promise<RepositoryCompletion> | undefined;

  constructor(private readonly parts: CompletionsParts) {}

  async complete(request: CompletionRequest, survey: () => Promise<Surveyed>, options: CallOptions) {
    const { clock } = this.parts;
    const started = clock.now();
    const surveyed = await survey();
    const windows = windowsAt(surveyed.text, request.line, request.column);
    const { prefix, suffix } = windows;
    const place: Place = { path: request.path, language: surveyed.language, prefix, suffix };
    const contextMs = clock.now() - started;
    const { model } = request;
    const answer = model === null ? undefined : await this.askModel(model, request, place, windows, surveyed, options);
    const proposals = answer
      ? answer.proposal
        ? [answer.proposal]
        : []
      : await this.askRepository(place, surveyed, options);
    return this.report(request, { surveyed, windows, answer, proposals, contextMs, totalMs: clock.now() - started });
  }

  private async askModel(
    model: string,
    { path, endpoint }: CompletionRequest,
    place: Place,
    { prefix, suffix, prefixLine }: Windows,
    { language, context }: Surveyed,
    options: CallOptions,
  ): Promise<ModelAnswer> {
    let server = this.servers.get(endpoint);
    if (!server) {
      server = this.parts
        .families()
        .then((families) => new ModelCompletion(openServer(endpoint), families, this.parts.clock));
      this.servers.set(endpoint, server);
    }
    return (await server).ask(
      {
        ...{ model, place, lineComment: this.parts.lineComment(language), avoided: [] },
        parts: {
          ...{ repository: basename(this.parts.root), path, prefix, suffix, prefixLine, related: [] },
          ...{ considerBlock: context.considerBlock, seed: context.seed },
        },
      },
      options,
    );
  }

  private async askRepository(place: Place, { ranked, attractors }: Surveyed, { signal }: CallOptions) {
    this.repository ??= this.readRepository(signal).catch((error) => {
      this.repository = undefined;
      throw error;
    });
    const repository = await this.repository;
    // The buffer stands for its file.
    repository.set(place.path, place.language, place.prefix + place.suffix);
    const idioms = attractors.flatMap(({ language, snippets }) => snippets.map(({ text }) => ({ language, text })));
    return repository.complete(place, { ranked: ranked(), idioms });
  }

  private async readRepository(signal: AbortSignal | undefined): Promise<RepositoryCompletion> {
    const repository = new RepositoryCompletion(await this.parts.weights());
    for await (const { path, language, text } of this.parts.texts()) {
      throwIfAborted(signal);
      repository.set(path, language, text);
    }
    repository.settle();
    return repository;
  }

  private report(
    { model }: CompletionRequest,
    found: {
      surveyed: Surveyed;
      windows: Windows;
      answer: ModelAnswer | undefined;
      proposals: readonly Proposal[];
      contextMs: number;
      totalMs: number;
    },
  ): CompletionReport {
    const { surveyed, windows, answer, proposals, contextMs, totalMs } = found;
    const { line, column } = windows;
    const completions = proposals.map(
      ({ text, source, replaces }): Completion => ({
        ...{ text, source },
        range: { start: { line, column }, end: { line, column: column + replaces } },
      }),
    );
    const { context } = surveyed;
    const rejected = answer?.rejected ?? [];
    return {
      completions,
      model,
      prompt: answer
        ? {
            family: answer.family ?? null,
            mode: answer.prompt.mode,
            tokens: answer.end?.promptTokens ?? null,
            cachedTokens: answer.end?.cachedTokens ?? null,
          }
        : null,
      considerBlock: context.considerBlock,
      seed: context.seed,
      apiHits: used(context, proposals),
      antipatternHits: [],
      retries: 0,
      rejected,
      timings: {
        ...{ contextMs, totalMs },
        ...{
          firstMs: answer?.firstMs ?? null,
          modelMs: answer?.modelMs ?? null,
          promptMs: answer?.end?.promptMs ?? null,
        },
      },
      why: completions.length > 0 ? null : whyNone(model, rejected),
    };
  }
}

function openServer(endpoint: string): LanguageModel {
  return openOllamaModel({ endpoint: parseEndpoint(endpoint === '' ? '127.0.0.1' : endpoint, 'the request') });
}

/** Expected APIs whose names stand in a proposal. */
function used({ apis }: ContextReport, proposals: readonly Proposal[]): string[] {
  const words = new Set(proposals.flatMap(({ text }) => text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []));
  return apis.filter(({ name, score }) => score >= EXPECTED && words.has(name)).map(({ name }) => name);
}

function whyNone(model: string | null, rejected: CompletionReport['rejected']): string {
  const [first] = rejected;
  if (first) return `What ${model} proposed was rejected: ${first.filter}.`;
  return model === null ? 'Nothing in the repository is likely enough to follow here.' : `${model} proposed nothing.`;
}

/** A failure of the model or its server, which the repository itself can stand in for. */
export function isModelFailure(error: unknown): error is LodestoneError {
  return toLodestoneError(error).code.startsWith('model');
}
