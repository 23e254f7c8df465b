/** The open workspace folders as repository sessions: opens, watches and mines them in the background. */
import * as vscode from 'vscode';
import { Emitter } from '../../base/events.ts';
import { pathBelow } from '../border.ts';
import type { EngineHost } from '../engineHost.ts';
import type { EditorLog } from '../log.ts';
import type { Messages } from '../messages.ts';
import { ChangeBatcher } from './changeBatcher.ts';
import { relevanceOf } from './relevance.ts';
import { RepositorySession } from './repositorySession.ts';

interface Watched {
  readonly session: RepositorySession;
  readonly batcher: ChangeBatcher;
  readonly disposables: vscode.Disposable[];
}

/** Settings that the engine is told when it opens a folder. */
const ENGINE_SECTIONS = ['mining', 'healing', 'infill'];

export class Repositories implements vscode.Disposable {
  private readonly watched = new Map<string, Watched>();
  private readonly changed = new Emitter<void>();
  private readonly subscriptions: vscode.Disposable[] = [];
  private extensions: Promise<ReadonlySet<string>> | undefined;

  constructor(
    private readonly engine: EngineHost,
    private readonly extensionUri: vscode.Uri,
    private readonly messages: Messages,
    private readonly log: EditorLog,
  ) {
    this.subscriptions.push(
      vscode.workspace.onDidChangeWorkspaceFolders((event) => {
        for (const folder of event.removed) this.close(folder);
        for (const folder of event.added) this.open(folder);
        this.startMining();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.reopen()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (ENGINE_SECTIONS.some((section) => event.affectsConfiguration(`lodestone.${section}`)))
          for (const { root } of this.sessions) this.engine.reopen(root);
        if (event.affectsConfiguration('files.exclude') || event.affectsConfiguration('search.exclude')) this.reopen();
      }),
    );
    for (const folder of vscode.workspace.workspaceFolders ?? []) this.open(folder);
  }

  /** Fires when a session came, went or changed. */
  readonly onChange = this.changed.on;

  get sessions(): readonly RepositorySession[] {
    return [...this.watched.values()].map(({ session }) => session);
  }

  session(root: string): RepositorySession | undefined {
    return this.watched.get(root)?.session;
  }

  get mining(): boolean {
    return this.sessions.some(({ busy }) => busy);
  }

  /** Shows what is stored and mines what is new, one folder after the other, unless the user turned that off. */
  startMining(): void {
    for (const session of this.sessions) if (session.state === 'waiting' && !session.busy) void this.begin(session);
  }

  /** Mines one folder (or all) with a notification that can cancel. */
  async mineNow(root?: string): Promise<void> {
    const sessions = root ? this.sessions.filter((session) => session.root === root) : this.sessions;
    await Promise.all(sessions.map((session) => this.mineVisibly(session)));
  }

  cancel(): void {
    for (const session of this.sessions) session.cancel();
  }

  dispose(): void {
    for (const root of [...this.watched.keys()]) this.forget(root);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async begin(session: RepositorySession): Promise<void> {
    try {
      await session.loadStored();
      if (!vscode.workspace.getConfiguration('lodestone').get<boolean>('mining.onOpen', true)) return;
      // A folder that is known is reconciled quietly; the first mine of a folder is worth a notification.
      if (session.report) await session.mine();
      else await this.mineVisibly(session);
    } catch (error) {
      this.messages.failure(error);
    }
  }

  private async mineVisibly(session: RepositorySession): Promise<void> {
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Lodestone: mining {0}', session.name),
        cancellable: true,
      },
      async (progress, token) => {
        const stop = token.onCancellationRequested(() => session.cancel());
        let shown = 0;
        const unsubscribe = session.onChange(() => {
          const { progress: state } = session;
          if (!state) return;
          const percent = state.total ? Math.min(100, Math.floor((state.done / state.total) * 100)) : shown;
          progress.report({ message: state.step, increment: Math.max(0, percent - shown) });
          shown = Math.max(shown, percent);
        });
        try {
          await session.mine();
        } finally {
          unsubscribe();
          stop.dispose();
        }
      },
    );
    const { report } = session;
    if (report)
      this.log.info(
        `Mined ${session.name}: ${report.parsed} of ${report.files} files, ${report.attractors.length} attractors, ${Math.round(report.durationMs)} ms.`,
      );
  }

  private reopen(): void {
    for (const session of this.sessions) {
      this.engine.reopen(session.root);
      session.mine().catch((error) => this.messages.failure(error));
    }
  }

  private open(folder: vscode.WorkspaceFolder): void {
    if (folder.uri.scheme !== 'file' || this.watched.has(folder.uri.fsPath)) return;
    const root = folder.uri.fsPath;
    const session = new RepositorySession(root, folder.name, this.engine.repository(root));
    const batcher = new ChangeBatcher(({ changes, reconcile }) => {
      const work = reconcile ? session.mine() : session.filesChanged(changes);
      work.catch((error) => this.messages.failure(error));
    });
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '**/*'));
    const seen = (kind: 'changed' | 'deleted') => (uri: vscode.Uri) => {
      this.sort(root, uri, kind, batcher).catch((error) => this.messages.failure(error));
    };
    const disposables = [
      watcher,
      watcher.onDidChange(seen('changed')),
      watcher.onDidCreate(seen('changed')),
      watcher.onDidDelete(seen('deleted')),
      // On network file systems the watcher may see nothing: what the editor itself saves is known anyway.
      vscode.workspace.onDidSaveTextDocument(({ uri }) => seen('changed')(uri)),
    ];
    session.onChange(() => this.changed.fire());
    this.watched.set(root, { session, batcher, disposables });
    this.changed.fire();
  }

  /** Puts a file event where it belongs. */
  private async sort(
    root: string,
    uri: vscode.Uri,
    kind: 'changed' | 'deleted',
    batcher: ChangeBatcher,
  ): Promise<void> {
    const path = pathBelow(root, uri);
    if (path === undefined) return;
    const relevance = relevanceOf(path, await this.knownExtensions());
    if (relevance === 'file') batcher.add(path, kind);
    else if (relevance === 'reconcile') batcher.addReconcile();
    else if (relevance === 'folder?' && (kind === 'deleted' || (await isFolder(uri)))) batcher.addReconcile();
  }

  private knownExtensions(): Promise<ReadonlySet<string>> {
    this.extensions ??= readExtensions(vscode.Uri.joinPath(this.extensionUri, 'dist', 'grammars', 'languages.json'));
    return this.extensions;
  }

  private close(folder: vscode.WorkspaceFolder): void {
    this.forget(folder.uri.fsPath);
    this.changed.fire();
  }

  private forget(root: string): void {
    const watched = this.watched.get(root);
    if (!watched) return;
    this.watched.delete(root);
    watched.session.cancel();
    watched.batcher.dispose();
    for (const disposable of watched.disposables) disposable.dispose();
    watched.session.engine.close().catch((error) => this.log.warn(`Closing ${root}: ${String(error)}`));
  }
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.Directory) !== 0;
  } catch {
    // Gone again: the deletion has an event of its own.
    return false;
  }
}

async function readExtensions(uri: vscode.Uri): Promise<ReadonlySet<string>> {
  const bytes = await vscode.workspace.fs.readFile(uri);
  const parsed = JSON.parse(new TextDecoder().decode(bytes)) as
    | { extensions: string[] }[]
    | { languages: { extensions: string[] }[] };
  const languages = Array.isArray(parsed) ? parsed : parsed.languages;
  return new Set(languages.flatMap(({ extensions }) => extensions));
}
