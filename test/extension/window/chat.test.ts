/** @lodestone: its handler with a recording stream, over the real engine; no model is there to be asked. */
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import type { ChatRequest, ChatStream } from '../../../src/vscode/agents/chat.ts';
import { BROKEN, cleanUp, lodestone, mined, onDisk, write } from '../support.ts';

class Recorder implements ChatStream {
  text = '';
  readonly references: string[] = [];
  readonly buttons: vscode.Command[] = [];
  readonly anchors: string[] = [];
  markdown(value: string | vscode.MarkdownString): void {
    this.text += typeof value === 'string' ? value : value.value;
  }
  reference(value: Parameters<ChatStream['reference']>[0]): void {
    this.references.push(value instanceof vscode.Location ? value.uri.path : String(value));
  }
  button(command: vscode.Command): void {
    this.buttons.push(command);
  }
  progress(): void {
    this.text += '';
  }
  anchor(_value: vscode.Uri | vscode.Location, title?: string): void {
    this.anchors.push(title ?? '');
  }
}

describe('chat participant', () => {
  before(mined);
  afterEach(cleanUp);

  async function ask(prompt: string, command?: string, token = new vscode.CancellationTokenSource().token) {
    const { agents } = await lodestone();
    const stream = new Recorder();
    const request = { prompt, command, references: [] } as unknown as ChatRequest;
    const result = await agents.chat.answer(request, stream, token);
    return { stream, result, followups: agents.chat.followups(result) };
  }

  it('answers how something is done here with examples of this repository', async () => {
    const [session] = (await lodestone()).repositories.sessions;
    const attractor = session?.report?.attractors.find(({ snippets, apis }) => snippets.length > 0 && apis.length > 0);
    assert.ok(attractor);
    const { stream, result, followups } = await ask(`how do we use ${attractor.apis[0]}?`);
    assert.equal(result.errorDetails, undefined);
    assert.match(stream.text, /```/);
    assert.ok(stream.references.length > 0);
    assert.ok(stream.anchors.every((title) => /:\d+$/.test(title)));
    assert.ok(followups.some(({ command }) => command === 'heal'));
  });

  it('says so where nothing answers, and offers what to ask', async () => {
    const { stream, followups } = await ask('zygomorphic quaternions', 'how');
    assert.match(stream.text, /Nothing that was mined/);
    assert.ok(followups.length > 0);
  });

  it('tells what belongs at the cursor', async () => {
    const [session] = (await lodestone()).repositories.sessions;
    const snippet = session?.report?.attractors.flatMap(({ snippets }) => snippets)[0];
    assert.ok(session && snippet);
    const uri = vscode.Uri.joinPath(vscode.Uri.file(session.root), snippet.path);
    const editor = await vscode.window.showTextDocument(uri);
    editor.selection = new vscode.Selection(snippet.line - 1, 0, snippet.line - 1, 0);
    const { stream } = await ask('', 'context');
    assert.ok(stream.text.includes(`line ${snippet.line}`), stream.text);
  });

  it('explains a patch, whose button opens the review, and writes nothing', async () => {
    const uri = write('scratch/chat.ts', BROKEN);
    await vscode.window.showTextDocument(uri);
    const { stream, result } = await ask('', 'heal');
    assert.equal(result.errorDetails, undefined, JSON.stringify(result));
    assert.match(stream.text, /-  return totl;\n\+  return total;/);
    assert.match(stream.text, /Risk \d+ %.*typescript/);
    assert.equal(onDisk('scratch/chat.ts'), BROKEN);
    const { reviews } = await lodestone();
    assert.equal(reviews.current, undefined);
    const [button] = stream.buttons;
    assert.ok(button);
    await vscode.commands.executeCommand(button.command, ...(button.arguments ?? []));
    assert.ok(reviews.current);
    assert.equal(onDisk('scratch/chat.ts'), BROKEN);
  });

  it('lets no markup of a file through', async () => {
    const uri = write('scratch/markup.ts', BROKEN.replace('custmer', 'custmer} ``` [click](command:evil) <b>'));
    await vscode.window.showTextDocument(uri);
    const { stream } = await ask('', 'heal');
    const outside = stream.text.replace(/(`{3,})[^\n]*\n[\s\S]*?\n\1\n/g, '');
    assert.doesNotMatch(outside, /\[click\]\(command/);
  });

  it('ends quietly when it is cancelled, and says what is missing where no file is open', async () => {
    const source = new vscode.CancellationTokenSource();
    source.cancel();
    const { result } = await ask('anything', 'heal', source.token);
    assert.equal(result.errorDetails, undefined);
    const { stream } = await ask('', 'context');
    assert.ok(stream.text.length > 10);
    assert.deepEqual(stream.buttons, []);
  });
});
