/** Follows which places of which files were edited and looked at, by folder, for the prompts of other files. */
import * as vscode from 'vscode';
import type { RelatedFile } from '../../core/completion/prompt/prompt.ts';
import { RecentPlaces, type Why } from '../../core/completion/session/recentPlaces.ts';
import { fileUri, type Target } from '../border.ts';
import { servedTarget } from './gatesHere.ts';

export class RecentFiles implements vscode.Disposable {
  private readonly byRoot = new Map<string, RecentPlaces>();
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const [change] = contentChanges;
        if (change) this.note(document, change.range.start.line, 'edited');
      }),
      // Typing moves the cursor too: only where somebody went by mouse or by a command is a visit.
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections, kind }) => {
        const [selection] = selections;
        if (selection && kind !== undefined && kind !== vscode.TextEditorSelectionChangeKind.Keyboard)
          this.note(textEditor.document, selection.active.line, 'visited');
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.visit(editor)),
      vscode.workspace.onDidDeleteFiles(({ files }) => {
        for (const uri of files) for (const places of this.byRoot.values()) places.forget(uri.path);
      }),
    ];
    for (const editor of vscode.window.visibleTextEditors) this.visit(editor);
  }

  /** Excerpts for the prompt of a file; the same ones until `anew`. */
  around({ root, path }: Target, options: { readonly anew?: boolean } = {}): readonly RelatedFile[] {
    return this.places(root).around(path, (other, from, to) => readLines(root, other, from, to), options);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private visit(editor: vscode.TextEditor | undefined): void {
    if (editor) this.note(editor.document, editor.selection.active.line, 'visited');
  }

  private note(document: vscode.TextDocument, line: number, why: Why): void {
    if (document.uri.scheme !== 'file') return;
    const target = servedTarget(document);
    if (typeof target !== 'string') this.places(target.root).note(target.path, line, why);
  }

  private places(root: string): RecentPlaces {
    let places = this.byRoot.get(root);
    if (!places) this.byRoot.set(root, (places = new RecentPlaces()));
    return places;
  }
}

/** Of documents that are open: nothing is read from the disk while somebody types. */
function readLines(root: string, path: string, from: number, to: number): string | undefined {
  const address = fileUri(root, path).toString();
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === address);
  return document?.getText(new vscode.Range(from, 0, to, 0));
}
