/** Runs last in its window: accepts the patch that the window after the reload undoes. */
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { BROKEN, cleanUp, HEALED, heal, mined, onDisk, write } from '../support.ts';

describe('the last patch of a window', () => {
  before(mined);
  after(cleanUp);

  it('is accepted', async () => {
    await heal(write('scratch/reloaded.ts', BROKEN));
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    assert.equal(onDisk('scratch/reloaded.ts'), HEALED);
  });
});
