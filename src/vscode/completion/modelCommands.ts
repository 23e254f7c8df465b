/** Chooses the model that writes suggestions, and downloads it to its server. */
import * as vscode from 'vscode';
import { LodestoneError } from '../../base/errors.ts';
import { RECOMMENDED_MODELS } from '../../core/completion/recommendedModels.ts';
import type { ModelStatus } from '../../core/engine.ts';
import { plain, signalOf } from '../border.ts';
import type { Messages } from '../messages.ts';
import type { RepositorySession } from '../mining/repositorySession.ts';
import type { CompletionFeature } from './completionFeature.ts';

interface ModelItem extends vscode.QuickPickItem {
  /** '' for none. */
  readonly model?: string;
  readonly download?: boolean;
}

/** What can be chosen: what the server has, what it could get, and no model at all. */
export function modelItems({
  model,
  installed,
  problem,
}: Pick<ModelStatus, 'model' | 'installed' | 'problem'>): ModelItem[] {
  const has = (name: string) => installed.some((each) => each === name || each === `${name}:latest`);
  const chosen = (name: string) => (name === model ? '$(check) ' : '');
  const missing = RECOMMENDED_MODELS.filter(({ name }) => !has(name));
  const separator = (label: string): ModelItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...(installed.length ? [separator(vscode.l10n.t('On the server'))] : []),
    ...installed.map((name) => ({ label: `${chosen(name)}${plain(name)}`, model: name })),
    ...(missing.length ? [separator(vscode.l10n.t('To download'))] : []),
    ...missing.map(({ name, megabytes }) => ({
      label: `${chosen(name)}${name}`,
      description: `$(cloud-download) ${sizeWords(megabytes)}`,
      model: name,
      // Nobody could download it: then it is only chosen.
      download: !problem,
    })),
    separator(vscode.l10n.t('Without a model')),
    {
      label: `${model === null ? '$(check) ' : ''}${vscode.l10n.t('None')}`,
      description: vscode.l10n.t('the repository itself answers'),
      model: '',
    },
  ];
}

export async function chooseModel(
  feature: CompletionFeature,
  session: RepositorySession,
  messages: Messages,
): Promise<void> {
  const status = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Lodestone: asking the model server') },
    () => feature.models.refresh(session.root),
  );
  const picked = await vscode.window.showQuickPick(modelItems(status), {
    title: vscode.l10n.t('Lodestone: the model that writes suggestions'),
    placeHolder: status.problem
      ? plain(status.problem.message)
      : vscode.l10n.t('Models that fill in code; smaller ones answer sooner'),
  });
  if (picked?.model === undefined) return;
  await setModel(session.root, picked.model);
  if (picked.download) await downloadModel(feature, session, messages, picked.model);
}

/** Where the setting was made before, else for the user: what runs on a machine is the machine's matter. */
async function setModel(root: string, model: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('lodestone', vscode.Uri.file(root));
  const { workspaceFolderValue, workspaceValue } = settings.inspect<string>('model.name') ?? {};
  const target =
    workspaceFolderValue !== undefined
      ? vscode.ConfigurationTarget.WorkspaceFolder
      : workspaceValue !== undefined
        ? vscode.ConfigurationTarget.Workspace
        : vscode.ConfigurationTarget.Global;
  await settings.update('model.name', model, target);
}

/** Downloads the configured model, or the one that is named, with progress that can be cancelled. */
export async function downloadModel(
  feature: CompletionFeature,
  session: RepositorySession,
  messages: Messages,
  named?: string,
): Promise<void> {
  const configured = vscode.workspace
    .getConfiguration('lodestone', vscode.Uri.file(session.root))
    .get<string>('model.name', '');
  const model = (named ?? configured).trim();
  if (model === '')
    throw new LodestoneError('badArguments', vscode.l10n.t('No model is chosen.'), {
      advice: vscode.l10n.t('Choose one first.'),
    });
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Lodestone: downloading {0}', plain(model)),
      cancellable: true,
    },
    async (progress, token) => {
      const { signal, dispose } = signalOf(token);
      let shown = 0;
      try {
        await session.engine.pullModel(
          { model },
          {
            signal,
            onProgress: ({ step, done, total }) => {
              const percent = total ? Math.floor((done / total) * 100) : shown;
              const words = total ? `${sizeWords(done / 1e6)} / ${sizeWords(total / 1e6)}` : plain(step);
              progress.report({ message: words, increment: Math.max(0, percent - shown) });
              shown = Math.max(shown, percent);
            },
          },
        );
      } finally {
        dispose();
      }
    },
  );
  feature.provider.suggestions.forget();
  const status = await feature.models.refresh(session.root);
  if (status.ready || named !== undefined) messages.inform(vscode.l10n.t('{0} is ready.', plain(model)));
}

function sizeWords(megabytes: number): string {
  return megabytes >= 1_000
    ? vscode.l10n.t('{0} GB', (megabytes / 1_000).toFixed(1))
    : vscode.l10n.t('{0} MB', Math.round(megabytes));
}
