/** A tree item without children: label, description, icon, and both read out together. */
import * as vscode from 'vscode';

export function leaf(label: string, description: string, icon: string, color?: string): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.description = description;
  item.iconPath = new vscode.ThemeIcon(icon, color ? new vscode.ThemeColor(color) : undefined);
  item.tooltip = description ? `${label}: ${description}` : label;
  item.accessibilityInformation = { label: description ? `${label}, ${description}` : label };
  return item;
}
