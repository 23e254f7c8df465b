/** The light bulb of infilling: a body for a stub and for all stubs of the file, the function written anew, the selection filled. */
import * as vscode from 'vscode';
import { fullName } from '../../core/generation/targets.ts';
import type { FileFacts } from '../../core/syntax/facts.ts';
import { DOCUMENT_SELECTOR, plain, signalOf, type Target, targetOf } from '../border.ts';
import type { CommandId } from '../commands.ts';
import type { EngineHost } from '../engineHost.ts';
import { PROMISING } from '../generation.ts';
import { functionAt, stubsIn } from './routines.ts';

const { QuickFix, RefactorRewrite } = vscode.CodeActionKind;

/** Lines at which a function may begin. */
const BEGINS = /\b(?:def|function|fn|func)\b|=>|[({]\s*$/;

export class InfillActions implements vscode.CodeActionProvider {
  /** Of the text that was asked about last: the cursor moves more often than the text. */
  private known:
    | { readonly document: vscode.TextDocument; readonly version: number; readonly facts: FileFacts }
    | undefined;

  constructor(private readonly engine: EngineHost) {}

  static register(engine: EngineHost): vscode.Disposable {
    return vscode.languages.registerCodeActionsProvider(DOCUMENT_SELECTOR, new InfillActions(engine), {
      providedCodeActionKinds: [QuickFix, RefactorRewrite],
    });
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    const target = targetOf(document);
    if (typeof target === 'string' || this.engine.state !== 'running') return [];
    if (!range.isEmpty)
      return [
        actionOf(vscode.l10n.t('Write the Selection Anew with Lodestone'), RefactorRewrite, 'lodestone.fillHere', []),
      ];
    const isAsked = context.triggerKind === vscode.CodeActionTriggerKind.Invoke;
    const words = document.lineAt(range.start.line).text;
    if (!isAsked && !PROMISING.test(words) && !BEGINS.test(words)) return [];
    const text = document.getText();
    const line = range.start.line + 1;
    try {
      const facts = await this.facts(document, target, token);
      const fact = functionAt(facts, text, line);
      if (!fact) return [];
      const name = plain(fullName(fact));
      const stubs = stubsIn(facts, text);
      if (!stubs.some((stub) => stub.fact === fact)) {
        // A bulb on every line of every function would tell nothing: unasked it is lit where the function begins.
        if (fact.body.end <= fact.body.start || !(isAsked || line === fact.startLine)) return [];
        const title = vscode.l10n.t('Regenerate {0} with Lodestone', name);
        return [actionOf(title, RefactorRewrite, 'lodestone.regenerateFunction', [document.uri, line])];
      }
      const one = vscode.l10n.t('Suggest a Body for {0}', name);
      const all = vscode.l10n.t('Suggest Bodies for All {0} Stubs in This File', stubs.length);
      return [
        actionOf(one, QuickFix, 'lodestone.regenerateFunction', [document.uri, line]),
        ...(stubs.length > 1 ? [actionOf(all, QuickFix, 'lodestone.fillStubs', [document.uri])] : []),
      ];
    } catch {
      // The file cannot be parsed, or nobody waits any more: then there is no action.
      return [];
    }
  }

  private async facts(
    document: vscode.TextDocument,
    target: Target,
    token: vscode.CancellationToken,
  ): Promise<FileFacts> {
    const { version } = document;
    if (this.known?.document === document && this.known.version === version) return this.known.facts;
    const { signal, dispose } = signalOf(token);
    try {
      const asked = { path: target.path, text: document.getText() };
      const facts = await this.engine.repository(target.root).facts(asked, { signal });
      this.known = { document, version, facts };
      return facts;
    } finally {
      dispose();
    }
  }
}

function actionOf(
  title: string,
  kind: vscode.CodeActionKind,
  command: CommandId,
  given: readonly unknown[],
): vscode.CodeAction {
  const action = new vscode.CodeAction(title, kind);
  action.command = { command, title, arguments: [...given] };
  return action;
}
