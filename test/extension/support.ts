/** What the window tests share: the activated extension, files of the workspace, waiting. */
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { LodestoneExports } from '../../src/extension.ts';
import type { RepositorySession } from '../../src/vscode/mining/repositorySession.ts';
import type { HealingNode } from '../../src/vscode/sidebar/healingView.ts';

/** Two misspelt names far apart: two hunks that the TypeScript language service heals. */
export const BROKEN = [
  'export function sum(values: readonly number[]): number {',
  '  let total = 0;',
  '  for (const value of values) total += value;',
  '  return totl;',
  '}',
  '',
  'export function double(values: readonly number[]): number[] {',
  '  return values.map((value) => value * 2);',
  '}',
  '',
  'export function greet(customer: string): string {',
  '  return `Hello ${custmer}`;',
  '}',
  '',
].join('\n');

export const HEALED = BROKEN.replace('totl', 'total').replace('custmer', 'customer');

export async function lodestone(): Promise<LodestoneExports> {
  const extension = vscode.extensions.getExtension<LodestoneExports>('lodestone.lodestone');
  assert.ok(extension, 'the extension is installed');
  return extension.activate();
}

export function root(): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a folder is open');
  return folder.uri.fsPath;
}

/** Writes a file of the workspace and returns its uri. */
export function write(path: string, text: string | Uint8Array): vscode.Uri {
  const file = join(root(), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return vscode.Uri.file(file);
}

export function onDisk(path: string): string {
  return readFileSync(join(root(), path), 'utf8');
}

/** Polls until `probe` gives something other than undefined or false. */
type Probed<T> = T | undefined | false;

export async function until<T>(what: string, probe: () => Probed<T> | Promise<Probed<T>>, ms = 60_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`Waited ${ms} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Types into an editor. `type` goes to what has the focus, and a view that was just opened can take it back. */
export async function type(editor: vscode.TextEditor, text: string): Promise<void> {
  const { document } = editor;
  const { version } = document;
  await until('the text is typed', async () => {
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    await vscode.commands.executeCommand('type', { text });
    for (let wait = 0; document.version === version && wait < 10; wait++)
      await new Promise((resolve) => setTimeout(resolve, 30));
    return document.version !== version;
  });
}

/** The workspace's session, mined. */
export async function mined(): Promise<RepositorySession> {
  const { repositories } = await lodestone();
  const [session] = repositories.sessions;
  assert.ok(session, 'the folder is a session');
  await until('mining ends', () => !session.busy && session.state !== 'waiting', 120_000);
  assert.equal(session.state, 'ready', session.error?.message);
  return session;
}

/** Runs "Heal This File" and returns the review it opened. */
export async function heal(uri: vscode.Uri) {
  const { reviews } = await lodestone();
  await vscode.commands.executeCommand('lodestone.healFile', uri);
  assert.ok(reviews.current, `a patch is under review; report: ${JSON.stringify(reviews.lastReport)}`);
  return reviews.current;
}

/** The hunks the review tree shows for the only file. */
export async function hunkNodes(): Promise<Extract<HealingNode, { type: 'hunk' }>[]> {
  const { healing } = await lodestone();
  const [file] = healing.getChildren().filter(({ type }) => type === 'file');
  assert.ok(file, 'the tree shows the file');
  return healing.getChildren(file).filter((node) => node.type === 'hunk');
}

/** Closes every editor without saving and drops the review, so that tests do not see each other. */
export async function cleanUp(): Promise<void> {
  const { reviews } = await lodestone();
  if (reviews.current) await reviews.reject();
  for (const document of vscode.workspace.textDocuments)
    if (document.isDirty && document.uri.scheme === 'file') {
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('notifications.clearAll');
}
