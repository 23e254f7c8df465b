/** "Why no suggestion?": the answer from the log of the last requests, from the gates, and from what is known of the model. */
import * as vscode from 'vscode';
import { LodestoneError } from '../../base/errors.ts';
import type { RequestRecord } from '../../core/completion/session/requestLog.ts';
import type { EngineHost } from '../engineHost.ts';
import { adviceFor } from '../messages.ts';
import type { CompletionFeature } from './completionFeature.ts';
import { gateOfRequest, servedTarget } from './gatesHere.ts';
import { type Explanation, explainFilter, explainGate } from './gateWords.ts';

/** What is shown; the editor's own settings and gates come before what the last request met. */
export function explain(feature: CompletionFeature, engine: EngineHost): Explanation {
  const editor = vscode.window.activeTextEditor;
  const document = editor?.document;
  const names = {
    language: document?.languageId ?? '',
    path: document ? vscode.workspace.asRelativePath(document.uri, false) : '',
  };
  const target = servedTarget(document);
  if (typeof target === 'string' || !editor || !document)
    return explainGate(typeof target === 'string' ? target : 'noEditor', names);
  const on = vscode.workspace.getConfiguration('editor', document).get<boolean>('inlineSuggest.enabled', true);
  if (!on) return explainGate('editorSetting', names);
  const position = editor.selection.active;
  const gate = gateOfRequest({ document, position, manual: false, engineStopped: engine.state === 'stopped' });
  if (gate) return explainGate(gate, names);
  const record = feature.provider.requests.records.find((each) => each.document === document.uri.toString());
  const said = record && explainRecord(record, names);
  return withModel(said ?? neverAsked(), feature, target.root, record);
}

/** The answer as a message with the one action that helps. */
export async function showWhy(feature: CompletionFeature, engine: EngineHost): Promise<void> {
  const { text, action } = explain(feature, engine);
  const copy = vscode.l10n.t('Copy Diagnostics');
  const chosen = await vscode.window.showInformationMessage(text, ...(action ? [action.title] : []), copy);
  if (chosen === copy) await vscode.commands.executeCommand('lodestone.copyDiagnostics');
  else if (action && chosen === action.title)
    await vscode.commands.executeCommand(action.command, ...(action.arguments ?? []));
}

function explainRecord(record: RequestRecord, names: { language: string; path: string }): Explanation {
  const { outcome, gate, filters = [], model, problem, onBattery, timings, why } = record;
  const took = timings ? vscode.l10n.t(' It took {0} ms.', Math.round(timings.totalMs)) : '';
  switch (outcome) {
    case 'gate':
      return gate ? explainGate(gate, names) : neverAsked();
    case 'failed':
      return problem
        ? adviceFor(new LodestoneError(problem.code, problem.message, { advice: problem.advice }))
        : neverAsked();
    case 'suggested':
      return {
        text:
          vscode.l10n.t(
            'Line {0} got a suggestion of {1} characters, from {2}.',
            record.line,
            record.characters ?? 0,
            record.source === 'model' ? (model ?? '') : vscode.l10n.t('the repository'),
          ) + took,
      };
    case 'nothing': {
      const who = model ?? vscode.l10n.t('the repository');
      const reasons = [...new Set(filters)].map(explainFilter);
      const text = reasons.length
        ? vscode.l10n.t('What {0} proposed was rejected: {1}.', who, reasons.join('; '))
        : model
          ? vscode.l10n.t('{0} had nothing to write here.', model)
          : vscode.l10n.t('Nothing in the repository is likely enough to follow here.');
      const saving = onBattery ? vscode.l10n.t(' The model was not asked, to save the battery.') : '';
      return {
        text:
          (why === undefined && !reasons.length && !model ? vscode.l10n.t('Nothing fits here.') : text) + saving + took,
        // Whoever asks is given it all the same.
        ...(filters.includes('unsure') ? { action: suggestNow() } : {}),
      };
    }
  }
}

/** VS Code does not say why it did not ask; what can be the reason is told. */
function neverAsked(): Explanation {
  return {
    text: vscode.l10n.t(
      'The editor has not asked Lodestone for a suggestion in this file yet. It asks when you type, unless inline suggestions are snoozed.',
    ),
    action: suggestNow(),
  };
}

function suggestNow(): NonNullable<Explanation['action']> {
  return { title: vscode.l10n.t('Suggest Now'), command: 'lodestone.triggerCompletion' };
}

/** Where the repository had to answer alone because of the model, that is what helps. */
function withModel(
  said: Explanation,
  feature: CompletionFeature,
  root: string,
  record: RequestRecord | undefined,
): Explanation {
  if (said.action || record?.outcome === 'gate' || record?.onBattery) return said;
  const { problem } = feature.models.of(root);
  if (!problem) return said;
  const { text, action } = adviceFor(new LodestoneError(problem.code, problem.message, { advice: problem.advice }));
  return { text: `${said.text} ${text}`, ...(action ? { action } : {}) };
}
