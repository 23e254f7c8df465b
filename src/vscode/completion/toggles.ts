/** Switches suggestions on and off: for a language, for one file, for the workspace. */
import * as vscode from 'vscode';
import type { Messages } from '../messages.ts';
import { completionSettings, servedTarget } from './gatesHere.ts';
import { explainGate } from './gateWords.ts';

const ENABLED = 'completion.enabled';
const FILES = 'completion.disabledFiles';

/** In the user's settings: what a person thinks of a language goes with them. */
export async function toggleLanguage(messages: Messages): Promise<void> {
  const document = served(messages);
  if (!document) return;
  const { languageId } = document;
  const settings = completionSettings(document);
  const on = !settings.get<boolean>(ENABLED, true);
  const known = settings.inspect<boolean>(ENABLED);
  // The narrower setting wins: where the workspace has one for this language, that is the one to change.
  const target =
    known?.workspaceLanguageValue === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  // A language's own value goes before the workspace's: one that says nothing new would only stand in its way.
  const inherited = known?.workspaceFolderValue ?? known?.workspaceValue ?? known?.globalValue ?? true;
  await settings.update(ENABLED, on === inherited ? undefined : on, target, true);
  say(
    on
      ? vscode.l10n.t('Suggestions for {0} are on', languageId)
      : vscode.l10n.t('Suggestions for {0} are off', languageId),
  );
}

/** In the folder's settings, by the file's own path. */
export async function toggleFile(messages: Messages): Promise<void> {
  const document = served(messages);
  const target = servedTarget(document);
  if (!document || typeof target === 'string') return;
  const settings = completionSettings(document);
  const globs = settings.get<readonly string[]>(FILES, []);
  const own = escapeGlob(target.path);
  const on = globs.includes(own);
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const where = several ? vscode.ConfigurationTarget.WorkspaceFolder : vscode.ConfigurationTarget.Workspace;
  const next = on ? globs.filter((glob) => glob !== own) : [...globs, own];
  await settings.update(FILES, next.length ? next : undefined, where);
  say(on ? vscode.l10n.t('Suggestions in this file are on') : vscode.l10n.t('Suggestions in this file are off'));
}

export async function toggleWorkspace(messages: Messages): Promise<void> {
  if (!vscode.workspace.workspaceFolders?.length) {
    messages.warn(vscode.l10n.t('Open a folder first: Lodestone mines the folders of your workspace.'));
    return;
  }
  const settings = vscode.workspace.getConfiguration('lodestone');
  const { workspaceValue, globalValue } = settings.inspect<boolean>(ENABLED) ?? {};
  const on = !(workspaceValue ?? globalValue ?? true);
  // What is the same without it need not stand in a file that others read too.
  await settings.update(ENABLED, on === (globalValue ?? true) ? undefined : on, vscode.ConfigurationTarget.Workspace);
  say(
    on ? vscode.l10n.t('Suggestions in this workspace are on') : vscode.l10n.t('Suggestions in this workspace are off'),
  );
}

function served(messages: Messages): vscode.TextDocument | undefined {
  const document = vscode.window.activeTextEditor?.document;
  const target = servedTarget(document);
  if (typeof target !== 'string') return document;
  messages.warn(explainGate(target, { language: document?.languageId ?? '', path: document?.uri.path ?? '' }).text);
  return undefined;
}

function say(text: string): void {
  vscode.window.setStatusBarMessage(text, 4_000);
}

/** A path as a glob that matches it alone. */
function escapeGlob(path: string): string {
  return path.replace(/[[\]{}*?]/g, '[$&]');
}
