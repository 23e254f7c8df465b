/** Mining in the window: the tree fills, examples open where they stand, saves are noticed, kills are survived. */
import { strict as assert } from 'node:assert';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { AttractorNode } from '../../../src/vscode/sidebar/attractorTree.ts';
import { cleanUp, lodestone, mined, root, until, write } from '../support.ts';

async function allNodes(): Promise<AttractorNode[]> {
  const { attractors } = await lodestone();
  const walk = (node?: AttractorNode): AttractorNode[] =>
    attractors.getChildren(node).flatMap((child) => [child, ...walk(child)]);
  return walk();
}

type NodeOfAttractor = Extract<AttractorNode, { type: 'attractor' }>;

async function firstAttractor(holds: (node: NodeOfAttractor) => boolean = () => true) {
  const node = (await allNodes()).find((node): node is NodeOfAttractor => node.type === 'attractor' && holds(node));
  assert.ok(node);
  return node;
}

describe('mining', () => {
  afterEach(cleanUp);

  it('fills the tree when the window opens', async () => {
    const session = await mined();
    assert.ok((session.report?.attractors.length ?? 0) > 0);
    assert.ok((await allNodes()).some(({ type }) => type === 'attractor'));
  });

  it('gives every item a label for screen readers and one id', async () => {
    await mined();
    const { attractors, healing, status } = await lodestone();
    const nodes = await allNodes();
    const items = [
      ...nodes.map((node) => attractors.getTreeItem(node)),
      ...healing.getChildren().map((node) => healing.getTreeItem(node)),
      ...status.getChildren().map((node) => status.getTreeItem(node)),
    ];
    for (const item of items)
      assert.ok(item.accessibilityInformation?.label || item.resourceUri, `no label: ${String(item.label)}`);
    const ids = nodes.map((node) => attractors.getTreeItem(node).id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('says why an attractor is on the page, in its row, its tooltip and to screen readers', async () => {
    await mined();
    const { attractors } = await lodestone();
    const specific = (await allNodes()).find((node) => node.type === 'attractor' && node.badges.specific);
    assert.ok(specific);
    const { description, tooltip, accessibilityInformation } = attractors.getTreeItem(specific);
    assert.match(String(description), /^\d+ % · specific/);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    for (const text of [tooltip.value, accessibilityInformation?.label])
      assert.match(String(text).replaceAll('&nbsp;', ' '), /Specific to this/);
    // The folder has no history: nobody knows what recurs.
    assert.ok(!(await allNodes()).some((node) => node.type === 'attractor' && node.badges.recurs));
  });

  it('shows a page of twenty first, and the rest on demand', async () => {
    const session = await mined();
    const { attractors } = await lodestone();
    const particular = session.report?.attractors.filter(({ common }) => !common).length ?? 0;
    const count = async () =>
      (await allNodes()).filter((node) => node.type === 'attractor' && !node.attractor.common).length;
    assert.ok((await count()) <= 20);
    attractors.showAll(root());
    assert.equal(await count(), particular);
  });

  it('opens an example at its line, where its text stands verbatim', async () => {
    await mined();
    const node = (await allNodes()).find(({ type }) => type === 'snippet');
    assert.ok(node?.type === 'snippet');
    await vscode.commands.executeCommand('lodestone.openSnippet', node.root, node.snippet);
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    assert.ok(editor.document.uri.path.endsWith(node.snippet.path));
    assert.equal(editor.selection.start.line, node.snippet.line - 1);
    const [first = ''] = node.snippet.text.split('\n');
    assert.ok(editor.document.lineAt(node.snippet.line - 1).text.includes(first.trim()));
  });

  it('filters by words', async () => {
    await mined();
    const { attractors } = await lodestone();
    const { attractor } = await firstAttractor();
    attractors.setFilter(`${attractor.name} no-such-word`);
    assert.equal((await allNodes()).filter(({ type }) => type === 'attractor').length, 0);
    attractors.setFilter(attractor.name);
    assert.ok((await allNodes()).some((node) => node.type === 'attractor' && node.attractor.id === attractor.id));
    attractors.setFilter('');
  });

  it('remembers what was pinned and muted', async () => {
    const session = await mined();
    const node = await firstAttractor();
    await vscode.commands.executeCommand('lodestone.muteAttractor', node);
    const group = (await allNodes()).find((child) => child.type === 'group' && child.group.by === 'muted');
    assert.ok(group);
    assert.equal((await session.engine.decisions({}, {}))[node.attractor.id], 'muted');
    await vscode.commands.executeCommand('lodestone.clearDecision', node);
    assert.deepEqual(await session.engine.decisions({}, {}), {});
  });

  it('copies a consider-block of at most 1,536 bytes', async () => {
    await mined();
    await vscode.env.clipboard.writeText('');
    const node = await firstAttractor(({ attractor }) => attractor.snippets.length > 0);
    await vscode.commands.executeCommand('lodestone.copyConsiderBlock', node);
    // The clipboard of a headless browser may be closed to us; then the engine's answer is looked at instead.
    const copied = await vscode.env.clipboard.readText();
    const [snippet] = node.attractor.snippets;
    assert.ok(snippet);
    const { engine } = await lodestone();
    const report = await engine.repository(node.root).context({ path: snippet.path, line: snippet.line }, {});
    assert.ok(report.bytes > 0 && report.bytes <= 1536);
    if (copied) assert.equal(copied, report.considerBlock);
  });

  it('notices a new file and a deleted one', async () => {
    const session = await mined();
    const { repositories } = await lodestone();
    // What other tests wrote and deleted is counted first, noticed or not.
    await repositories.mineNow(session.root);
    const files = session.report?.files ?? 0;
    write('noticed.ts', 'export const noticed = 1;\n');
    await until('the new file is seen', () => (session.report?.files ?? 0) === files + 1);
    rmSync(join(root(), 'noticed.ts'));
    await until('its deletion is seen', () => (session.report?.files ?? 0) === files);
  });

  it('can be cancelled, and mines again', async () => {
    const session = await mined();
    const { repositories } = await lodestone();
    const mining = repositories.mineNow(session.root).catch(() => undefined);
    await until('it begins', () => session.busy);
    await vscode.commands.executeCommand('lodestone.cancelMining');
    await mining;
    assert.ok(['cancelled', 'ready'].includes(session.state), session.state);
    await repositories.mineNow(session.root);
    assert.equal(session.state, 'ready');
  });

  it('survives a kill of the engine while it mines: nobody has to do anything', async () => {
    const session = await mined();
    const { engine, repositories } = await lodestone();
    const before = session.report?.attractors.map(({ id }) => id);
    const { pid } = engine;
    assert.ok(pid);
    const mining = repositories.mineNow(session.root);
    await until('it begins', () => session.busy);
    process.kill(pid, 'SIGKILL');
    await mining;
    assert.equal(session.state, 'ready');
    assert.notEqual(engine.pid, pid);
    assert.deepEqual(
      session.report?.attractors.map(({ id }) => id),
      before,
    );
  });
});
