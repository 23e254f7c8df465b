/** What the adapters make of faults that a real server commits only by chance: one clear error, and no text lost. */
import { strict as assert } from 'node:assert';
import { setTimeout as pause } from 'node:timers/promises';
import type { LanguageModel } from '../../src/core/ports.ts';
import { parseEndpoint } from '../../src/node/models/endpoint.ts';
import { openOpenAiModel } from '../../src/node/models/openAiModel.ts';
import {
  type Answer,
  completionEvent,
  type FakeModelServer,
  ollamaLine,
  startFakeModelServer,
} from '../fakes/fakeModelServer.ts';
import { answerOf, failureOf, ollamaAt, requestFor } from './requests.ts';

const PATIENCE = { firstMs: 400, nextMs: 150 };
const LAST = { done_reason: 'stop', prompt_eval_count: 3, eval_count: 2, prompt_eval_duration: 5e6 };

const ADAPTERS: Record<
  string,
  { open: (endpoint: string) => LanguageModel; piece: (text: string) => string; end: string }
> = {
  Ollama: {
    open: (endpoint) => ollamaAt(endpoint, { patience: PATIENCE }),
    piece: (text) => ollamaLine(text),
    end: ollamaLine('', LAST),
  },
  OpenAI: {
    open: (endpoint) => openOpenAiModel({ endpoint: parseEndpoint(endpoint, 'the test'), patience: PATIENCE }),
    piece: (text) => completionEvent(text),
    end: `${completionEvent('', { choices: [{ text: '', finish_reason: 'stop' }] })}data: [DONE]\n\n`,
  },
};

for (const [name, { open, piece, end }] of Object.entries(ADAPTERS))
  describe(`faults of a server, ${name}`, () => {
    let fake: FakeModelServer | undefined;

    afterEach(async () => {
      await fake?.stop();
      fake = undefined;
    });

    async function serve(answer: Answer): Promise<LanguageModel> {
      fake = await startFakeModelServer(answer);
      return open(fake.endpoint);
    }

    /** Reads until the failure; returns both. */
    async function failing(model: LanguageModel, code: string) {
      let text = '';
      const error = await failureOf(async () => {
        for await (const read of model.complete(requestFor('a'), {})) text += read.text;
      }, code);
      return { text, error };
    }

    it('half a line at the end', async () => {
      const model = await serve((response) => response.end(piece('one ') + piece('two').slice(0, 20)));
      assert.equal((await failing(model, 'modelFailed')).text, 'one ');
    });

    it('a line that arrives in two halves is one piece', async () => {
      const model = await serve(async (response) => {
        const whole = piece('smörgås') + end;
        const bytes = Buffer.from(whole);
        const middle = bytes.indexOf(Buffer.from('ö')) + 1;
        response.write(bytes.subarray(0, middle));
        await pause(30);
        response.end(bytes.subarray(middle));
      });
      assert.equal((await answerOf(model, requestFor('a'))).text, 'smörgås');
    });

    it('a line that is no JSON', async () => {
      const model = await serve((response) => response.end(piece('one ') + piece('two').replaceAll('"', "'") + end));
      assert.equal((await failing(model, 'modelFailed')).text, 'one ');
    });

    it('a connection that breaks in the middle', async () => {
      const model = await serve((response) => response.write(piece('one '), () => response.destroy()));
      const { text, error } = await failing(model, 'modelFailed');
      assert.equal(text, 'one ');
      assert.match(error.message, /middle of an answer/);
      assert.ok(error.cause);
    });

    it('a kept connection that has died is tried once more, and only once', async () => {
      let resets = 1;
      const model = await serve((response) => (resets-- > 0 ? response.destroy() : response.end(piece('a') + end)));
      assert.equal((await answerOf(model, requestFor('a'))).text, 'a');
      assert.equal(fake?.requests.length, 2);
      resets = 9;
      await failing(model, 'modelFailed');
      assert.equal(fake?.requests.length, 4);
    });

    it('an empty answer', async () => {
      await failing(await serve((response) => response.end()), 'modelFailed');
    });

    it('silence before the first piece', async () => {
      const started = performance.now();
      const { error } = await failing(await serve(() => undefined), 'modelStalled');
      assert.equal(error.options.args?.seconds, 0.4);
      assert.ok(performance.now() - started < 2000);
    });

    it('silence after headers, and after a piece; pieces start the watch anew', async () => {
      await failing(await serve((response) => response.flushHeaders()), 'modelStalled');
      await fake?.stop();
      const model = await serve(async (response) => {
        for (let i = 0; i < 4; i++) {
          response.write(piece(`${i} `));
          await pause(80);
        }
      });
      const { text, error } = await failing(model, 'modelStalled');
      assert.equal(text, '0 1 2 3 ');
      assert.match(error.message, /middle of an answer/);
      await pause(50);
      assert.equal(fake?.brokenOff(), 1, 'the stalled connection was left open');
    });

    it('a reader that takes its time is no stall', async () => {
      const model = await serve((response) => response.end(piece('a') + piece('b') + end));
      let text = '';
      for await (const read of model.complete(requestFor('a'), {})) {
        text += read.text;
        await pause(200);
      }
      assert.equal(text, 'ab');
    });

    it('keeps the connection for the next request after a whole answer, and closes it after half of one', async () => {
      const model = await serve((response) => response.end(piece('a') + end));
      for (let i = 0; i < 3; i++) {
        await answerOf(model, requestFor('a'));
        await pause(20);
      }
      assert.equal(fake?.connections(), 1);
      await fake?.stop();
      const endless = await serve((response) => response.write(piece('a')));
      for await (const { text } of endless.complete(requestFor('a'), {})) {
        assert.equal(text, 'a');
        break;
      }
      await pause(50);
      assert.equal(fake?.brokenOff(), 1);
    });

    it('too little memory', async () => {
      const said = 'model requires more system memory (9.8 GiB) than is available (3.1 GiB)';
      const model = await serve((response) => {
        response.writeHead(500, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: said }));
      });
      const { error } = await failing(model, 'modelOutOfMemory');
      assert.match(`${error.message} ${error.advice}`, /9\.8 GiB.*smaller model/);
    });

    it('does not follow to another address', async () => {
      const model = await serve((response) => {
        response.writeHead(307, { Location: 'http://elsewhere.example/api' }).end();
      });
      const { error } = await failing(model, 'modelFailed');
      assert.match(error.message, /elsewhere\.example/);
    });

    it('an abort while waiting and one while reading are both just "cancelled"', async () => {
      const model = await serve((response) => response.write(piece('a')));
      const stop = new AbortController();
      await failureOf(async () => {
        for await (const { text } of model.complete(requestFor('a'), { signal: stop.signal }))
          if (text) setTimeout(() => stop.abort(), 10);
      }, 'cancelled');
      await fake?.stop();
      const silent = await serve(() => undefined);
      await failureOf(() => answerOf(silent, requestFor('a'), { signal: AbortSignal.timeout(30) }), 'cancelled');
    });
  });

