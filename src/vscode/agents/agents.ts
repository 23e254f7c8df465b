/** What agents and the chat get of Lodestone, registered in one place. */
import * as vscode from 'vscode';
import type { EngineHost } from '../engineHost.ts';
import type { Repositories } from '../mining/repositories.ts';
import { ChatHandler } from './chat.ts';
import { EditorTools } from './editorTools.ts';
import { McpServers } from './mcpServers.ts';

export class Agents implements vscode.Disposable {
  readonly chat: ChatHandler;
  readonly mcp: McpServers;
  private readonly registrations: vscode.Disposable;

  constructor(
    engine: EngineHost,
    repositories: Repositories,
    { extensionUri, extension }: Pick<vscode.ExtensionContext, 'extensionUri' | 'extension'>,
  ) {
    this.chat = new ChatHandler(engine, repositories);
    const { version } = extension.packageJSON as { version: string };
    this.mcp = new McpServers(vscode.Uri.joinPath(extensionUri, 'dist', 'cli.js').fsPath, version);
    this.registrations = vscode.Disposable.from(
      new EditorTools(engine, repositories),
      this.chat.register(vscode.Uri.joinPath(extensionUri, 'media', 'icon.png')),
      this.mcp.register(),
    );
  }

  dispose(): void {
    this.registrations.dispose();
  }
}
