/** Enabling what lets agents ask about the repository: a dialog says who will see the answers, and only then is it on. */
import * as vscode from 'vscode';

export type AgentAccess = 'tools' | 'mcp';

export type Ask = (question: string, detail: string, yes: string) => Thenable<boolean>;

const askModal: Ask = async (question, detail, yes) =>
  (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;

/** Sets the user's own setting after a yes; true if it is on now. */
export async function enableForAgents(access: AgentAccess, ask = askModal): Promise<boolean> {
  const configuration = vscode.workspace.getConfiguration('lodestone');
  if (configuration.get<boolean>(`${access}.enabled`, false)) {
    vscode.window.setStatusBarMessage(vscode.l10n.t('This is enabled already'), 4000);
    return true;
  }
  const question =
    access === 'mcp'
      ? vscode.l10n.t('Enable Lodestone’s MCP server?')
      : vscode.l10n.t('Enable Lodestone’s tools for the agents of the editor?');
  const detail = vscode.l10n.t(
    'Agents can then ask how this repository writes code, what to consider at a place, and for a patch. What Lodestone answers, code of your repository included, goes to the provider of the model that the agent uses. Lines that look like secrets are left out. No tool writes a file. The setting lodestone.{0}.enabled turns it off again.',
    access,
  );
  if (!(await ask(question, detail, vscode.l10n.t('Enable')))) return false;
  await configuration.update(`${access}.enabled`, true, vscode.ConfigurationTarget.Global);
  return true;
}
