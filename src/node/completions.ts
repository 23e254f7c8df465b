/** Completion in an opened repository: what is known of the cursor, asked of a model's server or of the repository itself. */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { type LodestoneError, throwIfAborted } from '../base/errors.ts';
import { Breather, type CallOptions } from '../base/progress.ts';
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
import { extentAt } from '../core/completion/trim/extent.ts';
import { type Windows, windowsAt } from '../core/completion/windows.ts';
import type { FileChange } from '../core/engine.ts';
import type { LanguageId } from '../core/languages.ts';
import type { Clock, Parser } from '../core/ports.ts';
import { isModelFailure, type ModelService } from './models/modelService.ts';
import { lineCount, type Survey } from './surveyor.ts';

export interface CompletionsParts {
  readonly root: string;
  readonly clock: Clock;
  readonly models: ModelService;
  readonly parser: () => Parser;
  readonly weights: () => Promise<CompletionWeights>;
  readonly lineComment: (language: LanguageId) => string;
  /** Paths of the repository's sources, and what each says: read when nobody but the repository is asked. */
  readonly paths: () => Iterable<string>;
  readonly source: (path: string) => Promise<{ language: LanguageId; text: string } | undefined>;
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

/** A line copied as far as it is sure may end within a call: a bracket that stays open looks like broken indentation, too. */
const MAY_STAY_OPEN: ReadonlySet<FilterId> = new Set(['unbalancedBrackets', 'brokenIndentation']);
/**
 * From this chance on the rest of a line, out of the repository, is given to somebody who types before the model has answered: at
 * once, and oftener right than what a small model writes (bench/replay/RESULTS.md).
 */
const SURE = 0.7;
const LEAVING_MS = 2;
/** What somebody who asks may choose from. */
const ALTERNATIVES = 8;

export class Completions {
  private asker: { models: KnownModels; completion: ModelCompletion } | undefined;
  private repository: Promise<RepositoryCompletion> | undefined;
  /** Its texts are there: it answers in milliseconds. */
  private isRead = false;
  /** Lines of the buffers when they were last read. */
  private readonly followed = new Map<string, number>();

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
        ? await this.askRepository(request, place, buffer.text, survey, options)
        : await this.askBoth(model, request, place, { buffer, windows, survey }, options);
    const times = { contextMs, totalMs: clock.now() - started };
    return report(model, { survey, windows, found, times });
  }

  async warm(request: WarmRequest, buffer: Buffer, options: CallOptions): Promise<void> {
    const windows = windowsAt(buffer.text, request.line, request.column);
    const survey = await buffer.survey(windows);
    const model = this.parts.models.configured;
    try {
      if (model !== null)
        await this.parts.models.use(
          async (models) =>
            this.completion(models).warm({ model, parts: this.promptParts(request, windows, survey) }, options),
          { manual: false },
        );
    } catch (error) {
      // Whoever completes is told; until then the repository stands in.
      if (!isModelFailure(error)) throw error;
    }
    await this.readRepository(options.signal);
  }

  /** Files changed on disk; the index knows their texts already. */
  async filesChanged(changes: readonly FileChange[]): Promise<void> {
    const repository = await this.repository?.catch(() => undefined);
    if (!repository) return;
    for (const { path } of changes) {
      this.followed.delete(path);
      const source = await this.parts.source(path);
      if (source) repository.set(path, source.language, source.text);
      else repository.delete(path);
    }
  }

  /** The repository was mined: its texts are read anew when they are needed next. */
  forgetTexts(): void {
    this.repository = undefined;
    this.isRead = false;
    this.followed.clear();
  }

