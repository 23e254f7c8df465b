/** A new window after the first one closed: what was accepted there can still be undone. */
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { BROKEN, HEALED, lodestone, mined, onDisk, write } from '../support.ts';

describe('after a reload', () => {
  it('shows the stored attractors', async () => {
    const session = await mined();
    assert.ok((session.report?.attractors.length ?? 0) > 0);
  });

  it('undoes the patch that was accepted before, once', async () => {
    await lodestone();
    assert.equal(onDisk('scratch/reloaded.ts'), HEALED);
    await vscode.commands.executeCommand('lodestone.undoLastPatch');
    assert.equal(onDisk('scratch/reloaded.ts'), BROKEN);
  });

  it('refuses to undo where the file changed since', async () => {
    const { reviews } = await lodestone();
    const uri = write('scratch/movedOn.ts', BROKEN);
    await vscode.commands.executeCommand('lodestone.healFile', uri);
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), '// newer\n');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    await assert.rejects(reviews.undoLast([vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '']), {
      code: 'fileChanged',
    });
    assert.equal(onDisk('scratch/movedOn.ts'), `// newer\n${HEALED}`);
  });
});
