/** The document that a command is about, with its editor where it is the active one. */
import * as vscode from 'vscode';
import { refusalMessage, type Target, targetOf } from './border.ts';
import type { Messages } from './messages.ts';

export interface OpenTarget {
  readonly target: Target;
  readonly document: vscode.TextDocument;
  readonly editor: vscode.TextEditor | undefined;
}

/** The given document, by default the active editor's; where it cannot be served, the person is told why. */
export async function findDocument(messages: Messages, uri?: vscode.Uri): Promise<OpenTarget | undefined> {
  const active = vscode.window.activeTextEditor;
  const document = uri ? await vscode.workspace.openTextDocument(uri) : active?.document;
  const target = targetOf(document);
  if (typeof target === 'string' || !document) {
    messages.warn(refusalMessage(typeof target === 'string' ? target : 'noEditor'));
    return undefined;
  }
  return { target, document, editor: active?.document === document ? active : undefined };
}
