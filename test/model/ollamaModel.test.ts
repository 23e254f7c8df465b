/** The Ollama adapter against a real server. */
import { strict as assert } from 'node:assert';
import type { ModelPiece, ModelRequest } from '../../src/core/ports.ts';
import { needs } from '../missing.ts';
import { codeModelFolder, findOllama, OLLAMA_PROGRAM, type OllamaServer, startOllama } from './ollamaServer.ts';
import { answerOf, failureOf, ollamaAt, requestFor } from './requests.ts';

const FUNCTION = 'def total(prices):\n    result = 0\n    for price in prices:\n';

describe('the Ollama adapter', () => {
  let server: OllamaServer;

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    server = await startOllama();
    await server.importModel('coder', codeModelFolder());
    await server.importModel('without-template', codeModelFolder(), '{{ .Prompt }}');
  });

  after(async () => {
    await server?.stop();
  });

  /** Of the first request since `mark`: tokens that stood in the cache, of its prompt, and of those that it could use. */
  async function cacheUse(mark: number): Promise<{ cache: number; prompt: number; used: number }> {
    const pattern = /loading cache slot.* cache=(\d+) prompt=(\d+) used=(\d+)/;
    const [, cache, prompt, used] = await server.logged(pattern, mark);
    return { cache: Number(cache), prompt: Number(prompt), used: Number(used) };
  }

  it('lists what the server has', async () => {
    const names = await ollamaAt(server.endpoint).list({});
    assert.deepEqual([...names].sort(), ['coder:latest', 'without-template:latest']);
  });

  it('tells whether the server can join a suffix, from the template alone', async () => {
    const model = ollamaAt(server.endpoint);
    const { template, server: told, parameters, quantisation, ...described } = await model.describe('coder', {});
    assert.deepEqual(described, { name: 'coder', architecture: 'qwen2', contextLength: 2048, takesSuffix: true });
    // What a benchmark says of what it ran on.
    assert.match(told ?? '', /^Ollama \d/);
    assert.match(`${parameters} ${quantisation}`, /^[\d.]+[MB] F16$/);
    assert.match(template, /<\|fim_prefix\|>/);
    assert.equal((await model.describe('without-template', {})).takesSuffix, false);
  });

  it('sends the prompt raw without a suffix, and lets the template join the two with one', async () => {
    const model = ollamaAt(server.endpoint);
    const prompt = '<|fim_prefix|>def f(a):\n<|fim_suffix|>\n\nf(1)\n<|fim_middle|>';
    const raw = await answerOf(model, requestFor(prompt));
    const mark = server.mark();
    const joined = await answerOf(model, requestFor('def f(a):\n', { suffix: '\n\nf(1)\n' }));
    assert.equal(joined.text, raw.text);
    assert.equal(joined.end.promptTokens, raw.end.promptTokens);
    // The very same tokens: all but the last of them, which is evaluated again, came from the cache of the raw request.
    const use = await cacheUse(mark);
    assert.equal(use.used, use.prompt - 1);
    // A model whose template would wrap the prompt gets it as it is.
    await server.importModel('wrapped', codeModelFolder(), 'WRAPPED {{ .Prompt }} WRAPPED WRAPPED');
    const wrapped = await answerOf(model, requestFor(prompt, { model: 'wrapped' }));
    assert.equal(wrapped.end.promptTokens, raw.end.promptTokens);
  });

  it('says how it ended and what it cost', async () => {
    const { text, pieces, end } = await answerOf(ollamaAt(server.endpoint), requestFor(FUNCTION, { maxTokens: 4 }));
    assert.ok(text.length > 0 && pieces > 1);
    assert.equal(end.reason, 'length');
    assert.equal(end.answerTokens, 4);
    assert.ok((end.promptTokens ?? 0) > 10);
    assert.ok((end.promptMs ?? -1) >= 0);
    assert.equal(end.cachedTokens, undefined);
  });

  it('tells how likely the model held each token, where that is asked for', async () => {
    const model = ollamaAt(server.endpoint);
    const tokensOf = async (change: Partial<ModelRequest>) => {
      const pieces: ModelPiece[] = [];
      for await (const piece of model.complete(requestFor(FUNCTION, change), {})) pieces.push(piece);
      return { text: pieces.map(({ text }) => text).join(''), tokens: pieces.flatMap(({ tokens = [] }) => tokens) };
    };
    const { text, tokens } = await tokensOf({ chances: true });
    assert.equal(tokens.map((token) => token.text).join(''), text);
    assert.ok(tokens.every(({ logprob }) => logprob <= 0 && logprob > -12));
    // Of what the model is made to write it is less sure than of what it would write itself.
    const sum = (all: typeof tokens) => all.reduce((total, { logprob }) => total + logprob, 0) / all.length;
    const made: typeof tokens = [];
    for (const seed of [1, 2, 3])
      made.push(...(await tokensOf({ chances: true, temperature: 2, topK: 0, seed })).tokens);
    assert.ok(sum(made) < sum(tokens));
    assert.deepEqual((await tokensOf({})).tokens, []);
  });

  it('stops at a stop text and leaves it out', async () => {
    const model = ollamaAt(server.endpoint);
    const { text } = await answerOf(model, requestFor(FUNCTION, { maxTokens: 12 }));
    const stop = text.slice(Math.floor(text.length / 2));
    const stopped = await answerOf(model, requestFor(FUNCTION, { maxTokens: 12, stop: [stop] }));
    assert.equal(stopped.end.reason, 'stop');
    assert.ok(text.startsWith(stopped.text) && !stopped.text.includes(stop), JSON.stringify([text, stopped.text]));
  });

  it('sends the repeat penalty: the server would otherwise add one of 1.1', async () => {
    const model = ollamaAt(server.endpoint);
    const served = async (prompt: string, options: object) => {
      const given = { temperature: 0, num_predict: 16, num_ctx: 2048, ...options };
      const answer = await fetch(`${server.endpoint}/api/generate`, {
        method: 'POST',
        body: JSON.stringify({ model: 'coder', prompt, raw: true, stream: false, options: given }),
      });
      return ((await answer.json()) as { response: string }).response;
    };
    let differing = 0;
    for (const name of ['total', 'price', 'name', 'count', 'value', 'items']) {
      const prompt = `def ${name}(${name}s):\n    for ${name} in ${name}s:\n        ${name}.`.repeat(2);
      const [byDefault, without] = [await served(prompt, {}), await served(prompt, { repeat_penalty: 1 })];
      if (byDefault === without) continue;
      differing++;
      assert.equal((await answerOf(model, requestFor(prompt))).text, without);
      assert.equal((await answerOf(model, requestFor(prompt, { repeatPenalty: 1.1 }))).text, byDefault);
      if (differing === 2) break;
    }
    assert.ok(differing > 0, 'no prompt tells the two apart');
  });

  it('is greedy at temperature 0, and follows the seed above it', async () => {
    const model = ollamaAt(server.endpoint);
    const of = async (temperature: number, seed: number) =>
      (await answerOf(model, requestFor(FUNCTION, { temperature, seed }))).text;
    assert.equal(await of(0, 1), await of(0, 2));
    assert.equal(await of(1.5, 7), await of(1.5, 7));
    assert.notEqual(await of(1.5, 7), await of(1.5, 8));
    // top_k 1 leaves the sampler no choice.
    const { text } = await answerOf(model, requestFor(FUNCTION, { temperature: 1.5, seed: 8, topK: 1 }));
    assert.equal(text, await of(0, 1));
  });

  it('evaluates the prompt alone for maxTokens 0, into the cache that the next request uses', async () => {
    const model = ollamaAt(server.endpoint);
    const prompt = `# warmed\n${FUNCTION}`;
    const warmed = await answerOf(model, requestFor(prompt, { maxTokens: 0 }));
    assert.deepEqual([warmed.text, warmed.pieces, warmed.end.answerTokens], ['', 1, 0]);
    const mark = server.mark();
    await answerOf(model, requestFor(`${prompt}        `, { maxTokens: 2 }));
    const use = await cacheUse(mark);
    assert.equal(use.cache, warmed.end.promptTokens, 'the server went on after the prompt');
    assert.ok(use.used >= (warmed.end.promptTokens ?? 0) - 1, JSON.stringify([use, warmed]));
  });

  it('evaluates only the tail of a prompt whose beginning it has seen', async () => {
    const model = ollamaAt(server.endpoint);
    const start = Array.from({ length: 30 }, (_, i) => `value_${i} = ${i}\n`).join('');
    await answerOf(model, requestFor(start, { maxTokens: 1 }));
    const mark = server.mark();
    const { end } = await answerOf(model, requestFor(`${start}print(`, { maxTokens: 1 }));
    const use = await cacheUse(mark);
    assert.equal(use.prompt, end.promptTokens);
    assert.ok(use.prompt - use.used <= 8, JSON.stringify(use));
  });

  it('loads the model once for all requests with the same context', async () => {
    const model = ollamaAt(server.endpoint);
    await answerOf(model, requestFor(FUNCTION, { contextTokens: 1024, maxTokens: 1 }));
    const mark = server.mark();
    for (const prompt of ['a = ', 'b = ', FUNCTION])
      await answerOf(model, requestFor(prompt, { contextTokens: 1024, maxTokens: 2 }));
    assert.doesNotMatch(server.log(mark), /runner started/);
    await answerOf(model, requestFor(FUNCTION, { contextTokens: 512, maxTokens: 1 }));
    await server.logged(/runner started/, mark);
  });

  it('keeps the model loaded for as long as asked', async () => {
    const expiry = async () => {
      const answer = (await (await fetch(`${server.endpoint}/api/ps`)).json()) as { models: { expires_at: string }[] };
      return (Date.parse(answer.models[0]?.expires_at ?? '') - Date.now()) / 60_000;
    };
    await answerOf(ollamaAt(server.endpoint), requestFor('a', { maxTokens: 1 }));
    assert.ok(Math.abs((await expiry()) - 30) < 1);
    await answerOf(ollamaAt(server.endpoint, { keepAlive: '2h' }), requestFor('a', { maxTokens: 1 }));
    assert.ok(Math.abs((await expiry()) - 120) < 1);
  });

  it('refuses a prompt beyond the context instead of losing its beginning', async () => {
    const long = requestFor('x = 1\n'.repeat(400), { contextTokens: 512 });
    const { message } = await failureOf(() => answerOf(ollamaAt(server.endpoint), long), 'modelPromptTooLong');
    assert.match(message, /context/);
  });

  it('answers two requests at once', async () => {
    const model = ollamaAt(server.endpoint);
    const prompts = ['def first():\n', 'class Second:\n'];
    const alone = [];
    for (const prompt of prompts) alone.push((await answerOf(model, requestFor(prompt))).text);
    const together = await Promise.all(prompts.map((prompt) => answerOf(model, requestFor(prompt))));
    assert.deepEqual(
      together.map(({ text }) => text),
      alone,
    );
  });

  it('names the command that gets a missing model', async () => {
    const model = ollamaAt(server.endpoint);
    const missing = requestFor('a', { model: 'nobody-has-this' });
    for (const work of [() => answerOf(model, missing), () => model.describe('nobody-has-this', {})]) {
      const error = await failureOf(work, 'modelMissing');
      assert.match(error.message, /nobody-has-this/);
      assert.match(error.advice ?? '', /ollama pull nobody-has-this/);
    }
  });

  it('says that a model was deleted while it was in use', async () => {
    const model = ollamaAt(server.endpoint);
    await server.importModel('fleeting', codeModelFolder());
    await answerOf(model, requestFor('a', { model: 'fleeting' }));
    await fetch(`${server.endpoint}/api/delete`, { method: 'DELETE', body: JSON.stringify({ model: 'fleeting' }) });
    await failureOf(() => answerOf(model, requestFor('a', { model: 'fleeting' })), 'modelMissing');
  });

  it('fails to pull what cannot be had, with a reason', async () => {
    const steps: string[] = [];
    const pull = () =>
      // A registry on this machine that nobody runs: nothing leaves it.
      ollamaAt(server.endpoint).pull('localhost:9/nobody/nothing', { onProgress: ({ step }) => steps.push(step) });
    const error = await failureOf(pull, 'modelFailed');
    assert.match(error.message, /pull model manifest/);
    assert.ok(steps.includes('pulling manifest'));
  });
});
