/** Completion in an opened repository: what is known of the cursor, asked of a model's server or of the repository itself. */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { type LodestoneError, throwIfAborted } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import { codeLift } from '../core/completion/codeLift.ts';
import type {
  Completion,
  CompletionReport,
  CompletionRequest,
  ContextLimits,
  ContextSource,
  WarmRequest,
} from '../core/completion/completion.ts';
import type { FilterId } from '../core/completion/filters/filter.ts';
import { type Judgement, judge, judgeWithParser } from '../core/completion/filters/judge.ts';
import type { KnownModels } from '../core/completion/knownModels.ts';
import {
  type AsaLimits,
  type ModelAnswer,
  ModelCompletion,
  type Rejected,
} from '../core/completion/modelCompletion.ts';
import type { Place, Proposal } from '../core/completion/place.ts';
import type { PromptParts } from '../core/completion/prompt/prompt.ts';
import { RepositoryCompletion } from '../core/completion/repository/repositoryCompletion.ts';
import type { CompletionWeights } from '../core/completion/repository/scorer.ts';
import { Surroundings } from '../core/completion/surroundings.ts';
import { type Windows, windowsAt } from '../core/completion/windows.ts';
import type { FileChange } from '../core/engine.ts';
import type { LanguageId } from '../core/languages.ts';
import type { Clock, Parser } from '../core/ports.ts';
import { isModelFailure, type ModelService } from './models/modelService.ts';
import type { Survey } from './surveyor.ts';

export interface CompletionsParts {
  readonly root: string;
  readonly clock: Clock;
  readonly models: ModelService;
  readonly parser: () => Parser;
  readonly weights: () => Promise<CompletionWeights>;
  readonly lineComment: (language: LanguageId) => string;
  /** Texts of the repository's sources, one after another; read when nobody but the repository is asked. */
  readonly texts: () => AsyncIterable<{ path: string; language: LanguageId; text: string }>;
  /** One of them; undefined for what is none (any more). */
  readonly text: (path: string) => Promise<{ language: LanguageId; text: string } | undefined>;
  readonly asa: AsaLimits;
}

/** A buffer, and a way to ask what the repository says of a place in it. */
export interface Buffer {
  readonly text: string;
  readonly language: LanguageId;
  survey(windows: Windows): Promise<Survey>;
}

interface Found {
  readonly answer?: ModelAnswer | undefined;
  readonly proposals: readonly Proposal[];
  readonly rejected: readonly Rejected[];
  readonly notice?: LodestoneError | undefined;
}

const MAY_STAY_OPEN: ReadonlySet<FilterId> = new Set(['unbalancedBrackets']);

export class Completions {
  private asker: { models: KnownModels; completion: ModelCompletion } | undefined;
  private repository: Promise<RepositoryCompletion> | undefined;

  constructor(private readonly parts: CompletionsParts) {}

  async complete(request: CompletionRequest, buffer: Buffer, options: CallOptions): Promise<CompletionReport> {
    const { clock } = this.parts;
    const started = clock.now();
    const windows = windowsAt(buffer.text, request.line, request.column);
    const survey = await buffer.survey(windows);
    const place: Place = { path: request.path, language: buffer.language, ...windows };
    const contextMs = clock.now() - started;
    const model = request.model === undefined ? this.parts.models.configured : request.model;
    const found =
      model === null
        ? await this.askRepository(place, buffer.text, survey, options)
        : await this.askModel(model, request, place, { buffer, windows, survey }, options);
    const times = { contextMs, totalMs: clock.now() - started };
    return report(model, { survey, windows, found, times });
  }

  async warm(request: WarmRequest, buffer: Buffer, options: CallOptions): Promise<void> {
    const windows = windowsAt(buffer.text, request.line, request.column);
    const survey = await buffer.survey(windows);
    const model = this.parts.models.configured;
    if (model === null) {
      await this.readRepository(options.signal);
      return;
    }
    try {
      await this.parts.models.use(
        async (models) =>
          this.completion(models).warm({ model, parts: this.promptParts(request, windows, survey) }, options),
        { manual: false },
      );
    } catch (error) {
      // Whoever completes is told; until then the repository makes itself ready to stand in.
      if (!isModelFailure(error)) throw error;
      await this.readRepository(options.signal);
    }
  }

  /** Files changed on disk; the index knows their texts already. */
  async filesChanged(changes: readonly FileChange[]): Promise<void> {
    const repository = await this.repository?.catch(() => undefined);
    if (!repository) return;
    for (const { path } of changes) {
      const source = await this.parts.text(path);
      if (source) repository.set(path, source.language, source.text);
      else repository.delete(path);
    }
  }

