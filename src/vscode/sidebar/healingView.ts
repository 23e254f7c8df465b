/** The "Healing" view: the patch under review with a checkbox per hunk, its risk and reasons, and what is left. */
import * as vscode from 'vscode';
import type { Hunk } from '../../core/edits/hunks.ts';
import type { FilePatch, Risk, RiskComponent } from '../../core/edits/patch.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { HealedFile, HealReport } from '../../core/healing/heal.ts';
import { plain, plainCode, rangeOfDiagnostic } from '../border.ts';
import type { HunkState } from '../review/hunkStates.ts';
import { hunkDiff, hunkWords } from '../review/hunkWords.ts';
import type { PatchReview } from '../review/patchReview.ts';
import type { ReviewController } from '../review/reviewController.ts';
import { candidateItem, candidatesItem } from './candidateItems.ts';
import { leaf } from './leaf.ts';

export const HEALING_VIEW = 'lodestone.healing';

export type HealingNode =
  | { readonly type: 'file'; readonly review: PatchReview; readonly file: FilePatch }
  | {
      readonly type: 'hunk';
      readonly review: PatchReview;
      readonly file: FilePatch;
      readonly hunk: Hunk;
      readonly state: HunkState | 'own';
    }
  | { readonly type: 'risk'; readonly risk: Risk }
  | { readonly type: 'component'; readonly component: RiskComponent }
  | { readonly type: 'evidence'; readonly label: string; readonly values: readonly string[]; readonly icon: string }
  | { readonly type: 'candidates'; readonly reviews: readonly PatchReview[]; readonly shown: PatchReview }
  | { readonly type: 'candidate'; readonly review: PatchReview; readonly isShown: boolean }
  | { readonly type: 'stale' }
  | { readonly type: 'result'; readonly healed: HealedFile; readonly root: string | undefined }
  | { readonly type: 'diagnostic'; readonly diagnostic: Diagnostic; readonly root: string | undefined }
  | { readonly type: 'note'; readonly note: HealReport['notes'][number] };

