/** What the real server does at the wire, on which the adapters rely: how it builds tokens, what it caches, when it stops. */
import { strict as assert } from 'node:assert';
import { needs } from '../missing.ts';
import { codeModelFolder, findOllama, OLLAMA_PROGRAM, type OllamaServer, startOllama } from './ollamaServer.ts';

describe('a real Ollama server', () => {
  let server: OllamaServer;

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    server = await startOllama();
    await server.importModel('coder', codeModelFolder());
  });

  after(async () => {
    await server?.stop();
  });

  async function generate(body: object): Promise<{ response: string; context: number[]; prompt_eval_count: number }> {
    const answer = await fetch(`${server.endpoint}/api/generate`, {
      method: 'POST',
      body: JSON.stringify({ model: 'coder', stream: false, ...body }),
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()) as Awaited<ReturnType<typeof generate>>;
  }

  it('gives the model the same tokens through the template and as raw text with special tokens', async () => {
    const options = { num_predict: 1, temperature: 0 };
    const template = await generate({ prompt: 'def f(a):\n', suffix: '\n\nf(1)\n', options });
    const raw = await generate({
      prompt: '<|fim_prefix|>def f(a):\n<|fim_suffix|>\n\nf(1)\n<|fim_middle|>',
      raw: true,
      options,
    });
    assert.equal(template.prompt_eval_count, raw.prompt_eval_count);
    assert.equal(template.response, raw.response);
  });
});