  private async askModel(
    model: string,
    request: CompletionRequest,
    place: Place,
    { buffer, windows, survey }: { buffer: Buffer; windows: Windows; survey: Survey },
    options: CallOptions,
  ): Promise<Found> {
    const { models, lineComment, asa } = this.parts;
    const { avoided } = survey;
    const expected = request.leaveOut?.includes('retries') ? [] : survey.expected;
    const { contextTokens } = request;
    const question = {
      ...{ model, place, avoided, expected, asa, ...(contextTokens === undefined ? {} : { contextTokens }) },
      lineComment: lineComment(place.language),
      parts: this.promptParts(request, windows, survey),
    };
    let answer: ModelAnswer;
    try {
      answer = await models.use((known) => this.completion(known).ask(question, options), {
        manual: request.manual === true || request.model !== undefined,
      });
    } catch (error) {
      // A model that somebody asked for by name must answer itself.
      if (request.model !== undefined || !isModelFailure(error)) throw error;
      return { ...(await this.askRepository(place, buffer.text, survey, options)), notice: error };
    }
    const { proposal, rejected } = answer;
    if (proposal || request.model !== undefined) return { answer, proposals: proposal ? [proposal] : [], rejected };
    const instead = await this.askRepository(place, buffer.text, survey, options);
    return { answer, proposals: instead.proposals, rejected: [...rejected, ...instead.rejected] };
  }

  private async askRepository(
    place: Place,
    text: string,
    { ranked, attractors, avoided }: Survey,
    { signal }: CallOptions,
  ): Promise<Found> {
    const repository = await this.readRepository(signal);
    // The buffer stands for its file.
    repository.set(place.path, place.language, text);
    const idioms = attractors.flatMap(({ language, snippets }) => snippets.map(({ text }) => ({ language, text })));
    const around = new Surroundings(place);
    const judged: Judgement[] = [];
    for (const proposal of repository.complete(place, { ranked: ranked(), idioms })) {
      // A line copied as far as it is sure may end within a call; what has more lines is whole.
      judged.push(
        proposal.text.includes('\n')
          ? await judgeWithParser(proposal, place, this.parts.parser(), { around, avoided })
          : judge(proposal, place, { around, avoided, partial: true, off: MAY_STAY_OPEN }),
      );
    }
    return {
      proposals: judged.flatMap(({ kept }) => (kept ? [kept] : [])),
      rejected: judged.flatMap(({ rejected }) => (rejected ? [rejected] : [])),
    };
  }

  private promptParts(
    { path, related = [], leaveOut = [] }: WarmRequest & ContextLimits,
    windows: Windows,
    { context }: Survey,
  ): PromptParts {
    const { prefix, suffix, prefixLine } = windows;
    const given = <T>(source: ContextSource, value: T, none: T): T => (leaveOut.includes(source) ? none : value);
    return {
      ...{ path, prefix, suffix, prefixLine, considerBlock: context.considerBlock },
      repository: given('repository', basename(this.parts.root), ''),
      related: given('related', related, []),
      seed: given('seed', context.seed, ''),
    };
  }

  /** One for each server: it keeps what the server is doing. */
  private completion(models: KnownModels): ModelCompletion {
    if (this.asker?.models !== models)
      this.asker = { models, completion: new ModelCompletion(models, this.parts.parser(), this.parts.clock) };
    return this.asker.completion;
  }

  private async readRepository(signal: AbortSignal | undefined): Promise<RepositoryCompletion> {
    this.repository ??= this.read(signal).catch((error) => {
      this.repository = undefined;
      throw error;
    });
    return this.repository;
  }

  private async read(signal: AbortSignal | undefined): Promise<RepositoryCompletion> {
    const repository = new RepositoryCompletion(await this.parts.weights());
    for await (const { path, language, text } of this.parts.texts()) {
      throwIfAborted(signal);
      repository.set(path, language, text);
    }
    repository.settle();
    return repository;
  }
}

function report(
  model: string | null,
  {
    survey,
    windows,
    found,
    times,
  }: { survey: Survey; windows: Windows; found: Found; times: { contextMs: number; totalMs: number } },
): CompletionReport {
  const { line, column } = windows;
  const { context } = survey;
  const { answer, proposals, rejected, notice } = found;
  const [first] = proposals;
  const lift = first
    ? codeLift(
        first.text,
        survey.expected.map(({ name }) => name),
        survey.named,
      )
    : null;
  const { end } = answer ?? {};
  return {
    id: randomUUID(),
    completions: proposals.map(
      ({ text, source, replaces }): Completion => ({
        ...{ text, source },
        range: { start: { line, column }, end: { line, column: column + replaces } },
      }),
    ),
    model: notice ? null : model,
    prompt: answer
      ? {
          ...{ family: answer.family ?? null, mode: answer.prompt.mode },
          ...{ tokens: end?.promptTokens ?? null, cachedTokens: end?.cachedTokens ?? null },
        }
      : null,
    considerBlock: context.considerBlock,
    seed: answer?.seed ?? context.seed,
    apiHits: lift?.hits ?? [],
    lift,
    antipatternHits: rejected.flatMap(({ filter, text }) =>
      filter === 'antipattern'
        ? survey.avoided.filter((pattern) => pattern.test(text)).map(({ summary }) => summary)
        : [],
    ),
    retries: answer?.retries ?? 0,
    rejected,
    timings: {
      ...times,
      firstMs: answer?.firstMs ?? null,
      modelMs: answer?.modelMs ?? null,
      promptMs: end?.promptMs ?? null,
    },
    why: first ? null : whyNone(model, rejected),
    notice: notice ? { code: notice.code, message: notice.message, advice: notice.advice ?? '' } : null,
  };
}

function whyNone(model: string | null, rejected: readonly Rejected[]): string {
  const [first] = rejected;
  if (first) return `What ${model ?? 'the repository'} proposed was rejected: ${first.filter}.`;
  return model === null ? 'Nothing in the repository is likely enough to follow here.' : `${model} proposed nothing.`;
}
