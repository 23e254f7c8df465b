/** A workspace of two folders: each is mined and healed on its own, and one that leaves takes its own things along. */
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { BROKEN, cleanUp, HEALED, heal, lodestone, until } from '../support.ts';

function folder(name: string): string {
  const found = vscode.workspace.workspaceFolders?.find((each) => each.name === name);
  assert.ok(found, `${name} is a folder of the workspace`);
  return found.uri.fsPath;
}

function writeIn(root: string, path: string): vscode.Uri {
  mkdirSync(join(root, 'scratch'), { recursive: true });
  writeFileSync(join(root, path), BROKEN);
  return vscode.Uri.file(join(root, path));
}

describe('several folders', () => {
  afterEach(cleanUp);

  it('mines each, and shows each under its name', async () => {
    const { repositories, attractors } = await lodestone();
    await until('both are mined', () => repositories.sessions.every(({ state, busy }) => state === 'ready' && !busy));
    assert.deepEqual(repositories.sessions.map(({ root }) => root).sort(), [folder('sample'), folder('second')].sort());
    const shown = attractors.getChildren().map((node) => (node.type === 'repository' ? node.view.name : node.type));
    assert.deepEqual(shown, ['sample', 'second']);
  });

  it('heals in the folder of the file, and undoes where the last patch was', async () => {
    const inSecond = writeIn(folder('second'), 'scratch/here.ts');
    const inFirst = writeIn(folder('sample'), 'scratch/here.ts');
    const review = await heal(inSecond);
    assert.equal(review.root, folder('second'));
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    assert.equal(readFileSync(inSecond.fsPath, 'utf8'), HEALED);
    assert.equal(readFileSync(inFirst.fsPath, 'utf8'), BROKEN);
    await vscode.window.showTextDocument(inFirst);
    await vscode.commands.executeCommand('lodestone.undoLastPatch');
    assert.equal(readFileSync(inSecond.fsPath, 'utf8'), BROKEN);
  });

  it('forgets a folder that is taken out of the workspace', async () => {
    const { repositories, attractors } = await lodestone();
    const second = vscode.workspace.workspaceFolders?.find(({ name }) => name === 'second');
    assert.ok(second && vscode.workspace.updateWorkspaceFolders(second.index, 1));
    await until('one is left', () => repositories.sessions.length === 1);
    assert.equal(repositories.sessions[0]?.root, folder('sample'));
    assert.ok(attractors.getChildren().every(({ type }) => type !== 'repository'));
  });
});
