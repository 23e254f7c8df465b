/** The state of the model and the fate of the last request in the words of the status bar and the Status view. */
import * as vscode from 'vscode';
import type { RequestRecord } from '../../core/completion/session/requestLog.ts';
import { plain } from '../border.ts';
import { leaf } from '../sidebar/leaf.ts';
import type { ModelKnowledge } from './modelWatch.ts';

export function modelWords({ state, model, problem }: ModelKnowledge): string {
  const name = plain(model ?? '');
  switch (state) {
    case 'unknown':
      return vscode.l10n.t('Model: not asked yet.');
    case 'ready':
      return vscode.l10n.t('Model: {0}, ready.', name);
    case 'none':
      return vscode.l10n.t('Model: none; the repository answers alone.');
    case 'missing':
      return vscode.l10n.t('Model: {0} is not on its server; the repository answers alone.', name);
    case 'noServer':
      return vscode.l10n.t('Model: no server answers; the repository answers alone.');
    case 'failed':
      return vscode.l10n.t('Model: it failed; the repository answers alone. {0}', plain(problem?.message ?? ''));
  }
}

export function lastWords({ outcome, line, source, model, wholeMs }: RequestRecord): string {
  const ms = Math.round(wholeMs ?? 0);
  if (outcome === 'suggested')
    return vscode.l10n.t(
      'Last suggestion: line {0}, from {1}, {2} ms.',
      line,
      source === 'model' ? plain(model ?? '') : vscode.l10n.t('the repository'),
      ms,
    );
  return vscode.l10n.t('Last request: line {0}, nothing suggested. "Why No Suggestion?" tells why.', line);
}

/** A row of the Status view: what is wrong is one selection away from what mends it. */
export function modelLeaf(known: ModelKnowledge): vscode.TreeItem {
  const label = vscode.l10n.t('Model');
  const { state, model, problem } = known;
  const name = plain(model ?? '');
  const item = (
    {
      unknown: () => leaf(label, vscode.l10n.t('not asked yet; select to ask'), 'chip'),
      ready: () => leaf(label, name, 'pass'),
      none: () => leaf(label, vscode.l10n.t('none; the repository answers'), 'circle-slash'),
      missing: () =>
        leaf(
          label,
          vscode.l10n.t('{0} is missing; select to download', name),
          'cloud-download',
          'list.warningForeground',
        ),
      noServer: () => leaf(label, vscode.l10n.t('no server answers'), 'debug-disconnect', 'list.warningForeground'),
      failed: () => leaf(label, plain(problem?.message ?? ''), 'error', 'list.errorForeground'),
    } as const
  )[state]();
  item.tooltip = [modelWords(known), plain(problem?.message ?? ''), plain(problem?.advice ?? '')]
    .filter(Boolean)
    .join('\n');
  item.command =
    state === 'missing'
      ? { command: 'lodestone.downloadModel', title: vscode.l10n.t('Download It') }
      : state === 'noServer'
        ? { command: 'lodestone.openWalkthrough', title: vscode.l10n.t('How to Add a Model') }
        : { command: 'lodestone.chooseModel', title: vscode.l10n.t('Choose a Model') };
  return item;
}
