/** Stopping: what the real server does when a request is given up, and what we do when the server is gone. */
import { strict as assert } from 'node:assert';
import { setTimeout as pause } from 'node:timers/promises';
import type { ModelRequest } from '../../src/core/ports.ts';
import { needs } from '../missing.ts';
import {
  codeModelFolder,
  findOllama,
  OLLAMA_PROGRAM,
  type OllamaServer,
  slowModelFolder,
  startOllama,
} from './ollamaServer.ts';
import { answerOf, failureOf, ollamaAt, requestFor } from './requests.ts';

/** Tokens that a request would generate if it ran on: seconds of work for this model. */
const MANY = 1500;

describe('stopping a completion', function () {
  this.timeout(120_000);
  let server: OllamaServer;

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    server = await startOllama();
    await server.importModel('slow', slowModelFolder());
    await answerOf(ollamaAt(server.endpoint), slow('a', { maxTokens: 1 }));
  });

  /** What the server said last tells a fault of ours from one of its own. */
  afterEach(function () {
    if (this.currentTest?.state === 'failed') process.stderr.write(server.log().slice(-5000));
  });

  after(async () => {
    await server?.stop();
  });

  // The temperature keeps a random model from repeating one token, which would end it early.
  function slow(prompt: string, change: Partial<ModelRequest> = {}): ModelRequest {
    return requestFor(prompt, { model: 'slow', contextTokens: 4096, maxTokens: MANY, temperature: 1.5, ...change });
  }

  /** Waits until the server's processes have done nothing for 300 ms; returns the seconds that they worked until then. */
  async function idle(): Promise<number> {
    const start = server.processorSeconds();
    for (let last = -1, now = start, tries = 0; now - last > 0.02; tries++) {
      assert.ok(tries < 100, 'the server goes on working');
      last = now;
      await pause(300);
      now = server.processorSeconds();
    }
    return server.processorSeconds() - start;
  }

  /** Tokens that stand in the server's cache behind this prompt: what it generated after evaluating it. */
  async function generatedAfter(prompt: string): Promise<number> {
    const mark = server.mark();
    await answerOf(ollamaAt(server.endpoint), slow(prompt, { maxTokens: 0 }));
    const [, cache, all] = await server.logged(/loading cache slot.* cache=(\d+) prompt=(\d+)/, mark);
    return Number(cache) - Number(all);
  }

  const HANDLED = /\[GIN\].*"\/api\/generate"/;

  it('closes the connection before the first token, so that the server never comes to the answer', async () => {
    const prompt = `# first\n${'y = x + 1;\n'.repeat(60)}`;
    const stop = new AbortController();
    const mark = server.mark();
    const failed = failureOf(
      () => answerOf(ollamaAt(server.endpoint), slow(prompt), { signal: stop.signal }),
      'cancelled',
    );
    await server.logged(/loading cache slot/, mark);
    const stopped = performance.now();
    stop.abort();
    await failed;
    assert.ok(performance.now() - stopped < 200, 'the caller waited for the server');
    await server.logged(HANDLED, mark);
    await idle();
    // Ollama evaluates a prompt to its end whatever happens, and notices at the first tokens that nobody listens.
    assert.ok((await generatedAfter(prompt)) < 20);
  });

  it('saves what was not yet sent of a long prompt', async () => {
    const prompt = `# sliced\n${'w = v + 3;\n'.repeat(150)}`;
    const model = ollamaAt(server.endpoint, { sliceCharacters: 300 });
    const stop = new AbortController();
    const mark = server.mark();
    const failed = failureOf(() => answerOf(model, slow(prompt), { signal: stop.signal }), 'cancelled');
    await server.logged(/loading cache slot/, mark);
    stop.abort();
    await failed;
    await idle();
    const later = server.mark();
    const { end } = await answerOf(model, slow(prompt, { maxTokens: 5 }));
    const [, used] = await server.logged(/loading cache slot.* used=(\d+)/, later);
    assert.ok(Number(used) < (end.promptTokens ?? 0) / 3, 'the server evaluated what nobody waited for');
    // The model was given the same tokens, and the times of all slices count.
    const whole = await answerOf(ollamaAt(server.endpoint), slow(prompt, { maxTokens: 5 }));
    assert.equal(end.promptTokens, whole.end.promptTokens);
    assert.ok((end.promptMs ?? 0) > 4 * (whole.end.promptMs ?? 0), JSON.stringify([end, whole.end]));
  });

  it('leaves no work behind after 50 rapid cancellations', async () => {
    const model = ollamaAt(server.endpoint);
    const prompt = (i: number) => `# ${i}\n${'z = y + 2;\n'.repeat(10)}`;
    for (let i = 0; i < 50; i++) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), (i * 37) % 51);
      await failureOf(() => answerOf(model, slow(prompt(i)), { signal: stop.signal }), 'cancelled');
    }
    // The server hears of the last one a moment after us.
    await pause(100);
    const mark = server.mark();
    assert.ok((await idle()) < 5, 'more work was left than the prompts alone are');
    assert.doesNotMatch(server.log(mark), /loading cache slot/, 'a request began after all were given up');
    const { end } = await answerOf(model, slow('after', { maxTokens: 3 }));
    assert.equal(end.answerTokens, 3);
  });

  it('closes the connection when the reader breaks off', async () => {
    const prompt = 'def broken_off():\n';
    const mark = server.mark();
    for await (const { text } of ollamaAt(server.endpoint).complete(slow(prompt), {})) {
      assert.ok(text);
      break;
    }
    await server.logged(HANDLED, mark);
    await idle();
    assert.ok((await generatedAfter(prompt)) < MANY / 5);
  });

  it('answers again, whatever became of the server, after 60 answers were left in the middle', async () => {
    // As fast a model as can be: the server is caught between two tokens now and then, and loses its turn for good.
    await server.importModel('fast', codeModelFolder());
    const fast = (prompt: string) => slow(prompt, { model: 'fast', contextTokens: 1024, maxTokens: 500 });
    const model = ollamaAt(server.endpoint, { stuckMs: 2000 });
    for (let i = 0; i < 60; i++)
      for await (const { text } of model.complete(fast(`# ${i}\n`), {})) {
        assert.ok(text.length > 0);
        break;
      }
    const { end } = await answerOf(model, { ...fast('after'), maxTokens: 3 });
    assert.equal(end.answerTokens, 3);
  });

  it('asks nothing for a request that is given up already', async () => {
    const mark = server.mark();
    const signal = AbortSignal.abort();
    await failureOf(() => answerOf(ollamaAt(server.endpoint), slow('a'), { signal }), 'cancelled');
    assert.doesNotMatch(server.log(mark), /api\/generate/);
  });

  it('keeps what came before the server died, tells it once, and works with the next server', async () => {
    const model = ollamaAt(server.endpoint);
    let text = '';
    let killed: Promise<void> | undefined;
    const dying = async () => {
      for await (const piece of model.complete(slow('def dies():\n'), {})) {
        if (text === '') killed = server.kill();
        text += piece.text;
      }
    };
    const error = await failureOf(dying, 'modelFailed');
    await killed;
    assert.ok(text.length > 0);
    assert.ok(error.cause, 'the cause is lost');
    const down = await failureOf(() => answerOf(model, slow('a')), 'modelServerDown');
    assert.ok(down.message.includes(`127.0.0.1:${server.port}`) && down.advice?.includes('ollama serve'));
    for (const work of [() => model.list({}), () => model.describe('slow', {}), () => model.pull('slow', {})])
      await failureOf(work, 'modelServerDown');
    await server.restart();
    assert.equal((await answerOf(model, slow('a', { maxTokens: 2 }))).end.answerTokens, 2);
  });
});
