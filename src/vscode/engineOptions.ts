/** What the engine is told when it opens a folder: trust, settings that were changed, excludes, the chosen Python. */
import * as vscode from 'vscode';
import { SETTINGS, type SettingId } from '../core/settings.ts';

export interface OpenOptions {
  readonly root: string;
  readonly trusted: boolean;
  readonly settings: Readonly<Partial<Record<SettingId, unknown>>>;
  readonly excludes: readonly string[];
  readonly python: string;
  readonly remoteName?: string;
  readonly apiKey?: string;
}

export async function openOptions(root: string, apiKey: string | undefined): Promise<OpenOptions> {
  const uri = vscode.Uri.file(root);
  const trusted = vscode.workspace.isTrusted;
  return {
    root,
    trusted,
    settings: changedSettings(uri),
    excludes: [...excludeGlobs(uri, 'files'), ...excludeGlobs(uri, 'search')].sort(),
    python: await pythonInterpreter(uri, trusted),
    ...(apiKey ? { apiKey } : {}),
    ...(vscode.env.remoteName ? { remoteName: vscode.env.remoteName } : {}),
  };
}

/** Values that differ from their defaults. */
export function changedSettings(uri: vscode.Uri): Partial<Record<SettingId, unknown>> {
  const configuration = vscode.workspace.getConfiguration(undefined, uri);
  const values: Partial<Record<SettingId, unknown>> = {};
  for (const { id, default: standard } of SETTINGS) {
    const value = configuration.get(id);
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(standard)) values[id] = value;
  }
  return values;
}

function excludeGlobs(uri: vscode.Uri, section: 'files' | 'search'): string[] {
  const globs = vscode.workspace.getConfiguration(section, uri).get<Record<string, unknown>>('exclude', {});
  // Conditional excludes ({"when": …}) depend on sibling files and concern build outputs; only plain ones are honoured.
  return Object.keys(globs).filter((glob) => globs[glob] === true);
}

/** The interpreter selected in the Python extension, if that extension is there and running. */
async function pythonInterpreter(uri: vscode.Uri, trusted: boolean): Promise<string> {
  const python = vscode.extensions.getExtension('ms-python.python');
  if (!trusted || !python?.isActive) return '';
  const api = python.exports as {
    environments?: { getActiveEnvironmentPath?(resource: vscode.Uri): { path?: string } | undefined };
  };
  return api.environments?.getActiveEnvironmentPath?.(uri)?.path ?? '';
}
