/** The "Given to the Model Here" view: what `context` gives at the cursor, while the view or its document is seen. */
import * as vscode from 'vscode';
import { plain } from '../border.ts';
import type { Repositories } from '../mining/repositories.ts';
import { GIVEN_SCHEME, GIVEN_VIEW, type GivenHere, type GivenState } from './givenHere.ts';
import { givenItem } from './givenItems.ts';
import { type GivenNode, givenChildren, givenRoots } from './givenTree.ts';

export class GivenView implements vscode.TreeDataProvider<GivenNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly tree: vscode.TreeView<GivenNode>;
  private readonly subscriptions: vscode.Disposable[];
  private roots: readonly GivenNode[] = [];
  /** The roots as text: a move within one function must not redraw the tree under the user's eyes. */
  private drawn = '[]';
  private context: GivenState | undefined;

  constructor(
    private readonly here: GivenHere,
    private readonly repositories: Repositories,
  ) {
    this.tree = vscode.window.createTreeView(GIVEN_VIEW, { treeDataProvider: this, showCollapseAll: true });
    const unsubscribe = here.onChange(() => this.refresh());
    this.subscriptions = [
      { dispose: unsubscribe },
      this.tree.onDidChangeVisibility(() => this.watch()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.watch()),
    ];
    this.watch();
  }

  getTreeItem(node: GivenNode): vscode.TreeItem {
    return givenItem(node);
  }

  getChildren(node?: GivenNode): GivenNode[] {
    return [...(node ? givenChildren(node) : this.roots)];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.tree.dispose();
    this.changed.dispose();
  }

  private watch(): void {
    const isOpen = vscode.window.visibleTextEditors.some(({ document }) => document.uri.scheme === GIVEN_SCHEME);
    this.here.watch(this.tree.visible || isOpen);
  }

  private refresh(): void {
    const { state, given, failure } = this.here;
    if (state !== this.context) void vscode.commands.executeCommand('setContext', 'lodestone.given', state);
    this.context = state;
    this.tree.message = state === 'failed' ? plain(failure) : '';
    this.tree.description = given ? placeWords(given.place.request) : '';
    const session = given && this.repositories.session(given.place.root);
    this.roots = session ? givenRoots(given.report, session) : [];
    const now = JSON.stringify(this.roots);
    if (now === this.drawn) return;
    this.drawn = now;
    this.changed.fire(undefined);
  }
}

function placeWords({ path, line }: { path: string; line: number }): string {
  return plain(`${path.slice(path.lastIndexOf('/') + 1)}:${line}`);
}
