/** Completion by a model: asked in its own form, cut where no more is wanted, judged, and asked again where it passes over this repository's APIs. */
import { unlessAborted } from '../../base/abort.ts';
import { LodestoneError } from '../../base/errors.ts';
import { LruMap } from '../../base/lru.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { Clock, ModelEnd, Parser, TokenChance } from '../ports.ts';
import { type ExpectedCall, FIRM, hitRate, type Pressure, pressed, STRONGEST } from './apiSeed.ts';
import type { AvoidedPattern, FilterId } from './filters/filter.ts';
import { judgeWithParser } from './filters/judge.ts';
import { loopsAtEnd } from './filters/repetition.ts';
import { holeGrammar } from './holeGrammar.ts';
import type { KnownModel, KnownModels } from './knownModels.ts';
import { type Beginning, beginningsOf } from './modelChances.ts';
import { parsedWindow } from './parsedWindow.ts';
import type { Place, Proposal } from './place.ts';
import {
  type Prompt,
  type PromptBudget,
  type PromptParts,
  rawPrompt,
  stablePrompt,
  templatePrompt,
} from './prompt/prompt.ts';
import { SpecialTokens } from './prompt/specialTokens.ts';
import { Surroundings } from './surroundings.ts';
import { clipToBlock } from './trim/blockEnd.ts';
import { StreamTrimmer } from './trim/streamTrimmer.ts';

/** Tokens of an answer: one line, or a block of thirty. */
const LINE_TOKENS = 64;
const BLOCK_TOKENS = 256;
const PREPARE_MS = 12;

/** A server that refuses a prompt as too long is asked again with half of the room, down to this share of it. */
const LEAST_SHARE = 1 / 4;
const FILES_KEPT = 100;
/** After an answer a model stays loaded for longer than this (keep_alive). */
const LOADED_MS = 20 * 60_000;

export interface ModelQuestion {
  readonly model: string;
  readonly place: Place;
  readonly parts: PromptParts;
  readonly lineComment: string;
  readonly avoided: readonly AvoidedPattern[];
  /** Likeliest first. */
  readonly expected: readonly ExpectedCall[];
  readonly asa: AsaLimits;
  /** Where less is wanted than the model's own. */
  readonly contextTokens?: number;
  /** How sure the model is counts, as where nobody asked for this answer. */
  readonly chances?: boolean;
  /** The answer closes what it opens, and nothing else. */
  readonly hole?: boolean;
}

export interface AsaLimits {
  /** In [0, 1]: an answer with a lower hit rate is asked for again. */
  readonly threshold: number;
  /** Milliseconds from the first request on within which another one must be answered. */
  readonly budgetMs: number;
}

export interface Rejected {
  readonly filter: FilterId;
  readonly text: string;
}

export interface ModelAnswer {
  readonly proposal?: Proposal;
  /** Of the proposal's first line; absent where the server does not tell. */
  readonly beginnings?: readonly Beginning[];
  /** Of all attempts. */
  readonly rejected: readonly Rejected[];
  /** Id of the family; undefined for a model that nobody knows. */
  readonly family?: string;
  /** Of the attempt that is proposed, else of the last one; its seed too. */
  readonly prompt: Prompt;
  readonly seed: string;
  readonly end?: ModelEnd;
  /** Attempts beyond the first. */
  readonly retries: number;
  /** Milliseconds from the first request to its first piece, and to the last piece that was wanted of the last attempt. */
  readonly firstMs: number;
  readonly modelMs: number;
}

interface Attempt {
  readonly proposal?: Proposal;
  readonly beginnings?: readonly Beginning[];
  readonly rejected?: Rejected;
  readonly prompt: Prompt;
  readonly seed: string;
  readonly end?: ModelEnd;
  readonly firstMs: number;
  /** Null where the text calls nothing that could be hit. */
  readonly rate: number | null;
  /** Where it counts how sure the model is, its answer is not begun for it: nobody knows how likely it holds that beginning. */
  readonly strongest: Pressure;
}

export class ModelCompletion {
  private warming: AbortController | undefined;
  private loading: Promise<void> | undefined;
  /** When each model answered last. */
  private readonly answeredAt = new Map<string, number>();
  /** Of files whose text takes more tokens than code does (tables of numbers, other alphabets): see `budget`. */
  private readonly shares = new LruMap<string, number>(FILES_KEPT);
  /** What the parser was prepared for last. */
  private base = '';

