/** The status bar item: mining state, the last result, and a menu of what can be done. */
import * as vscode from 'vscode';
import type { CompletionFeature } from './completion/completionFeature.ts';
import { lastWords, modelWords } from './completion/modelWords.ts';
import type { EngineHost } from './engineHost.ts';
import type { Repositories } from './mining/repositories.ts';
import type { ReviewController } from './review/reviewController.ts';

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('lodestone.status', vscode.StatusBarAlignment.Right, 90);
  private readonly subscriptions: (() => void)[];

  constructor(
    private readonly engine: EngineHost,
    private readonly repositories: Repositories,
    private readonly reviews: ReviewController,
    private readonly completion: CompletionFeature,
  ) {
    this.item.name = 'Lodestone';
    this.item.command = 'lodestone.statusMenu';
    this.subscriptions = [
      repositories.onChange(() => this.update()),
      reviews.onChange(() => this.update()),
      engine.onState(() => this.update()),
      completion.models.onChange(() => this.update()),
      completion.provider.onRequest(() => this.update()),
    ];
    this.update();
    this.item.show();
  }

  /** The item's present words; the menu's title. */
  get text(): string {
    return this.item.text;
  }

  get tooltip(): string {
    return String(this.item.tooltip ?? '');
  }

  dispose(): void {
    for (const unsubscribe of this.subscriptions) unsubscribe();
    this.item.dispose();
  }

  private update(): void {
    const { icon, words, tooltip, warn } = this.present();
    this.item.text = `$(${icon}) ${words}`;
    this.item.tooltip = tooltip;
    this.item.backgroundColor = warn ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.accessibilityInformation = { label: `Lodestone: ${words}. ${tooltip}`, role: 'button' };
  }

  private present(): { icon: string; words: string; tooltip: string; warn?: boolean } {
    const { sessions } = this.repositories;
    if (this.engine.state === 'stopped')
      return {
        icon: 'error',
        words: 'Lodestone',
        tooltip: vscode.l10n.t('The engine stopped. Select to restart it.'),
        warn: true,
      };
    const review = this.reviews.current;
    if (review)
      return {
        icon: 'git-compare',
        words: vscode.l10n.t('Review patch'),
        tooltip: vscode.l10n.t('{0} (risk {1} %)', review.patch.title, Math.round(review.patch.risk.score * 100)),
      };
    const busy = sessions.find((session) => session.busy);
    if (busy) {
      const { progress } = busy;
      const share = progress?.total ? ` ${Math.floor((progress.done / progress.total) * 100)} %` : '';
      return {
        icon: 'sync~spin',
        words: vscode.l10n.t('Mining{0}', share),
        tooltip: vscode.l10n.t('Mining {0}. Select to cancel or see more.', busy.name),
      };
    }
    const failed = sessions.find(({ state }) => state === 'failed');
    if (failed)
      return {
        icon: 'warning',
        words: 'Lodestone',
        tooltip: vscode.l10n.t('Mining {0} failed: {1}', failed.name, failed.error?.message ?? ''),
        warn: true,
      };
    const about = this.aboutCompletion();
    const total = sessions.reduce((sum, { report }) => sum + (report?.attractors.length ?? 0), 0);
    if (total)
      return {
        icon: 'magnet',
        words: String(total),
        tooltip: [vscode.l10n.t('Lodestone knows {0} attractors of this workspace.', total), ...about].join('\n'),
      };
    const tooltip = [vscode.l10n.t('Nothing is mined yet. Select to begin.'), ...about].join('\n');
    return { icon: 'magnet', words: 'Lodestone', tooltip };
  }

  /** The model's state in the folder that is worked in, and what became of the last request. */
  private aboutCompletion(): string[] {
    const { models, provider } = this.completion;
    const root = this.repositories.sessions[0]?.root;
    const { last } = provider.requests;
    return [...(root === undefined ? [] : [modelWords(models.of(root))]), ...(last ? [lastWords(last)] : [])];
  }
}
