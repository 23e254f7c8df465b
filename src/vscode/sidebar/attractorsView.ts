/** The "Attractors" view: what was mined, grouped, searchable, with jumps to real code. */
import * as vscode from 'vscode';
import { plain } from '../border.ts';
import type { Repositories } from '../mining/repositories.ts';
import type { RepositorySession } from '../mining/repositorySession.ts';
import { itemOf } from './attractorItems.ts';
import { type AttractorNode, childrenOf, rootsOf, type TreeOptions } from './attractorTree.ts';

export const ATTRACTORS_VIEW = 'lodestone.attractors';

export class AttractorsView implements vscode.TreeDataProvider<AttractorNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly tree: vscode.TreeView<AttractorNode>;
  private filterText = '';
  private readonly expanded = new Set<string>();
  private readonly unsubscribe: () => void;
  /** What was last drawn: progress alone must not redraw the tree under the user's hands. */
  private drawn = '';
  private readonly versions = new WeakMap<object, number>();
  private nextVersion = 1;

  constructor(private readonly repositories: Repositories) {
    this.tree = vscode.window.createTreeView(ATTRACTORS_VIEW, { treeDataProvider: this, showCollapseAll: true });
    this.unsubscribe = repositories.onChange(() => this.refresh());
    this.refresh();
  }

  get filter(): string {
    return this.filterText;
  }

  setFilter(filter: string): void {
    this.filterText = filter.trim();
    this.tree.message = this.filterText ? vscode.l10n.t('Filter: {0}', plain(this.filterText)) : '';
    void vscode.commands.executeCommand('setContext', 'lodestone.filtered', this.filterText !== '');
    this.changed.fire(undefined);
  }

  showAll(root: string): void {
    this.expanded.add(root);
    this.changed.fire(undefined);
  }

  async focus(): Promise<void> {
    await vscode.commands.executeCommand(`${ATTRACTORS_VIEW}.focus`);
  }

  getTreeItem(node: AttractorNode): vscode.TreeItem {
    return itemOf(node);
  }

  getChildren(node?: AttractorNode): readonly AttractorNode[] & AttractorNode[] {
    const nodes = node ? childrenOf(node, this.options) : rootsOf(this.repositories.sessions, this.options);
    return [...nodes];
  }

  dispose(): void {
    this.unsubscribe();
    this.tree.dispose();
    this.changed.dispose();
  }

  private get options(): TreeOptions {
    return { filter: this.filterText, expanded: this.expanded };
  }

  private refresh(): void {
    const { sessions } = this.repositories;
    const total = sessions.reduce((sum, { report }) => sum + (report?.attractors.length ?? 0), 0);
    this.tree.badge = undefined;
    this.tree.description = total ? vscode.l10n.t('{0} found', total) : '';
    const now = sessions.map((session) => this.versionOf(session)).join('|');
    if (now === this.drawn) return;
    this.drawn = now;
    this.changed.fire(undefined);
  }

  /** Changes when the session's report or decisions are other objects than before. */
  private versionOf(session: RepositorySession): string {
    return [session.root, session.report, session.decisions]
      .map((value) => (typeof value === 'object' ? this.numberOf(value) : value))
      .join(':');
  }

  private numberOf(value: object): number {
    const known = this.versions.get(value);
    if (known) return known;
    this.versions.set(value, this.nextVersion);
    return this.nextVersion++;
  }
}
