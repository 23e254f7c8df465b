/** Tree items of what is given: words, icons, jumps and labels for screen readers. */
import * as vscode from 'vscode';
import { MAX_BYTES } from '../../core/retrieval/considerBlock.ts';
import type { ApiInReach } from '../../core/retrieval/context.ts';
import { plain, plainCode } from '../border.ts';
import { itemOf, percent } from '../sidebar/attractorItems.ts';
import { leaf } from '../sidebar/leaf.ts';
import type { GivenNode } from './givenTree.ts';

export function givenItem(node: GivenNode): vscode.TreeItem {
  switch (node.type) {
    case 'block':
      return blockItem(node.text, node.bytes);
    case 'line': {
      const item = new vscode.TreeItem(plain(node.text) || ' ');
      item.id = node.id;
      item.tooltip = plain(node.text);
      item.accessibilityInformation = { label: plain(node.text) };
      return item;
    }
    case 'chosen':
      return groupItem('chosen', vscode.l10n.t('Attractors'), node.children.length, 'magnet');
    case 'apis':
      return groupItem('apis', vscode.l10n.t('APIs in reach'), node.apis.length, 'symbol-interface');
    case 'api':
      return apiItem(node.id, node.root, node.api);
    case 'seed': {
      const item = leaf(vscode.l10n.t('Seed'), plain(node.text), 'lightbulb');
      item.id = 'seed';
      item.tooltip = vscode.l10n.t('The line that leads a model to the likeliest calls: {0}', plain(node.text));
      return item;
    }
    default:
      return itemOf(node);
  }
}

function blockItem(text: string, bytes: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Consider-block'), vscode.TreeItemCollapsibleState.Expanded);
  item.id = 'block';
  item.description = vscode.l10n.t('{0} of {1} bytes', bytes, MAX_BYTES);
  item.iconPath = new vscode.ThemeIcon('note');
  item.tooltip = new vscode.MarkdownString().appendCodeblock(plainCode(text));
  item.accessibilityInformation = {
    label: vscode.l10n.t('Consider-block, {0} of {1} bytes, {2} lines', bytes, MAX_BYTES, text.split('\n').length),
  };
  return item;
}

function groupItem(id: string, title: string, count: number, icon: string): vscode.TreeItem {
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Expanded);
  item.id = id;
  item.description = String(count);
  item.iconPath = new vscode.ThemeIcon(icon);
  item.accessibilityInformation = { label: vscode.l10n.t('{0}, {1} entries', title, count) };
  return item;
}

/** Name and file come first: a sidebar is too narrow for most signatures. */
function apiItem(id: string, root: string, api: ApiInReach): vscode.TreeItem {
  const signature = plain(api.signature);
  const file = plain(api.path.slice(api.path.lastIndexOf('/') + 1));
  const item = new vscode.TreeItem(api.path ? plain(api.name) : signature);
  item.id = id;
  item.description = api.path ? `${file} · ${signature}` : '';
  item.iconPath = new vscode.ThemeIcon(api.path ? 'symbol-method' : 'call-outgoing');
  const from = api.path
    ? vscode.l10n.t('Declared in {0}', plain(api.path))
    : vscode.l10n.t('Declared outside this repository, or in a place that cannot be told');
  const likelihood = vscode.l10n.t('Needed here with a likelihood of {0} %', percent(api.score));
  item.tooltip = new vscode.MarkdownString().appendCodeblock(signature).appendText(`${from}\n\n${likelihood}`);
  item.accessibilityInformation = { label: `${signature}. ${from}. ${likelihood}` };
  if (api.path)
    item.command = { command: 'lodestone.openDeclaration', title: vscode.l10n.t('Open'), arguments: [root, api] };
  return item;
}
