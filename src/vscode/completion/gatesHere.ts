/** Looks at an editor and says which gate, if any, keeps a suggestion from being asked for. */
import * as vscode from 'vscode';
import { documentGate, type Gate, requestGate } from '../../core/completion/session/gates.ts';
import { knowsLanguage, pathBelow, type Target, targetOf } from '../border.ts';

/** Why nothing is ever suggested in a document; undefined: it is served. */
export function gateOfDocument(document: vscode.TextDocument | undefined): Gate | undefined {
  if (!document) return 'noEditor';
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  return documentGate({
    scheme: document.uri.scheme,
    editorLanguage: document.languageId,
    inFolder: folder !== undefined && document.uri.scheme === 'file',
    knownLanguage: knowsLanguage(document.languageId),
    path: (folder && pathBelow(folder.uri.fsPath, document.uri)) ?? document.uri.path,
  });
}

/** The document as the engine knows it, or the gate that it does not pass. */
export function servedTarget(document: vscode.TextDocument | undefined): Target | Gate {
  const gate = gateOfDocument(document);
  if (gate) return gate;
  const target = targetOf(document);
  return typeof target === 'string' ? 'outside' : target;
}

/** A request as the editor makes it. */
export interface Asked {
  readonly document: vscode.TextDocument;
  readonly position: vscode.Position;
  readonly manual: boolean;
  readonly engineStopped: boolean;
}

export function gateOfRequest({ document, position, manual, engineStopped }: Asked): Gate | undefined {
  const settings = completionSettings(document);
  const editor = editorOf(document);
  return requestGate({
    ...{ manual, engineStopped },
    enabled: settings.get<boolean>('completion.enabled', true),
    fileDisabled: isDisabledFile(document),
    manualOnly: settings.get<string>('completion.trigger', 'automatic') === 'manual',
    cursors: editor?.selections.length ?? 1,
    selected: editor ? !editor.selection.isEmpty : false,
    tooLarge: isTooLarge(document, position, settings.get<number>('mining.maxFileKilobytes', 1024) * 1024),
    lineLength: document.lineAt(position.line).text.length,
  });
}

/** Lodestone's settings for a document: its language and its folder count. */
export function completionSettings(document: vscode.TextDocument): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('lodestone', document);
}

/** The globs of `lodestone.completion.disabledFiles` are relative to the folder. */
export function isDisabledFile(document: vscode.TextDocument): boolean {
  const globs = completionSettings(document).get<readonly unknown[]>('completion.disabledFiles', []);
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  if (globs.length === 0 || !folder) return false;
  return globs.some(
    (glob) =>
      typeof glob === 'string' &&
      vscode.languages.match({ pattern: new vscode.RelativePattern(folder, glob) }, document) > 0,
  );
}

/** Lines around the cursor stand for the file: counting all of it with every key would be felt. */
const LOOKED_AT = 2_000;

function isTooLarge(document: vscode.TextDocument, { line }: vscode.Position, mostCharacters: number): boolean {
  if (document.lineCount <= LOOKED_AT) return document.getText().length > mostCharacters;
  const around = new vscode.Range(Math.max(0, line - LOOKED_AT / 2), 0, line + LOOKED_AT / 2, 0);
  return document.getText(around).length > mostCharacters;
}

function editorOf(document: vscode.TextDocument): vscode.TextEditor | undefined {
  const { activeTextEditor } = vscode.window;
  return activeTextEditor?.document === document
    ? activeTextEditor
    : vscode.window.visibleTextEditors.find((editor) => editor.document === document);
}
