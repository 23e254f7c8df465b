/** Text that takes more tokens than code does: the server refuses the prompt, and is asked with a shorter one. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { loadCatalog } from '../../src/core/catalog/catalog.ts';
import { familiesFrom } from '../../src/core/completion/prompt/modelFamily.ts';
import { NodeDataFiles } from '../../src/node/dataFiles.ts';
import { needs } from '../missing.ts';
import { projectRoot } from '../projectRoot.ts';
import { findOllama, OLLAMA_PROGRAM, type OllamaServer, startOllama, tokenizerFolder } from './ollamaServer.ts';
import { QWEN_CODER } from './randomTokenizer.ts';
import { type RecordingProxy, startRecordingProxy } from './recordingProxy.ts';
import { ASKED_ONCE, completionBy, ollamaAt } from './requests.ts';

/** Every digit is a token. */
const NUMBERS = '31415, 92653, 58979, 32384,\n'.repeat(200);

describe('a prompt that is too long', () => {
  let server: OllamaServer;
  let proxy: RecordingProxy;

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    server = await startOllama();
    await server.importModel('qwen2.5-coder', tokenizerFolder('too-long', 1024, QWEN_CODER));
    proxy = await startRecordingProxy(server.endpoint);
  });

  after(async () => {
    await proxy?.stop();
    await server?.stop();
  });

  it('is shortened, and those after it in that file are from the start', async () => {
    const folders = { data: join(projectRoot, 'src/data'), grammars: join(projectRoot, 'grammars') };
    const families = familiesFrom(await loadCatalog(new NodeDataFiles(projectRoot, folders)));
    const completion = completionBy(ollamaAt(proxy.endpoint), families);
    const asked = async (prefix: string) => {
      proxy.generated.length = 0;
      const place = { path: 'src/pi.ts', language: 'typescript', prefix, suffix: '];\n' } as const;
      const { path, suffix } = place;
      const parts = { repository: 'pi', path, prefix, prefixLine: 0, suffix, related: [], considerBlock: '', seed: '' };
      const question = { model: 'qwen2.5-coder', place, parts, lineComment: '//', ...ASKED_ONCE };
      const { prompt } = await completion.ask(question, {});
      return { prompt: prompt.text, requests: proxy.generated.length };
    };
    const first = await asked(`${NUMBERS}1, `);
    assert.equal(first.requests, 2);
    assert.ok(first.prompt.length > 300 && first.prompt.length < 1000, `${first.prompt.length}`);
    const second = await asked(`${NUMBERS}1, 2`);
    assert.equal(second.requests, 1);
    assert.ok(second.prompt.startsWith(first.prompt.slice(0, 100)));
  });
});
