/** Rows of the "Healing" view for several proposals for one place, of which a person chooses one. */
import * as vscode from 'vscode';
import { hunksOf } from '../../core/edits/hunks.ts';
import type { FilePatch } from '../../core/edits/patch.ts';
import { plain, plainCode } from '../border.ts';
import { hunkDiff } from '../review/hunkWords.ts';
import type { PatchReview } from '../review/patchReview.ts';

/** The row above several proposals for one place. */
export function candidatesItem(shown: PatchReview, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(
    vscode.l10n.t('Candidate {0} of {1}', shown.number, count),
    vscode.TreeItemCollapsibleState.Expanded,
  );
  item.id = `candidates/${shown.id.split('.')[0]}`;
  item.contextValue = 'candidates';
  item.iconPath = new vscode.ThemeIcon('list-selection');
  item.tooltip = vscode.l10n.t('Several answers for the same place: choose one, then accept it.');
  return item;
}

/** One of them: where it is from, how sure it is, its risk; a click shows it. */
export function candidateItem(review: PatchReview, isShown: boolean): vscode.TreeItem {
  const { patch, proposal, number } = review;
  const from = plain(proposal.from ?? patch.sources.join(', '));
  // The folders stand in the tooltip of the row below, "Source": what is left of the line is for how sure it is.
  const item = new vscode.TreeItem(vscode.l10n.t('{0}: {1}', number, from.replace(/[^\s/]+\//g, '')));
  const risk = Math.round(patch.risk.score * 100);
  const sure = proposal.confidence;
  item.id = `candidate/${review.id}`;
  item.contextValue = 'candidate';
  item.description =
    sure === undefined
      ? vscode.l10n.t('risk {0} %', risk)
      : vscode.l10n.t('right with {0} %, risk {1} %', Math.round(sure * 100), risk);
  item.iconPath = new vscode.ThemeIcon(isShown ? 'circle-filled' : 'circle-outline');
  const [file] = patch.files;
  if (file) item.tooltip = new vscode.MarkdownString().appendCodeblock(plainCode(addedLines(file)), 'diff');
  item.accessibilityInformation = {
    label: isShown
      ? vscode.l10n.t('Candidate {0}, shown: {1}, {2}', number, from, item.description)
      : vscode.l10n.t('Candidate {0}: {1}, {2}', number, from, item.description),
  };
  item.command = { command: 'lodestone.showCandidate', title: vscode.l10n.t('Show'), arguments: [number] };
  return item;
}

function addedLines(file: FilePatch): string {
  return hunksOf(file)
    .map((hunk) => hunkDiff(file, hunk))
    .join('\n');
}
