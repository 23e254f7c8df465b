/** The key of a model server, kept in the editor's secret storage and told to nobody but the engine. */
import * as vscode from 'vscode';

const NAME = 'lodestone.model.apiKey';

export class ApiKeys {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  /** Fires for changes in other windows too. */
  onChange(listener: () => void): vscode.Disposable {
    return this.secrets.onDidChange(({ key }) => {
      if (key === NAME) listener();
    });
  }

  async get(): Promise<string | undefined> {
    return this.secrets.get(NAME);
  }

  /** Asks for the key. */
  async set(): Promise<void> {
    const key = await vscode.window.showInputBox({
      title: vscode.l10n.t('API key of the model server'),
      prompt: vscode.l10n.t(
        'Sent to the server of lodestone.model.endpoint only, as a bearer token. Ollama needs none.',
      ),
      password: true,
      ignoreFocusOut: true,
    });
    if (!key?.trim()) return;
    await this.store(key.trim());
    vscode.window.setStatusBarMessage(vscode.l10n.t('The API key is stored'), 4_000);
  }

  async store(key: string): Promise<void> {
    await this.secrets.store(NAME, key);
  }

  async remove(): Promise<void> {
    await this.secrets.delete(NAME);
    vscode.window.setStatusBarMessage(vscode.l10n.t('The API key is removed'), 4_000);
  }
}
