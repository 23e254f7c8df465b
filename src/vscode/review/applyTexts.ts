/** Writes accepted texts into the editor's documents: one WorkspaceEdit, all or nothing, nothing over newer text. */
import * as vscode from 'vscode';
import { LodestoneError } from '../../base/errors.ts';
import { minimalEdits } from '../../core/edits/minimalEdits.ts';
import type { FilePatch } from '../../core/edits/patch.ts';
import { fileUri } from '../border.ts';

export interface TextChange {
  readonly path: string;
  /** The text the change was made for; the document must still read so. */
  readonly before: string;
  readonly after: string;
}

/**
 * Applies all changes or none, and saves those documents that had no unsaved changes before. Returns what stands in the
 * documents now (formatting on save may have changed it). Throws `fileChanged` if a document reads otherwise than `before`.
 */
export async function applyTexts(root: string, changes: readonly TextChange[]): Promise<TextChange[]> {
  const documents: { change: TextChange; document: vscode.TextDocument; wasDirty: boolean }[] = [];
  for (const change of changes) {
    const document = await vscode.workspace.openTextDocument(fileUri(root, change.path));
    documents.push({ change, document, wasDirty: document.isDirty });
  }
  // No await between the check and applyEdit: the editor refuses the edit itself if a document moves on after this.
  const edit = new vscode.WorkspaceEdit();
  for (const { change, document } of documents) {
    if (document.getText() !== change.before)
      throw new LodestoneError('fileChanged', `${change.path} changed since.`, {
        advice: vscode.l10n.t('Ask again to get a patch for the present text of {0}.', change.path),
      });
    for (const { start, end, newText } of minimalEdits(change.before, sameLineEndings(change.before, change.after))) {
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      edit.replace(document.uri, range, newText);
    }
  }
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new LodestoneError('fileChanged', 'The editor refused the edit.', {
      advice: vscode.l10n.t('A file changed while the patch was applied; ask again.'),
    });
  for (const { document, wasDirty } of documents) if (!wasDirty) await document.save();
  return documents.map(({ change, document }) => ({ ...change, after: document.getText() }));
}

/** A file patch of what really happened to a document. */
export function filePatchOf(change: TextChange, beforeHash: string): FilePatch {
  return { ...change, beforeHash, edits: minimalEdits(change.before, change.after) };
}

/** `text` with the line endings of `model`: a buffer has one kind, and a review's right side may have lost it. */
export function sameLineEndings(model: string, text: string): string {
  const lf = text.replaceAll('\r\n', '\n');
  return model.includes('\r\n') ? lf.replaceAll('\n', '\r\n') : lf;
}
