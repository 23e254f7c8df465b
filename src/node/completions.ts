/** Completion in an opened repository: what is known of the cursor, asked of a model's server and of the repository itself. */
import { basename } from 'node:path';
import type { LodestoneError } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import type {
  CompletionReport,
  CompletionRequest,
  ContextLimits,
  ContextSource,
  WarmRequest,
} from '../core/completion/completion.ts';
import type { KnownModels } from '../core/completion/knownModels.ts';
import { type AsaLimits, type ModelAnswer, ModelCompletion } from '../core/completion/modelCompletion.ts';
import type { Place, Proposal } from '../core/completion/place.ts';
import type { PromptParts } from '../core/completion/prompt/prompt.ts';
import { surest } from '../core/completion/surest.ts';
import { Surroundings } from '../core/completion/surroundings.ts';
import { extentAt } from '../core/completion/trim/extent.ts';
import { type Windows, windowsAt } from '../core/completion/windows.ts';
import type { FileChange } from '../core/engine.ts';
import type { LanguageId } from '../core/languages.ts';
import { type Found, report } from './completionReport.ts';
import { isModelFailure, type ModelService } from './models/modelService.ts';
import { type RepositoryAnswer, RepositoryTexts, type RepositoryTextsParts } from './repositoryTexts.ts';
import type { Survey } from './surveyor.ts';

export interface CompletionsParts extends RepositoryTextsParts {
  readonly root: string;
  readonly models: ModelService;
  readonly lineComment: (language: LanguageId) => string;
  readonly asa: AsaLimits;
  /** Who types is shown what the model writes, however sure it is of it. */
  readonly showUnsure: boolean;
}

/** A buffer, and a way to ask what the repository says of a place in it. */
export interface Buffer {
  readonly text: string;
  readonly language: LanguageId;
  survey(windows: Windows): Promise<Survey>;
}

/** A request with all that is known of its place. */
interface Asked {
  readonly request: CompletionRequest;
  readonly place: Place;
  readonly text: string;
  readonly windows: Windows;
  readonly survey: Survey;
}

/**
 * From this chance on the rest of a line, out of the repository, is given to somebody who types before the model has answered: at
 * once, and oftener right than what a small model writes (bench/replay/RESULTS.md).
 */
const SURE = 0.7;
const LEAVING_MS = 2;

export class Completions {
  private asker: { models: KnownModels; completion: ModelCompletion } | undefined;
  private readonly texts: RepositoryTexts;

  constructor(private readonly parts: CompletionsParts) {
    this.texts = new RepositoryTexts(parts);
  }

  async complete(request: CompletionRequest, buffer: Buffer, options: CallOptions): Promise<CompletionReport> {
    const { clock } = this.parts;
    const started = clock.now();
    const windows = windowsAt(buffer.text, request.line, request.column);
    const survey = await buffer.survey(windows);
    const place: Place = { path: request.path, language: buffer.language, ...windows };
    const contextMs = clock.now() - started;
    const model = request.model === undefined ? this.parts.models.configured : request.model;
    const asked = { request, place, text: buffer.text, windows, survey };
    const found = await this.find(model, asked, options);
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
    await this.texts.whenRead(options.signal);
  }

  /** Files changed on disk; the index knows their texts already. */
  async filesChanged(changes: readonly FileChange[]): Promise<void> {
    await this.texts.filesChanged(changes);
  }

  /** The repository was mined: its texts are read anew when they are needed next. */
  forgetTexts(): void {
    this.texts.forget();
  }

  private find(model: string | null, asked: Asked, options: CallOptions): Promise<Found> {
    const { request } = asked;
    if (model === null) return this.askRepository(asked, options);
    if (request.hurried && !request.manual) return this.askForTyping(model, asked, options);
    return request.model === undefined
      ? this.askForPerson(model, asked, options)
      : this.askAlone(model, asked, options);
  }

  /** A model that somebody named: it must answer itself. */
  private async askAlone(model: string, asked: Asked, options: CallOptions): Promise<Found> {
    const answer = await this.askModel(model, asked, options);
    return { answer, proposals: answer.proposal ? [answer.proposal] : [], rejected: answer.rejected };
  }

