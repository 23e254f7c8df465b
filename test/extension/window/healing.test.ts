/** Heal, review, accept and undo in a real window, with the real engine and compilers. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { needs } from '../../missing.ts';
import { BROKEN, cleanUp, HEALED, heal, hunkNodes, lodestone, mined, onDisk, root, until, write } from '../support.ts';

const UNCHECKED = vscode.TreeItemCheckboxState.Unchecked;
const CHECKED = vscode.TreeItemCheckboxState.Checked;

describe('healing', () => {
  before(mined);
  afterEach(cleanUp);

  it('opens a diff and writes nothing', async () => {
    const uri = write('scratch/diff.ts', BROKEN);
    const review = await heal(uri);
    const tab = await until('the diff is in front', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputTextDiff ? input : undefined;
    });
    assert.equal(tab.modified.scheme, 'lodestone-patch');
    assert.equal(tab.original.toString(), uri.toString());
    assert.equal(review.text('scratch/diff.ts'), HEALED);
    assert.equal(onDisk('scratch/diff.ts'), BROKEN);
    assert.ok(review.patch.risk.score >= 0 && review.patch.risk.score <= 1);
    assert.ok(review.patch.risk.components.length > 0);
    assert.ok(review.patch.validatedBy.length > 0);
  });

  it('shows the risk, what verified the patch and a checkbox per hunk', async () => {
    await heal(write('scratch/tree.ts', BROKEN));
    const { healing } = await lodestone();
    const types = healing.getChildren().map(({ type }) => type);
    for (const type of ['file', 'risk', 'evidence', 'result'])
      assert.ok(types.includes(type as never), `${type} in ${types}`);
    const nodes = await hunkNodes();
    assert.deepEqual(
      nodes.map(({ state, hunk }) => [state, hunk.beforeLine]),
      [
        ['kept', 4],
        ['kept', 12],
      ],
    );
    for (const node of nodes) {
      const item = healing.getTreeItem(node);
      assert.equal((item.checkboxState as { state: number }).state, CHECKED);
      assert.ok(item.accessibilityInformation?.label);
    }
  });

  it('takes a hunk out and in again by its checkbox', async () => {
    const review = await heal(write('scratch/checkbox.ts', BROKEN));
    const { healing } = await lodestone();
    const [first] = await hunkNodes();
    assert.ok(first);
    await healing.onCheckbox([[first, UNCHECKED]]);
    assert.equal(review.text('scratch/checkbox.ts'), BROKEN.replace('custmer', 'customer'));
    const [again] = await hunkNodes();
    assert.equal(again?.state, 'reverted');
    await healing.onCheckbox([[again as typeof first, CHECKED]]);
    assert.equal(review.text('scratch/checkbox.ts'), HEALED);
  });

  it('accepts what remains after a hunk was reverted on the right side, and undoes it', async () => {
    const uri = write('scratch/accept.ts', BROKEN);
    const review = await heal(uri);
    // What the arrow between the sides does: the right document is edited.
    const right = await vscode.workspace.openTextDocument(review.rightUri('scratch/accept.ts'));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(right.uri, right.lineAt(3).range, '  return totl;');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until('the tree follows', () => undefined !== review.state(review.patch.files[0] as never));
    assert.deepEqual(
      (await hunkNodes()).map(({ state }) => state),
      ['reverted', 'kept'],
    );
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    const expected = BROKEN.replace('custmer', 'customer');
    assert.equal(onDisk('scratch/accept.ts'), expected);
    const { reviews } = await lodestone();
    assert.equal(reviews.current, undefined);
    const open = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ input }) => input);
    assert.ok(!open.some((input) => input instanceof vscode.TabInputTextDiff), 'the diff is closed');

    await vscode.commands.executeCommand('lodestone.undoLastPatch');
    assert.equal(onDisk('scratch/accept.ts'), BROKEN);
  });

  it('applies the user’s own words on the right side', async () => {
    const review = await heal(write('scratch/own.ts', BROKEN));
    const right = await vscode.workspace.openTextDocument(review.rightUri('scratch/own.ts'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(right.uri, new vscode.Position(6, 0), '/** Twice each. */\n');
    await vscode.workspace.applyEdit(edit);
    const nodes = await hunkNodes();
    assert.deepEqual(
      nodes.map(({ state }) => state),
      ['kept', 'own', 'kept'],
    );
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    assert.equal(
      onDisk('scratch/own.ts'),
      HEALED.replace('export function double', '/** Twice each. */\nexport function double'),
    );
  });

  it('rejects without a trace', async () => {
    await heal(write('scratch/reject.ts', BROKEN));
    await vscode.commands.executeCommand('lodestone.rejectPatch');
    const { reviews } = await lodestone();
    assert.equal(reviews.current, undefined);
    assert.equal(onDisk('scratch/reject.ts'), BROKEN);
    assert.ok(!vscode.workspace.textDocuments.some(({ uri, isDirty }) => uri.scheme === 'file' && isDirty));
  });

  it('refuses to apply over a file that changed since', async () => {
    const uri = write('scratch/stale.ts', BROKEN);
    const review = await heal(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), '// newer\n');
    await vscode.workspace.applyEdit(edit);
    assert.ok(review.stale);
    const { reviews, healing } = await lodestone();
    assert.ok(healing.getChildren().some(({ type }) => type === 'stale'));
    await assert.rejects(reviews.accept(), { code: 'fileChanged' });
    assert.equal(document.getText(), `// newer\n${BROKEN}`);
    assert.equal(onDisk('scratch/stale.ts'), BROKEN);
    assert.ok(reviews.current, 'the review stays, so that nothing is lost');
  });

  it('heals an unsaved buffer and leaves it unsaved', async () => {
    const uri = write('scratch/dirty.ts', 'export {};\n');
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, new vscode.Range(0, 0, 1, 0), BROKEN);
    await vscode.workspace.applyEdit(edit);
    await heal(uri);
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    assert.equal(document.getText(), HEALED);
    assert.ok(document.isDirty);
    assert.equal(onDisk('scratch/dirty.ts'), 'export {};\n');
  });

  it('undoes a patch in a buffer that was never saved', async () => {
    const uri = write('scratch/unsaved.ts', 'export {};\n');
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, new vscode.Range(0, 0, 1, 0), BROKEN);
    await vscode.workspace.applyEdit(edit);
    await heal(uri);
    const { reviews } = await lodestone();
    await reviews.accept();
    await reviews.undoLast([root()]);
    assert.equal(document.getText(), BROKEN);
    assert.equal(onDisk('scratch/unsaved.ts'), 'export {};\n');
  });

  it('closes the review that a reload left without its patch', async () => {
    const { reviews } = await lodestone();
    const uri = write('scratch/orphan.ts', HEALED);
    await vscode.commands.executeCommand('vscode.diff', uri, uri.with({ scheme: 'lodestone-patch' }), 'orphan');
    const labels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);
    await until('the orphan is open', () => labels().includes('orphan'));
    await reviews.closeLeftovers();
    await until('it is closed', () => !labels().includes('orphan'));
  });

  it('keeps CRLF and a byte order mark', async () => {
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    const bytes = (text: string) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(crlf(text))]);
    const uri = write('scratch/crlf.ts', bytes(BROKEN));
    await heal(uri);
    const { healing } = await lodestone();
    const [first] = await hunkNodes();
    assert.ok(first);
    await healing.onCheckbox([[first, UNCHECKED]]);
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    assert.deepEqual(readFileSync(join(root(), 'scratch/crlf.ts')), bytes(BROKEN.replace('custmer', 'customer')));
    await vscode.commands.executeCommand('lodestone.undoLastPatch');
    assert.deepEqual(readFileSync(join(root(), 'scratch/crlf.ts')), bytes(BROKEN));
  });

  it('offers itself as a quick fix on a diagnostic, and heals that problem alone', async () => {
    const uri = write('scratch/action.ts', BROKEN);
    const collection = vscode.languages.createDiagnosticCollection('ts');
    const diagnostic = new vscode.Diagnostic(new vscode.Range(3, 9, 3, 13), "Cannot find name 'totl'.");
    diagnostic.source = 'ts';
    diagnostic.code = 2552;
    collection.set(uri, [diagnostic]);
    try {
      await vscode.workspace.openTextDocument(uri);
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        uri,
        diagnostic.range,
        vscode.CodeActionKind.QuickFix.value,
      );
      const ours = actions.find(({ command }) => command?.command === 'lodestone.healProblem');
      assert.ok(ours?.command);
      await vscode.commands.executeCommand(ours.command.command, ...(ours.command.arguments ?? []));
      const { reviews } = await lodestone();
      assert.equal(reviews.current?.text('scratch/action.ts'), BROKEN.replace('totl', 'total'));
    } finally {
      collection.dispose();
    }
  });

  it('heals Python with its own compiler', async function () {
    needs(this, spawnSync('python3', ['--version']).status === 0, 'Python 3');
    const review = await heal(write('scratch/broken.py', 'def double(value)\n    return value * 2\n'));
    assert.equal(review.text('scratch/broken.py'), 'def double(value):\n    return value * 2\n');
  });

  it('declines an untitled document without asking the engine', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'typescript', content: BROKEN });
    await vscode.window.showTextDocument(document);
    const { reviews } = await lodestone();
    void vscode.commands.executeCommand('lodestone.healFile');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(reviews.current, undefined);
    assert.equal(document.getText(), BROKEN);
  });

  it('stops at once when cancelled', async () => {
    write('scratch/cancel.ts', BROKEN);
    const { engine } = await lodestone();
    const controller = new AbortController();
    const healing = engine
      .repository(root())
      .heal(
        { files: ['scratch/cancel.ts'], trusted: true },
        { signal: controller.signal, onProgress: () => controller.abort() },
      );
    const start = Date.now();
    await assert.rejects(healing, { code: 'cancelled' });
    assert.ok(Date.now() - start < 2_000);
  });

  it('heals although the engine was killed under it', async () => {
    const uri = write('scratch/killed.ts', BROKEN);
    const { engine } = await lodestone();
    const healing = heal(uri);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const { pid } = engine;
    if (pid) process.kill(pid, 'SIGKILL');
    const review = await healing;
    assert.equal(review.text('scratch/killed.ts'), HEALED);
  });
});
