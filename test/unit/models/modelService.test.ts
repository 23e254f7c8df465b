/** The configured model's service: which protocol is spoken, what a failure is remembered for, what a status says. */
import { strict as assert } from 'node:assert';
import { LodestoneError } from '../../../src/base/errors.ts';
import { ModelService } from '../../../src/node/models/modelService.ts';
import { startFakeModelServer } from '../../fakes/fakeModelServer.ts';

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:65533';

function service(endpoint: string, model = 'coder', now = () => 0, apiKey?: string): ModelService {
  return new ModelService({
    endpoint: { option: endpoint },
    model,
    families: async () => [],
    clock: { now },
    ...(apiKey === undefined ? {} : { apiKey }),
  });
}

describe('model service', () => {
  it('speaks Ollama, and OpenAI with the key where the address ends in /v1', async () => {
    const server = await startFakeModelServer((response, path) => {
      const [ollama, openAi] = [{ models: [{ name: 'coder:latest' }] }, { data: [{ id: 'served' }] }];
      response.end(JSON.stringify(path.startsWith('/v1') ? openAi : ollama));
    });
    try {
      const plain = await service(server.endpoint, 'coder', undefined, 'sk-1').status({});
      assert.deepEqual([plain.installed, plain.ready, plain.problem], [['coder:latest'], true, undefined]);
      const other = await service(`${server.endpoint}/v1`, 'coder', undefined, 'sk-1').status({});
      assert.deepEqual([other.installed, other.ready], [['served'], false]);
      const [first, second] = server.requests;
      assert.equal(first?.path, '/api/tags');
      assert.equal(first?.headers.authorization, undefined, 'an Ollama gets no key');
      assert.equal(second?.path, '/v1/models');
      assert.equal(second?.headers.authorization, 'Bearer sk-1');
    } finally {
      await server.stop();
    }
  });

  it('says what is wrong instead of throwing', async () => {
    const down = await service(NOWHERE).status({});
    assert.equal(down.problem?.code, 'modelServerDown');
    assert.equal(down.endpoint, NOWHERE);
    assert.ok(down.problem.advice.length > 10);
    const odd = await service('ftp://x').status({});
    assert.equal(odd.problem?.code, 'badArguments');
  });

  it('does not ask a failed server again for a while, unless by hand', async () => {
    let now = 0;
    let asked = 0;
    const tried = service(NOWHERE, 'coder', () => now);
    const request = async () => {
      asked++;
      throw new LodestoneError('modelServerDown', 'down');
    };
    const ask = (manual: boolean) => assert.rejects(tried.use(request, { manual }), /down/);
    await ask(false);
    await ask(false);
    assert.equal(asked, 1);
    await ask(true);
    assert.equal(asked, 2);
    now = 60_000;
    await ask(false);
    assert.equal(asked, 3);
  });

  it('asks again at once after a mistake that was not the server’s, and after a success', async () => {
    const tried = service(NOWHERE);
    await assert.rejects(
      tried.use(async () => Promise.reject(new Error('ours')), { manual: false }),
      /ours/,
    );
    assert.equal(await tried.use(async () => 'answer', { manual: false }), 'answer');
  });
});
