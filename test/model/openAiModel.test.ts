/** The OpenAI-compatible adapter: against the real Ollama server, which speaks that protocol too, and for its own dialect. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { loadCatalog } from '../../src/core/catalog/catalog.ts';
import { holeGrammar } from '../../src/core/completion/holeGrammar.ts';
import { familiesFrom } from '../../src/core/completion/prompt/modelFamily.ts';
import type { ModelRequest } from '../../src/core/ports.ts';
import { NodeDataFiles } from '../../src/node/dataFiles.ts';
import { parseEndpoint } from '../../src/node/models/endpoint.ts';
import { openOpenAiModel } from '../../src/node/models/openAiModel.ts';
import { completionEvent, type FakeModelServer, startFakeModelServer } from '../fakes/fakeModelServer.ts';
import { needs } from '../missing.ts';
import { projectRoot } from '../projectRoot.ts';
import {
  codeModelFolder,
  findOllama,
  OLLAMA_PROGRAM,
  type OllamaServer,
  slowModelFolder,
  startOllama,
} from './ollamaServer.ts';
import { ASKED_ONCE, answerOf, completionBy, failureOf, ollamaAt, requestFor } from './requests.ts';

type Options = Partial<Parameters<typeof openOpenAiModel>[0]>;

function openAiAt(endpoint: string, options: Options = {}) {
  return openOpenAiModel({ endpoint: parseEndpoint(endpoint, 'the test'), ...options });
}

describe('the OpenAI-compatible adapter on a real server', () => {
  let server: OllamaServer;

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    server = await startOllama();
    await server.importModel('coder', codeModelFolder());
  });

  after(async () => {
    await server?.stop();
  });

  const PROMPT = 'def total(prices):\n    result = 0\n';

  // This server leaves its own repeat penalty on for this protocol, so that it is left on for the comparison too.
  const same = (request: ModelRequest) =>
    answerOf(ollamaAt(server.endpoint), { ...request, repeatPenalty: 1.1, contextTokens: 4096 });

  it('lists and describes', async () => {
    const model = openAiAt(server.endpoint);
    assert.deepEqual(await model.list({}), ['coder:latest']);
    assert.deepEqual(await model.describe('coder', {}), {
      name: 'coder',
      architecture: '',
      template: '',
      takesSuffix: false,
    });
    assert.equal((await openAiAt(server.endpoint, { takesSuffix: true }).describe('coder', {})).takesSuffix, true);
    await failureOf(() => model.describe('other', {}), 'modelMissing');
  });

  it('completes as the other protocol does, with and without a suffix, and says what it cost', async () => {
    const model = openAiAt(`${server.endpoint}/v1`);
    for (const request of [requestFor(PROMPT), requestFor(PROMPT, { suffix: '\n    return result\n' })]) {
      const [ours, other] = [await answerOf(model, request), await same(request)];
      assert.equal(ours.text, other.text);
      assert.ok(ours.pieces > 2);
      const { promptTokens, answerTokens, reason } = other.end;
      assert.deepEqual(ours.end, { promptTokens, answerTokens, reason });
    }
  });

  it('stops at stop texts, and evaluates the prompt alone for maxTokens 0', async () => {
    const model = openAiAt(server.endpoint);
    const { text } = await answerOf(model, requestFor(PROMPT));
    const stop = text.slice(Math.floor(text.length / 2));
    const stopped = await answerOf(model, requestFor(PROMPT, { stop: [stop] }));
    assert.ok(text.startsWith(stopped.text) && stopped.text.length < text.length);
    assert.equal(stopped.end.reason, 'stop');
    const warmed = await answerOf(model, requestFor(PROMPT, { maxTokens: 0 }));
    assert.deepEqual([warmed.text, warmed.end.answerTokens], ['', 0]);
  });

  it('closes the connection on abort and when the reader breaks off', async () => {
    const model = openAiAt(server.endpoint);
    await server.importModel('slow', slowModelFolder());
    const endless = requestFor(PROMPT, { model: 'slow', maxTokens: 2000, temperature: 1.5 });
    const mark = server.mark();
    for await (const { text } of model.complete(endless, {})) if (text) break;
    const stop = new AbortController();
    const second = server.mark();
    const failed = failureOf(() => answerOf(model, endless, { signal: stop.signal }), 'cancelled');
    await server.logged(/msg="completion request"/, second);
    stop.abort();
    await failed;
    // Only when those before have ended can this one be answered: there is one slot.
    await answerOf(model, requestFor('a', { model: 'slow', maxTokens: 1 }));
    await server.logged(/(context for request finished.*){3}/s, mark);
  });

  it('has one clear error for what is missing, down or not to be had', async () => {
    const model = openAiAt(server.endpoint);
    await failureOf(() => answerOf(model, requestFor('a', { model: 'other' })), 'modelMissing');
    const pull = await failureOf(() => model.pull('other', {}), 'modelFailed');
    assert.match(pull.message, /cannot download other/);
    const gone = await startFakeModelServer(() => undefined);
    await gone.stop();
    const down = openAiAt(gone.endpoint);
    for (const work of [() => answerOf(down, requestFor('a')), () => down.list({})])
      assert.ok((await failureOf(work, 'modelServerDown')).message.includes(gone.endpoint.slice('http://'.length)));
  });
});

describe('the OpenAI-compatible adapter’s dialect', () => {
  let fake: FakeModelServer | undefined;

  afterEach(async () => {
    await fake?.stop();
  });

  const END = `${completionEvent('', { choices: [{ text: '', finish_reason: 'length' }] })}`;

  it('sends every option, and reads how much of the prompt was cached', async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 90 } };
    fake = await startFakeModelServer((response) =>
      response.end(
        `: a comment\r\n\r\n${completionEvent('x')}${END}data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`,
      ),
    );
    const request = requestFor('p', { suffix: 's', stop: ['\n\n'], topP: 0.9, topK: 20, repeatPenalty: 1, seed: 5 });
    const { text, end } = await answerOf(openAiAt(`${fake.endpoint}/api/v2`), request);
    assert.equal(text, 'x');
    assert.deepEqual(end, { reason: 'length', promptTokens: 100, answerTokens: 7, cachedTokens: 90 });
    assert.equal(fake.requests[0]?.path, '/api/v2/completions');
    assert.deepEqual(fake.requests[0]?.body, {
      model: 'coder',
      prompt: 'p',
      suffix: 's',
      max_tokens: 16,
      temperature: 0,
      top_p: 0.9,
      seed: 5,
      stop: ['\n\n'],
      presence_penalty: 0,
      frequency_penalty: 0,
      stream: true,
      stream_options: { include_usage: true },
      top_k: 20,
      min_p: 0,
      repeat_penalty: 1,
      repetition_penalty: 1,
    });
  });

  it('sends a grammar to servers that say what they are, in each one’s own words, and does without where it is refused', async () => {
    const grammar = holeGrammar('typescript', true);
    let about: object = { meta: { n_ctx_train: 4096 } };
    let refused = false;
    fake = await startFakeModelServer((response, path, body) => {
      if (path.endsWith('/models')) response.end(JSON.stringify({ data: [{ id: 'coder', ...about }] }));
      else if (refused && 'grammar' in (body as object))
        response.writeHead(400).end('{"error":{"message":"Failed to parse grammar"}}');
      else response.end(`${completionEvent('x')}${END}data: [DONE]\n\n`);
    });
    const sent = async (request: ModelRequest) => {
      const model = openAiAt((fake as FakeModelServer).endpoint);
      await model.describe('coder', {});
      assert.equal((await answerOf(model, request)).text, 'x');
      assert.equal((await answerOf(model, request)).text, 'x');
      return fake?.requests.at(-1)?.body as Record<string, unknown>;
    };
    assert.equal((await sent(requestFor('p', { grammar })))['grammar'], grammar);
    assert.ok(!('grammar' in (await sent(requestFor('p')))));
    refused = true;
    const without = await sent(requestFor('p', { grammar }));
    assert.ok(!('grammar' in without) && without['top_k'] === 40);
    about = { max_model_len: 4096 };
    const { structured_outputs: own, ...rest } = await sent(requestFor('p', { grammar }));
    assert.deepEqual(own, { grammar });
    assert.ok(!('grammar' in rest));
    about = {};
    assert.ok(!('structured_outputs' in (await sent(requestFor('p', { grammar })))));
  });

  it('is told of a hole what may stand there, and of a cursor nothing', async () => {
    fake = await startFakeModelServer((response, path) => {
      if (path.endsWith('/models'))
        response.end(JSON.stringify({ data: [{ id: 'qwen2.5-coder:1.5b-base', meta: { n_ctx_train: 4096 } }] }));
      else response.end(`${completionEvent('total')}${END}data: [DONE]\n\n`);
    });
    const folders = { data: join(projectRoot, 'src/data'), grammars: join(projectRoot, 'grammars') };
    const families = familiesFrom(await loadCatalog(new NodeDataFiles(projectRoot, folders)));
    const completion = completionBy(openAiAt(fake.endpoint), families);
    const [prefix, suffix] = ['const total = 1;\nprint(', ');\n'];
    const question = {
      ...{ model: 'qwen2.5-coder:1.5b-base', lineComment: '//', ...ASKED_ONCE },
      place: { path: 'a.ts', language: 'typescript', prefix, suffix },
      parts: { repository: 'r', path: 'a.ts', considerBlock: '', related: [], prefix, prefixLine: 0, suffix, seed: '' },
    } as const;
    const { proposal } = await completion.ask({ ...question, hole: true }, {});
    assert.equal(proposal?.text, 'total');
    const grammar = () => (fake?.requests.at(-1)?.body as { grammar?: string }).grammar;
    assert.equal(grammar(), holeGrammar('typescript', true));
    await completion.ask(question, {});
    assert.equal(grammar(), undefined);
  });

  it('learns from one refusal that a server takes OpenAI’s options only', async () => {
    fake = await startFakeModelServer((response, _path, body) => {
      if ('top_k' in (body as object))
        response.writeHead(400).end('{"error":{"message":"Unrecognized request argument supplied: top_k"}}');
      else response.end(`${completionEvent('x')}${END}data: [DONE]\n\n`);
    });
    const model = openAiAt(fake.endpoint);
    for (let i = 0; i < 2; i++) assert.equal((await answerOf(model, requestFor('p'))).text, 'x');
    assert.equal(fake.requests.length, 3);
  });

  it('sends the key to the server, and to nobody else', async () => {
    const apiKey = 'sk-very-secret-0123456789';
    fake = await startFakeModelServer((response, path) => {
      if (path.endsWith('/models')) response.writeHead(401).end(`{"error":{"message":"Bad key ${apiKey}"}}`);
      else response.end(`data: not JSON but ${apiKey}\n\n`);
    });
    const model = openAiAt(fake.endpoint, { apiKey });
    for (const work of [() => model.list({}), () => answerOf(model, requestFor('a'))]) {
      const error = await failureOf(work, 'modelFailed');
      const told = [
        error.message,
        error.advice,
        error.stack,
        JSON.stringify(error.options),
        String(error.cause),
      ].join();
      assert.doesNotMatch(told, /very-secret/);
    }
    assert.equal(fake.requests[0]?.headers.authorization, `Bearer ${apiKey}`);
    try {
      openAiAt(fake.endpoint, { apiKey: `${apiKey}\n` });
      assert.fail('a key with a line break was taken');
    } catch (error) {
      assert.doesNotMatch(String((error as Error).stack), /very-secret/);
    }
  });
});
