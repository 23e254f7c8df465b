/** Where nothing is suggested and what "Why no suggestion?" says of it; the switches; the other commands of completion. */
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import type { Gate } from '../../../src/core/completion/session/gates.ts';
import { explainGate } from '../../../src/vscode/completion/gateWords.ts';
import { modelItems } from '../../../src/vscode/completion/modelCommands.ts';
import { tellOfOthers } from '../../../src/vscode/completion/otherProviders.ts';
import { clear } from '../../../src/vscode/completion/repositoryData.ts';
import { statisticsText } from '../../../src/vscode/completion/statistics.ts';
import { explain } from '../../../src/vscode/completion/why.ts';
import type { FakeModelServer } from '../../fakes/fakeModelServer.ts';
import {
  answer,
  configure,
  MODEL,
  openAt,
  startFakeOllama,
  suggest,
  take,
  textOf,
  useEndpoint,
} from '../completing.ts';
import { cleanUp, lodestone, mined, root, until, write } from '../support.ts';

/** Where the files that other tests leave behind are sure of nothing: an answer is the model's. */
const FILE = 'export function name(first: string): string {\n  const quillwort = |\n}\n';

/** A route like its siblings, which the repository can go on with by itself. */
const ROUTE = `import { Router } from 'express';
import { database } from '../database';
import { asyncHandler } from '../http/asyncHandler';
import { ProductService } from '../services/productService';

export const copyRoutes = Router();
const products = new ProductService(database);

copyRoutes.get(
  '/:id',
  asyncHandler(async (request, response) => {
    response.|
  }),
);
`;

async function why(): Promise<string> {
  const { completion, engine } = await lodestone();
  return explain(completion, engine).text;
}

function words(gate: Gate, document?: vscode.TextDocument): string {
  const path = document ? vscode.workspace.asRelativePath(document.uri, false) : '';
  return explainGate(gate, { language: document?.languageId ?? '', path }).text;
}

