/** Heal This File and the light bulb's "Heal": asks the engine with progress and cancel, then opens the review. */
import * as vscode from 'vscode';
import type { HealReport, HealRequest } from '../core/healing/heal.ts';
import { DOCUMENT_SELECTOR, refusalMessage, signalOf, type Target, targetOf } from './border.ts';
import type { EngineHost } from './engineHost.ts';
import type { EditorLog } from './log.ts';
import type { Messages } from './messages.ts';
import { overlaysFor, type ReviewController, testsAreAsked } from './review/reviewController.ts';

/** The problem a code action is about; line and column from 1. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly code: string;
}

export class Healer {
  constructor(
    private readonly engine: EngineHost,
    private readonly reviews: ReviewController,
    private readonly messages: Messages,
    private readonly log: EditorLog,
  ) {}

  /** Heals a file (the active one by default), or one problem of it. */
  async heal(uri?: vscode.Uri, problem?: Problem): Promise<void> {
    const document = uri ? await vscode.workspace.openTextDocument(uri) : vscode.window.activeTextEditor?.document;
    const target = targetOf(document ?? notebookCell());
    if (typeof target === 'string') {
      this.messages.warn(refusalMessage(target));
      return;
    }
    const report = await this.ask(target, problem);
    await this.present(target, report);
  }

  private async ask(target: Target, problem: Problem | undefined): Promise<HealReport> {
    const settings = vscode.workspace.getConfiguration('lodestone', target.uri);
    const request: HealRequest = {
      files: [target.path],
      overlays: await overlaysFor(target.root, [target]),
      trusted: vscode.workspace.isTrusted,
      tests: testsAreAsked(target.uri),
      budgetMs: settings.get<number>('healing.budgetSeconds', 20) * 1000,
      ...(problem ? { only: { path: target.path, ...problem } } : {}),
    };
    return vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Lodestone: healing {0}', target.path),
        cancellable: true,
      },
      async (progress, token) => {
        const { signal, dispose } = signalOf(token);
        try {
          return await this.engine.repository(target.root).heal(request, {
            signal,
            onProgress: ({ step }) => progress.report({ message: step }),
          });
        } finally {
          dispose();
        }
      },
    );
  }

  private async present(target: Target, report: HealReport): Promise<void> {
    for (const { tool, message, advice } of report.notes) this.log.warn(`${tool}: ${message} ${advice ?? ''}`);
    const { patch } = report;
    if (patch && this.mayApplyUnseen(patch.canApply, patch.risk.score)) {
      await this.reviews.applyUnseen(target.root, patch, report);
      return;
    }
    await this.reviews.start(target.root, report);
    if (patch) return;
    const [file] = report.files;
    const clean = file !== undefined && file.before.length === 0;
    const [note] = report.notes;
    if (clean && !note) this.messages.inform(vscode.l10n.t('{0} has no errors to heal.', target.path));
    else
      this.messages.warn(
        vscode.l10n.t('Nothing was changed in {0}. {1}', target.path, file?.reason || note?.message || ''),
        note
          ? { title: vscode.l10n.t('Check Tools'), command: 'lodestone.doctor' }
          : { title: vscode.l10n.t('Show Log'), command: 'lodestone.showLog' },
      );
  }

  /** The setting is the machine's: a workspace can never switch this on. */
  private mayApplyUnseen(canApply: boolean, risk: number): boolean {
    const setting = vscode.workspace.getConfiguration('lodestone').inspect<number>('healing.autoApplyBelowRisk');
    const threshold = setting?.globalValue ?? 0;
    return canApply && vscode.workspace.isTrusted && risk < threshold;
  }
}

/** "Heal with Lodestone" on every problem under the cursor, and on the whole file. */
export class HealActions implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];

  static register(): vscode.Disposable {
    return vscode.languages.registerCodeActionsProvider(DOCUMENT_SELECTOR, new HealActions(), {
      providedCodeActionKinds: HealActions.kinds,
    });
  }

  provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const problems = context.diagnostics.filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning);
    return problems.map((diagnostic) => {
      const action = new vscode.CodeAction(
        vscode.l10n.t('Heal with Lodestone: {0}', shorten(diagnostic.message)),
        vscode.CodeActionKind.QuickFix,
      );
      action.diagnostics = [diagnostic];
      const problem: Problem = {
        line: diagnostic.range.start.line + 1,
        column: diagnostic.range.start.character + 1,
        code: codeOf(diagnostic),
      };
      action.command = { command: 'lodestone.healProblem', title: action.title, arguments: [document.uri, problem] };
      return action;
    });
  }
}

/** The tool's code as the engine spells it: VS Code's TypeScript says 2304 where the compiler says TS2304. */
function codeOf({ code, source }: vscode.Diagnostic): string {
  const value = typeof code === 'object' ? code.value : code;
  if (value === undefined) return '';
  return (source === 'ts' || source === 'js') && /^\d+$/.test(String(value)) ? `TS${value}` : String(value);
}

function shorten(message: string): string {
  const [line = ''] = message.split('\n');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function notebookCell(): vscode.TextDocument | undefined {
  const notebook = vscode.window.activeNotebookEditor;
  return notebook && notebook.notebook.cellCount > 0 ? notebook.notebook.cellAt(0).document : undefined;
}
