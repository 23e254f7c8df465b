/** Implement This and Edit Selection: asks the engine with progress and cancel, then opens the review; writes nothing itself. */
import * as vscode from 'vscode';
import type { CallOptions } from '../base/progress.ts';
import type { Patch } from '../core/edits/patch.ts';
import { unifiedDiff } from '../core/edits/unifiedDiff.ts';
import type { FailedAttempt, Validation } from '../core/generation/generation.ts';
import { findTarget } from '../core/generation/targets.ts';
import type { HealReport } from '../core/healing/heal.ts';
import { DOCUMENT_SELECTOR, plain, signalOf, type Target, targetOf } from './border.ts';
import type { EngineHost } from './engineHost.ts';
import type { EditorLog } from './log.ts';
import type { Messages } from './messages.ts';
import { findDocument } from './openTarget.ts';
import type { ReviewController } from './review/reviewController.ts';

/** What generation and edits answer alike. */
interface Answer {
  readonly patch?: Patch;
  readonly validation: Validation;
  readonly attempts: number;
  readonly rejected: readonly FailedAttempt[];
  readonly failure: string | null;
}

export class Writer {
  constructor(
    private readonly engine: EngineHost,
    private readonly reviews: ReviewController,
    private readonly messages: Messages,
    private readonly log: EditorLog,
  ) {}

  /** Writes what a line asks for: a function without a body, or below a comment. By default the cursor's. */
  async implement(uri?: vscode.Uri, line?: number): Promise<void> {
    const found = await findDocument(this.messages, uri);
    if (!found) return;
    const { target, document, editor } = found;
    const at = line ?? (editor ? editor.selection.active.line + 1 : 1);
    const report = await this.withProgress(vscode.l10n.t('Lodestone: writing {0}', target.path), (options) =>
      this.engine.repository(target.root).generate(
        {
          target: { path: target.path, line: at },
          text: document.getText(),
          trusted: vscode.workspace.isTrusted,
        },
        options,
      ),
    );
    await this.present(target, report);
    const { notice, patch } = report;
    if (notice && patch)
      this.messages.warn(
        vscode.l10n.t('The repository’s own nearest function stands in. {0} {1}', notice.message, notice.advice),
        { title: vscode.l10n.t('Open Settings'), command: 'lodestone.openSettings' },
      );
  }

  /** Rewrites the selected lines as the user says; `instruction` is asked for where a command brings none. */
  async edit(given?: string): Promise<void> {
    const found = await findDocument(this.messages);
    if (!found) return;
    const { target, document, editor } = found;
    if (!editor || editor.selection.isEmpty) {
      this.messages.warn(vscode.l10n.t('Select the lines to change first.'));
      return;
    }
    const { start, end } = editor.selection;
    const text = document.getText();
    const instruction = given ?? (await askInstruction());
    if (!instruction?.trim()) return;
    // A selection that ends before a line's first character does not mean that line.
    const endLine = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
    const report = await this.withProgress(vscode.l10n.t('Lodestone: editing {0}', target.path), (options) =>
      this.engine.repository(target.root).edit(
        {
          ...{ path: target.path, text, startLine: start.line + 1, endLine },
          ...{ instruction, trusted: vscode.workspace.isTrusted },
        },
        options,
      ),
    );
    await this.present(target, report);
  }

  private withProgress<T>(title: string, ask: (options: CallOptions) => Promise<T>): Thenable<T> {
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: plain(title), cancellable: true },
      async (progress, token) => {
        const { signal, dispose } = signalOf(token);
        try {
          return await ask({ signal, onProgress: ({ step }) => progress.report({ message: step }) });
        } finally {
          dispose();
        }
      },
    );
  }

  private async present(target: Target, answer: Answer): Promise<void> {
    const { patch, failure, rejected } = answer;
    // What was rejected stays out of the log: it may hold a secret.
    for (const { why } of rejected) this.log.info(`Rejected: ${why}`);
    for (const { tool, message } of answer.validation.notes) this.log.warn(`${tool}: ${message}`);
    if (patch) await this.reviews.start(target.root, reportOf(target.path, patch, answer));
    else
      this.messages.warn(vscode.l10n.t('Nothing was written in {0}. {1}', target.path, failure ?? ''), {
        title: vscode.l10n.t('Show Log'),
        command: 'lodestone.showLog',
      });
  }
}

/** The review shows reports of healing: what was there before, what will be, and who says so. */
function reportOf(path: string, patch: Patch, { validation, attempts, failure }: Answer): HealReport {
  return {
    files: [
      {
        ...{ path, before: validation.before, after: validation.after, risk: patch.risk, attempts },
        diff: patch.files.map((file) => unifiedDiff(file.path, file.before, file.after)).join(''),
        ...{ sources: patch.sources, durationMs: 0, reason: failure ?? '' },
      },
    ],
    notes: validation.notes,
    patch,
  };
}

function askInstruction(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Edit Selection'),
    prompt: vscode.l10n.t('What is to change? You will see the difference before anything is written.'),
    placeHolder: vscode.l10n.t('For example: handle the case that the list is empty'),
  });
}

/** Lines at which it is worth asking the engine whether something is to be written. */
export const PROMISING =
  /^\s*(?:\/\/|\/\*|\*|#)|[{:]\s*$|\{\s*\}|\bpass\b|\.\.\.|\bNotImplementedError\b|\b(?:todo|unimplemented)!|\bpanic\(|\bthrow new Error\(/;

/** "Implement This" on what is still to be written, "Edit Selection" on a selection. */
export class WriterActions implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.RefactorRewrite];

  constructor(private readonly engine: EngineHost) {}

  static register(engine: EngineHost): vscode.Disposable {
    return vscode.languages.registerCodeActionsProvider(DOCUMENT_SELECTOR, new WriterActions(engine), {
      providedCodeActionKinds: WriterActions.kinds,
    });
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    _context: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    if (!range.isEmpty)
      return [
        actionOf(vscode.l10n.t('Edit Selection with Lodestone…'), {
          command: 'lodestone.editSelection',
          arguments: [],
        }),
      ];
    const line = range.start.line + 1;
    const title = PROMISING.test(document.lineAt(range.start.line).text)
      ? await this.titleAt(document, line, token)
      : undefined;
    if (title === undefined) return [];
    return [actionOf(title, { command: 'lodestone.implementThis', arguments: [document.uri, line] })];
  }

  private async titleAt(
    document: vscode.TextDocument,
    line: number,
    token: vscode.CancellationToken,
  ): Promise<string | undefined> {
    const target = targetOf(document);
    if (typeof target === 'string' || this.engine.state !== 'running') return undefined;
    const { signal, dispose } = signalOf(token);
    const text = document.getText();
    try {
      const facts = await this.engine.repository(target.root).facts({ path: target.path, text }, { signal });
      const { routine } = findTarget(target.path, { line }, text, facts);
      return routine
        ? vscode.l10n.t('Implement {0} with Lodestone', plain(routine.name))
        : vscode.l10n.t('Write what stands here with Lodestone');
    } catch {
      // Nothing is to be written there, or the file cannot be parsed: then there is no action.
      return undefined;
    } finally {
      dispose();
    }
  }
}

function actionOf(title: string, command: Omit<vscode.Command, 'title'>): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.RefactorRewrite);
  action.command = { ...command, title };
  return action;
}
