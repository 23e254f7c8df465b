/** What of a document a suggestion is about: the window that the cache knows a cursor by, and the text that the engine is sent. */
import * as vscode from 'vscode';
import type { Cursor } from '../../core/completion/session/offer.ts';

/** Lines of a window: its beginning moves in steps, so that it stays while one writes; its end goes with the cursor. */
const STEP = 64;
const BELOW = 48;

/** The same text has the same window wherever the cursor goes in it. */
export function cursorAt(document: vscode.TextDocument, position: vscode.Position): Cursor {
  const from = Math.max(0, (Math.floor(position.line / STEP) - 1) * STEP);
  return {
    document: document.uri.toString(),
    prefix: document.getText(new vscode.Range(from, 0, position.line, position.character)),
    suffix: document.getText(
      new vscode.Range(position, new vscode.Position(position.line + BELOW, Number.MAX_SAFE_INTEGER)),
    ),
  };
}

/** Longer documents are sent as an excerpt: sending all of them with every key would be felt. */
const LINES_SENT = 10_000;
const EXCERPT_STEP = 1_024;

/** Text with a position in it as the engine counts: from 1. */
export interface SentText {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export function sentText(document: vscode.TextDocument, { line, character }: vscode.Position): SentText {
  if (document.lineCount <= LINES_SENT) return { text: document.getText(), line: line + 1, column: character + 1 };
  const from = Math.max(0, (Math.floor(line / EXCERPT_STEP) - 1) * EXCERPT_STEP);
  const to = new vscode.Position(from + 3 * EXCERPT_STEP, 0);
  return {
    text: document.getText(new vscode.Range(from, 0, to.line, 0)),
    line: line - from + 1,
    column: character + 1,
  };
}
