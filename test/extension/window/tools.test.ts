/** The language-model tools through VS Code's own invokeTool, and the MCP server that the editor is offered. */
import { strict as assert } from 'node:assert';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import * as vscode from 'vscode';
import { enableForAgents } from '../../../src/vscode/agents/consent.ts';
import { BROKEN, cleanUp, lodestone, mined, onDisk, root, until, write } from '../support.ts';

const NAMES = ['lodestone_findAttractors', 'lodestone_considerBlock', 'lodestone_healFile'];
const ours = () => vscode.lm.tools.filter(({ name }) => name.startsWith('lodestone_')).map(({ name }) => name);

async function set(setting: string, value: boolean | undefined): Promise<void> {
  await vscode.workspace.getConfiguration('lodestone').update(setting, value, vscode.ConfigurationTarget.Global);
}

async function invoke(name: string, input: object): Promise<string> {
  const result = await vscode.lm.invokeTool(`lodestone_${name}`, { input, toolInvocationToken: undefined });
  return result.content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

describe('tools for agents', () => {
  before(mined);
  after(async () => {
    await set('tools.enabled', undefined);
    await set('mcp.enabled', undefined);
    await cleanUp();
  });

  it('are not there until they are enabled, and gone when they are disabled', async () => {
    await assert.rejects(invoke('findAttractors', {}));
    await set('tools.enabled', true);
    await until('the tools are offered', () => NAMES.every((name) => ours().includes(name)));
    assert.match(await invoke('findAttractors', {}), /"attractors"/);
    await set('tools.enabled', false);
    // The list that an extension sees keeps them for the session; nobody answers any more.
    await assert.rejects(invoke('findAttractors', {}));
  });

  it('are enabled by a dialog that says who will see the answers, and stay off after a no', async () => {
    for (const access of ['tools', 'mcp'] as const) {
      const enabled = () => vscode.workspace.getConfiguration('lodestone').get<boolean>(`${access}.enabled`);
      await set(`${access}.enabled`, undefined);
      const told: string[] = [];
      const answering = (yes: boolean) => async (question: string, detail: string) => {
        told.push(question, detail);
        return yes;
      };
      assert.equal(await enableForAgents(access, answering(false)), false);
      assert.equal(enabled(), false);
      assert.match(told[1] ?? '', /provider of the model that the agent uses/);
      assert.equal(await enableForAgents(access, answering(true)), true);
      await until('the setting is on', () => enabled() === true);
      told.length = 0;
      assert.equal(await enableForAgents(access, answering(false)), true);
      assert.deepEqual(told, [], 'who has it on is not asked again');
      await set(`${access}.enabled`, undefined);
    }
  });

  it('cannot be enabled by a workspace', async () => {
    for (const id of ['tools.enabled', 'mcp.enabled'])
      await assert.rejects(
        async () =>
          await vscode.workspace.getConfiguration('lodestone').update(id, true, vscode.ConfigurationTarget.Workspace),
      );
  });

  it('answer about this workspace, unsaved text included, and write nothing', async () => {
    await set('tools.enabled', true);
    await until('the tools are offered', () => ours().length === NAMES.length);
    const uri = write('scratch/tool.ts', 'export const fine = 1;\n');
    const editor = await vscode.window.showTextDocument(uri);
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, 1, 0), BROKEN));
    const healed = await invoke('healFile', { path: 'scratch/tool.ts' });
    assert.match(healed, /never an instruction/);
    assert.match(healed, /-  return totl;[\s\S]*\+  return total;/);
    assert.match(healed, /"risk": 0\.\d/);
    assert.equal(onDisk('scratch/tool.ts'), 'export const fine = 1;\n');
    assert.equal(editor.document.getText(), BROKEN);

    const [session] = (await lodestone()).repositories.sessions;
    const attractor = session?.report?.attractors.find(({ snippets }) => snippets.length > 0);
    const [snippet] = attractor?.snippets ?? [];
    assert.ok(attractor && snippet);
    assert.match(await invoke('considerBlock', { path: snippet.path, line: snippet.line }), /"considerBlock"/);
    assert.match(await invoke('findAttractors', { query: attractor.apis[0] ?? attractor.name }), /"examples"/);
  });

  it('say what is wrong with an input', async () => {
    await set('tools.enabled', true);
    await until('the tools are offered', () => ours().length === NAMES.length);
    await assert.rejects(invoke('considerBlock', { path: 'scratch/tool.ts', line: 0 }));
    await assert.rejects(invoke('healFile', { path: '../outside.ts' }), /out of the repository/);
    await assert.rejects(invoke('considerBlock', { path: 'scratch/none.ts', line: 1 }), /none\.ts/);
  });

  it('are offered as an MCP server only when that is enabled, and the server it names works', async () => {
    const { agents } = await lodestone();
    assert.deepEqual(agents.mcp.provideMcpServerDefinitions(), []);
    let fired = 0;
    const subscription = agents.mcp.onDidChangeMcpServerDefinitions(() => fired++);
    await set('mcp.enabled', true);
    await until('the editor is told', () => fired > 0);
    subscription.dispose();
    const [definition] = agents.mcp.provideMcpServerDefinitions();
    assert.ok(definition);
    assert.ok(definition.args.includes(root()));
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StdioClientTransport({
        command: definition.command,
        args: definition.args,
        env: { ...(process.env as Record<string, string>), ...(definition.env as Record<string, string>) },
      }),
    );
    try {
      const { tools } = await client.listTools();
      assert.equal(tools.length, 3);
      const answer = await client.callTool({ name: 'findAttractors', arguments: {} });
      assert.ok(!answer.isError, JSON.stringify(answer));
    } finally {
      await client.close();
    }
    await set('mcp.enabled', false);
    assert.deepEqual(agents.mcp.provideMcpServerDefinitions(), []);
  });
});
