/** Lodestone's tools as the editor's language-model tools: registered only while the user's setting says so. */
import * as vscode from 'vscode';
import { toLodestoneError } from '../../base/errors.ts';
import { pathIn, type Tool, type ToolHost, type ToolInput } from '../../core/tools/tool.ts';
import { callTool, TOOLS } from '../../core/tools/tools.ts';
import { dirtyDocuments, fileUri, plain, signalOf } from '../border.ts';
import type { EngineHost } from '../engineHost.ts';
import type { Repositories } from '../mining/repositories.ts';

const SETTING = 'lodestone.tools.enabled';

export class EditorTools implements vscode.Disposable {
  private registered: vscode.Disposable | undefined;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly engine: EngineHost,
    private readonly repositories: Repositories,
  ) {
    this.subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SETTING)) this.update();
    });
    this.update();
  }

  dispose(): void {
    this.subscription.dispose();
    this.registered?.dispose();
  }

  private update(): void {
    const enabled = vscode.workspace.getConfiguration().get<boolean>(SETTING, false);
    if (enabled === (this.registered !== undefined)) return;
    this.registered?.dispose();
    this.registered = enabled
      ? vscode.Disposable.from(
          ...TOOLS.map((tool) => vscode.lm.registerTool(`lodestone_${tool.name}`, this.tool(tool))),
        )
      : undefined;
  }

  private tool({ name }: Tool): vscode.LanguageModelTool<ToolInput> {
    return {
      prepareInvocation: ({ input }) => ({ invocationMessage: invocationMessage(name, input) }),
      invoke: async ({ input }, token) => {
        const { signal, dispose } = signalOf(token);
        try {
          const { text } = await callTool(name, input, (checked) => this.host(checked), { signal });
          return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
        } catch (error) {
          // The model reads this: it says what to do.
          const { code, message, advice } = toLodestoneError(error);
          if (code === 'cancelled') throw new vscode.CancellationError();
          throw new Error([message, advice].filter(Boolean).join(' '));
        } finally {
          dispose();
        }
      },
    };
  }

  private async host(input: ToolInput): Promise<ToolHost> {
    const root = await this.rootFor(typeof input.path === 'string' ? input.path : undefined);
    return {
      ...{ root, engine: this.engine.repository(root), unsaved: dirtyDocuments(root) },
      trusted: vscode.workspace.isTrusted,
    };
  }

  /** The folder that a path lies in, else that of the active editor, else the first. */
  private async rootFor(path: string | undefined): Promise<string> {
    const roots = this.repositories.sessions.map(({ root }) => root);
    const active = vscode.window.activeTextEditor?.document.uri;
    const own = active && vscode.workspace.getWorkspaceFolder(active)?.uri.fsPath;
    const ordered = [...roots.filter((root) => root === own), ...roots.filter((root) => root !== own)];
    const [first] = ordered;
    if (first === undefined)
      throw new Error(vscode.l10n.t('No folder is open, so there is no repository to ask about.'));
    if (path === undefined || ordered.length === 1) return first;
    for (const root of ordered) if (await exists(root, path)) return root;
    return first;
  }
}

async function exists(root: string, path: string): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(fileUri(root, pathIn({ root }, path)));
    return true;
  } catch {
    return false;
  }
}

function invocationMessage(name: string, { path, query }: ToolInput): string {
  const about = plain(String(path ?? query ?? ''));
  if (name === 'healFile') return vscode.l10n.t('Looking for a verified patch for {0}', about);
  if (name === 'considerBlock') return vscode.l10n.t('Reading what belongs in {0}', about);
  return about === ''
    ? vscode.l10n.t('Reading how this repository writes code')
    : vscode.l10n.t('Reading how this repository does “{0}”', about);
}
