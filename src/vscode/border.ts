/** Where VS Code's types end and the engine's begin: tokens, positions, paths, and which documents Lodestone can serve. */
import * as vscode from 'vscode';
import { neutralise } from '../base/neutralise.ts';
import type { Diagnostic } from '../core/healing/diagnostic.ts';
import type { LanguageId } from '../core/languages.ts';
import type { Snippet } from '../core/mining/attractor.ts';

/** VS Code's language ids of the languages the engine parses. */
const LANGUAGE_OF_EDITOR_ID: Readonly<Record<string, LanguageId>> = {
  typescript: 'typescript',
  typescriptreact: 'tsx',
  javascript: 'javascript',
  javascriptreact: 'javascript',
  python: 'python',
  rust: 'rust',
  go: 'go',
};

/** Whether the engine parses what VS Code calls by this id. */
export function knowsLanguage(editorId: string): boolean {
  return LANGUAGE_OF_EDITOR_ID[editorId] !== undefined;
}

/** What code actions are offered for: files on disk in a language that has a healer or may get one. */
export const DOCUMENT_SELECTOR: vscode.DocumentSelector = Object.keys(LANGUAGE_OF_EDITOR_ID).map((language) => ({
  language,
  scheme: 'file',
}));

/** A signal that fires when the token does; dispose it when the call is over. */
export function signalOf(token: vscode.CancellationToken): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const subscription = token.onCancellationRequested(() => controller.abort());
  return { signal: controller.signal, dispose: () => subscription.dispose() };
}

/** The editor's range (from 0) of an engine diagnostic (from 1). */
export function rangeOfDiagnostic(diagnostic: Diagnostic): vscode.Range {
  return new vscode.Range(
    Math.max(0, diagnostic.line - 1),
    Math.max(0, diagnostic.column - 1),
    Math.max(0, diagnostic.endLine - 1),
    Math.max(0, diagnostic.endColumn - 1),
  );
}

export function rangeOfSnippet(snippet: Snippet): vscode.Range {
  return new vscode.Range(snippet.line - 1, 0, Math.max(snippet.line, snippet.endLine) - 1, Number.MAX_SAFE_INTEGER);
}

/** Uri of a repository-relative path ('/'). */
export function fileUri(root: string, path: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.file(root), ...path.split('/'));
}

/** Path of `uri` below `root` with '/', or undefined where it lies elsewhere. */
export function pathBelow(root: string, uri: vscode.Uri): string | undefined {
  const base = vscode.Uri.file(root).path.replace(/\/$/, '');
  return uri.path.startsWith(`${base}/`) ? uri.path.slice(base.length + 1) : undefined;
}

/** A file of an open workspace folder, addressed as the engine wants it. */
export interface Target {
  readonly root: string;
  readonly path: string;
  readonly uri: vscode.Uri;
}

/** Why Lodestone cannot serve a document. */
export type Refusal = 'noEditor' | 'untitled' | 'notebook' | 'virtual' | 'outside' | 'language';

/** The document as a target, or the reason why it cannot be one. */
export function targetOf(document: vscode.TextDocument | undefined): Target | Refusal {
  if (!document) return 'noEditor';
  if (document.uri.scheme === 'vscode-notebook-cell') return 'notebook';
  if (document.isUntitled) return 'untitled';
  if (document.uri.scheme !== 'file') return 'virtual';
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  if (!folder) return 'outside';
  const root = folder.uri.fsPath;
  const path = pathBelow(root, document.uri);
  if (path === undefined) return 'outside';
  return LANGUAGE_OF_EDITOR_ID[document.languageId] ? { root, path, uri: document.uri } : 'language';
}

/** What a person is told for each refusal. */
export function refusalMessage(refusal: Refusal): string {
  switch (refusal) {
    case 'noEditor':
      return vscode.l10n.t('Open the file that this is to work on first.');
    case 'untitled':
      return vscode.l10n.t('Save this file into a workspace folder first: tools check files where they belong.');
    case 'notebook':
      return vscode.l10n.t('Lodestone does not work on notebook cells, only on plain source files.');
    case 'virtual':
      return vscode.l10n.t('Lodestone works on files on disk; this document is not one.');
    case 'outside':
      return vscode.l10n.t(
        'This file is in no open workspace folder. Open its folder, so that Lodestone knows its project.',
      );
    case 'language':
      return vscode.l10n.t(
        'Lodestone does not know this language yet. It knows TypeScript, JavaScript, Python, Rust and Go.',
      );
  }
}

/** Texts of every unsaved document below `root`, by path: what the person sees is what is healed. */
export function dirtyDocuments(root: string): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isDirty || document.uri.scheme !== 'file') continue;
    const path = pathBelow(root, document.uri);
    if (path !== undefined) texts[path] = document.getText();
  }
  return texts;
}

/** A name or message of a repository as one harmless line for a label. */
export function plain(text: string): string {
  return neutralise(text, { oneLine: true });
}

/** A sentence with names in backticks as a label, which shows no markup. */
export function label(text: string): string {
  return plain(text).replaceAll('`', '');
}

/** Code of a repository as harmless lines. */
export function plainCode(text: string): string {
  return neutralise(text);
}
