/** How much of its context a benchmark gives a model: for models that were trained on short prompts. */
import type { ContextLimits } from '../../core/completion/completion.ts';
import { wholeNumber } from '../arguments.ts';
import type { Invocation } from '../command.ts';

/** Throws LodestoneError badArguments. */
export function contextLimits(options: Invocation['options']): Pick<ContextLimits, 'contextTokens' | 'blockBytes'> {
  const contextTokens = wholeNumber('context-tokens', options['context-tokens'], 256);
  const blockBytes = wholeNumber('block-bytes', options['block-bytes'], 1);
  return {
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(blockBytes === undefined ? {} : { blockBytes }),
  };
}
