/** What the window tests of completion share: a server that answers as told, an editor with a cursor, and what the provider says. */
import { strict as assert } from 'node:assert';
import type { ServerResponse } from 'node:http';
import * as vscode from 'vscode';
import { type FakeModelServer, ollamaLine, startFakeModelServer } from '../fakes/fakeModelServer.ts';
import { lodestone, until, write } from './support.ts';

export const MODEL = 'qwen2.5-coder:1.5b-base';

const END = { done_reason: 'stop', prompt_eval_count: 3, eval_count: 2, prompt_eval_duration: 5e6 };

/** An Ollama that has one model; `generate` answers requests for tokens (not those that only warm the cache). */
export async function startFakeOllama(
  generate: (response: ServerResponse, prompt: string) => void,
): Promise<FakeModelServer> {
  return startFakeModelServer((response, path, body) => {
    const json = (value: unknown) => response.end(JSON.stringify(value));
    if (path === '/api/version') return json({ version: '0.17.4' });
    if (path === '/api/tags') return json({ models: [{ name: MODEL }] });
    if (path === '/api/show')
      return json({
        template: '',
        capabilities: ['completion', 'insert'],
        details: { family: 'qwen2' },
        model_info: { 'general.architecture': 'qwen2', 'qwen2.context_length': 32768 },
      });
    if (path === '/v1/models') return json({ data: [{ id: MODEL }] });
    const { prompt } = body as { prompt: string };
    // Nor to unload the model, as is asked of a server that was silent after a request was given up.
    if (tokensWanted(body) <= 1) return response.end(ollamaLine('', END));
    return generate(response, prompt);
  });
}

/** Tokens that a request to `generate` asks for; 0 where it asks for no text at all. */
export function tokensWanted(body: unknown): number {
  return (body as { options?: { num_predict: number } }).options?.num_predict ?? 0;
}

/** A whole answer in two pieces. */
export function answer(response: ServerResponse, text: string): void {
  response.write(ollamaLine(text.slice(0, 3)));
  response.end(ollamaLine(text.slice(3)) + ollamaLine('', END));
}

/** Points the extension at a server, or at none, and waits until what it knew of the last one is gone. */
export async function useEndpoint(endpoint: string | undefined): Promise<void> {
  await configure('model.endpoint', endpoint);
}

export async function configure(id: string, value: unknown): Promise<void> {
  const settings = vscode.workspace.getConfiguration('lodestone');
  await settings.update(id, value, vscode.ConfigurationTarget.Global);
  await until(`${id} is set`, () => {
    const now = vscode.workspace.getConfiguration('lodestone');
    return JSON.stringify(now.inspect(id)?.globalValue) === JSON.stringify(value);
  });
}

/** Opens a file with `|` where the cursor is to be; that sign is taken out. */
export async function openAt(path: string, text: string): Promise<vscode.TextEditor> {
  const offset = text.indexOf('|');
  assert.ok(offset >= 0, 'the text has a cursor');
  const uri = write(path, text.slice(0, offset) + text.slice(offset + 1));
  const editor = await vscode.window.showTextDocument(uri);
  const at = editor.document.positionAt(offset);
  editor.selection = new vscode.Selection(at, at);
  return editor;
}

export interface SuggestOptions {
  readonly manual?: boolean;
  readonly widget?: vscode.SelectedCompletionInfo;
  readonly token?: vscode.CancellationToken;
  readonly at?: vscode.Position;
}

/** What the provider answers at the cursor. */
export async function suggest(
  editor: vscode.TextEditor,
  options: SuggestOptions = {},
): Promise<vscode.InlineCompletionItem[]> {
  const { completion } = await lodestone();
  const { manual = true, widget, token = new vscode.CancellationTokenSource().token } = options;
  const kind = vscode.InlineCompletionTriggerKind;
  const items = await completion.provider.provideInlineCompletionItems(
    editor.document,
    options.at ?? editor.selection.active,
    { triggerKind: manual ? kind.Invoke : kind.Automatic, selectedCompletionInfo: widget },
    token,
  );
  return items ?? [];
}

/** Text of the first item. */
export function textOf([item]: readonly vscode.InlineCompletionItem[]): string {
  assert.ok(item, 'something is suggested');
  return typeof item.insertText === 'string' ? item.insertText : item.insertText.value;
}

/** Shows ghost text as a person does and takes it by `command`; resolves when the text has changed. */
export async function take(editor: vscode.TextEditor, command: string): Promise<void> {
  const { completion } = await lodestone();
  await vscode.window.showTextDocument(editor.document);
  const before = editor.document.getText();
  const { version } = editor.document;
  const asked = completion.provider.requests.last;
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  await until('the editor was answered', () => {
    const { last } = completion.provider.requests;
    return last !== asked && last?.outcome === 'suggested';
  });
  // The ghost text is drawn a moment after the answer: until then the command finds nothing to take.
  for (let tries = 0; editor.document.version === version && tries < 50; tries++) {
    await vscode.commands.executeCommand(command);
    for (let wait = 0; editor.document.version === version && wait < 10; wait++)
      await new Promise((resolve) => setTimeout(resolve, 30));
  }
  assert.notEqual(editor.document.getText(), before, `${command} took nothing`);
}