export class HealingView implements vscode.TreeDataProvider<HealingNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly tree: vscode.TreeView<HealingNode>;
  private readonly unsubscribe: () => void;

  constructor(private readonly reviews: ReviewController) {
    this.tree = vscode.window.createTreeView(HEALING_VIEW, {
      treeDataProvider: this,
      manageCheckboxStateManually: true,
    });
    this.tree.onDidChangeCheckboxState(({ items }) => void this.onCheckbox(items));
    this.unsubscribe = reviews.onChange(() => this.refresh());
  }

  async onCheckbox(items: readonly [HealingNode, vscode.TreeItemCheckboxState][]): Promise<void> {
    for (const [node, box] of items) {
      const keep = box === vscode.TreeItemCheckboxState.Checked;
      if (node.type === 'hunk') await this.set(node, keep);
      else if (node.type === 'file')
        for (const child of hunksUnder(node.review, node.file))
          if (child.type === 'hunk' && child.state !== 'own') await this.set(child, keep);
    }
    this.changed.fire(undefined);
  }

  getChildren(node?: HealingNode): HealingNode[] {
    if (!node) return this.roots();
    switch (node.type) {
      case 'file':
        return hunksUnder(node.review, node.file);
      case 'candidates':
        return node.reviews.map((review) => ({ type: 'candidate', review, isShown: review === node.shown }));
      case 'risk':
        return node.risk.components.map((component) => ({ type: 'component', component }));
      case 'result':
        return node.healed.after.map((diagnostic) => ({ type: 'diagnostic', diagnostic, root: node.root }));
      default:
        return [];
    }
  }

  getTreeItem(node: HealingNode): vscode.TreeItem {
    switch (node.type) {
      case 'file':
        return fileItem(node.review, node.file);
      case 'hunk':
        return hunkItem(node);
      case 'candidates':
        return candidatesItem(node.shown, node.reviews.length);
      case 'candidate':
        return candidateItem(node.review, node.isShown);
      case 'risk':
        return riskItem(node.risk);
      case 'component':
        return componentItem(node.component);
      case 'evidence':
        return leaf(node.label, node.values.map(plain).join(', '), node.icon);
      case 'stale':
        return leaf(
          vscode.l10n.t('The file changed since'),
          vscode.l10n.t('ask again; this patch will be refused'),
          'warning',
          'list.warningForeground',
        );
      case 'result':
        return resultItem(node.healed);
      case 'diagnostic':
        return diagnosticItem(node.diagnostic, node.root);
      case 'note':
        return leaf(plain(node.note.tool), plain(`${node.note.message} ${node.note.advice ?? ''}`), 'info');
    }
  }

  dispose(): void {
    this.unsubscribe();
    this.tree.dispose();
    this.changed.dispose();
  }

  private roots(): HealingNode[] {
    const review = this.reviews.current;
    const report = review?.report ?? this.reviews.lastReport;
    if (!report) return [];
    const nodes: HealingNode[] = [];
    if (review) {
      const { patch } = review;
      const { alternatives } = this.reviews;
      if (review.stale) nodes.push({ type: 'stale' });
      if (alternatives.length > 1) nodes.push({ type: 'candidates', reviews: alternatives, shown: review });
      for (const file of patch.files) nodes.push({ type: 'file', review, file });
      if (patch.validatedBy.length)
        nodes.push({
          type: 'evidence',
          label: vscode.l10n.t('Verified by'),
          values: patch.validatedBy,
          icon: 'verified',
        });
      const { from } = review.proposal;
      if (from) nodes.push({ type: 'evidence', label: vscode.l10n.t('Source'), values: [from], icon: 'lightbulb' });
      else if (patch.sources.length)
        nodes.push({ type: 'evidence', label: vscode.l10n.t('Fixes from'), values: patch.sources, icon: 'lightbulb' });
      nodes.push({ type: 'risk', risk: patch.risk });
    }
    for (const healed of report.files) nodes.push({ type: 'result', healed, root: review?.root });
    for (const note of report.notes) nodes.push({ type: 'note', note });
    return nodes;
  }

  private async set(node: Extract<HealingNode, { type: 'hunk' }>, keep: boolean): Promise<void> {
    if (node.state === 'own') {
      if (!keep) await this.reviews.removeOwn(node.file, node.hunk);
    } else await this.reviews.toggle(node.file, node.hunk, keep);
  }

  private refresh(): void {
    const review = this.reviews.current;
    this.tree.badge = review
      ? { value: review.patch.files.length, tooltip: vscode.l10n.t('A patch waits for your review') }
      : undefined;
    this.tree.message = review ? plain(review.patch.title) : '';
    this.changed.fire(undefined);
  }
}

function hunksUnder(review: PatchReview, file: FilePatch): HealingNode[] {
  const { hunks, own } = review.state(file);
  return [
    ...hunks.map(({ hunk, state }): HealingNode => ({ type: 'hunk', review, file, hunk, state })),
    ...own.map((hunk): HealingNode => ({ type: 'hunk', review, file, hunk, state: 'own' })),
  ].sort((a, b) => (a.type === 'hunk' && b.type === 'hunk' ? a.hunk.beforeLine - b.hunk.beforeLine : 0));
}

function fileItem(review: PatchReview, file: FilePatch): vscode.TreeItem {
  const { hunks, own } = review.state(file);
  const kept = hunks.filter(({ state }) => state !== 'reverted').length + own.length;
  const total = hunks.length + own.length;
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const item = new vscode.TreeItem(plain(name), vscode.TreeItemCollapsibleState.Expanded);
  item.id = `${review.id}/${file.path}`;
  item.description = vscode.l10n.t('{0} of {1} changes', kept, total);
  item.resourceUri = review.leftUri(file.path);
  item.iconPath = vscode.ThemeIcon.File;
  item.contextValue = 'reviewFile';
  item.checkboxState = {
    state: kept > 0 ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
    tooltip: vscode.l10n.t('Keep or take out every change of this file'),
    accessibilityInformation: { label: vscode.l10n.t('All changes of {0}', plain(file.path)), role: 'checkbox' },
  };
  item.tooltip = plain(file.path);
  item.accessibilityInformation = {
    label: vscode.l10n.t('{0}, {1} of {2} changes will be applied', plain(file.path), kept, total),
  };
  item.command = { command: 'lodestone.showReview', title: vscode.l10n.t('Show'), arguments: [file.path] };
  return item;
}

