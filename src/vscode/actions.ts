/** What every command does, in terms of the features; no state of its own. */
import * as vscode from 'vscode';
import type { Decision } from '../core/engine.ts';
import type { Attractor, Snippet } from '../core/mining/attractor.ts';
import type { ApiInReach } from '../core/retrieval/context.ts';
import { enableForAgents } from './agents/consent.ts';
import { dirtyDocuments, fileUri, label, rangeOfSnippet, refusalMessage, signalOf } from './border.ts';
import type { CommandHandlers } from './commands.ts';
import { completionCommands } from './completion/completionCommands.ts';
import type { CompletionFeature } from './completion/completionFeature.ts';
import { completionMenu, type MenuEntry, menuEntry } from './completion/menu.ts';
import type { EngineHost } from './engineHost.ts';
import type { Writer } from './generation.ts';
import { declarationLine } from './given/declarationLine.ts';
import type { GivenDocument } from './given/givenDocument.ts';
import type { GivenHere } from './given/givenHere.ts';
import type { Healer, Problem } from './healing.ts';
import type { Infiller } from './infill/infiller.ts';
import type { EditorLog } from './log.ts';
import type { Messages } from './messages.ts';
import type { Repositories } from './mining/repositories.ts';
import { type Place, placeAt, withText } from './place.ts';
import type { ReviewController } from './review/reviewController.ts';
import { kindTitle, languageTitle } from './sidebar/attractorItems.ts';
import type { AttractorsView } from './sidebar/attractorsView.ts';
import type { AttractorNode } from './sidebar/attractorTree.ts';
import { HEALING_VIEW } from './sidebar/healingView.ts';
import { STATUS_VIEW, type StatusView } from './sidebar/statusView.ts';

export interface Features {
  readonly engine: EngineHost;
  readonly repositories: Repositories;
  readonly reviews: ReviewController;
  readonly healer: Healer;
  readonly writer: Writer;
  readonly infiller: Infiller;
  readonly attractors: AttractorsView;
  readonly given: GivenHere;
  readonly givenDocument: GivenDocument;
  readonly status: StatusView;
  readonly completion: CompletionFeature;
  readonly messages: Messages;
  readonly log: EditorLog;
  /** `publisher.name` of the extension, for its settings and walkthrough. */
  readonly extensionId: string;
}

