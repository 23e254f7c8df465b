/** What a person's trust allows, and nothing else does: the window opens untrusted and is trusted on the way. */
import { strict as assert } from 'node:assert';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { BROKEN, cleanUp, HEALED, heal, lodestone, until } from '../support.ts';

const AUTO_APPLY = 'healing.autoApplyBelowRisk';

async function allow(risk: number | undefined): Promise<void> {
  await vscode.workspace.getConfiguration('lodestone').update(AUTO_APPLY, risk, vscode.ConfigurationTarget.Global);
}

async function runTests(value: boolean | undefined): Promise<void> {
  await vscode.workspace
    .getConfiguration('lodestone')
    .update('healing.runTests', value, vscode.ConfigurationTarget.Global);
}

async function write(name: string, text: string): Promise<vscode.Uri> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  const uri = vscode.Uri.file(join(folder.uri.fsPath, name));
  writeFileSync(uri.fsPath, text);
  return uri;
}

const read = async (uri: vscode.Uri) => new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));

describe('trust', () => {
  afterEach(cleanUp);
  after(() => allow(undefined));

  it('shows a patch for review where the workspace is not trusted, whatever the setting', async function () {
    if (vscode.workspace.isTrusted) this.skip();
    await allow(1);
    const uri = await write('restricted.ts', BROKEN);
    await heal(uri);
    assert.equal(await read(uri), BROKEN);
  });

  it('opens the folders again when it is given', async () => {
    const { repositories } = await lodestone();
    // The Trust button of this page is pressed from outside, as a person would.
    if (!vscode.workspace.isTrusted) await vscode.commands.executeCommand('workbench.trust.manage');
    await until('the workspace is trusted', () => vscode.workspace.isTrusted);
    await until('the folders are mined', () =>
      repositories.sessions.every(({ state, busy }) => state === 'ready' && !busy),
    );
  });

  it('applies unseen below the risk that the user allowed, and only there', async () => {
    const { reviews } = await lodestone();
    await allow(0.01);
    const risky = await write('risky.ts', BROKEN);
    await heal(risky);
    assert.equal(await read(risky), BROKEN);
    await reviews.reject();
    await allow(1);
    const uri = await write('unseen.ts', BROKEN);
    await vscode.commands.executeCommand('lodestone.healFile', uri);
    assert.ok(!reviews.current, 'nothing is left to review');
    assert.equal(await read(uri), HEALED);
    await vscode.commands.executeCommand('lodestone.undoLastPatch');
    assert.equal(await read(uri), BROKEN);
  });

  it('runs the project’s tests on what was accepted where the setting says so, and tells what they refuse', async () => {
    const { reviews } = await lodestone();
    await allow(undefined);
    const uri = await write('tested.ts', BROKEN);
    const { root, proposal } = await heal(uri);
    const isBroken = `require('fs').readFileSync('tested.ts', 'utf8') === ${JSON.stringify(BROKEN)}`;
    await write('check.cjs', `process.exit(${isBroken} ? 0 : 1);\n`);
    const manifest = await write('package.json', '{"name":"sample","scripts":{"test":"node check.cjs"}}');
    const accepted = async () => {
      const { settled } = await reviews.propose(root, [proposal]);
      await vscode.commands.executeCommand('lodestone.acceptPatch');
      const outcome = await settled;
      await vscode.commands.executeCommand('lodestone.undoLastPatch');
      assert.equal(await read(uri), BROKEN);
      return outcome;
    };
    try {
      assert.equal(await accepted(), 'accepted');
      await runTests(true);
      assert.equal(await accepted(), 'regressed');
    } finally {
      await runTests(undefined);
      rmSync(manifest.fsPath);
    }
  });

  it('never applies unseen what leaves an error', async () => {
    await allow(1);
    const text = `${BROKEN}export const order = {} < 1n;\n`;
    const uri = await write('left.ts', text);
    await heal(uri);
    assert.equal(await read(uri), text);
  });
});
