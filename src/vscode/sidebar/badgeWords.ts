/** What the badges are called, and the sentence that explains each. */
import * as vscode from 'vscode';
import type { Deviant } from '../../core/mining/attractor.ts';
import { type Badges, placesOf } from './badges.ts';

export interface BadgeWords {
  /** For the row. */
  readonly word: string;
  /** A sentence, with names in backticks. */
  readonly reason: string;
}

/** One for each badge that holds; the reasons go to the tooltip and to screen readers. */
export function badgeWords({ specific, recurs, deviants }: Badges): BadgeWords[] {
  const words: BadgeWords[] = [];
  if (specific)
    words.push({
      word: vscode.l10n.t('specific'),
      reason: vscode.l10n.t('Specific to this repository: thousands of times as frequent here as in public code.'),
    });
  if (recurs)
    words.push({
      word: vscode.l10n.t('recurs'),
      reason: vscode.l10n.t(
        'Recurs: by what the history says of such patterns, it is more likely than not to be written again.',
      ),
    });
  const places = placesOf(deviants);
  if (places > 0)
    words.push({
      word: places === 1 ? vscode.l10n.t('1 deviant') : vscode.l10n.t('{0} deviants', places),
      reason: vscode.l10n.t('Not kept everywhere: {0}.', deviants.map(deviantWords).join('; ')),
    });
  return words;
}

function deviantWords({ rule, kept, broken }: Deviant): string {
  return vscode.l10n.t('{0} ({1} keep it, {2} break it)', rule, kept, broken);
}
