/** Loading a model: a server gives it up with the request that asked for it, so no key may end that request. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadCatalog } from '../../src/core/catalog/catalog.ts';
import { familiesFrom } from '../../src/core/completion/prompt/modelFamily.ts';
import { NodeDataFiles } from '../../src/node/dataFiles.ts';
import { type FakeModelServer, ollamaLine, startFakeModelServer } from '../fakes/fakeModelServer.ts';
import { projectRoot } from '../projectRoot.ts';
import { ASKED_ONCE, completionBy, failureOf, ollamaAt } from './requests.ts';

const PARTS = {
  ...{ repository: 'r', path: 'a.ts', prefix: 'const a = ', prefixLine: 0, suffix: '\n', related: [] },
  ...{ considerBlock: '', seed: '' },
};
const MODEL = 'qwen2.5-coder:1.5b-base';

describe('loading a model', () => {
  let fake: FakeModelServer;
  let loaded: () => void = () => undefined;

  afterEach(() => fake.stop());

  /** A server whose model comes from the disk when `loaded` is called. */
  async function slowlyLoading() {
    const ready = new Promise<void>((resolve) => {
      loaded = resolve;
    });
    fake = await startFakeModelServer((response, path) => {
      if (path === '/api/version') response.end('{"version":"0.17.4"}');
      else if (path === '/api/show') response.end('{"capabilities":["insert"]}');
      else void ready.then(() => response.end(ollamaLine('1;', { done_reason: 'stop' })));
    });
    const folders = { data: join(projectRoot, 'src/data'), grammars: join(projectRoot, 'grammars') };
    const families = familiesFrom(await loadCatalog(new NodeDataFiles(projectRoot, folders)));
    return completionBy(ollamaAt(fake.endpoint), families);
  }

  const generated = () => fake.requests.filter(({ path }) => path === '/api/generate').length;

  it('goes on when whoever wanted it types on, and a completion waits for it', async () => {
    const completion = await slowlyLoading();
    const stop = new AbortController();
    const warming = failureOf(
      () => completion.warm({ model: MODEL, parts: PARTS }, { signal: stop.signal }),
      'cancelled',
    );
    while (generated() === 0) await pause(5);
    stop.abort();
    await warming;
    const place = { path: 'a.ts', language: 'typescript', prefix: PARTS.prefix, suffix: PARTS.suffix } as const;
    const asked = completion.ask({ model: MODEL, place, parts: PARTS, lineComment: '//', ...ASKED_ONCE }, {});
    await pause(50);
    assert.equal(generated(), 1, 'the completion did not wait');
    assert.equal(fake.brokenOff(), 0);
    loaded();
    assert.equal((await asked).proposal?.text, '1;');
    assert.equal(generated(), 2);
  });
});
