/** The "Status" view: what mining saw and passed over, the frameworks, the engine, and the tools found by the doctor. */
import * as vscode from 'vscode';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Framework, SkippedFile } from '../../core/mining/attractor.ts';
import { plain } from '../border.ts';
import type { ModelWatch } from '../completion/modelWatch.ts';
import { modelLeaf } from '../completion/modelWords.ts';
import type { EngineHost } from '../engineHost.ts';
import type { Repositories } from '../mining/repositories.ts';
import type { RepositorySession } from '../mining/repositorySession.ts';
import { languageTitle } from './attractorItems.ts';
import { leaf } from './leaf.ts';

export const STATUS_VIEW = 'lodestone.status';

type StatusNode =
  | { readonly type: 'item'; readonly item: vscode.TreeItem }
  | { readonly type: 'folder'; readonly item: vscode.TreeItem; readonly children: () => readonly StatusNode[] };

/** What the doctor said about a folder, or that it is being asked. */
type Doctor = readonly DoctorEntry[] | 'asking' | undefined;

export class StatusView implements vscode.TreeDataProvider<StatusNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly tree: vscode.TreeView<StatusNode>;
  private readonly doctors = new Map<string, Doctor>();
  private readonly subscriptions: { dispose(): void }[];
  private redraw: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly engine: EngineHost,
    private readonly repositories: Repositories,
    private readonly models: ModelWatch,
  ) {
    this.tree = vscode.window.createTreeView(STATUS_VIEW, { treeDataProvider: this });
    this.subscriptions = [
      this.tree,
      this.changed,
      { dispose: repositories.onChange(() => this.refreshSoon()) },
      { dispose: engine.onState(() => this.refreshSoon()) },
      { dispose: models.onChange(() => this.refreshSoon()) },
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.doctors.clear()),
      { dispose: () => clearTimeout(this.redraw) },
    ];
  }

  /** Asks the doctor of every folder; resolves with the answers, which the view then shows. */
  async examine(): Promise<ReadonlyMap<string, readonly DoctorEntry[]>> {
    const answers = new Map<string, readonly DoctorEntry[]>();
    for (const { root, engine } of this.repositories.sessions) {
      this.doctors.set(root, 'asking');
      this.changed.fire(undefined);
      try {
        const entries = await engine.doctor({}, {});
        this.doctors.set(root, entries);
        answers.set(root, entries);
      } catch (error) {
        this.doctors.delete(root);
        throw error;
      } finally {
        this.changed.fire(undefined);
      }
    }
    return answers;
  }

  getTreeItem(node: StatusNode): vscode.TreeItem {
    return node.item;
  }

  getChildren(node?: StatusNode): StatusNode[] {
    if (node) return node.type === 'folder' ? [...node.children()] : [];
    const { sessions } = this.repositories;
    const [only] = sessions;
    if (!only) return [];
    const restricted: StatusNode[] = vscode.workspace.isTrusted ? [] : [restrictedNode()];
    if (sessions.length === 1) return [...restricted, this.engineNode(), ...this.sessionNodes(only)];
    return [
      ...restricted,
      this.engineNode(),
      ...sessions.map((session) =>
        folder(session.root, plain(session.name), 'folder', '', true, () => this.sessionNodes(session)),
      ),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Mining reports progress often; five redraws a second are enough. */
  private refreshSoon(): void {
    if (this.redraw) return;
    this.redraw = setTimeout(() => {
      this.redraw = undefined;
      this.changed.fire(undefined);
    }, 200);
  }

  private engineNode(): StatusNode {
    switch (this.engine.state) {
      case 'idle':
        return row(vscode.l10n.t('Engine'), vscode.l10n.t('starts when needed'), 'server-process');
      case 'running':
        return row(vscode.l10n.t('Engine'), vscode.l10n.t('running'), 'server-process');
      case 'restarting':
        return row(vscode.l10n.t('Engine'), vscode.l10n.t('restarts when needed'), 'sync');
      case 'stopped': {
        const item = leaf(
          vscode.l10n.t('Engine'),
          vscode.l10n.t('stopped; select to restart'),
          'error',
          'list.errorForeground',
        );
        item.command = { command: 'lodestone.restartEngine', title: vscode.l10n.t('Restart Engine') };
        return { type: 'item', item };
      }
    }
  }

  private sessionNodes(session: RepositorySession): StatusNode[] {
    const { report, root } = session;
    const nodes: StatusNode[] = [miningNode(session), { type: 'item', item: modelLeaf(this.models.of(root)) }];
    if (report) {
      nodes.push(
        row(vscode.l10n.t('Source files'), vscode.l10n.t('{0} of {1} parsed', report.parsed, report.files), 'files'),
      );
      if (report.skipped.length)
        nodes.push(
          folder(
            `${root}#skipped`,
            vscode.l10n.t('Passed over'),
            'circle-slash',
            String(report.skipped.length),
            false,
            () => skippedNodes(report.skipped),
          ),
        );
      if (report.frameworks.length)
        nodes.push(
          folder(
            `${root}#frameworks`,
            vscode.l10n.t('Frameworks'),
            'extensions',
            String(report.frameworks.length),
            true,
            () => report.frameworks.map(frameworkNode),
          ),
        );
    }
    nodes.push(
      folder(`${root}#tools`, vscode.l10n.t('Tools'), 'tools', this.toolsSummary(root), true, () =>
        this.toolNodes(root),
      ),
    );
    return nodes;
  }

  private toolsSummary(root: string): string {
    const doctor = this.doctors.get(root);
    if (doctor === 'asking') return vscode.l10n.t('looking…');
    if (!doctor) return '';
    const found = doctor.filter(({ status }) => status === 'ok').length;
    const wanted = doctor.filter(({ status }) => status === 'missing' || status === 'failed').length;
    return wanted ? vscode.l10n.t('{0} found, {1} missing', found, wanted) : vscode.l10n.t('{0} found', found);
  }

  private toolNodes(root: string): StatusNode[] {
    const doctor = this.doctors.get(root);
    if (doctor === 'asking') return [];
    if (doctor) return doctor.map(toolNode);
    const item = leaf(vscode.l10n.t('Check which tools are here'), '', 'search');
    item.command = { command: 'lodestone.doctor', title: vscode.l10n.t('Check Tools') };
    return [{ type: 'item', item }];
  }
}

function miningNode({ state, progress, report, error }: RepositorySession): StatusNode {
  const label = vscode.l10n.t('Mining');
  switch (state) {
    case 'waiting':
      return row(label, report ? vscode.l10n.t('stored results') : vscode.l10n.t('not mined yet'), 'clock');
    case 'mining': {
      const share = progress?.total ? ` ${Math.floor((progress.done / progress.total) * 100)} %` : '';
      const item = leaf(label, `${plain(progress?.step ?? vscode.l10n.t('starting'))}${share}`, 'sync~spin');
      item.contextValue = 'mining';
      return { type: 'item', item };
    }
    case 'ready':
      return row(
        label,
        vscode.l10n.t(
          '{0} attractors in {1} s',
          report?.attractors.length ?? 0,
          ((report?.durationMs ?? 0) / 1000).toFixed(1),
        ),
        'pass',
      );
    case 'cancelled': {
      const item = leaf(label, vscode.l10n.t('cancelled; select to mine again'), 'debug-pause');
      item.command = { command: 'lodestone.mine', title: vscode.l10n.t('Mine') };
      return { type: 'item', item };
    }
    case 'failed': {
      const item = leaf(label, plain(error?.message ?? ''), 'error', 'list.errorForeground');
      item.command = { command: 'lodestone.mine', title: vscode.l10n.t('Mine') };
      return { type: 'item', item };
    }
  }
}

function skippedNodes(skipped: readonly SkippedFile[]): StatusNode[] {
  const shown = skipped.slice(0, 200).map(({ path, reason }) => row(plain(path), reasonWords(reason), 'file'));
  return skipped.length > shown.length
    ? [...shown, row(vscode.l10n.t('and {0} more', skipped.length - shown.length), '', 'ellipsis')]
    : shown;
}

function reasonWords(reason: SkippedFile['reason']): string {
  switch (reason) {
    case 'tooLarge':
      return vscode.l10n.t('larger than the setting allows');
    case 'generated':
      return vscode.l10n.t('generated');
    case 'minified':
      return vscode.l10n.t('minified');
    case 'binary':
      return vscode.l10n.t('binary');
    case 'unreadable':
      return vscode.l10n.t('cannot be read');
    case 'encoding':
      return vscode.l10n.t('not valid in its encoding');
    case 'tooDeep':
      return vscode.l10n.t('nested too deeply');
    case 'parserFailed':
      return vscode.l10n.t('the parser failed on it');
    case 'changed':
      return vscode.l10n.t('changed while it was read');
  }
}

function frameworkNode({ title, language, files, evidence }: Framework): StatusNode {
  const item = leaf(plain(title), vscode.l10n.t('{0} · {1} files', languageTitle(language), files), 'extensions');
  item.tooltip = plain(evidence.slice(0, 8).join('\n'));
  return { type: 'item', item };
}

function toolNode({ tool, status, version, path, detail, advice }: DoctorEntry): StatusNode {
  const [icon, color] = (
    {
      ok: ['pass', 'charts.green'],
      missing: ['circle-slash', 'list.warningForeground'],
      failed: ['error', 'list.errorForeground'],
      notNeeded: ['dash', undefined],
    } as const
  )[status];
  const words =
    status === 'ok' ? version || detail : status === 'notNeeded' ? vscode.l10n.t('not needed here') : advice || detail;
  const item = leaf(plain(tool), plain(words), icon, color);
  item.tooltip = plain([tool, version, path, detail, advice].filter(Boolean).join('\n'));
  return { type: 'item', item };
}

function restrictedNode(): StatusNode {
  const item = leaf(
    vscode.l10n.t('Restricted Mode'),
    vscode.l10n.t('nothing of this project is executed; select to change'),
    'shield',
    'list.warningForeground',
  );
  item.command = { command: 'workbench.trust.manage', title: vscode.l10n.t('Manage Workspace Trust') };
  return { type: 'item', item };
}

function row(label: string, description: string, icon: string): StatusNode {
  return { type: 'item', item: leaf(label, description, icon) };
}

function folder(
  id: string,
  label: string,
  icon: string,
  description: string,
  open: boolean,
  children: () => readonly StatusNode[],
): StatusNode {
  const item = leaf(label, description, icon);
  item.id = id;
  item.collapsibleState = open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
  return { type: 'folder', item, children };
}
