/** Inline completion in the real editor with a real Ollama and a real, if very small, code model. */
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { needs } from '../../missing.ts';
import {
  codeModelFolder,
  findOllama,
  OLLAMA_PROGRAM,
  type OllamaServer,
  startOllama,
} from '../../model/ollamaServer.ts';
import { configure, openAt, suggest, useEndpoint } from '../completing.ts';
import { cleanUp, lodestone, mined, root, until } from '../support.ts';

const TASK = `export class PriceList {
  private readonly prices: number[] = [];

  total(): number {
    // TODO: return the sum of the prices
    |
  }
}
`;

describe('completion with Ollama in the window', () => {
  let server: OllamaServer;

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    await mined();
    server = await startOllama();
    await server.importModel('coder', codeModelFolder());
    await configure('model.name', 'coder');
    await useEndpoint(server.endpoint);
  });
  afterEach(cleanUp);
  after(async () => {
    await configure('model.name', undefined);
    await useEndpoint(undefined);
    await server?.stop();
  });

  it('knows that the model is there', async () => {
    const { completion, statusBar } = await lodestone();
    const { ready, installed } = await completion.models.refresh(root());
    assert.deepEqual([ready, installed], [true, ['coder:latest']]);
    assert.deepEqual(completion.models.of(root()), { state: 'ready', model: 'coder' });
    assert.match(statusBar.tooltip, /coder, ready/);
  });

  it('asks it below a task comment', async () => {
    const { completion } = await lodestone();
    const mark = server.mark();
    const editor = await openAt('scratch/task.ts', TASK);
    const items = await suggest(editor, { manual: false });
    const { last } = completion.provider.requests;
    // What so small a model writes may be rejected; then it is told which filter did it, or the repository stands in.
    assert.ok(last?.outcome === 'suggested' ? items.length > 0 : last?.filters?.length, JSON.stringify(last));
    assert.equal(last?.model, 'coder');
    assert.ok((last?.timings?.firstMs ?? 0) > 0);
    await server.logged(/POST\s+"\/api\/generate"/, mark);
  });

  it('types on without leaving work behind', async () => {
    const { completion } = await lodestone();
    const editor = await openAt('scratch/typing.ts', TASK);
    for (const key of 'return this.prices.reduce((sum, price) => sum + price, 0);') {
      await editor.edit((edit) => edit.insert(editor.selection.active, key));
      const source = new vscode.CancellationTokenSource();
      void suggest(editor, { manual: key === '.', token: source.token });
      await new Promise((resolve) => setTimeout(resolve, 15));
      source.cancel();
    }
    await until('nothing is asked any more', () => completion.provider.suggestions.active === 0);
    let seconds = server.processorSeconds();
    await until('the server rests', () => {
      const before = seconds;
      seconds = server.processorSeconds();
      return seconds - before < 0.02;
    });
    assert.match(editor.document.getText(), /return this\.prices\.reduce\(\(sum, price\) => sum \+ price, 0\);/);
  });
});
