/** How much of its context a benchmark gives a model: for models that were trained on short prompts. */
import { LodestoneError } from '../../base/errors.ts';
import type { ContextLimits } from '../../core/completion/completion.ts';
import { MAX_BYTES } from '../../core/retrieval/considerBlock.ts';
import { wholeNumber } from '../arguments.ts';
import type { Invocation } from '../command.ts';

/** Throws LodestoneError badArguments. */
export function contextLimits(options: Invocation['options']): Pick<ContextLimits, 'contextTokens' | 'blockBytes'> {
  const contextTokens = wholeNumber('context-tokens', options['context-tokens'], 256);
  const blockBytes = wholeNumber('block-bytes', options['block-bytes'], 1);
  // It would be cut to that, and the report would tell another figure.
  if (blockBytes !== undefined && blockBytes > MAX_BYTES)
    throw new LodestoneError('badArguments', `--block-bytes is at most ${MAX_BYTES}, not ${blockBytes}.`, {
      advice: 'Leave it out for the most.',
    });
  return {
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(blockBytes === undefined ? {} : { blockBytes }),
  };
}
