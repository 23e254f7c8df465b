/** "Given to the Model Here" in the window: it follows the cursor, typing and saves, and does nothing while unseen. */
import { strict as assert } from 'node:assert';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ContextReport } from '../../../src/core/retrieval/context.ts';
import type { GivenNode } from '../../../src/vscode/given/givenTree.ts';
import { cleanUp, lodestone, mined, root, type, until, write } from '../support.ts';

const SERVICE = 'service/src/services/couponService.ts';

/** Two functions that need different APIs: the second is to be written. */
const SCRATCH = [
  "import { Router } from 'express';",
  "import { asyncHandler } from '../http/asyncHandler.ts';",
  "import { coupons } from '../services/couponService.ts';",
  '',
  'export function scratchRoutes() {',
  '  const router = Router();',
  '',
  '  return router;',
  '}',
  '',
].join('\n');

const TYPED = [
  '',
  'export class ScratchService {',
  '  async refund(id: string, audit: AuditLog, database: Database) {',
  '    return await withTransaction(database, async (tx) => {',
  '      ',
  '    });',
  '  }',
  '}',
  '',
].join('\n');

async function show(uri: vscode.Uri, line: number): Promise<vscode.TextEditor> {
  const editor = await vscode.window.showTextDocument(uri);
  move(editor, line);
  return editor;
}

function move(editor: vscode.TextEditor, line: number): void {
  const at = new vscode.Position(line - 1, editor.document.lineAt(line - 1).text.length);
  editor.selection = new vscode.Selection(at, at);
}

/** What is given at the line, once the view has it. */
async function givenAt(path: string, line: number): Promise<ContextReport> {
  const { given } = await lodestone();
  return until(`${path}:${line} is given`, () => {
    const { request } = given.given?.place ?? {};
    return request?.path === path && request.line === line && given.given?.report;
  });
}

async function allNodes(): Promise<GivenNode[]> {
  const { givenView } = await lodestone();
  const walk = (node?: GivenNode): GivenNode[] =>
    givenView.getChildren(node).flatMap((child) => [child, ...walk(child)]);
  return walk();
}

async function state(wanted: string): Promise<void> {
  const { given } = await lodestone();
  await until(`the state is ${wanted}, not ${given.state}`, () => given.state === wanted);
}

