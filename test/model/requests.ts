/** What the tests of the model adapters share: a request, and reading an answer to its end. */
import { strict as assert } from 'node:assert';
import { LodestoneError } from '../../src/base/errors.ts';
import type { CallOptions } from '../../src/base/progress.ts';
import { KnownModels } from '../../src/core/completion/knownModels.ts';
import { ModelCompletion } from '../../src/core/completion/modelCompletion.ts';
import type { ModelFamily } from '../../src/core/completion/prompt/modelFamily.ts';
import type { LanguageModel, ModelEnd, ModelRequest } from '../../src/core/ports.ts';
import { parseEndpoint } from '../../src/node/models/endpoint.ts';
import { openOllamaModel } from '../../src/node/models/ollamaModel.ts';
import { parser } from '../unit/syntax/parserFixture.ts';

/** A greedy, raw request for 16 tokens of the model "coder". */
export function requestFor(prompt: string, change: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: 'coder',
    prompt,
    stop: [],
    maxTokens: 16,
    contextTokens: 2048,
    temperature: 0,
    topP: 1,
    topK: 40,
    repeatPenalty: 1,
    seed: 1,
    ...change,
  };
}

export function ollamaAt(
  endpoint: string,
  options: Partial<Parameters<typeof openOllamaModel>[0]> = {},
): LanguageModel {
  return openOllamaModel({ endpoint: parseEndpoint(endpoint, 'the test'), ...options });
}

export async function answerOf(
  model: LanguageModel,
  request: ModelRequest,
  options: CallOptions = {},
): Promise<{ text: string; pieces: number; end: ModelEnd }> {
  let text = '';
  let pieces = 0;
  let end: ModelEnd | undefined;
  for await (const piece of model.complete(request, options)) {
    assert.equal(end, undefined, 'a piece came after the end');
    text += piece.text;
    pieces++;
    end = piece.end;
  }
  assert.ok(end, 'the last piece has no end');
  return { text, pieces, end };
}

/** The error of work that has to fail, with a message and advice fit for a person. */
export async function failureOf(work: () => Promise<unknown>, code: string): Promise<LodestoneError> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof LodestoneError, `${(error as Error).stack}`);
    assert.equal(error.code, code, `${error.message} (${String(error.cause)})`);
    if (code !== 'cancelled') assert.ok(error.advice, `${error.message} has no advice`);
    return error;
  }
  throw new assert.AssertionError({ message: `expected ${code}, but it worked` });
}

/** Completion as the product has it, with the real parser. */
export function completionBy(
  server: LanguageModel,
  families: readonly ModelFamily[],
  clock = { now: () => 0 },
): ModelCompletion {
  return new ModelCompletion(new KnownModels(server, families), parser, clock);
}

/** A question for one answer: no calls are expected and nothing is avoided. */
export const ASKED_ONCE = { avoided: [], expected: [], asa: { threshold: 0, budgetMs: 0 } } as const;
