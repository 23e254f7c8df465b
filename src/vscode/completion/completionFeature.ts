/** Inline completion in the editor: composes the provider with what it needs, and what happens around it. */
import * as vscode from 'vscode';
import { toLodestoneError } from '../../base/errors.ts';
import type { CompletionReport } from '../../core/completion/completion.ts';
import { DOCUMENT_SELECTOR } from '../border.ts';
import type { EngineHost } from '../engineHost.ts';
import type { EditorLog } from '../log.ts';
import type { Messages } from '../messages.ts';
import type { Repositories } from '../mining/repositories.ts';
import type { ApiKeys } from './apiKeys.ts';
import { ModelWatch } from './modelWatch.ts';
import { tellOfOthers } from './otherProviders.ts';
import { PowerWatch } from './powerWatch.ts';
import { CompletionProvider } from './provider.ts';
import { RecentFiles } from './recentFiles.ts';
import { StatisticsDocument } from './statistics.ts';
import { Warmer } from './warmer.ts';

/** Settings of which the engine must hear: with others the repository is opened anew. */
const ENGINE_SETTINGS = ['model', 'completion.latencyBudget', 'completion.apiHitRate', 'completion.showUnsure'];

export interface CompletionParts {
  readonly engine: EngineHost;
  readonly repositories: Repositories;
  readonly messages: Messages;
  readonly log: EditorLog;
  readonly apiKeys: ApiKeys;
  readonly state: vscode.Memento;
}

/** Other extensions have started by then. */
const OTHERS_MS = 20_000;

export class CompletionFeature implements vscode.Disposable {
  readonly provider: CompletionProvider;
  readonly models: ModelWatch;
  readonly recent = new RecentFiles();
  readonly power: PowerWatch;
  readonly statistics = new StatisticsDocument();
  readonly apiKeys: ApiKeys;
  private readonly warmer: Warmer;
  /** Problems of a model that a person was told of by a message, by folder. */
  private readonly told = new Map<string, string>();
  /** Folders whose model's server was asked since the last change of a setting. */
  private readonly asked = new Set<string>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly parts: CompletionParts) {
    const { engine, repositories, log } = parts;
    this.models = new ModelWatch((root) => engine.repository(root).modelStatus({}, {}));
    this.power = new PowerWatch(
      async () => repositories.sessions[0]?.engine.power({}, {}),
      () => vscode.workspace.getConfiguration('lodestone').get<boolean>('completion.pauseOnBattery', false),
    );
    this.provider = new CompletionProvider({
      ...{ engine, recent: this.recent },
      savesPower: () => this.power.saves,
      onReport: (root, report, manual) => this.learn(root, report, manual),
      onFailure: (_root, error, manual) => {
        if (manual) parts.messages.failure(error);
        else log.debug(`No suggestion: ${toLodestoneError(error).message}`);
      },
    });
    this.warmer = new Warmer({
      ...{ engine, recent: this.recent, log },
      // The first mine is under way: it would be waited for.
      rests: (root) => this.power.saves || repositories.session(root)?.report === undefined,
      busy: () => this.provider.suggestions.active > 0,
    });
    this.apiKeys = parts.apiKeys;
    const others = setTimeout(() => {
      tellOfOthers(parts.state, vscode.extensions.all).catch((error) => parts.messages.failure(error));
    }, OTHERS_MS);
    this.subscriptions = [
      this.statistics,
      this.apiKeys.onChange(() => this.reopen()),
      { dispose: repositories.onChange(() => this.askModels()) },
      { dispose: () => clearTimeout(others) },
      this.provider,
      this.recent,
      this.warmer,
      this.power,
      vscode.languages.registerInlineCompletionItemProvider(DOCUMENT_SELECTOR, this.provider),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (ENGINE_SETTINGS.some((id) => event.affectsConfiguration(`lodestone.${id}`))) this.reopen();
        else if (event.affectsConfiguration('lodestone.completion')) this.provider.suggestions.forget();
      }),
    ];
  }

  /** Another model, server or key: what was answered and what was known no longer counts. */
  reopen(): void {
    for (const { root } of this.parts.repositories.sessions) this.parts.engine.reopen(root);
    this.provider.suggestions.forget();
    this.told.clear();
    this.models.forget();
    this.asked.clear();
    this.askModels();
  }

  /** Once a folder is mined its engine runs anyway, and the status bar should know whether there is a model. */
  private askModels(): void {
    for (const { root, state } of this.parts.repositories.sessions) {
      if (state !== 'ready' || this.asked.has(root)) continue;
      this.asked.add(root);
      this.models.refresh(root).catch((error) => this.parts.log.debug(`Model: ${toLodestoneError(error).message}`));
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** While typing only the status bar shows what is wrong; who asks by hand is told, once until it changes. */
  private learn(root: string, report: CompletionReport, manual: boolean): void {
    if (this.models.learn(root, report)) this.provider.suggestions.forgetAnswers();
    const { notice } = report;
    if (!notice) this.told.delete(root);
    else if (manual && this.told.get(root) !== notice.code) {
      this.told.set(root, notice.code);
      this.parts.messages.problem(notice);
    }
  }
}
