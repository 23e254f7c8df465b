/** What the real server makes of a prompt, token by token: the ground on which the prompts' golden tests stand. */
import { strict as assert } from 'node:assert';
import { needs } from '../missing.ts';
import { codeModelFolder, findOllama, OLLAMA_PROGRAM, type OllamaServer, startOllama } from './ollamaServer.ts';
import { answerOf, ollamaAt, requestFor } from './requests.ts';
import { evaluatedTokens, tokenReader } from './tokens.ts';

describe('tokens at the wire', () => {
  const folder = codeModelFolder();
  const read = tokenReader(folder);
  let server: OllamaServer;

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    // At this level the log has the text that reached the model.
    server = await startOllama({ OLLAMA_DEBUG: '2' });
    await server.importModel('coder', folder);
  });

  after(async () => {
    await server?.stop();
  });

  const PREFIX = 'def größe(a):\n\treturn ';
  const SUFFIX = '\n\ngröße(1)\n';
  const RAW = `<|fim_prefix|>${PREFIX}<|fim_suffix|>${SUFFIX}<|fim_middle|>`;

  it('are the same through the template and as raw text, each special token being one', async () => {
    const { ids: template } = await evaluatedTokens(server.endpoint, {
      model: 'coder',
      prompt: PREFIX,
      suffix: SUFFIX,
    });
    const { ids: raw } = await evaluatedTokens(server.endpoint, { model: 'coder', prompt: RAW });
    assert.deepEqual(raw, template);
    const texts = read(raw);
    const at = (token: string) => texts.indexOf(token);
    assert.equal(at('<|fim_prefix|>'), 0);
    assert.equal(at('<|fim_middle|>'), texts.length - 1);
    // Letters beyond ASCII may be two tokens, each with half a letter.
    assert.ok(texts.slice(1, at('<|fim_suffix|>')).join('').startsWith('def gr'));
    assert.ok(
      texts
        .slice(at('<|fim_suffix|>') + 1, -1)
        .join('')
        .endsWith('(1)\n'),
    );
  });

  it('reach the model from the adapter exactly as the request says', async () => {
    const { ids: expected } = await evaluatedTokens(server.endpoint, { model: 'coder', prompt: RAW });
    for (const request of [requestFor(RAW), requestFor(PREFIX, { suffix: SUFFIX })]) {
      const mark = server.mark();
      const { end } = await answerOf(ollamaAt(server.endpoint), { ...request, maxTokens: 1 });
      assert.equal(end.promptTokens, expected.length);
      const [, quoted] = await server.logged(/msg="completion request" prompt=("(?:[^"\\]|\\.)*")/, mark);
      assert.equal(JSON.parse(quoted ?? ''), RAW);
    }
  });
});