export function commandHandlers(features: Features): CommandHandlers {
  const {
    engine,
    repositories,
    reviews,
    healer,
    writer,
    infiller,
    attractors,
    given,
    givenDocument,
    status,
    messages,
    log,
    extensionId,
  } = features;
  return {
    'lodestone.healFile': (uri?: unknown) => healer.heal(uri instanceof vscode.Uri ? uri : undefined),
    'lodestone.healProblem': (uri?: vscode.Uri, problem?: Problem) => healer.heal(uri, problem ?? problemAtCursor()),
    'lodestone.acceptPatch': () => reviews.accept(),
    'lodestone.rejectPatch': () => reviews.reject(),
    'lodestone.undoLastPatch': () => reviews.undoLast(rootsByRelevance(repositories)),
    'lodestone.showReview': async (path?: unknown, line?: number) => {
      if (reviews.current) await reviews.current.show(typeof path === 'string' ? path : undefined, line);
      else await vscode.commands.executeCommand(`${HEALING_VIEW}.focus`);
    },
    'lodestone.mine': async () => {
      requireFolder(repositories, messages);
      await repositories.mineNow();
    },
    'lodestone.cancelMining': () => repositories.cancel(),
    'lodestone.showAttractors': () => attractors.focus(),
    'lodestone.searchAttractors': () => searchAttractors(repositories),
    'lodestone.filterAttractors': () => filterAttractors(attractors),
    'lodestone.clearFilter': () => attractors.setFilter(''),
    'lodestone.showMoreAttractors': (root?: unknown) => {
      const roots = typeof root === 'string' ? [root] : repositories.sessions.map((session) => session.root);
      for (const each of roots) attractors.showAll(each);
    },
    'lodestone.openSnippet': (root: unknown, snippet?: Snippet) => openSnippet(root, snippet),
    'lodestone.copyConsiderBlock': (node?: AttractorNode) =>
      copyConsiderBlock(features, node?.type === 'attractor' ? placeOf(node) : placeAtCursor()),
    'lodestone.copySnippet': async (node?: AttractorNode) => {
      const text = snippetText(node);
      if (text === undefined) return;
      await vscode.env.clipboard.writeText(text);
      vscode.window.setStatusBarMessage(vscode.l10n.t('Example copied'), 3000);
    },
    // Of a view's title, whatever is selected in it.
    'lodestone.copyGivenHere': () => copyConsiderBlock(features, given.given?.asked ?? placeAtCursor()),
    'lodestone.openGivenHere': () => givenDocument.show(),
    'lodestone.openDeclaration': (root: unknown, api?: ApiInReach) => openDeclaration(engine, root, api),
    'lodestone.pinAttractor': (node?: AttractorNode) => decide(repositories, node, 'pinned'),
    'lodestone.muteAttractor': (node?: AttractorNode) => decide(repositories, node, 'muted'),
    'lodestone.clearDecision': (node?: AttractorNode) => decide(repositories, node, undefined),
    ...completionCommands(features),
    'lodestone.doctor': async () => {
      requireFolder(repositories, messages);
      await vscode.commands.executeCommand(`${STATUS_VIEW}.focus`);
      for (const [root, entries] of await status.examine())
        for (const { tool, status: state, version, path, advice } of entries)
          log.info(`${root}: ${tool} ${state} ${version} ${path} ${advice}`);
    },
    'lodestone.showLog': () => log.show(),
    'lodestone.restartEngine': async () => {
      engine.restart();
      await repositories.mineNow();
    },
    'lodestone.openSettings': () =>
      vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${extensionId}`),
    'lodestone.openWalkthrough': () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extensionId}#lodestone.start`, false),
    'lodestone.statusMenu': () => statusMenu(features),
    'lodestone.implementThis': (uri?: unknown, line?: unknown) =>
      writer.implement(uri instanceof vscode.Uri ? uri : undefined, typeof line === 'number' ? line : undefined),
    'lodestone.editSelection': (instruction?: unknown) =>
      writer.edit(typeof instruction === 'string' ? instruction : undefined),
    'lodestone.regenerateFunction': (uri?: unknown, line?: unknown) =>
      infiller.regenerate(uri instanceof vscode.Uri ? uri : undefined, typeof line === 'number' ? line : undefined),
    'lodestone.fillHere': () => infiller.fill(),
    'lodestone.fillStubs': (uri?: unknown) => infiller.fillStubs(uri instanceof vscode.Uri ? uri : undefined),
    'lodestone.nextCandidate': () => reviews.step(1),
    'lodestone.previousCandidate': () => reviews.step(-1),
    'lodestone.showCandidate': (number?: unknown) => reviews.choose(typeof number === 'number' ? number : 1),
    'lodestone.showWithheld': () => infiller.showWithheld(),
    'lodestone.enableTools': () => enableForAgents('tools'),
    'lodestone.enableMcp': () => enableForAgents('mcp'),
  };
}

/** Folders with that of the active editor first. */
function rootsByRelevance(repositories: Repositories): string[] {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const active = uri && vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
  const roots = repositories.sessions.map(({ root }) => root);
  return [...roots.filter((root) => root === active), ...roots.filter((root) => root !== active)];
}

function requireFolder(repositories: Repositories, messages: Messages): void {
  if (repositories.sessions.length) return;
  messages.warn(
    vscode.workspace.workspaceFolders?.length
      ? vscode.l10n.t('Lodestone works on folders on disk; this workspace is virtual.')
      : vscode.l10n.t('Open a folder first: Lodestone mines the folders of your workspace.'),
  );
}

/** The first problem reported at the cursor of the active editor. */
function problemAtCursor(): Problem | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const at = editor.selection.active;
  const found = vscode.languages.getDiagnostics(editor.document.uri).find(({ range }) => range.contains(at));
  if (!found) return undefined;
  const code = typeof found.code === 'object' ? found.code.value : found.code;
  return { line: found.range.start.line + 1, column: found.range.start.character + 1, code: String(code ?? '') };
}

async function openSnippet(root: unknown, snippet: Snippet | undefined): Promise<void> {
  if (typeof root !== 'string' || !snippet) return;
  await vscode.window.showTextDocument(fileUri(root, snippet.path), {
    selection: rangeOfSnippet(snippet).with({ end: new vscode.Position(snippet.line - 1, 0) }),
    preview: true,
  });
}

/** Opens the file that declares an API, at its declaration. */
async function openDeclaration(engine: EngineHost, root: unknown, api: ApiInReach | undefined): Promise<void> {
  if (typeof root !== 'string' || !api?.path) return;
  const { path } = api;
  const { [path]: text } = dirtyDocuments(root);
  const facts = await engine.repository(root).facts({ path, ...(text === undefined ? {} : { text }) }, {});
  const line = declarationLine(facts, api);
  await openSnippet(root, { path, line, endLine: line, text: '' });
}

