/** "Clear repository data": shows what the store of a folder holds, deletes what is chosen, and reads the folder anew. */
import * as vscode from 'vscode';
import { plain } from '../border.ts';
import type { Messages } from '../messages.ts';
import type { Repositories } from '../mining/repositories.ts';
import type { RepositorySession } from '../mining/repositorySession.ts';

export async function clearRepositoryData(
  session: RepositorySession,
  repositories: Repositories,
  messages: Messages,
): Promise<void> {
  const { index, counts, decisions } = await session.engine.storage({}, {});
  const rebuildable = vscode.l10n.t('Delete What Can Be Rebuilt');
  const everything = vscode.l10n.t('Delete Everything');
  const detail = [
    vscode.l10n.t('Index and mined patterns: {0}. Read from your code again when needed.', bytes(index)),
    vscode.l10n.t('Counts of suggestions: {0}.', bytes(counts)),
    vscode.l10n.t(
      'Kept unless you delete everything: your decisions, applied patches (for Undo) and what healing learned: {0}.',
      bytes(decisions),
    ),
    vscode.l10n.t('No file of yours is touched.'),
  ].join('\n\n');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Clear what Lodestone stored about {0}?', plain(session.name)),
    { modal: true, detail },
    rebuildable,
    everything,
  );
  if (chosen === undefined) return;
  await clear(session, repositories, { decisions: chosen === everything });
  messages.inform(vscode.l10n.t('The data of {0} was cleared.', plain(session.name)));
}

/** Deletes, and reads the folder anew: by itself the engine opens what is gone from the disk again. */
export async function clear(
  session: RepositorySession,
  repositories: Repositories,
  which: { decisions: boolean },
): Promise<void> {
  session.cancel();
  await session.engine.clearStorage(which, {});
  session.report = undefined;
  await session.loadStored();
  const onOpen = vscode.workspace.getConfiguration('lodestone').get<boolean>('mining.onOpen', true);
  if (onOpen) await repositories.mineNow(session.root);
}

function bytes(count: number): string {
  if (count >= 1e6) return vscode.l10n.t('{0} MB', (count / 1e6).toFixed(1));
  return vscode.l10n.t('{0} KB', Math.ceil(count / 1e3));
}
