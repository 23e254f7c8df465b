/** A patch of several files: one overview, one edit, all or nothing. */
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { minimalEdits } from '../../../src/core/edits/minimalEdits.ts';
import type { HealReport } from '../../../src/core/healing/heal.ts';
import { BROKEN, cleanUp, HEALED, lodestone, mined, onDisk, root, write } from '../support.ts';

const PATHS = ['scratch/first.ts', 'scratch/second.ts'] as const;

/** A report as the engine gives it for a patch that reaches beyond its file. */
function report(): HealReport {
  const risk = { score: 0.3, components: [] };
  return {
    files: [],
    notes: [],
    patch: {
      id: 'several',
      title: 'Fix two files',
      files: PATHS.map((path) => ({
        path,
        beforeHash: '',
        before: BROKEN,
        after: HEALED,
        edits: minimalEdits(BROKEN, HEALED),
      })),
      risk,
      canApply: true,
      sources: ['typescript'],
      validatedBy: ['typescript'],
    },
  };
}

describe('a patch of several files', () => {
  before(mined);
  afterEach(cleanUp);

  it('is shown in one overview and applied together', async () => {
    for (const path of PATHS) write(path, BROKEN);
    const { reviews } = await lodestone();
    await reviews.start(root(), report());
    const labels = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);
    assert.ok(
      labels.some((label) => label.includes('2 files')),
      labels.join(),
    );
    await reviews.accept();
    for (const path of PATHS) assert.equal(onDisk(path), HEALED);
    const open = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);
    assert.ok(!open.some((label) => label.includes('2 files')), open.join());
    await vscode.commands.executeCommand('lodestone.undoLastPatch');
    for (const path of PATHS) assert.equal(onDisk(path), BROKEN);
  });

  it('writes none of them if one changed since', async () => {
    for (const path of PATHS) write(path, BROKEN);
    const { reviews } = await lodestone();
    await reviews.start(root(), report());
    const second = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(vscode.Uri.file(root()), PATHS[1]));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(second.uri, new vscode.Position(0, 0), '// newer\n');
    await vscode.workspace.applyEdit(edit);
    await assert.rejects(reviews.accept(), { code: 'fileChanged' });
    assert.equal(onDisk(PATHS[0]), BROKEN);
    assert.equal(onDisk(PATHS[1]), BROKEN);
  });
});
