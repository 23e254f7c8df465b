/** Tree items of attractors: words, icons, tooltips with the resonance's components, and labels for screen readers. */
import * as vscode from 'vscode';
import type { LanguageId } from '../../core/languages.ts';
import type { Attractor, AttractorKind, Deviant, Snippet } from '../../core/mining/attractor.ts';
import { label, plain, plainCode } from '../border.ts';
import type { AttractorNode, Group } from './attractorTree.ts';
import { type BadgeWords, badgeWords } from './badgeWords.ts';

const KIND_ICONS: Readonly<Record<AttractorKind, string>> = {
  idiom: 'symbol-structure',
  apiSequence: 'list-ordered',
  naming: 'symbol-key',
  errorHandling: 'shield',
  async: 'sync',
  imports: 'package',
  tests: 'beaker',
  decorator: 'mention',
  style: 'paintcan',
  antipattern: 'warning',
  curated: 'book',
};

/** Longest name of a row, in characters. */
const LONGEST_NAME = 40;

const LANGUAGE_TITLES: Readonly<Record<LanguageId, string>> = {
  typescript: 'TypeScript',
  tsx: 'TypeScript JSX',
  javascript: 'JavaScript',
  python: 'Python',
  rust: 'Rust',
  go: 'Go',
};

/** Human name of a language; the same in every locale. */
export function languageTitle(language: LanguageId): string {
  return LANGUAGE_TITLES[language] ?? language;
}

export function kindTitle(kind: AttractorKind): string {
  switch (kind) {
    case 'idiom':
      return vscode.l10n.t('Idioms');
    case 'apiSequence':
      return vscode.l10n.t('API call sequences');
    case 'naming':
      return vscode.l10n.t('Naming');
    case 'errorHandling':
      return vscode.l10n.t('Error handling');
    case 'async':
      return vscode.l10n.t('Async code');
    case 'imports':
      return vscode.l10n.t('Imports');
    case 'tests':
      return vscode.l10n.t('Tests');
    case 'decorator':
      return vscode.l10n.t('Decorators and annotations');
    case 'style':
      return vscode.l10n.t('Style');
    case 'antipattern':
      return vscode.l10n.t('Anti-patterns');
    case 'curated':
      return vscode.l10n.t('Curated for the frameworks');
  }
}

export function itemOf(node: AttractorNode): vscode.TreeItem {
  switch (node.type) {
    case 'repository': {
      const item = new vscode.TreeItem(plain(node.view.name), vscode.TreeItemCollapsibleState.Expanded);
      item.id = node.view.root;
      item.iconPath = vscode.ThemeIcon.Folder;
      item.resourceUri = vscode.Uri.file(node.view.root);
      return item;
    }
    case 'group':
      return groupItem(node.id, node.group, node.count);
    case 'attractor':
      return attractorItem(node);
    case 'snippet':
      return snippetItem(node);
    case 'antiPattern': {
      const item = new vscode.TreeItem(label(node.antiPattern.summary));
      item.id = node.id;
      item.description = vscode.l10n.t('avoid');
      item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
      item.tooltip = vscode.l10n.t('Avoid: {0}', label(node.antiPattern.summary));
      item.accessibilityInformation = { label: vscode.l10n.t('Avoid: {0}', label(node.antiPattern.summary)) };
      if (node.antiPattern.snippet) item.command = openCommand(node.root, node.antiPattern.snippet);
      return item;
    }
    case 'deviant':
      return deviantItem(node.id, node.deviant);
    case 'more': {
      const item = new vscode.TreeItem(vscode.l10n.t('Show {0} more…', node.hidden));
      item.id = node.id;
      item.iconPath = new vscode.ThemeIcon('ellipsis');
      item.command = { command: 'lodestone.showMoreAttractors', title: '', arguments: [node.root] };
      item.accessibilityInformation = { label: vscode.l10n.t('Show {0} more attractors', node.hidden), role: 'button' };
      return item;
    }
  }
}