  /** The model; for somebody who types the repository itself where it is sure of the line, which ends the model's request. */
  private async askBoth(
    model: string,
    request: CompletionRequest,
    place: Place,
    known: { buffer: Buffer; windows: Windows; survey: Survey },
    options: CallOptions,
  ): Promise<Found> {
    const { hurried, manual } = request;
    let own: Promise<Found> | undefined;
    // Asked once, for the line that it is sure of and where the model has nothing.
    const repository = () => (own ??= this.askRepository(request, place, known.buffer.text, known.survey, options));
    if (!hurried || manual || request.model !== undefined || !this.isRead)
      return this.askModel(model, request, place, { ...known, repository }, options);
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    const asking = this.askModel(model, request, place, { ...known, repository }, { ...options, signal });
    // Its failure is told where it is waited for.
    asking.catch(() => undefined);
    // The request leaves first: the repository takes this thread for some milliseconds.
    await new Promise((resolve) => setTimeout(resolve, LEAVING_MS));
    const sure = await this.sureLine(place, repository);
    if (!sure) return asking;
    stop.abort();
    return sure;
  }

  /** What the repository has for the rest of the line, where it is sure. */
  private async sureLine(place: Place, repository: () => Promise<Found>): Promise<Found | undefined> {
    // Asked in any case while the model thinks: what it has is wanted where the model has nothing.
    const found = await repository();
    const { kind } = extentAt(new Surroundings(place));
    if (kind !== 'line' && kind !== 'insideLine') return undefined;
    // The odds of a next call are those among calls: they do not say that there is one.
    const sure = found.proposals.find(({ source, confidence = 0 }) => source !== 'apiSequence' && confidence >= SURE);
    return sure && { ...found, proposals: [sure] };
  }

  private async askModel(
    model: string,
    request: CompletionRequest,
    place: Place,
    { windows, survey, repository }: { windows: Windows; survey: Survey; repository: () => Promise<Found> },
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
      return { ...(await repository()), notice: error };
    }
    const { proposal, rejected } = answer;
    if (proposal || request.model !== undefined) return { answer, proposals: proposal ? [proposal] : [], rejected };
    // Reading a whole repository takes seconds: who types is not kept waiting for it, the next one finds it read.
    if (request.hurried && !this.isRead) {
      this.readRepository(undefined).catch(() => undefined);
      return { answer, proposals: [], rejected };
    }
    const instead = await repository();
    return { answer, proposals: instead.proposals, rejected: [...rejected, ...instead.rejected] };
  }

  private async askRepository(
    { manual }: CompletionRequest,
    place: Place,
    text: string,
    { ranked, attractors, avoided }: Survey,
    { signal }: CallOptions,
  ): Promise<Found> {
    const repository = await this.readRepository(signal);
    this.follow(repository, place, text);
    // Whole idioms are for those who ask: of 184 that came unasked 4 were right (bench/replay/RESULTS.md).
    const idioms = manual
      ? attractors.flatMap(({ language, snippets }) => snippets.map(({ text }) => ({ language, text })))
      : [];
    const scope = { ranked: ranked(), idioms, ...(manual ? { alternatives: ALTERNATIVES } : {}) };
    const around = new Surroundings(place);
    const judged: Judgement[] = [];
    for (const proposal of repository.complete(place, scope)) {
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

  /** The buffer stands for its file; within a line there is nothing new to learn from it. */
  private follow(repository: RepositoryCompletion, { path, language }: Place, text: string): void {
    const lines = lineCount(text);
    if (this.followed.get(path) === lines) return;
    this.followed.set(path, lines);
    repository.set(path, language, text);
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

  /** Read to its end whoever gives up meanwhile: with every key somebody does, and the next one would begin anew. */
  private async readRepository(signal: AbortSignal | undefined): Promise<RepositoryCompletion> {
    if (!this.repository) {
      const reading = this.read();
      this.repository = reading;
      reading.then(
        () => {
          this.isRead = this.repository === reading;
        },
        () => {
          if (this.repository === reading) this.repository = undefined;
        },
      );
    }
    const repository = await Promise.race([this.repository, ...(signal ? [aborted(signal)] : [])]);
    throwIfAborted(signal);
    return repository as RepositoryCompletion;
  }

  private async read(): Promise<RepositoryCompletion> {
    const { clock } = this.parts;
    const repository = new RepositoryCompletion(await this.parts.weights());
    const breather = new Breather(clock, () => undefined);
    for (const path of this.parts.paths()) {
      const source = await this.parts.source(path);
      if (source) repository.set(path, source.language, source.text);
      if (breather.due) await breather.breathe();
    }
    repository.settle();
    return repository;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
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
