/** Where a cursor stands, as the engine's `context` wants it. */
import * as vscode from 'vscode';
import type { ContextRequest } from '../core/retrieval/context.ts';
import { type Refusal, targetOf } from './border.ts';
import { sentText } from './completion/buffer.ts';

export interface Place {
  /** Root of the workspace folder. */
  readonly root: string;
  readonly request: ContextRequest;
}

/** The editor's cursor, or why nothing can be given there. */
export function placeAt(editor: vscode.TextEditor | undefined): Place | Refusal {
  const target = targetOf(editor?.document);
  if (typeof target === 'string') return target;
  if (!editor) return 'noEditor';
  const { line, character } = editor.selection.active;
  return { root: target.root, request: { path: target.path, line: line + 1, column: character + 1 } };
}

/**
 * With the document's text as it is in the editor: of a saved one too, since the engine hears of a save a moment later. Of a
 * very long one with an excerpt, in which the line has another number.
 */
export function withText({ root, request }: Place, document: vscode.TextDocument): Place {
  const { line, column = 1 } = request;
  const sent = sentText(document, new vscode.Position(line - 1, column - 1));
  return { root, request: { ...request, text: sent.text, line: sent.line } };
}