describe('gates of completion', () => {
  let server: FakeModelServer;
  before(async () => {
    await mined();
    server = await startFakeOllama((response) => answer(response, 'first;'));
    await useEndpoint(server.endpoint);
  });
  afterEach(cleanUp);
  after(async () => {
    await useEndpoint(undefined);
    await server.stop();
  });

  it('declines several cursors and a selection, and says so', async () => {
    const editor = await openAt('scratch/cursors.ts', FILE);
    const [at] = editor.selections;
    assert.ok(at);
    editor.selections = [at, new vscode.Selection(0, 0, 0, 0)];
    await until('there are two cursors', () => editor.selections.length === 2);
    assert.deepEqual(await suggest(editor, { manual: false }), []);
    assert.equal(await why(), words('severalCursors'));
    editor.selection = new vscode.Selection(1, 2, 1, 8);
    await until('a part is selected', () => !editor.selection.isEmpty);
    assert.deepEqual(await suggest(editor), []);
    assert.equal(await why(), words('selection'));
  });

  it('declines untitled files, notebook cells, commit messages and files with secrets by name', async () => {
    const untitled = await vscode.workspace.openTextDocument({ language: 'typescript', content: 'let a = ' });
    await vscode.window.showTextDocument(untitled);
    assert.equal(await why(), words('untitled'));
    const message = write('.git-copy/COMMIT_EDITMSG', 'Subject\n');
    const commit = await vscode.workspace.openTextDocument(message);
    await vscode.languages.setTextDocumentLanguage(commit, 'git-commit');
    await vscode.window.showTextDocument(commit);
    assert.equal(await why(), words('commitMessage'));
    await vscode.window.showTextDocument(write('scratch/.env', 'KEY=1\n'));
    assert.equal(await why(), words('secretFile'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    assert.equal(await why(), words('noEditor'));
    const data = new vscode.NotebookData([
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'a = 1', 'python'),
    ]);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    const { completion } = await lodestone();
    const token = new vscode.CancellationTokenSource().token;
    const cell = notebook.cellAt(0).document;
    const context = { triggerKind: vscode.InlineCompletionTriggerKind.Invoke, selectedCompletionInfo: undefined };
    const items = await completion.provider.provideInlineCompletionItems(
      cell,
      new vscode.Position(0, 5),
      context,
      token,
    );
    assert.equal(items, undefined);
    assert.equal(completion.provider.requests.last?.gate, 'notebook');
  });

  it('is switched off and on for a language, a file and the workspace', async () => {
    const editor = await openAt('scratch/switched.ts', FILE);
    const { document } = editor;
    for (const [command, gate] of [
      ['lodestone.toggleCompletionLanguage', 'disabledLanguage'],
      ['lodestone.toggleCompletionFile', 'disabledFile'],
      ['lodestone.toggleCompletionWorkspace', 'disabledLanguage'],
    ] as const) {
      await vscode.commands.executeCommand(command);
      assert.deepEqual(await suggest(editor, { manual: false }), [], command);
      assert.equal(await why(), words(gate, document), command);
      const other = await openAt('scratch/other.py', 'def f():\n    return |\n');
      const still = await suggest(other, { manual: false });
      assert.equal(still.length > 0, !command.endsWith('Workspace'), command);
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand(command);
      assert.equal(textOf(await suggest(editor, { manual: false })), 'first;', command);
    }
  });

  it('waits until it is asked, where that is wanted', async () => {
    const editor = await openAt('scratch/manual.ts', FILE);
    await configure('completion.trigger', 'manual');
    try {
      assert.deepEqual(await suggest(editor, { manual: false }), []);
      assert.equal(await why(), words('manualOnly'));
      assert.equal(textOf(await suggest(editor)), 'first;');
    } finally {
      await configure('completion.trigger', undefined);
    }
  });

  it('says what became of the last request, and with which action it gets better', async () => {
    const editor = await openAt('scratch/why.ts', FILE);
    await suggest(editor);
    assert.match(await why(), new RegExp(`Line 2 got a suggestion of 6 characters, from ${MODEL}`));
    await configure('model.name', 'absent-coder');
    const { completion, engine } = await lodestone();
    try {
      await suggest(editor);
      const status = await completion.models.refresh(root());
      assert.deepEqual([status.ready, status.installed], [false, [MODEL]]);
      assert.equal(completion.models.of(root()).state, 'missing');
      const { action } = explain(completion, engine);
      assert.equal(action?.command, 'lodestone.downloadModel');
      const labels = modelItems(status).map(({ label }) => label);
      assert.ok(labels.includes(MODEL) && labels.some((label) => label.includes('7b-base')), labels.join());
    } finally {
      await configure('model.name', undefined);
    }
  });
});

describe('completion without a server', () => {
  before(mined);
  afterEach(cleanUp);

  it('answers from the repository, and tells who asks by hand of the missing server once', async () => {
    const { completion, status } = await lodestone();
    await useEndpoint('http://127.0.0.1:45999');
    try {
      const editor = await openAt('service/src/routes/copyRoutes.ts', ROUTE);
      const items = await suggest(editor);
      assert.match(textOf(items), /^(json|status)\(/);
      const { last } = completion.provider.requests;
      assert.equal(last?.problem?.code, 'modelServerDown');
      assert.notEqual(last?.source, 'model');
      assert.equal(completion.models.of(root()).state, 'noServer');
      const rows = status.getChildren().map((node) => status.getTreeItem(node));
      assert.ok(rows.some(({ label, description }) => label === 'Model' && /no server/.test(String(description))));
      await take(editor, 'editor.action.inlineSuggest.commit');
      assert.match(editor.document.getText(), /response\.(json|status)\(/);
    } finally {
      await useEndpoint(undefined);
    }
  });

  it('tells of another provider once, and leaves the field to it where that is wanted', async () => {
    const known = new Map<string, unknown>();
    const state = {
      keys: () => [...known.keys()],
      get: (key: string) => known.get(key),
      update: async (key: string, value: unknown) => void known.set(key, value),
    } as unknown as vscode.Memento;
    const asked: string[] = [];
    const ask = async (text: string, manual: string) => {
      asked.push(text);
      return manual;
    };
    const idle = [{ id: 'GitHub.copilot', isActive: false }];
    assert.equal(await tellOfOthers(state, idle, ask), undefined);
    const active = [...idle, { id: 'Continue.continue', isActive: true }];
    try {
      assert.equal(await tellOfOthers(state, active, ask), 'manual');
      assert.equal(vscode.workspace.getConfiguration('lodestone').get('completion.trigger'), 'manual');
    } finally {
      await configure('completion.trigger', undefined);
    }
    assert.equal(await tellOfOthers(state, active, ask), undefined);
    assert.equal(asked.length, 1);
    assert.match(asked[0] ?? '', /^Continue suggests/);
  });

  it('shows its counts as a document, with estimates called so', async () => {
    const { engine } = await lodestone();
    const text = statisticsText('sample', await engine.repository(root()).completionStats({}, {}));
    assert.match(text, /\| TypeScript \|/);
    assert.match(text, /An estimate/);
    await vscode.commands.executeCommand('lodestone.showCompletionStatistics');
    await until('the document is shown', () =>
      vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => /Completion statistics/.test(label))),
    );
  });

  it('sends the API key to the server it is for, and to nobody after it was removed', async () => {
    const { completion } = await lodestone();
    const keyed = await startFakeOllama((response) => response.end());
    try {
      await completion.apiKeys.store('sekret-key');
      await useEndpoint(`${keyed.endpoint}/v1`);
      await completion.models.refresh(root());
      assert.equal(keyed.requests.at(-1)?.headers.authorization, 'Bearer sekret-key');
      await vscode.commands.executeCommand('lodestone.removeApiKey');
      await until('the window knows', async () => (await completion.apiKeys.get()) === undefined);
      await completion.models.refresh(root());
      assert.equal(keyed.requests.at(-1)?.headers.authorization, undefined);
    } finally {
      await useEndpoint(undefined);
      await keyed.stop();
    }
  });

  it('clears what can be rebuilt, keeps decisions, and reads the folder again', async () => {
    const { repositories } = await lodestone();
    const session = await mined();
    const [attractor] = session.report?.attractors ?? [];
    assert.ok(attractor);
    await session.decide(attractor.id, 'pinned');
    await session.engine.completionStats({}, {});
    const before = await session.engine.storage({}, {});
    assert.ok(before.index > 100_000 && before.counts > 0 && before.decisions > 0, JSON.stringify(before));
    // What is under way in the engine, and what is asked of it meanwhile, is done all the same.
    const beside = session.engine.mine({}, {});
    const cleared = clear(session, repositories, { decisions: false });
    await Promise.all([beside, cleared, session.mine()]);
    await mined();
    assert.deepEqual(session.decisions, { [attractor.id]: 'pinned' });
    assert.deepEqual((await session.engine.completionStats({}, {})).rows, []);
    assert.ok((session.report?.attractors.length ?? 0) > 0);
    await clear(session, repositories, { decisions: true });
    await mined();
    assert.deepEqual(session.decisions, {});
  });
});