function hunkItem({ review, file, hunk, state }: Extract<HealingNode, { type: 'hunk' }>): vscode.TreeItem {
  const words = hunkWords(file, hunk);
  const item = new vscode.TreeItem(`${hunk.beforeLine}: ${plain(words)}`);
  item.id = `${review.id}/${file.path}#${state === 'own' ? 'own' : ''}${hunk.index}`;
  const states: Readonly<Record<typeof state, string>> = {
    kept: '',
    reverted: vscode.l10n.t('taken out'),
    edited: vscode.l10n.t('edited by you'),
    own: vscode.l10n.t('your own change'),
  };
  item.description = states[state];
  item.contextValue = `hunk.${state}`;
  item.checkboxState = {
    state: state === 'reverted' ? vscode.TreeItemCheckboxState.Unchecked : vscode.TreeItemCheckboxState.Checked,
    tooltip: vscode.l10n.t('Apply this change'),
    accessibilityInformation: {
      label: vscode.l10n.t('Apply the change at line {0}', hunk.beforeLine),
      role: 'checkbox',
    },
  };
  item.tooltip = new vscode.MarkdownString().appendCodeblock(plainCode(hunkDiff(file, hunk)), 'diff');
  item.accessibilityInformation = {
    label: vscode.l10n.t('Line {0}: {1} {2}', hunk.beforeLine, plain(words), states[state]),
  };
  item.command = {
    command: 'lodestone.showReview',
    title: vscode.l10n.t('Show'),
    arguments: [file.path, hunk.afterLine],
  };
  return item;
}

function riskItem(risk: Risk): vscode.TreeItem {
  const percent = Math.round(risk.score * 100);
  const item = new vscode.TreeItem(vscode.l10n.t('Risk {0} %', percent), vscode.TreeItemCollapsibleState.Expanded);
  item.id = 'risk';
  const [words, icon, color] =
    risk.score < 0.2
      ? [vscode.l10n.t('low'), 'pass', 'charts.green']
      : risk.score < 0.5
        ? [vscode.l10n.t('medium'), 'warning', 'charts.yellow']
        : [vscode.l10n.t('high'), 'error', 'charts.red'];
  item.description = words as string;
  item.iconPath = new vscode.ThemeIcon(icon as string, new vscode.ThemeColor(color as string));
  item.tooltip = vscode.l10n.t('How likely this patch is wrong, judged by how such patches turned out.');
  item.accessibilityInformation = { label: vscode.l10n.t('Risk {0} percent, {1}', percent, words as string) };
  return item;
}

function componentItem({ name, value, explanation }: RiskComponent): vscode.TreeItem {
  const item = leaf(plain(explanation) || name, '', value > 0 ? 'circle-filled' : 'circle-outline');
  item.tooltip = vscode.l10n.t('{0}: {1} %', name, Math.round(value * 100));
  return item;
}

function resultItem(healed: HealedFile): vscode.TreeItem {
  const name = healed.path.slice(healed.path.lastIndexOf('/') + 1);
  const done = healed.after.length === 0;
  const item = new vscode.TreeItem(
    healed.before.length + healed.after.length > 0
      ? vscode.l10n.t('{0}: {1} → {2} problems', plain(name), healed.before.length, healed.after.length)
      : vscode.l10n.t('{0}: no problems', plain(name)),
    done ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Expanded,
  );
  item.description = plain(healed.reason);
  item.iconPath = new vscode.ThemeIcon(done ? 'pass' : 'issues');
  item.tooltip = vscode.l10n.t('{0} attempts in {1} ms', healed.attempts, Math.round(healed.durationMs));
  item.accessibilityInformation = {
    label: vscode.l10n.t(
      '{0}: {1} problems before, {2} after. {3}',
      plain(healed.path),
      healed.before.length,
      healed.after.length,
      plain(healed.reason),
    ),
  };
  return item;
}

function diagnosticItem(diagnostic: Diagnostic, root: string | undefined): vscode.TreeItem {
  const item = leaf(
    plain(diagnostic.message),
    plain(`${diagnostic.tool} ${diagnostic.code} · ${diagnostic.line}:${diagnostic.column}`),
    diagnostic.severity === 'error' ? 'error' : 'warning',
  );
  if (root)
    item.command = {
      command: 'lodestone.openSnippet',
      title: vscode.l10n.t('Open'),
      arguments: [
        root,
        {
          path: diagnostic.path,
          line: rangeOfDiagnostic(diagnostic).start.line + 1,
          endLine: diagnostic.line,
          text: '',
        },
      ],
    };
  return item;
}