  /** Somebody waits: what the model wrote, and what the repository has for alternatives; or that alone. */
  private async askForPerson(model: string, asked: Asked, options: CallOptions): Promise<Found> {
    let answer: ModelAnswer;
    try {
      answer = await this.askModel(model, asked, options);
    } catch (error) {
      return { ...(await this.askRepository(asked, options)), notice: standsIn(error) };
    }
    const { proposal, rejected } = answer;
    // Reading a whole repository takes seconds: alternatives are not worth them.
    if (proposal && !this.texts.isRead) return { answer, proposals: [proposal], rejected };
    const own = await this.askRepository(asked, options);
    return {
      answer,
      proposals: [...(proposal ? [proposal] : []), ...own.proposals],
      rejected: [...rejected, ...own.rejected],
    };
  }

  /**
   * Somebody types: both are asked at once. Where the repository is sure of the line, the model's request ends; else what promises
   * more comes first.
   */
  private async askForTyping(model: string, asked: Asked, options: CallOptions): Promise<Found> {
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    const asking = this.askModel(model, asked, { ...options, signal });
    // Its failure is told where it is waited for.
    asking.catch(() => undefined);
    try {
      return await this.whicheverIsSure(asking, asked, options);
    } finally {
      stop.abort();
    }
  }

  private async whicheverIsSure(asking: Promise<ModelAnswer>, asked: Asked, options: CallOptions): Promise<Found> {
    // The request leaves first: the repository takes this thread for some milliseconds.
    await new Promise((resolve) => setTimeout(resolve, LEAVING_MS));
    const isRead = this.texts.isRead;
    // Nobody who types waits for the repository to be read: the next one finds it read.
    if (!isRead) this.texts.whenRead(undefined).catch(() => undefined);
    const own = isRead ? await this.askRepository(asked, options) : undefined;
    const sure = own && sureLine(asked.place, own.proposals);
    if (own && sure) return { ...own, proposals: [sure] };
    let answer: ModelAnswer;
    try {
      answer = await asking;
    } catch (error) {
      if (asked.request.model !== undefined) throw error;
      const notice = standsIn(error);
      return { ...(own ?? (await this.askRepository(asked, options))), notice };
    }
    const { proposals = [], rejected = [] } = own ?? {};
    const told = { answer, rejected: [...answer.rejected, ...rejected] };
    if (!answer.proposal) return { ...told, proposals };
    const { cost } = await this.parts.weights();
    const offered = surest(answer.proposal, answer.beginnings, proposals, cost);
    if (!offered.unsure) return { ...told, proposals: offered.proposals };
    const { text } = answer.proposal;
    return { answer, proposals: offered.proposals, rejected: [...told.rejected, { filter: 'unsure', text }] };
  }

  private async askModel(
    model: string,
    { request, place, windows, survey }: Asked,
    options: CallOptions,
  ): Promise<ModelAnswer> {
    const { models, lineComment, asa, showUnsure } = this.parts;
    const { avoided } = survey;
    const { contextTokens, manual = false, hurried = false } = request;
    const expected = request.leaveOut?.includes('retries') ? [] : survey.expected;
    const question = {
      ...{ model, place, avoided, expected, asa, ...(contextTokens === undefined ? {} : { contextTokens }) },
      lineComment: lineComment(place.language),
      parts: this.promptParts(request, windows, survey),
      chances: hurried && !manual && !showUnsure,
      hole: request.hole === true,
    };
    return models.use((known) => this.completion(known).ask(question, options), {
      manual: manual || request.model !== undefined,
    });
  }

  private askRepository({ request, place, text, survey }: Asked, { signal }: CallOptions): Promise<RepositoryAnswer> {
    return this.texts.ask(place, text, survey, { manual: request.manual === true, signal });
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
}

/** The failure of a model for which the repository stands in; any other goes on. */
function standsIn(error: unknown): LodestoneError {
  if (isModelFailure(error)) return error;
  throw error;
}

/** What the repository has for the rest of the line, where it is sure. */
function sureLine(place: Place, proposals: readonly Proposal[]): Proposal | undefined {
  const { kind } = extentAt(new Surroundings(place));
  if (kind !== 'line' && kind !== 'insideLine') return undefined;
  // The odds of a next call are those among calls: they do not say that there is one.
  return proposals.find(({ source, confidence = 0 }) => source !== 'apiSequence' && confidence >= SURE);
}
