/** What others do to a real server while we ask it: a model is deleted, two clients ask at once, the server restarts. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { loadCatalog } from '../../src/core/catalog/catalog.ts';
import type { ModelCompletion, ModelQuestion } from '../../src/core/completion/modelCompletion.ts';
import { familiesFrom, type ModelFamily } from '../../src/core/completion/prompt/modelFamily.ts';
import { NodeDataFiles } from '../../src/node/dataFiles.ts';
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

describe('a server that others use too', () => {
  let server: OllamaServer;
  let families: readonly ModelFamily[];

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    server = await startOllama();
    await server.importModel('coder', codeModelFolder());
    const folders = { data: join(projectRoot, 'src/data'), grammars: join(projectRoot, 'grammars') };
    families = familiesFrom(await loadCatalog(new NodeDataFiles(projectRoot, folders)));
  });

  after(async () => {
    await server?.stop();
  });

  const completion = () => completionBy(ollamaAt(server.endpoint), families);

  function question(name: string, model = 'coder'): ModelQuestion {
    const place = {
      path: `src/${name}.ts`,
      language: 'typescript',
      prefix: `const ${name} = `,
      suffix: ';\n',
    } as const;
    const { path, prefix, suffix } = place;
    const parts = { repository: 'r', path, prefix, prefixLine: 0, suffix, related: [], considerBlock: '', seed: '' };
    return { model, place, parts, lineComment: '//', ...ASKED_ONCE };
  }

  /** What was said, kept or not. */
  async function said(asked: ModelCompletion, name: string): Promise<string> {
    const { proposal, rejected } = await asked.ask(question(name), {});
    return JSON.stringify([proposal, rejected]);
  }

  it('answers two clients at once as it does each alone, and one that gives up takes nothing from the other', async () => {
    const names = ['alpha', 'bravo', 'charlie', 'delta'];
    const alone: string[] = [];
    for (const name of names) alone.push(await said(completion(), name));
    const [one, other] = [completion(), completion()];
    const together = await Promise.all(names.map((name, at) => said(at % 2 ? one : other, name)));
    assert.deepEqual(together, alone);
    const stop = new AbortController();
    const lost = failureOf(() => one.ask(question('echo'), { signal: stop.signal }), 'cancelled');
    const kept = said(other, 'alpha');
    stop.abort();
    await lost;
    assert.equal(await kept, alone[0]);
  });

  it('is asked about a model for whoever comes next, even if the first gives up', async () => {
    const asked = completion();
    const stop = new AbortController();
    const first = failureOf(() => asked.ask(question('alpha'), { signal: stop.signal }), 'cancelled');
    stop.abort();
    const next = said(asked, 'alpha');
    await first;
    assert.equal(await next, await said(completion(), 'alpha'));
  });

  it('finishes an answer whose model is deleted meanwhile, says then that it is missing, and what brings it back', async () => {
    await server.importModel('doomed', codeModelFolder());
    const asked = completion();
    const model = ollamaAt(server.endpoint);
    await asked.ask(question('alpha', 'doomed'), {});
    let text = '';
    let deleted: Promise<Response> | undefined;
    const request = requestFor('def doomed():\n', { model: 'doomed', maxTokens: 60, temperature: 1 });
    for await (const piece of model.complete(request, {})) {
      text += piece.text;
      deleted ??= fetch(`${server.endpoint}/api/delete`, {
        method: 'DELETE',
        body: JSON.stringify({ model: 'doomed' }),
      });
    }
    assert.equal((await deleted)?.status, 200);
    assert.ok(text.length > 0);
    const error = await failureOf(() => asked.ask(question('alpha', 'doomed'), {}), 'modelMissing');
    assert.match(error.advice ?? '', /ollama pull doomed/);
    await failureOf(() => answerOf(model, request), 'modelMissing');
    await server.importModel('doomed', codeModelFolder());
    assert.equal((await asked.ask(question('alpha', 'doomed'), {})).family, 'qwen2.5-coder');
  });

  it('that restarts in the middle of an answer breaks that one alone', async () => {
    const asked = completion();
    const before = await said(asked, 'alpha');
    const model = ollamaAt(server.endpoint);
    let restarted: Promise<void> | undefined;
    // A model that goes on for seconds, however long it takes to kill the server.
    await server.importModel('slow', slowModelFolder());
    const endless = { model: 'slow', contextTokens: 4096, maxTokens: 1500, temperature: 1.5 };
    const request = requestFor('def restarts():\n', endless);
    await failureOf(async () => {
      for await (const { text } of model.complete(request, {}))
        if (text) restarted ??= server.kill().then(() => server.restart());
    }, 'modelFailed');
    await restarted;
    assert.equal(await said(asked, 'alpha'), before);
    assert.equal((await answerOf(model, { ...request, maxTokens: 3 })).end.answerTokens, 3);
  });
});