/** Searches all attractors by name, summary and APIs; accepting one jumps to its first example. */
async function searchAttractors(repositories: Repositories): Promise<void> {
  const items = repositories.sessions.flatMap(({ root, report }) =>
    (report?.attractors ?? [])
      .filter(({ snippets }) => snippets.length > 0)
      .map((attractor) => ({
        label: label(attractor.name),
        description: `${languageTitle(attractor.language)} · ${kindTitle(attractor.kind)} · ${Math.round(attractor.resonance * 100)} %`,
        detail: label(attractor.summary),
        root,
        attractor,
      })),
  );
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Lodestone: attractors'),
    placeHolder: vscode.l10n.t('How does this repository …? Type a name, an API or a word of the summary'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked) await openSnippet(picked.root, picked.attractor.snippets[0]);
}

async function filterAttractors(view: AttractorsView): Promise<void> {
  const input = vscode.window.createInputBox();
  input.title = vscode.l10n.t('Filter attractors');
  input.placeholder = vscode.l10n.t('Words of the name, summary, language, kind or API');
  input.value = view.filter;
  const before = view.filter;
  let accepted = false;
  await new Promise<void>((resolve) => {
    input.onDidChangeValue((value) => view.setFilter(value));
    input.onDidAccept(() => {
      accepted = true;
      input.hide();
    });
    input.onDidHide(() => resolve());
    input.show();
  });
  if (!accepted) view.setFilter(before);
  input.dispose();
}

/** The consider-block of a place, to paste into any model's prompt; a text says why there is none. */
async function copyConsiderBlock({ engine, messages }: Features, place: Place | string): Promise<void> {
  if (typeof place === 'string') {
    messages.warn(place);
    return;
  }
  const report = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Lodestone: gathering context') },
    async (_progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        return await engine.repository(place.root).context(place.request, { signal });
      } finally {
        dispose();
      }
    },
  );
  if (!report.considerBlock) {
    messages.warn(vscode.l10n.t('Nothing that was mined concerns this place yet.'));
    return;
  }
  await vscode.env.clipboard.writeText(report.considerBlock);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Consider-block copied ({0} bytes)', report.bytes), 4000);
}

/** An attractor's first example. */
function placeOf({ root, attractor }: { root: string; attractor: Attractor }): Place | string {
  const [snippet] = attractor.snippets;
  return snippet
    ? { root, request: { path: snippet.path, line: snippet.line } }
    : vscode.l10n.t('This attractor has no example here yet.');
}

function placeAtCursor(): Place | string {
  const { activeTextEditor: editor } = vscode.window;
  const place = placeAt(editor);
  if (typeof place === 'string' || !editor) return refusalMessage(typeof place === 'string' ? place : 'noEditor');
  return withText(place, editor.document);
}

function snippetText(node: AttractorNode | undefined): string | undefined {
  if (node?.type === 'snippet') return node.snippet.text;
  return node?.type === 'attractor' ? node.attractor.snippets[0]?.text : undefined;
}

async function decide(
  repositories: Repositories,
  node: AttractorNode | undefined,
  decision: Decision | undefined,
): Promise<void> {
  if (node?.type !== 'attractor') return;
  await repositories.session(node.root)?.decide(node.attractor.id, decision);
}

/** What the status bar item offers: only what can be done now. */
async function statusMenu({ engine, repositories, reviews, completion }: Features): Promise<void> {
  const entry = menuEntry;
  const items: MenuEntry[] = [
    ...(reviews.current
      ? [
          entry('git-compare', vscode.l10n.t('Show the patch under review'), 'lodestone.showReview'),
          entry('check', vscode.l10n.t('Accept the patch'), 'lodestone.acceptPatch'),
          entry('close', vscode.l10n.t('Reject the patch'), 'lodestone.rejectPatch'),
        ]
      : [entry('wand', vscode.l10n.t('Heal this file'), 'lodestone.healFile')]),
    repositories.mining
      ? entry('debug-stop', vscode.l10n.t('Cancel mining'), 'lodestone.cancelMining')
      : entry('refresh', vscode.l10n.t('Mine again'), 'lodestone.mine'),
    entry('search', vscode.l10n.t('Search attractors'), 'lodestone.searchAttractors'),
    ...completionMenu(repositories, completion),
    entry('discard', vscode.l10n.t('Undo the last patch'), 'lodestone.undoLastPatch'),
    entry('tools', vscode.l10n.t('Check tools'), 'lodestone.doctor'),
    entry('output', vscode.l10n.t('Show the log'), 'lodestone.showLog'),
    ...(engine.state === 'stopped'
      ? [entry('debug-restart', vscode.l10n.t('Restart the engine'), 'lodestone.restartEngine')]
      : []),
  ];
  const picked = await vscode.window.showQuickPick(items, { title: 'Lodestone' });
  if (picked?.command) await vscode.commands.executeCommand(picked.command);
}
