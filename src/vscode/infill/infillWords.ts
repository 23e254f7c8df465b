/** What an infill answers in words: where a candidate is from, and why nothing is shown. */
import * as vscode from 'vscode';
import { LodestoneError } from '../../base/errors.ts';
import type { HealReport } from '../../core/healing/heal.ts';
import type { InfillCandidate, InfillReport } from '../../core/infill/infill.ts';
import type { ProposalSource } from '../../core/infill/proposal.ts';
import { adviceFor, type MessageAction } from '../messages.ts';
import type { Proposal } from '../review/patchReview.ts';

/** Candidates as the review takes them; those that would change nothing are left out. */
export function proposalsOf(path: string, candidates: readonly InfillCandidate[], report: InfillReport): Proposal[] {
  const stoodIn = report.fallback !== null;
  return candidates.flatMap((candidate) => {
    const known = stoodIn ? {} : { confidence: candidate.confidence };
    const reviewed = reportOf(path, candidate, report);
    return reviewed ? [{ report: reviewed, from: wordsOfSource(candidate), ...known }] : [];
  });
}

/** The review shows reports of healing. What no tool has looked at promises nothing, so nothing is asked of it afterwards. */
function reportOf(path: string, candidate: InfillCandidate, { why }: InfillReport): HealReport | undefined {
  const { patch, validation, diff, parses, meta } = candidate;
  if (!patch) return undefined;
  const notes = [...(validation?.notes ?? [])];
  const note = (message: string) => notes.push({ tool: 'Lodestone', message });
  if (why) note(why);
  if (!parses) note(vscode.l10n.t('It does not parse here.'));
  if (!validation) note(vscode.l10n.t('No tool has looked at this candidate.'));
  if (meta.model !== null) note(vscode.l10n.t('{0}, {1}, seed {2}', meta.model, meta.preset, meta.seed));
  const files = validation
    ? [
        {
          ...{ path, before: validation.before, after: validation.after, risk: patch.risk, diff, attempts: 1 },
          ...{ sources: patch.sources, durationMs: meta.msModel + meta.msOwn, reason: '' },
        },
      ]
    : [];
  return { files, notes, patch };
}

export function wordsOfSource({ source, from }: Pick<InfillCandidate, 'source' | 'from'>): string {
  const where = from.replace(/^(?:repository: |model )/, '');
  const words: Readonly<Record<ProposalSource, string>> = {
    copy: vscode.l10n.t('copied from {0}', where),
    kin: vscode.l10n.t('like {0}, renamed', where),
    ngram: vscode.l10n.t('what usually follows here ({0})', where),
    denoiser: vscode.l10n.t('denoiser {0}', where),
    repaired: vscode.l10n.t('copied from {0}, repaired by the denoiser', where),
    model: vscode.l10n.t('stands in: model {0}', where),
    nearest: vscode.l10n.t('stands in: nearest function {0}', where),
  };
  return words[source];
}

/** What is wrong although there is an answer, and what to do about it. */
export function troubleOf(notices: InfillReport['notices']): { text: string; action: MessageAction } {
  const text = notices.map(({ message, advice }) => `${message} ${advice}`).join(' ');
  return { text, action: wayOut(notices) };
}

/** Why nothing is shown for `what` in a file, what of `fresh` is wrong besides, and the one thing that helps. */
export function silenceOf(
  { what, path, hasModel }: { readonly what: string; readonly path: string; readonly hasModel: boolean },
  report: InfillReport,
  fresh: InfillReport['notices'],
): { text: string; action?: MessageAction } {
  const { candidates, withheld, notices, why } = report;
  if (candidates.length > 0) return { text: vscode.l10n.t('What belongs there stands there already.') };
  const because = [why, ...(fresh.length > 0 ? [troubleOf(fresh).text] : [])].filter(Boolean).join(' ');
  const text = vscode.l10n.t('Nothing is offered for {0} in {1}. {2}', what, path, because);
  if (withheld.some(({ patch }) => patch))
    return { text, action: { title: vscode.l10n.t('Show What Was Withheld'), command: 'lodestone.showWithheld' } };
  return {
    text,
    action: hasModel ? wayOut(notices) : { title: vscode.l10n.t('Choose a Model'), command: 'lodestone.chooseModel' },
  };
}

/** The first thing that a person can do something about; else the log. */
function wayOut(notices: InfillReport['notices']): MessageAction {
  const helps = notices.map(({ code, message, advice }) => adviceFor(new LodestoneError(code, message, { advice })));
  const way = helps.find(({ action }) => action && action.command !== 'lodestone.showLog')?.action;
  return way ?? { title: vscode.l10n.t('Show Log'), command: 'lodestone.showLog' };
}
