/** The counts of suggestions (AT7) as a document to read: by language and source, with what is an estimate called so. */
import * as vscode from 'vscode';
import type { CompletionCounts, CompletionStats } from '../../core/completion/completion.ts';
import type { FilterId } from '../../core/completion/filters/filter.ts';
import { plain } from '../border.ts';
import { languageTitle } from '../sidebar/attractorItems.ts';
import { explainFilter } from './gateWords.ts';

const SCHEME = 'lodestone-statistics';

export class StatisticsDocument implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly uri = vscode.Uri.from({ scheme: SCHEME, path: `/${vscode.l10n.t('Completion statistics')}.md` });
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  private text = '';

  provideTextDocumentContent(): string {
    return this.text;
  }

  /** Shows them rendered, where the editor's own Markdown preview is there. */
  async show(text: string): Promise<void> {
    this.text = text;
    this.changed.fire(this.uri);
    if (vscode.extensions.getExtension('vscode.markdown-language-features'))
      await vscode.commands.executeCommand('markdown.showPreview', this.uri);
    else await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(this.uri), { preview: true });
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

export function statisticsText(repository: string, { rows, rejected }: CompletionStats): string {
  const lines = [`# ${vscode.l10n.t('Completion in {0}', plain(repository))}`, ''];
  if (rows.length === 0) lines.push(vscode.l10n.t('Nothing was suggested yet.'), '');
  else {
    lines.push(
      tableRow([
        vscode.l10n.t('Language'),
        vscode.l10n.t('From'),
        vscode.l10n.t('Suggested'),
        vscode.l10n.t('Kept *'),
        vscode.l10n.t('In part *'),
        vscode.l10n.t('Characters kept *'),
        vscode.l10n.t('API hit rate'),
        vscode.l10n.t('Attractors used'),
        vscode.l10n.t('Asked again'),
        vscode.l10n.t('Time each'),
      ]),
      tableRow(['---', '---', ...Array<string>(8).fill('---:')]),
      ...rows.map(countsRow),
      '',
      vscode.l10n.t(
        '\\* An estimate: the editor tells only of suggestions that were accepted whole; parts are told from what changed in the text, and what was suggested may not have been seen.',
      ),
      '',
      vscode.l10n.t(
        'API hit rate: of the APIs that this repository was expected to use at the cursor, the share that the suggestion used. Attractors used: of those that the prompt named.',
      ),
      '',
    );
  }
  const filters = Object.entries(rejected) as [FilterId, number][];
  if (filters.length)
    lines.push(
      `## ${vscode.l10n.t('Rejected before you saw it')}`,
      '',
      ...filters.map(([filter, count]) => `- ${count} × ${explainFilter(filter)}`),
      '',
    );
  lines.push(vscode.l10n.t('These numbers lie in this repository’s store on this machine and are sent nowhere.'), '');
  return lines.join('\n');
}

function countsRow(counts: CompletionCounts): string {
  const { language, source, model, proposed, kept, keptInPart, keptCharacters, expected, hits } = counts;
  return tableRow([
    languageTitle(language),
    model === null ? sourceWords(source) : plain(model),
    String(proposed),
    share(kept, proposed),
    share(keptInPart, proposed),
    String(keptCharacters),
    share(hits, expected),
    share(counts.attractorsUsed, counts.attractors),
    String(counts.retries),
    proposed ? vscode.l10n.t('{0} ms', Math.round(counts.totalMs / proposed)) : '–',
  ]);
}

/** Where a text without a model came from. */
function sourceWords(source: CompletionCounts['source']): string {
  switch (source) {
    case 'model':
      return vscode.l10n.t('a model');
    case 'copy':
      return vscode.l10n.t('the repository: what followed elsewhere');
    case 'ngram':
      return vscode.l10n.t('the repository: what often follows');
    case 'apiSequence':
      return vscode.l10n.t('the repository: the next call');
    case 'idiom':
      return vscode.l10n.t('the repository: an idiom');
  }
}

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${part} (${Math.round((part / whole) * 100)} %)`;
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
