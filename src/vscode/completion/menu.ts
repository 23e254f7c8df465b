/** What the status bar's menu offers about suggestions: only what makes sense now. */
import * as vscode from 'vscode';
import type { CommandId } from '../commands.ts';
import type { Repositories } from '../mining/repositories.ts';
import type { CompletionFeature } from './completionFeature.ts';
import { completionSettings, gateOfDocument, isDisabledFile } from './gatesHere.ts';
import { modelWords } from './modelWords.ts';

export type MenuEntry = vscode.QuickPickItem & { readonly command?: CommandId };

export function menuEntry(icon: string, label: string, command: CommandId, description?: string): MenuEntry {
  return { label: `$(${icon}) ${label}`, command, ...(description ? { description } : {}) };
}

export function completionMenu(repositories: Repositories, { models }: CompletionFeature): MenuEntry[] {
  const document = vscode.window.activeTextEditor?.document;
  const root = repositories.sessions[0]?.root;
  const known = root === undefined ? undefined : models.of(root);
  const isOn = document ? completionSettings(document).get<boolean>('completion.enabled', true) : true;
  return [
    { label: vscode.l10n.t('Suggestions'), kind: vscode.QuickPickItemKind.Separator },
    menuEntry('question', vscode.l10n.t('Why no suggestion?'), 'lodestone.whyNoCompletion'),
    menuEntry('sparkle', vscode.l10n.t('Suggest code here'), 'lodestone.triggerCompletion'),
    ...(document && !gateOfDocument(document)
      ? [
          menuEntry(
            isOn ? 'circle-slash' : 'pass',
            isOn
              ? vscode.l10n.t('Switch suggestions off for {0}', document.languageId)
              : vscode.l10n.t('Switch suggestions on for {0}', document.languageId),
            'lodestone.toggleCompletionLanguage',
          ),
          menuEntry(
            'file-code',
            isDisabledFile(document)
              ? vscode.l10n.t('Switch suggestions on in this file')
              : vscode.l10n.t('Switch suggestions off in this file'),
            'lodestone.toggleCompletionFile',
          ),
        ]
      : []),
    ...(known?.state === 'missing'
      ? [menuEntry('cloud-download', vscode.l10n.t('Download the model'), 'lodestone.downloadModel')]
      : []),
    menuEntry('chip', vscode.l10n.t('Choose a model'), 'lodestone.chooseModel', known && modelWords(known)),
    menuEntry('graph', vscode.l10n.t('Completion statistics'), 'lodestone.showCompletionStatistics'),
    { label: vscode.l10n.t('This window'), kind: vscode.QuickPickItemKind.Separator },
  ];
}
