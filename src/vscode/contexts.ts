/** Keeps the `when` contexts that menus and welcome views depend on. */
import * as vscode from 'vscode';
import type { EngineHost } from './engineHost.ts';
import type { Repositories } from './mining/repositories.ts';

/** `lodestone.state`: which welcome text fits. */
export type WorkspaceState =
  | 'noFolder'
  | 'virtual'
  | 'waiting'
  | 'mining'
  | 'empty'
  | 'cancelled'
  | 'failed'
  | 'stopped'
  | 'ready';

export function workspaceState(engine: EngineHost, repositories: Repositories): WorkspaceState {
  const { sessions } = repositories;
  if (!vscode.workspace.workspaceFolders?.length) return 'noFolder';
  if (!sessions.length) return 'virtual';
  if (engine.state === 'stopped') return 'stopped';
  if (sessions.some(({ report }) => report && report.attractors.length + report.deviants.length > 0)) return 'ready';
  if (sessions.some(({ busy }) => busy)) return 'mining';
  if (sessions.some(({ state }) => state === 'failed')) return 'failed';
  if (sessions.some(({ state }) => state === 'cancelled')) return 'cancelled';
  return sessions.every(({ report }) => report) ? 'empty' : 'waiting';
}

/** Updates the contexts whenever they change; each command is sent only for a new value. */
export function keepContexts(engine: EngineHost, repositories: Repositories): vscode.Disposable {
  const known = new Map<string, unknown>();
  const set = (key: string, value: unknown) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  const update = () => {
    set('lodestone.state', workspaceState(engine, repositories));
    set('lodestone.mining', repositories.mining);
  };
  const subscriptions = [repositories.onChange(update), engine.onState(update)];
  update();
  return new vscode.Disposable(() => {
    for (const unsubscribe of subscriptions) unsubscribe();
  });
}
