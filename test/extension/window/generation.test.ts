/** Implement This and Edit Selection in a real window: actions, the review, nothing written before it is accepted. */
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { type FakeModelServer, ollamaLine, startFakeModelServer } from '../../fakes/fakeModelServer.ts';
import { cleanUp, lodestone, mined, onDisk, until, write } from '../support.ts';

const STUB = `/** The sum of all prices. */
export function total(prices: readonly number[]): number {
  throw new Error('not implemented');
}

export function half(value: number): number {
  return value / 2;
}
`;
const BODY = 'let sum = 0;\n  for (const price of prices) sum += price;\n  return sum;\n';

async function set(setting: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('lodestone').update(setting, value, vscode.ConfigurationTarget.Global);
}

async function actionsAt(uri: vscode.Uri, range: vscode.Range): Promise<vscode.CodeAction[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
  );
  return found.filter(({ command }) => /^lodestone\.(?:implementThis|editSelection)$/.test(command?.command ?? ''));
}

const at = (line: number) => new vscode.Range(line, 0, line, 0);

describe('writing by a model', () => {
  const answers: string[] = [];
  let server: FakeModelServer;
  let hang = false;

  before(async () => {
    await mined();
    server = await startFakeModelServer((response, path, body) => {
      // The open file is warmed and completed by the same server: only conversations are what these tests ask.
      const isAsked = (body as { prompt?: string } | undefined)?.prompt?.includes('<|im_start|>');
      if (path === '/api/version') response.end('{"version":"0.17.4"}');
      else if (path === '/api/show') response.end(JSON.stringify({ model_info: { 'general.architecture': 'qwen2' } }));
      else if (path === '/api/tags') response.end('{"models":[]}');
      else if (!isAsked) response.end(ollamaLine('', { done_reason: 'stop' }));
      else if (!hang) response.end(ollamaLine(answers.shift() ?? '') + ollamaLine('', { done_reason: 'stop' }));
    });
    await set('model.endpoint', server.endpoint);
    await set('model.name', 'qwen2.5-coder:7b-instruct');
    const { engine, repositories } = await lodestone();
    for (const { root } of repositories.sessions) engine.reopen(root);
  });
  afterEach(async () => {
    answers.length = 0;
    hang = false;
    await cleanUp();
  });
  after(async () => {
    await set('model.endpoint', undefined);
    await set('model.name', undefined);
    const { engine, repositories } = await lodestone();
    for (const { root } of repositories.sessions) engine.reopen(root);
    await server?.stop();
  });

  it('offers itself on what is still to be written, and nowhere else', async () => {
    const uri = write('scratch/offer.ts', STUB);
    await vscode.window.showTextDocument(uri);
    for (const line of [0, 1, 2]) {
      const [action] = await actionsAt(uri, at(line));
      assert.match(action?.title ?? '', /Implement total/, `line ${line}`);
    }
    assert.deepEqual(await actionsAt(uri, at(5)), []);
    assert.deepEqual(await actionsAt(uri, at(4)), []);
    const [edit] = await actionsAt(uri, new vscode.Range(6, 0, 6, 5));
    assert.equal(edit?.command?.command, 'lodestone.editSelection');
  });

  it('shows the body as a difference and writes it only when it is accepted', async () => {
    const uri = write('scratch/body.ts', STUB);
    const { reviews } = await lodestone();
    answers.push(BODY);
    await vscode.window.showTextDocument(uri);
    const [action] = await actionsAt(uri, at(1));
    assert.ok(action?.command);
    await vscode.commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
    const wanted = STUB.replace("throw new Error('not implemented');\n", BODY);
    assert.equal(reviews.current?.text('scratch/body.ts'), wanted);
    assert.equal(onDisk('scratch/body.ts'), STUB);
    assert.match(reviews.current?.patch.sources.join() ?? '', /^model qwen2\.5-coder/);
    assert.ok(reviews.current?.patch.validatedBy.includes('typescript'));
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    assert.equal(onDisk('scratch/body.ts'), wanted);
    await vscode.commands.executeCommand('lodestone.undoLastPatch');
    assert.equal(onDisk('scratch/body.ts'), STUB);
  });

  it('edits the selected lines of an unsaved buffer, and nothing else', async () => {
    const uri = write('scratch/edit.ts', STUB);
    const { reviews } = await lodestone();
    const editor = await vscode.window.showTextDocument(uri);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// unsaved\n'));
    editor.selection = new vscode.Selection(7, 4, 8, 0);
    answers.push('  return value * 0.5;\n```');
    await vscode.commands.executeCommand('lodestone.editSelection', 'multiply instead');
    const wanted = `// unsaved\n${STUB.replace('value / 2', 'value * 0.5')}`;
    assert.equal(reviews.current?.text('scratch/edit.ts'), wanted);
    assert.equal(editor.document.getText(), `// unsaved\n${STUB}`);
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    assert.equal(editor.document.getText(), wanted);
  });

  it('opens no review for an answer that was refused, and changes nothing', async () => {
    const uri = write('scratch/refused.ts', STUB);
    const { reviews } = await lodestone();
    const editor = await vscode.window.showTextDocument(uri);
    editor.selection = new vscode.Selection(6, 0, 6, 5);
    answers.push(`${STUB}\`\`\``, `${STUB}\`\`\``, `${STUB}\`\`\``);
    await vscode.commands.executeCommand('lodestone.editSelection', 'multiply instead');
    assert.equal(reviews.current, undefined);
    assert.equal(editor.document.getText(), STUB);
  });

  it("lets the repository's own nearest function stand in where no server answers", async () => {
    write('scratch/sums/one.ts', STUB.replace("throw new Error('not implemented');\n", BODY));
    const uri = write('scratch/sums/two.ts', STUB.replaceAll('prices', 'amounts'));
    const { reviews, engine, repositories } = await lodestone();
    const [session] = repositories.sessions;
    await until('the new file is known', () => session && !session.busy);
    await set('model.endpoint', 'http://127.0.0.1:9');
    for (const { root } of repositories.sessions) {
      engine.reopen(root);
      await engine.repository(root).mine({}, {});
    }
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand('lodestone.implementThis', uri, 2);
    assert.match(reviews.current?.patch.sources.join() ?? '', /^repository: scratch\/sums\/one\.ts:2 total/);
    assert.match(reviews.current?.text('scratch/sums/two.ts') ?? '', /of amounts\) sum \+= price;/);
    await set('model.endpoint', server.endpoint);
    for (const { root } of repositories.sessions) engine.reopen(root);
  });
});