describe('faults of a server, Ollama alone', () => {
  let fake: FakeModelServer | undefined;

  afterEach(async () => {
    await fake?.stop();
  });

  it("an error line within the stream has the server's words, and its meaning", async () => {
    for (const [said, code] of [
      ['an error was encountered while running the model: CUDA error: out of memory', 'modelOutOfMemory'],
      ['something odd', 'modelFailed'],
    ] as const) {
      fake = await startFakeModelServer((response) =>
        response.end(`${ollamaLine('a')}${JSON.stringify({ error: said })}\n`),
      );
      const error = await failureOf(() => answerOf(ollamaAt(fake?.endpoint ?? ''), requestFor('a')), code);
      assert.ok(error.message.includes(said));
      await fake.stop();
    }
  });

  it('is told every option, none being left to its defaults', async () => {
    fake = await startFakeModelServer((response) => response.end(ollamaLine('a', LAST)));
    const model = ollamaAt(fake.endpoint, { keepAlive: '5m' });
    await answerOf(model, requestFor('p', { suffix: 's', stop: ['x'], topP: 0.9, topK: 20, seed: 5, maxTokens: 0 }));
    assert.deepEqual(fake.requests[0]?.body, {
      model: 'coder',
      prompt: 'p',
      suffix: 's',
      raw: false,
      stream: true,
      think: false,
      keep_alive: '5m',
      truncate: false,
      shift: false,
      options: {
        num_ctx: 2048,
        num_predict: 1,
        temperature: 0,
        top_p: 0.9,
        top_k: 20,
        min_p: 0,
        typical_p: 1,
        repeat_penalty: 1,
        repeat_last_n: 64,
        presence_penalty: 0,
        frequency_penalty: 0,
        seed: 5,
        stop: ['x'],
      },
    });
  });

  it('unloads the model of a server that says nothing after an answer was left in the middle, and asks again', async () => {
    let stuck = false;
    fake = await startFakeModelServer((response, _, body) => {
      const { prompt, keep_alive: keepAlive } = body as { prompt: string; keep_alive: unknown };
      if (prompt === '' && keepAlive === 0) stuck = false;
      else if (stuck) return;
      if (prompt === 'left') {
        response.write(ollamaLine('a'));
        stuck = true;
      } else response.end(ollamaLine('b', LAST));
    });
    const model = ollamaAt(fake.endpoint, { stuckMs: 100 });
    for await (const { text } of model.complete(requestFor('left'), {})) {
      assert.equal(text, 'a');
      break;
    }
    assert.equal((await answerOf(model, requestFor('next'))).text, 'b');
    assert.deepEqual(
      fake.requests.map(({ body }) => (body as { prompt: string }).prompt),
      ['left', 'next', '', 'next'],
    );
    // Silence alone is no reason: a model that has not answered yet may be on its way from the disk.
    stuck = true;
    const patient = ollamaAt(fake.endpoint, { stuckMs: 10, patience: PATIENCE });
    await failureOf(() => answerOf(patient, requestFor('next')), 'modelStalled');
    assert.equal(fake.requests.length, 5);
  });

  it('unloads the model that another process left in the middle, under whatever name', async () => {
    const details = { family: 'qwen2', parameter_size: '1.5B', quantization_level: 'Q8_0' };
    let running = [{ name: 'coder-base', details }];
    let stuck = true;
    const answer: Answer = (response, path, body) => {
      if (path === '/api/version') return response.end('{"version":"0.17.4"}');
      if (path === '/api/show') return response.end(JSON.stringify({ details }));
      if ((body as { keep_alive: unknown }).keep_alive === 0) stuck = false;
      else if (stuck) return;
      response.end(ollamaLine('b', LAST));
    };
    fake = await startFakeModelServer(answer, () => running);
    const model = ollamaAt(fake.endpoint, { stuckMs: 100 });
    await model.describe('coder', {});
    assert.equal((await answerOf(model, requestFor('next'))).text, 'b');
    // One that nobody has loaded is on its way from the disk.
    [running, stuck] = [[], true];
    const patient = ollamaAt(fake.endpoint, { stuckMs: 10, patience: PATIENCE });
    await patient.describe('coder', {});
    await failureOf(() => answerOf(patient, requestFor('next')), 'modelStalled');
    assert.ok(stuck);
  });

  it('an answer that ends properly without its last line was cut short by the server', async () => {
    fake = await startFakeModelServer((response) => response.end(ollamaLine('a').repeat(30)));
    const { text, end } = await answerOf(ollamaAt(fake.endpoint), requestFor('a'));
    assert.deepEqual([text, end.reason], ['a'.repeat(30), 'length']);
  });

  it('a server that is too old, by its version or by what it does not know', async () => {
    fake = await startFakeModelServer((response, path) => {
      if (path === '/api/version') response.end('{"version":"0.3.14"}');
      else response.writeHead(404).end('404 page not found');
    });
    const model = ollamaAt(fake.endpoint);
    const error = await failureOf(() => model.describe('coder', {}), 'modelServerTooOld');
    assert.match(`${error.message} ${error.advice}`, /0\.3\.14.*0\.6\.4/s);
    await failureOf(() => answerOf(model, requestFor('a')), 'modelServerTooOld');
  });

  it('a gateway that passes on completions alone is no older server', async () => {
    fake = await startFakeModelServer((response, path) => {
      if (path === '/api/generate') response.end(ollamaLine('a', { done_reason: 'stop' }));
      else response.writeHead(404).end('404 page not found');
    });
    const model = ollamaAt(fake.endpoint);
    const description = { name: 'coder', architecture: '', template: '', takesSuffix: false };
    assert.deepEqual(await model.describe('coder', {}), description);
    assert.equal((await answerOf(model, requestFor('a'))).text, 'a');
  });

  it('reports a download in bytes over all layers, and its failure', async () => {
    const lines = [
      { status: 'pulling manifest' },
      { status: 'pulling aaa', digest: 'aaa', total: 100 },
      { status: 'pulling aaa', digest: 'aaa', total: 100, completed: 60 },
      { status: 'pulling bbb', digest: 'bbb', total: 50, completed: 50 },
      { status: 'pulling aaa', digest: 'aaa', total: 100, completed: 100 },
    ];
    const answer = (last: object) => [...lines, last].map((line) => `${JSON.stringify(line)}\n`).join('');
    let last: object = { status: 'success' };
    fake = await startFakeModelServer((response) => response.end(answer(last)));
    const model = ollamaAt(fake.endpoint);
    const seen: string[] = [];
    await model.pull('coder', { onProgress: ({ done, total }) => seen.push(`${done}/${total ?? '?'}`) });
    assert.deepEqual(seen, ['0/?', '0/100', '60/100', '110/150', '150/150', '150/150']);
    last = { error: 'pull model manifest: file does not exist' };
    await failureOf(() => model.pull('coder', {}), 'modelMissing');
    await failureOf(() => model.pull('coder', { signal: AbortSignal.abort() }), 'cancelled');
  });
});