describe('given to the model here', () => {
  const service = () => vscode.Uri.file(join(root(), SERVICE));

  before(mined);
  beforeEach(async () => {
    await vscode.commands.executeCommand('lodestone.givenHere.focus');
    const { givenView } = await lodestone();
    await until('the view is seen', () => givenView.tree.visible);
  });
  afterEach(async () => {
    await cleanUp();
    for (const path of ['service/src/routes/scratchRoutes.ts', 'scratch/large.ts'])
      rmSync(join(root(), path), { force: true });
  });

  it('shows what the engine gives at the cursor, every line of it', async () => {
    await show(service(), 16);
    const report = await givenAt(SERVICE, 16);
    const session = await mined();
    const { considerBlock } = await session.engine.context({ path: SERVICE, line: 16, column: 200 }, {});
    assert.ok(report.bytes > 0 && report.bytes <= 1536);
    assert.equal(report.considerBlock, considerBlock);
    const nodes = await allNodes();
    assert.equal(nodes.flatMap((node) => (node.type === 'line' ? [node.text] : [])).join('\n'), considerBlock);
    assert.equal(nodes.filter(({ type }) => type === 'api').length, report.apis.length);
    const { givenView } = await lodestone();
    assert.equal(givenView.tree.description, 'couponService.ts:16');
  });

  it('gives every item a label for screen readers and one id', async () => {
    await show(service(), 16);
    await givenAt(SERVICE, 16);
    const { givenView } = await lodestone();
    const items = (await allNodes()).map((node) => givenView.getTreeItem(node));
    assert.ok(items.length > 5);
    for (const item of items) assert.ok(item.accessibilityInformation?.label, `no label: ${String(item.label)}`);
    assert.equal(new Set(items.map(({ id }) => id)).size, items.length);
  });

  it('follows the cursor to another function', async () => {
    const uri = write('service/src/routes/scratchRoutes.ts', SCRATCH + TYPED);
    const editor = await show(uri, 7);
    const first = await givenAt('service/src/routes/scratchRoutes.ts', 7);
    move(editor, 15);
    const second = await givenAt('service/src/routes/scratchRoutes.ts', 15);
    assert.notEqual(first.considerBlock, second.considerBlock);
  });

  it('follows what is typed before it is saved, and the save refreshes the attractors too', async () => {
    const path = 'service/src/routes/scratchRoutes.ts';
    const uri = write(path, SCRATCH);
    const session = await mined();
    const { given, givenView, attractors } = await lodestone();
    const editor = await show(uri, 7);
    const before = await givenAt(path, 7);
    const lines = () =>
      givenView
        .getChildren()
        .map((node) => JSON.stringify(node))
        .join();
    const shown = lines();
    let drawn = 0;
    const subscription = givenView.onDidChangeTreeData(() => drawn++);

    editor.selection = new vscode.Selection(9, 0, 9, 0);
    await type(editor, TYPED);
    move(editor, 15);
    const typed = await givenAt(path, 15);
    assert.ok(editor.document.isDirty);
    assert.notEqual(typed.considerBlock, before.considerBlock);
    const onDisk = await session.engine.context({ path, line: 15 }, {});
    assert.notEqual(typed.considerBlock, onDisk.considerBlock, 'it is the typed text that counts');
    assert.notEqual(lines(), shown);
    assert.ok(drawn > 0, 'the view was told to draw anew');
    subscription.dispose();

    const report = session.report;
    let attractorsDrawn = 0;
    const watching = attractors.onDidChangeTreeData(() => attractorsDrawn++);
    await editor.document.save();
    await until('the attractors are drawn anew', () => session.report !== report && attractorsDrawn > 0);
    watching.dispose();
    const { considerBlock } = await session.engine.context({ path, line: 15, column: 200 }, {});
    await until('what the saved file gives is shown', () => given.given?.report.considerBlock === considerBlock);
  });

  it('asks once after a burst of moves, and never while it is not seen', async () => {
    const editor = await show(service(), 16);
    await givenAt(SERVICE, 16);
    const session = await mined();
    const engine = session.engine as { context: typeof session.engine.context };
    const { context } = engine;
    let calls = 0;
    engine.context = (...parameters) => {
      calls++;
      return context(...parameters);
    };
    try {
      for (let line = 17; line <= 40; line++) move(editor, line);
      await givenAt(SERVICE, 40);
      assert.ok(calls <= 2, `${calls} calls for one burst`);
      await vscode.commands.executeCommand('workbench.view.explorer');
      const { given, givenView } = await lodestone();
      await until('the view is hidden', () => !givenView.tree.visible);
      assert.equal(given.state, 'off');
      assert.equal(given.given, undefined);
      calls = 0;
      await vscode.window.showTextDocument(editor.document);
      move(editor, 16);
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// typed\n'));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.equal(calls, 0);
    } finally {
      engine.context = context;
    }
  });

  it('opens an API where it is declared', async () => {
    await show(service(), 16);
    const report = await givenAt(SERVICE, 16);
    const api = report.apis.find(({ path }) => path !== '' && path !== SERVICE);
    assert.ok(api, JSON.stringify(report.apis));
    await vscode.commands.executeCommand('lodestone.openDeclaration', root(), api);
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    assert.ok(editor.document.uri.path.endsWith(api.path));
    const { start } = editor.selection;
    const declaration = editor.document.getText(new vscode.Range(start.line, 0, start.line + 3, 0));
    assert.ok(declaration.includes(api.name), declaration);
  });

  it('opens as a document that follows the cursor, with the view hidden too', async () => {
    const editor = await show(service(), 16);
    const first = await givenAt(SERVICE, 16);
    await vscode.commands.executeCommand('lodestone.openGivenHere');
    await vscode.commands.executeCommand('workbench.view.explorer');
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'lodestone-given');
    assert.ok(document);
    await until('it has the block', () => document.getText().startsWith(first.considerBlock));
    move(editor, 40);
    const second = await givenAt(SERVICE, 40);
    await until('it follows', () => {
      const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'lodestone-given');
      return open?.getText() === [second.considerBlock, second.seed].filter(Boolean).join('\n\n');
    });
  });

  it('says why where nothing can be given', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await state('noEditor');
    assert.deepEqual(await allNodes(), []);
    await vscode.window.showTextDocument(vscode.Uri.file(join(root(), 'README.md')));
    await state('language');
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'typescript' }));
    await state('elsewhere');
    await show(service(), 16);
    await state('ready');
    await show(write('scratch/large.ts', `${`export const large = '${'x'.repeat(130)}';\n`.repeat(9_000)}`), 1);
    await state('failed');
    const { givenView } = await lodestone();
    assert.ok(givenView.tree.message);
  });

  it('goes on after the engine was killed: nobody has to do anything', async () => {
    const editor = await show(service(), 16);
    await givenAt(SERVICE, 16);
    const { engine } = await lodestone();
    process.kill(engine.pid as number, 'SIGKILL');
    move(editor, 28);
    await givenAt(SERVICE, 28);
  });
});
