/** What is known of a server's models: the family of each and how long a context it gets, asked for once. */
import { unlessAborted } from '../../base/abort.ts';
import { LodestoneError, throwIfAborted } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { LanguageModel } from '../ports.ts';
import { familyOfModel, followsInstructions, type ModelFamily } from './prompt/modelFamily.ts';
import { tokensInTemplate } from './prompt/specialTokens.ts';

/** Of a model that nobody knows, and that does not say how long its context is. */
const UNKNOWN_CONTEXT = 2048;

export interface KnownModel {
  /** Undefined for a model that nobody knows: its server joins prompt and suffix. */
  readonly family: ModelFamily | undefined;
  /** Texts that are, or may be, tokens of its own. */
  readonly special: readonly string[];
  /** One number per model, so that the server never loads it anew. */
  readonly contextTokens: number;
  /** It was trained to follow instructions: what is wanted can be said in words. */
  readonly followsInstructions: boolean;
}

export class KnownModels {
  private readonly known = new Map<string, Promise<KnownModel>>();

  constructor(
    readonly server: LanguageModel,
    readonly families: readonly ModelFamily[],
  ) {}

  /** Throws what the server throws, and `modelFailed` for a model that takes no text after the cursor in any known way. */
  async get(model: string, { signal }: CallOptions): Promise<KnownModel> {
    throwIfAborted(signal);
    let known = this.known.get(model);
    if (!known) {
      // Not with the signal of whoever asks first: others may be waiting when that one gives up.
      known = this.describe(model);
      this.known.set(model, known);
      // A server that was down, or a model that was missing, may be there the next time.
      known.catch(() => this.known.delete(model));
    }
    return unlessAborted(known, signal);
  }

  private async describe(model: string): Promise<KnownModel> {
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
      followsInstructions: followsInstructions(family, model, description),
    };
  }
}
