/** Offers `lodestone mcp` to the editor's agents, one server for each folder, while the user's setting says so. */
import * as vscode from 'vscode';

const SETTING = 'lodestone.mcp.enabled';
const PROVIDER = 'lodestone.mcp';

export class McpServers implements vscode.McpServerDefinitionProvider<vscode.McpStdioServerDefinition> {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeMcpServerDefinitions = this.changed.event;

  /** `cli`: the bundled command line. */
  constructor(
    private readonly cli: string,
    private readonly version: string,
  ) {}

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      this.changed,
      vscode.lm.registerMcpServerDefinitionProvider(PROVIDER, this),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SETTING)) this.changed.fire();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.changed.fire()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire()),
    );
  }

  provideMcpServerDefinitions(): vscode.McpStdioServerDefinition[] {
    if (!vscode.workspace.getConfiguration().get<boolean>(SETTING, false)) return [];
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    return folders.map(({ uri, name }) => {
      const args = [this.cli, 'mcp', '--root', uri.fsPath, ...(vscode.workspace.isTrusted ? ['--trust'] : [])];
      const label = folders.length === 1 ? 'Lodestone' : `Lodestone (${name})`;
      // Desktop VS Code's own executable is Electron: this makes it behave as Node.
      const env = { ELECTRON_RUN_AS_NODE: '1' };
      return new vscode.McpStdioServerDefinition(label, process.execPath, args, env, this.version);
    });
  }
}
