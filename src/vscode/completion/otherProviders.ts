/** Says once where another extension suggests inline too, and offers to let Lodestone answer only when asked. */
import * as vscode from 'vscode';

/** Extensions that register an inline completion provider of their own. */
const KNOWN: Readonly<Record<string, string>> = {
  'github.copilot': 'GitHub Copilot',
  'continue.continue': 'Continue',
  'tabbyml.vscode-tabby': 'Tabby',
  'codeium.codeium': 'Codeium (Windsurf)',
  'codeium.windsurfplugin': 'Windsurf',
  'supermaven.supermaven': 'Supermaven',
  'ggml-org.llama-vscode': 'llama.vscode',
  'rjmacarthy.twinny': 'twinny',
  'tabnine.tabnine-vscode': 'Tabnine',
  'amazonwebservices.amazon-q-vscode': 'Amazon Q',
  'google.geminicodeassist': 'Gemini Code Assist',
};

const TOLD = 'lodestone.otherProviders.told';

/** Names of those that run now; an installed one that does nothing is in nobody's way. */
export function activeProviders(extensions: readonly { readonly id: string; readonly isActive: boolean }[]): string[] {
  return extensions
    .filter(({ isActive }) => isActive)
    .flatMap(({ id }) => KNOWN[id.toLowerCase()] ?? [])
    .sort();
}

export type Answer = 'manual' | 'both' | undefined;

/** `ask` shows the question. Resolves with what was chosen; undefined where there was nothing to ask. */
export async function tellOfOthers(
  state: vscode.Memento,
  extensions: readonly { readonly id: string; readonly isActive: boolean }[],
  ask: (text: string, manual: string, both: string) => Thenable<string | undefined> = (text, ...buttons) =>
    vscode.window.showInformationMessage(text, ...buttons),
): Promise<Answer> {
  const names = activeProviders(extensions);
  if (names.length === 0 || state.get<boolean>(TOLD)) return undefined;
  const settings = vscode.workspace.getConfiguration('lodestone');
  if (settings.get<string>('completion.trigger') === 'manual') return undefined;
  await state.update(TOLD, true);
  const manual = vscode.l10n.t('Only When I Ask');
  const both = vscode.l10n.t('Keep Both');
  const text = vscode.l10n.t(
    '{0} suggests code inline too. VS Code shows whichever answers first, and both use this machine. Lodestone can wait until you ask for it.',
    names.join(', '),
  );
  const chosen = await ask(text, manual, both);
  if (chosen !== manual) return 'both';
  await settings.update('completion.trigger', 'manual', vscode.ConfigurationTarget.Global);
  return 'manual';
}
