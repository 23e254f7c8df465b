/** What the commands about completion do. */
import * as vscode from 'vscode';
import type { CommandHandlers } from '../commands.ts';
import type { EngineHost } from '../engineHost.ts';
import { changedSettings } from '../engineOptions.ts';
import type { Messages } from '../messages.ts';
import type { Repositories } from '../mining/repositories.ts';
import type { RepositorySession } from '../mining/repositorySession.ts';
import type { CompletionFeature } from './completionFeature.ts';
import { diagnosticsText } from './diagnosticsText.ts';
import { chooseModel, downloadModel } from './modelCommands.ts';
import { clearRepositoryData } from './repositoryData.ts';
import { statisticsText } from './statistics.ts';
import { toggleFile, toggleLanguage, toggleWorkspace } from './toggles.ts';
import { showWhy } from './why.ts';

export interface CompletionCommandParts {
  readonly engine: EngineHost;
  readonly repositories: Repositories;
  readonly completion: CompletionFeature;
  readonly messages: Messages;
  /** `publisher.name`. */
  readonly extensionId: string;
}

export type CompletionCommandId = Extract<
  keyof CommandHandlers,
  `lodestone.${'triggerCompletion' | 'whyNoCompletion' | `toggleCompletion${string}` | 'copyDiagnostics' | 'showCompletionStatistics' | 'clearRepositoryData' | 'setApiKey' | 'removeApiKey' | 'chooseModel' | 'downloadModel'}`
>;

export function completionCommands(parts: CompletionCommandParts): Pick<CommandHandlers, CompletionCommandId> {
  const { engine, repositories, completion, messages } = parts;
  const here = (run: (session: RepositorySession) => Promise<void>) => async () => {
    const session = sessionHere(repositories);
    if (session) await run(session);
    else messages.warn(vscode.l10n.t('Open a folder first: Lodestone mines the folders of your workspace.'));
  };
  return {
    'lodestone.triggerCompletion': () => vscode.commands.executeCommand('editor.action.inlineSuggest.trigger'),
    'lodestone.whyNoCompletion': () => showWhy(completion, engine),
    'lodestone.toggleCompletionLanguage': () => toggleLanguage(messages),
    'lodestone.toggleCompletionFile': () => toggleFile(messages),
    'lodestone.toggleCompletionWorkspace': () => toggleWorkspace(messages),
    'lodestone.chooseModel': here((session) => chooseModel(completion, session, messages)),
    'lodestone.downloadModel': here((session) => downloadModel(completion, session, messages)),
    'lodestone.setApiKey': () => completion.apiKeys.set(),
    'lodestone.removeApiKey': () => completion.apiKeys.remove(),
    'lodestone.showCompletionStatistics': here(async ({ name, engine }) =>
      completion.statistics.show(statisticsText(name, await engine.completionStats({}, {}))),
    ),
    'lodestone.copyDiagnostics': here(async (session) => {
      await vscode.env.clipboard.writeText(await diagnostics(parts, session));
      vscode.window.setStatusBarMessage(vscode.l10n.t('Diagnostics copied: no code, no paths, no keys'), 4_000);
    }),
    'lodestone.clearRepositoryData': here((session) => clearRepositoryData(session, repositories, messages)),
  };
}

/** The folder of the active editor, else the first one. */
function sessionHere(repositories: Repositories): RepositorySession | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const root = uri && vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
  return (root === undefined ? undefined : repositories.session(root)) ?? repositories.sessions[0];
}

async function diagnostics(
  { engine, completion, extensionId }: CompletionCommandParts,
  session: RepositorySession,
): Promise<string> {
  const { root, name, report, state } = session;
  const model = completion.models.of(root);
  const extension = vscode.extensions.getExtension(extensionId);
  const packageJson = extension?.packageJSON as { version?: string } | undefined;
  return diagnosticsText({
    versions: {
      Lodestone: packageJson?.version ?? '',
      'VS Code': vscode.version,
      Node: process.version,
      platform: `${process.platform} ${process.arch}${vscode.env.remoteName ? `, remote (${vscode.env.remoteName})` : ''}`,
    },
    repository: name,
    settings: changedSettings(vscode.Uri.file(root)),
    engine: engine.state,
    model: { state: model.state, name: model.model, ...(model.problem ? { code: model.problem.code } : {}) },
    mining: { state, ...(report ? { files: report.files, attractors: report.attractors.length } : {}) },
    requests: completion.provider.requests.records,
    // An engine that does not answer is one of the reasons to copy this.
    stats: await session.engine.completionStats({}, {}).catch(() => undefined),
  });
}
