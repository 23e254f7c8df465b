/** Inline completion in the real editor with a server that answers as told: ghost text, acceptance, reuse, cancellation. */
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import type { FakeModelServer } from '../../fakes/fakeModelServer.ts';
import {
  answer,
  MODEL,
  openAt,
  startFakeOllama,
  suggest,
  take,
  textOf,
  tokensWanted,
  useEndpoint,
} from '../completing.ts';
import { cleanUp, lodestone, mined, root, until } from '../support.ts';

const FILE = `export function total(prices: readonly number[]): number {
  let sum = 0;
  for (const price of prices) sum += |
  return sum;
}
`;

describe('inline completion', () => {
  let server: FakeModelServer;
  let text = 'price;';
  let open: { end(): void }[] = [];
  const generated = () =>
    server.requests.filter(({ path, body }) => path === '/api/generate' && tokensWanted(body) > 1);

  before(async () => {
    await mined();
    server = await startFakeOllama((response) => {
      if (text === '…') open.push(response);
      else answer(response, text);
    });
    await useEndpoint(server.endpoint);
  });
  beforeEach(() => {
    text = 'price;';
    open = [];
  });
  afterEach(cleanUp);
  after(async () => {
    await useEndpoint(undefined);
    await server.stop();
  });

  it('shows what the model writes, and takes it whole, counted as kept', async () => {
    const { completion, engine } = await lodestone();
    const editor = await openAt('scratch/whole.ts', FILE);
    await take(editor, 'editor.action.inlineSuggest.commit');
    assert.equal(editor.document.lineAt(2).text, '  for (const price of prices) sum += price;');
    assert.equal(completion.provider.requests.last?.model ?? MODEL, MODEL);
    const kept = async () => {
      const { rows } = await engine.repository(root()).completionStats({}, {});
      return rows.find(({ source, language }) => source === 'model' && language === 'typescript');
    };
    let counts = await kept();
    for (let i = 0; i < 100 && !counts?.kept; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      counts = await kept();
    }
    assert.equal(counts?.kept, 1);
    assert.equal(counts?.keptCharacters, 'price;'.length);
  });

  it('lets VS Code take it word by word and line by line', async () => {
    text = 'price * quantity';
    const word = await openAt('scratch/word.ts', FILE);
    await take(word, 'editor.action.inlineSuggest.acceptNextWord');
    assert.match(word.document.lineAt(2).text, /sum \+= price ?$/);
    text = 'first();\n  second();';
    const line = await openAt('scratch/line.ts', 'export function both(): void {|\n}\n');
    await take(line, 'editor.action.inlineSuggest.acceptNextLine');
    assert.match(line.document.getText(), /first\(\);/);
    assert.doesNotMatch(line.document.getText(), /second/);
  });

  it('asks for the next suggestion when one was accepted, and has it when the editor asks', async () => {
    const editor = await openAt('scratch/next.ts', FILE);
    const before = generated().length;
    await take(editor, 'editor.action.inlineSuggest.commit');
    await until('the next one is asked for', () => generated().length >= before + 2);
    const { completion } = await lodestone();
    await until('it is there', () => completion.provider.suggestions.active === 0);
    const asked = generated().length;
    await suggest(editor, { manual: false });
    assert.notEqual(completion.provider.requests.last?.origin, 'asked');
    assert.equal(generated().length, asked);
  });

  it('offers the rest while its beginning is typed, without asking again', async () => {
    text = 'price * rate;';
    const editor = await openAt('scratch/typed.ts', FILE);
    assert.equal(textOf(await suggest(editor)), 'price * rate;');
    const asked = generated().length;
    await editor.edit((edit) => edit.insert(editor.selection.active, 'price * '));
    assert.equal(textOf(await suggest(editor, { manual: false })), 'rate;');
    assert.equal(generated().length, asked);
  });

  it('leaves no request running after fifty cancellations', async () => {
    text = '…';
    const { completion } = await lodestone();
    const editor = await openAt('scratch/cancelled.ts', FILE);
    const from = { asked: generated().length, broken: server.brokenOff() };
    for (let i = 0; i < 50; i++) {
      const source = new vscode.CancellationTokenSource();
      const items = suggest(editor, { manual: true, token: source.token, at: new vscode.Position(2, 4 + (i % 30)) });
      await new Promise((resolve) => setTimeout(resolve, i % 7));
      source.cancel();
      assert.deepEqual(await items, []);
    }
    await until('nothing runs in the session', () => completion.provider.suggestions.active === 0);
    await until(
      'the server was left by all',
      () => server.brokenOff() - from.broken === generated().length - from.asked,
    );
  });

  it('ends the request when the file is left', async () => {
    text = '…';
    const { completion } = await lodestone();
    const editor = await openAt('scratch/left.ts', FILE);
    const broken = server.brokenOff();
    void suggest(editor);
    await until('it is asked for', () => open.length > 0);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until('it is ended', () => completion.provider.suggestions.active === 0 && server.brokenOff() > broken);
  });

  it('keeps line ends, tabs, text from right to left and emoji as they are', async () => {
    for (const [path, file, written, expected] of [
      ['windows.ts', 'export function a(): void {\r\n\tif (a) |\r\n}\r\n', 'return;', '\tif (a) return;'],
      ['rtl.ts', "export const greeting = 'שלום 👋🏽' + |;\n", 'name', "export const greeting = 'שלום 👋🏽' + name;"],
      ['emoji.py', 'def f():\n    label = "👩‍👧‍👦" + |\n', 'name', '    label = "👩‍👧‍👦" + name'],
    ] as const) {
      text = written;
      const editor = await openAt(`scratch/${path}`, file);
      const { line } = editor.selection.active;
      await take(editor, 'editor.action.inlineSuggest.commit');
      assert.equal(editor.document.lineAt(line).text, expected);
      if (path === 'windows.ts') assert.equal(editor.document.getText().replaceAll('\r\n', '').includes('\n'), false);
    }
  });

  it('offers beside the list of suggestions only what continues its entry', async () => {
    text = 'price.amount;';
    const editor = await openAt('scratch/widget.ts', FILE.replace('sum += |', 'sum += pr|'));
    text = 'ice.amount;';
    const { active } = editor.selection;
    const range = new vscode.Range(active.translate(0, -2), active);
    const [item] = await suggest(editor, { widget: { range, text: 'price' } });
    assert.equal(item?.insertText, 'price.amount;');
    assert.ok(item?.range?.isEqual(range));
    assert.deepEqual(await suggest(editor, { widget: { range, text: 'prices' } }), []);
    const { completion } = await lodestone();
    assert.equal(completion.provider.requests.last?.gate, 'suggestWidget');
  });

  it('gives related places of other files to the model, and no secret of them', async () => {
    const secret = 'const token = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";';
    const other = await openAt(
      'scratch/related.ts',
      `${secret}\nexport function applyDiscount(price: number) {\n  |\n}\n`,
    );
    await other.edit((edit) => edit.insert(other.selection.active, 'return price * 0.9;'));
    const editor = await openAt('scratch/asks.ts', FILE);
    await suggest(editor);
    const { prompt } = generated().at(-1)?.body as { prompt: string };
    assert.match(prompt, /scratch\/related\.ts[\s\S]*applyDiscount/);
    assert.doesNotMatch(prompt, /ghp_/);
  });

  it('serves a file of 100,000 lines with an excerpt of it', async () => {
    const lines = Array.from({ length: 100_000 }, (_, i) => `export const value${i} = ${i};`);
    lines[60_000] = 'export const here = |';
    const editor = await openAt('scratch/long.ts', lines.join('\n'));
    text = 'value59999 + 1;';
    assert.equal(textOf(await suggest(editor)), text);
    const { prompt } = generated().at(-1)?.body as { prompt: string };
    // Calls that the repository expects here stand on a comment line of their own above the cursor's.
    assert.match(prompt, /value59999 = 59999;\n(?:\/\/ .*\n)?export const here = /);
  });

  it('writes what a task comment asks for below it', async () => {
    text = 'return prices.reduce((sum, price) => sum + price, 0);\n';
    const file = 'export function total(prices: readonly number[]): number {\n  // TODO: add up the prices\n  |\n}\n';
    const editor = await openAt('scratch/todo.ts', file);
    assert.equal(textOf(await suggest(editor, { manual: false })), text.trim());
    await take(editor, 'editor.action.inlineSuggest.commit');
    assert.match(editor.document.getText(), /TODO: add up the prices\n {2}return prices\.reduce/);
  });
});