function groupItem(id: string, group: Group, count: number): vscode.TreeItem {
  const { title, icon, open, tooltip } = groupWords(group);
  const item = new vscode.TreeItem(
    title,
    open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = id;
  item.description =
    group.by === 'kind' && group.language ? `${languageTitle(group.language)} · ${count}` : String(count);
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = `group.${group.by}`;
  if (tooltip) item.tooltip = tooltip;
  item.accessibilityInformation = { label: vscode.l10n.t('{0}, {1}, {2} entries', title, item.description, count) };
  return item;
}

function groupWords(group: Group): { title: string; icon: string; open: boolean; tooltip?: string } {
  switch (group.by) {
    case 'kind':
      return { title: kindTitle(group.kind), icon: KIND_ICONS[group.kind], open: true };
    case 'pinned':
      return { title: vscode.l10n.t('Pinned'), icon: 'pinned', open: true };
    case 'muted':
      return { title: vscode.l10n.t('Muted'), icon: 'bell-slash', open: false };
    case 'common':
      return {
        title: vscode.l10n.t('Language and framework idioms'),
        icon: 'globe',
        open: false,
        tooltip: vscode.l10n.t(
          'Common in every repository of this language or framework, so not particular to this one.',
        ),
      };
    case 'deviants':
      return {
        title: vscode.l10n.t('Deviants'),
        icon: 'git-compare',
        open: false,
        tooltip: vscode.l10n.t('The few places that break what at least ten others keep.'),
      };
  }
}

function attractorItem(node: Extract<AttractorNode, { type: 'attractor' }>): vscode.TreeItem {
  const { id, attractor, decision } = node;
  const name = label(attractor.name);
  const item = new vscode.TreeItem(
    shortened(name),
    attractor.snippets.length + attractor.antipatterns.length + node.badges.deviants.length
      ? vscode.TreeItemCollapsibleState.Collapsed
      : vscode.TreeItemCollapsibleState.None,
  );
  item.id = id;
  const badges = badgeWords(node.badges);
  const curated = attractor.provenance === 'curated';
  item.description = [
    curated ? vscode.l10n.t('curated') : vscode.l10n.t('{0} %', percent(attractor.resonance)),
    ...badges.map(({ word }) => word),
  ].join(' · ');
  item.iconPath = new vscode.ThemeIcon(KIND_ICONS[attractor.kind], resonanceColor(attractor.resonance));
  item.contextValue = `attractor.${decision ?? 'free'}`;
  item.tooltip = attractorTooltip(attractor, badges);
  const spoken = vscode.l10n.t(
    '{0}. {1} Resonance {2} percent, {3} sites in {4} files.',
    name,
    label(attractor.summary),
    percent(attractor.resonance),
    attractor.support,
    attractor.files,
  );
  item.accessibilityInformation = { label: [spoken, ...badges.map(({ reason }) => label(reason))].join(' ') };
  return item;
}

/** A row leaves room for the resonance and the badges; the tooltip has the whole name. */
function shortened(name: string): string {
  const characters = [...name];
  if (characters.length <= LONGEST_NAME) return name;
  return `${characters
    .slice(0, LONGEST_NAME - 1)
    .join('')
    .trimEnd()}…`;
}

function attractorTooltip(attractor: Attractor, badges: readonly BadgeWords[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  text.appendMarkdown('#### ');
  appendSentence(text, attractor.name);
  text.appendMarkdown('\n\n');
  appendSentence(text, attractor.summary);
  text.appendMarkdown('\n\n');
  text.appendMarkdown(
    `${vscode.l10n.t('Resonance')} **${percent(attractor.resonance)} %** · ${vscode.l10n.t('{0} sites in {1} files', attractor.support, attractor.files)}\n\n`,
  );
  for (const component of attractor.components) {
    text.appendMarkdown(`- ${meter(component.value)} \`${component.name}\` `);
    appendSentence(text, component.explanation);
    text.appendMarkdown('\n');
  }
  if (badges.length) text.appendMarkdown('\n');
  for (const { reason } of badges) {
    appendSentence(text, reason);
    text.appendMarkdown('  \n');
  }
  if (attractor.apis.length) {
    text.appendMarkdown(`\n${vscode.l10n.t('Uses')} `);
    text.appendMarkdown(
      attractor.apis
        .slice(0, 6)
        .map((api) => code(api))
        .join(', '),
    );
    text.appendMarkdown('\n');
  }
  const [snippet] = attractor.snippets;
  if (snippet) text.appendCodeblock(plainCode(snippet.text).slice(0, 600), editorLanguage(attractor.language));
  return text;
}

function snippetItem({ id, root, snippet, attractor }: Extract<AttractorNode, { type: 'snippet' }>): vscode.TreeItem {
  const name = snippet.path.slice(snippet.path.lastIndexOf('/') + 1);
  const folder = snippet.path.slice(0, Math.max(0, snippet.path.length - name.length - 1));
  const item = new vscode.TreeItem(plain(`${name}:${snippet.line}`));
  item.id = id;
  item.description = plain(folder);
  item.iconPath = new vscode.ThemeIcon('go-to-file');
  item.contextValue = 'snippet';
  item.tooltip = new vscode.MarkdownString().appendCodeblock(
    plain(snippet.text).slice(0, 1200),
    attractor ? editorLanguage(attractor.language) : '',
  );
  item.command = openCommand(root, snippet);
  item.accessibilityInformation = {
    label: vscode.l10n.t('Example in {0}, line {1}', plain(snippet.path), snippet.line),
  };
  return item;
}

function deviantItem(id: string, deviant: Deviant): vscode.TreeItem {
  const rule = label(deviant.rule);
  const item = new vscode.TreeItem(rule, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = id;
  item.description = vscode.l10n.t('{0} keep it, {1} break it', deviant.kept, deviant.broken);
  item.iconPath = new vscode.ThemeIcon('git-compare', new vscode.ThemeColor('list.warningForeground'));
  item.contextValue = 'deviant';
  const text = new vscode.MarkdownString('');
  text.appendMarkdown('#### ');
  appendSentence(text, deviant.rule);
  text.appendMarkdown('\n\n');
  text.appendText(
    vscode.l10n.t(
      '{0} places keep this and {1} break it (confidence {2} %). This is how the others do it:',
      deviant.kept,
      deviant.broken,
      percent(deviant.confidence),
    ),
  );
  text.appendCodeblock(plainCode(deviant.example.text).slice(0, 600), editorLanguage(deviant.language));
  item.tooltip = text;
  item.accessibilityInformation = {
    label: vscode.l10n.t('{0}: {1} places keep it, {2} break it', rule, deviant.kept, deviant.broken),
  };
  return item;
}

function openCommand(root: string, snippet: Snippet): vscode.Command {
  return { command: 'lodestone.openSnippet', title: vscode.l10n.t('Open'), arguments: [root, snippet] };
}

/** A sentence whose names stand in backticks: these become code, everything else is shown as it is. */
function appendSentence(markdown: vscode.MarkdownString, sentence: string): void {
  plain(sentence)
    .split('`')
    .forEach((part, index, parts) => {
      // An opening backtick that is never closed is no markup.
      if (index % 2 === 1 && index < parts.length - 1) markdown.appendMarkdown(code(part));
      else markdown.appendText(part);
    });
}

/** Markdown code that shows any text as it is. */
function code(text: string): string {
  return `\`${plain(text).replaceAll('`', "'")}\``;
}

/** Five blocks: ▰▰▰▱▱. */
function meter(value: number): string {
  const full = Math.max(0, Math.min(5, Math.round(value * 5)));
  return '▰'.repeat(full) + '▱'.repeat(5 - full);
}

function resonanceColor(resonance: number): vscode.ThemeColor | undefined {
  if (resonance >= 0.7) return new vscode.ThemeColor('charts.green');
  return resonance >= 0.4 ? new vscode.ThemeColor('charts.blue') : undefined;
}

function editorLanguage(language: LanguageId): string {
  return language === 'tsx' ? 'typescriptreact' : language;
}

/** A share in [0, 1] as whole per cent. */
export function percent(share: number): number {
  return Math.round(share * 100);
}