  constructor(
    private readonly models: KnownModels,
    private readonly parser: Parser,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /**
   * Asks, and asks again with more pressure (at most twice, within the budget) while the text uses less than the wanted share
   * of the calls that are expected. Throws what the server throws.
   */
  async ask(question: ModelQuestion, options: CallOptions): Promise<ModelAnswer> {
    this.warming?.abort();
    for (;;) {
      try {
        return await this.press(question, options);
      } catch (error) {
        const share = this.shareOf(question);
        const isTooLong = error instanceof LodestoneError && error.code === 'modelPromptTooLong';
        if (!isTooLong || share <= LEAST_SHARE) throw error;
        this.shares.set(fileOf(question), share / 2);
      }
    }
  }

  private async press(question: ModelQuestion, options: CallOptions): Promise<ModelAnswer> {
    await unlessAborted(this.loading ?? Promise.resolve(), options.signal);
    const described = await this.models.get(question.model, options);
    const contextTokens = Math.min(described.contextTokens, question.contextTokens ?? described.contextTokens);
    const known = { ...described, contextTokens };
    const around = new Surroundings(question.place);
    const started = this.clock.now();
    const attempts: Attempt[] = [];
    for (let pressure: Pressure = 0; ; pressure++) {
      const before = this.clock.now();
      const attempt = await this.attempt(question, known, around, pressure as Pressure, options);
      if (attempt === undefined) break;
      attempts.push(attempt);
      const now = this.clock.now();
      const { asa, expected } = question;
      const enough = attempt.rate === null ? !failedBy(attempt, 'antipattern') : attempt.rate >= asa.threshold;
      // The next attempt finds most of its prompt in the server's cache: it takes no longer than this one.
      const late = now - started + (now - before) > asa.budgetMs;
      if (expected.length === 0 || enough || late || pressure === attempt.strongest) break;
    }
    const best = attempts.reduce((a, b) => (worth(b) > worth(a) ? b : a));
    const [first] = attempts as [Attempt];
    return {
      ...(best.proposal ? { proposal: best.proposal } : {}),
      ...(best.beginnings ? { beginnings: best.beginnings } : {}),
      rejected: attempts.flatMap(({ rejected }) => (rejected ? [rejected] : [])),
      ...(known.family ? { family: known.family.id } : {}),
      ...{ prompt: best.prompt, seed: best.seed, ...(best.end ? { end: best.end } : {}) },
      retries: attempts.length - 1,
      firstMs: first.firstMs,
      modelMs: this.clock.now() - started,
    };
  }

  /**
   * Has the model loaded, and puts what does not depend on the cursor into the server's cache. A completion ends the second
   * alone: a server gives up loading a model with the request that asked for it, so that somebody who types on would keep it
   * from ever being loaded.
   */
  async warm(question: Pick<ModelQuestion, 'model' | 'parts'>, { signal }: CallOptions): Promise<void> {
    this.warming?.abort();
    const controller = new AbortController();
    this.warming = controller;
    const both = signal ? AbortSignal.any([signal, controller.signal]) : controller.signal;
    const { family, contextTokens } = await this.models.get(question.model, { signal: both });
    await unlessAborted(this.load(question.model, contextTokens), both);
    // What a server makes of its own template is cached as a whole or not at all.
    if (!family) return;
    const prompt = stablePrompt(family, question.parts, this.budget(question, contextTokens));
    const request = { model: question.model, prompt, stop: family.stop, maxTokens: 0, contextTokens, ...GREEDY };
    for await (const { end } of this.models.server.complete(request, { signal: both })) if (end) break;
  }

  /**
   * Room for a block even where a line is wanted: what is wanted changes from key to key, and the prompt's cuts must not. A
   * file whose prompts were refused as too long gets a share of the room.
   */
  private budget(question: Pick<ModelQuestion, 'model' | 'parts'>, contextTokens: number): PromptBudget {
    const answerTokens = Math.min(BLOCK_TOKENS, Math.floor(contextTokens / 4));
    const room = Math.floor((contextTokens - answerTokens) * this.shareOf(question));
    return { contextTokens: answerTokens + room, answerTokens };
  }

  private shareOf(question: Pick<ModelQuestion, 'model' | 'parts'>): number {
    return this.shares.get(fileOf(question)) ?? 1;
  }

  /** Has a model loaded that gave no answer lately, by a request that nobody's signal ends. Never rejects. */
  private load(model: string, contextTokens: number): Promise<void> {
    const load = async () => {
      const request = { model, prompt: ' ', stop: [], maxTokens: 0, contextTokens, ...GREEDY };
      try {
        for await (const { end } of this.models.server.complete(request, {})) if (end) break;
        this.answeredAt.set(model, this.clock.now());
      } catch {
        // The completion that waits for it asks the server itself, and is told the same.
      } finally {
        this.loading = undefined;
      }
    };
    const isLoaded = this.clock.now() - (this.answeredAt.get(model) ?? -Infinity) < LOADED_MS;
    if (!isLoaded) this.loading ??= load();
    return this.loading ?? Promise.resolve();
  }

  /** While the model thinks: what its text will be compared with is parsed by the time that it comes. */
  private prepareParser(place: Place, signal: AbortSignal | undefined): void {
    const { base } = parsedWindow(place);
    if (this.base === base) return;
    // After the request was written, which takes a connection and a few turns of the loop.
    const timer = setTimeout(() => {
      this.base = base;
      void this.parser.parse(place.language, base, base).catch(() => undefined);
    }, PREPARE_MS);
    signal?.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  /** Undefined where this pressure has nothing to say. */
  private async attempt(
    { model, place, parts, lineComment, avoided, expected, chances = false, hole = false }: ModelQuestion,
    { family, special, contextTokens }: KnownModel,
    around: Surroundings,
    pressure: Pressure,
    options: CallOptions,
  ): Promise<Attempt | undefined> {
    const asked = pressed(pressure, { seed: parts.seed, expected, lineComment, place });
    if (asked === undefined) return undefined;
    const trimmer = new StreamTrimmer(place, { around });
    const isLine = trimmer.extent.kind === 'line' || trimmer.extent.kind === 'insideLine';
    const answerTokens = Math.min(isLine ? LINE_TOKENS : BLOCK_TOKENS, Math.floor(contextTokens / 4));
    const budget = this.budget({ model, parts }, contextTokens);
    const pressedParts = { ...parts, seed: asked.seed, prefix: parts.prefix + asked.begun };
    const prompt = family
      ? rawPrompt(family, pressedParts, budget)
      : templatePrompt(special, pressedParts, budget, lineComment);
    // What is begun for it may have opened something.
    const isBound = hole && asked.begun === '';
    const request = {
      ...{ model, prompt: prompt.text, ...(prompt.suffix === undefined ? {} : { suffix: prompt.suffix }) },
      ...(isBound ? { grammar: holeGrammar(place.language, /^[^\r\n]*\S/.test(place.suffix)) } : {}),
      // A server that stops by itself says what it counted; one that is left in mid-sentence does not.
      stop: trimmer.extent.kind === 'insideLine' ? [...prompt.stop, '\n'] : prompt.stop,
      ...{ maxTokens: answerTokens, contextTokens, chances, ...GREEDY },
    };
    const started = this.clock.now();
    let firstMs: number | undefined;
    let end: ModelEnd | undefined;
    let stopped = false;
    const tokens: TokenChance[] = [];
    if (asked.begun !== '') trimmer.push(asked.begun);
    this.prepareParser(place, options.signal);
    for await (const piece of this.models.server.complete(request, options)) {
      firstMs ??= this.clock.now() - started;
      end = piece.end;
      tokens.push(...(piece.tokens ?? []));
      const { text, done } = trimmer.push(piece.text);
      options.onProgress?.({ step: 'Completing', done: text.length, partial: text });
      // Leaving the loop closes the connection: the server stops where nothing more is wanted, or comes.
      if ((done || loopsAtEnd(text)) && !end) {
        stopped = true;
        break;
      }
    }
    this.answeredAt.set(model, this.clock.now());
    const { text, replaces, partial } = trimmer.end(stopped ? 'stop' : (end?.reason ?? 'stop'));
    const whole = new SpecialTokens(special).restore(text);
    const clipped = whole.includes('\n') ? await clipToBlock(place, whole, replaces, this.parser) : whole;
    const proposal: Proposal = { text: clipped, source: 'model', replaces };
    const expectedNames = expected.map(({ name }) => name);
    const { kept, rejected } = await judgeWithParser(proposal, place, this.parser, { around, avoided, partial });
    const beginnings = kept ? beginningsOf(kept.text, tokens) : undefined;
    return {
      ...(kept ? { proposal: kept } : {}),
      ...(beginnings ? { beginnings } : {}),
      ...(rejected ? { rejected } : {}),
      ...{ prompt, seed: asked.seed, ...(end ? { end } : {}), firstMs: firstMs ?? this.clock.now() - started },
      rate: kept ? hitRate(kept.text, expectedNames, isLine) : null,
      strongest: tokens.length > 0 ? FIRM : STRONGEST,
    };
  }
}

const GREEDY = { temperature: 0, topP: 1, topK: 1, repeatPenalty: 1, seed: 0 } as const;

function fileOf({ model, parts }: Pick<ModelQuestion, 'model' | 'parts'>): string {
  return `${model} ${parts.path}`;
}

function failedBy({ rejected }: Attempt, filter: FilterId): boolean {
  return rejected?.filter === filter;
}

/** A text that was rejected is worth nothing, one that can hit nothing as much as one that hits all the same. */
function worth({ proposal, rate }: Attempt): number {
  return proposal ? 1 + (rate ?? 0) : 0;
}
