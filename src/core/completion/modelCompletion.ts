/** One completion by a model: the prompt in its own form, the stream cut where nothing more is wanted, the text judged. */
import { unlessAborted } from '../../base/abort.ts';
import { LodestoneError } from '../../base/errors.ts';
import { LruMap } from '../../base/lru.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { Clock, LanguageModel, ModelEnd } from '../ports.ts';
import type { AvoidedPattern, FilterId } from './filters/filter.ts';
import { judge } from './filters/judge.ts';
import type { Place, Proposal } from './place.ts';
import { familyOfModel, type ModelFamily } from './prompt/modelFamily.ts';
import { type Prompt, type PromptParts, rawPrompt, templatePrompt } from './prompt/prompt.ts';
import { SpecialTokens, tokensInTemplate } from './prompt/specialTokens.ts';
import { Surroundings } from './surroundings.ts';
import { StreamTrimmer } from './trim/streamTrimmer.ts';

/** Tokens of an answer: one line, or a block of thirty. */
const LINE_TOKENS = 64;
const BLOCK_TOKENS = 256;
/** Of a model that nobody knows, and that does not say how long its context is. */
const UNKNOWN_CONTEXT = 2048;

/** A server that refuses a prompt as too long is asked again with half of the room, down to this share of it. */
const LEAST_SHARE = 1 / 4;
const FILES_KEPT = 100;

export interface ModelQuestion {
  readonly model: string;
  readonly place: Place;
  readonly parts: PromptParts;
  readonly lineComment: string;
  readonly avoided: readonly AvoidedPattern[];
}

export interface ModelAnswer {
  readonly proposal?: Proposal;
  readonly rejected: readonly { readonly filter: FilterId; readonly text: string }[];
  /** Id of the family; undefined for a model that nobody knows. */
  readonly family?: string;
  readonly prompt: Prompt;
  readonly end?: ModelEnd;
  /** Milliseconds from the request to the first piece and to the last that was wanted. */
  readonly firstMs: number;
  readonly modelMs: number;
}

/** Asks models of one server; what it says of a model is asked for once. */
export class ModelCompletion {
  private readonly known = new Map<string, Promise<KnownModel>>();
  /** Of files whose text takes more tokens than code does (tables of numbers, other alphabets): see `askWithin`. */
  private readonly shares = new LruMap<string, number>(FILES_KEPT);

  constructor(
    private readonly server: LanguageModel,
    private readonly families: readonly ModelFamily[],
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Throws what the server throws, and `modelFailed` for a model that takes no text after the cursor in any known way. */
  async ask(question: ModelQuestion, options: CallOptions): Promise<ModelAnswer> {
    const file = `${question.model} ${question.place.path}`;
    for (let share = this.shares.get(file) ?? 1; ; share /= 2) {
      try {
        return await this.askWithin(share, question, options);
      } catch (error) {
        const isTooLong = error instanceof LodestoneError && error.code === 'modelPromptTooLong';
        if (!isTooLong || share <= LEAST_SHARE) throw error;
        this.shares.set(file, share / 2);
      }
    }
  }

  /** `share`: of the room that a prompt of ordinary code may take. */
  private async askWithin(share: number, question: ModelQuestion, options: CallOptions): Promise<ModelAnswer> {
    const { model, place, parts, lineComment, avoided } = question;
    const { family, special, contextTokens } = await unlessAborted(this.describe(model), options.signal);
    const around = new Surroundings(place);
    const trimmer = new StreamTrimmer(place, { around });
    const isLine = trimmer.extent.kind === 'line' || trimmer.extent.kind === 'insideLine';
    // Room for a block even where a line is wanted: what is wanted changes from key to key, and the prompt's cuts must not.
    const answerTokens = Math.min(BLOCK_TOKENS, Math.floor(contextTokens / 4));
    const budget = { contextTokens: answerTokens + Math.floor((contextTokens - answerTokens) * share), answerTokens };
    const prompt = family ? rawPrompt(family, parts, budget) : templatePrompt(special, parts, budget, lineComment);
    const started = this.clock.now();
    let firstMs: number | undefined;
    let end: ModelEnd | undefined;
    let stopped = false;
    const request = {
      ...{ model, prompt: prompt.text, ...(prompt.suffix === undefined ? {} : { suffix: prompt.suffix }) },
      // A server that stops by itself says what it counted; one that is left in mid-sentence does not.
      stop: trimmer.extent.kind === 'insideLine' ? [...prompt.stop, '\n'] : prompt.stop,
      ...{ maxTokens: Math.min(isLine ? LINE_TOKENS : BLOCK_TOKENS, answerTokens), contextTokens },
      ...{ temperature: 0, topP: 1, topK: 1, repeatPenalty: 1, seed: 0 },
    };
    for await (const piece of this.server.complete(request, options)) {
      firstMs ??= this.clock.now() - started;
      end = piece.end;
      // Leaving the loop closes the connection: the server stops where nothing more is wanted.
      if (trimmer.push(piece.text).done && !end) {
        stopped = true;
        break;
      }
    }
    const modelMs = this.clock.now() - started;
    const { text, replaces, partial } = trimmer.end(stopped ? 'stop' : (end?.reason ?? 'stop'));
    const proposal: Proposal = { text: new SpecialTokens(special).restore(text), source: 'model', replaces };
    const { kept, rejected } = judge(proposal, place, { around, avoided, partial });
    return {
      ...(kept ? { proposal: kept } : {}),
      rejected: rejected ? [rejected] : [],
      ...(family ? { family: family.id } : {}),
      prompt,
      ...(end ? { end } : {}),
      firstMs: firstMs ?? modelMs,
      modelMs,
    };
  }

  /** For every request to come, so that none of them may end it. */
  private describe(model: string): Promise<KnownModel> {
    let known = this.known.get(model);
    if (!known) {
      known = this.look(model);
      this.known.set(model, known);
      // A server that was down, or a model that was missing, may be there the next time.
      known.catch(() => this.known.delete(model));
    }
    return known;
  }

  private async look(model: string): Promise<KnownModel> {
    const description = await this.server.describe(model, {});
    const family = familyOfModel(this.families, model, description);
    if (!family && !description.takesSuffix)
      throw new LodestoneError('modelFailed', `Nobody here knows how ${model} is asked to fill in code at a cursor.`, {
        advice: 'Choose a code model, for instance qwen2.5-coder:1.5b-base, or describe it in .lodestone/models.',
        args: { model },
      });
    const wanted = family?.contextTokens ?? UNKNOWN_CONTEXT;
    // Nobody can tell which tokens an unknown model has: those of its template, and those that others have.
    const foreign = () => [...tokensInTemplate(description.template), ...this.families.flatMap((each) => each.special)];
    return {
      family,
      special: family?.special ?? [...new Set(foreign())],
      contextTokens: Math.min(wanted, description.contextLength ?? wanted),
    };
  }
}

interface KnownModel {
  readonly family: ModelFamily | undefined;
  /** Texts that are, or may be, tokens of its own. */
  readonly special: readonly string[];
  /** One number per model, so that the server never loads it anew. */
  readonly contextTokens: number;
}
