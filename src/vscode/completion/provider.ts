/**
 * Suggests code at the cursor, on VS Code's stable interface. Of the proposed ones `handleDidShowCompletionItem`,
 * `handleEndOfLifetime` and `handleDidPartiallyAcceptCompletionItem` (inlineCompletionsAdditions) would tell what was shown and kept
 * in part: they are declined, since an extension with them cannot be published; what was kept is estimated instead.
 */
import * as vscode from 'vscode';
import { isCancelled, toLodestoneError } from '../../base/errors.ts';
import { Emitter } from '../../base/events.ts';
import { LruMap } from '../../base/lru.ts';
import type { CompletionReport } from '../../core/completion/completion.ts';
import { Acceptance } from '../../core/completion/session/acceptance.ts';
import type { Gate } from '../../core/completion/session/gates.ts';
import type { OfferedText } from '../../core/completion/session/offer.ts';
import { RequestLog, type RequestRecord } from '../../core/completion/session/requestLog.ts';
import { type SessionClock, type Suggested, Suggestions } from '../../core/completion/session/suggestions.ts';
import { signalOf, type Target } from '../border.ts';
import type { EngineHost } from '../engineHost.ts';
import { REAL_TIMERS } from '../timers.ts';
import { cursorAt } from './buffer.ts';
import { gateOfRequest, servedTarget } from './gatesHere.ts';
import { askEngine } from './question.ts';
import type { RecentFiles } from './recentFiles.ts';

/** The command of an item, which VS Code runs when the whole item was accepted; not for people. */
export const ACCEPTED_COMMAND = 'lodestone.completionAccepted';

export interface ProviderParts {
  readonly engine: EngineHost;
  readonly recent: RecentFiles;
  /** The model is left alone for now: the machine runs on battery, and the setting says so. */
  readonly savesPower: () => boolean;
  /** What an answer says of the model. */
  readonly onReport: (root: string, report: CompletionReport, manual: boolean) => void;
  /** What could not be asked. */
  readonly onFailure: (root: string, error: unknown, manual: boolean) => void;
}

/** What a record says beside where and when. */
type Told = Omit<RequestRecord, 'at' | 'document' | 'line' | 'language' | 'manual' | 'wholeMs'>;

const CLOCK: SessionClock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const handle = REAL_TIMERS.set(callback, ms);
    return () => REAL_TIMERS.clear(handle);
  },
};

/** Reports of which something may still be told. */
const REPORTS = 64;

export class CompletionProvider implements vscode.InlineCompletionItemProvider, vscode.Disposable {
  readonly requests = new RequestLog();
  readonly suggestions = new Suggestions(CLOCK);
  private readonly acceptance: Acceptance;
  private readonly reports = new LruMap<string, CompletionReport>(REPORTS);
  private readonly changed = new Emitter<void>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly parts: ProviderParts) {
    this.acceptance = new Acceptance(CLOCK, (outcome, document) => {
      const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(document));
      // A count that is lost is not worth a message.
      if (folder)
        parts.engine
          .repository(folder.uri.fsPath)
          .recordOutcome(outcome, {})
          .catch(() => undefined);
    });
    this.subscriptions = [
      vscode.commands.registerCommand(ACCEPTED_COMMAND, (id: string, document: string, characters: number) =>
        this.accepted(id, document, characters),
      ),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        for (const { rangeOffset, rangeLength, text } of contentChanges)
          this.acceptance.changed({
            ...{ document: document.uri.toString(), text },
            ...{ offset: rangeOffset, removed: rangeLength },
          });
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.cursorMoved(textEditor)),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.cursorMoved(editor)),
    ];
  }

  /** Fires after each request that was answered or refused. */
  readonly onRequest = this.changed.on;

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[] | undefined> {
    const started = performance.now();
    const manual = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    const record = (told: Told) => {
      const wholeMs = performance.now() - started;
      const where = { document: document.uri.toString(), line: position.line + 1, language: document.languageId };
      this.requests.add({ at: Date.now(), ...where, manual, wholeMs, ...told });
      this.changed.fire();
    };
    const target = servedTarget(document);
    const gate =
      typeof target === 'string'
        ? target
        : gateOfRequest({ document, position, manual, engineStopped: this.parts.engine.state === 'stopped' });
    if (typeof target === 'string' || gate) {
      record({ outcome: 'gate', gate: gate as Gate });
      return undefined;
    }
    const onBattery = !manual && this.parts.savesPower();
    const { signal, dispose } = signalOf(token);
    try {
      const ask = this.ask(target, document, position, { manual, onBattery });
      const suggested = await this.suggestions.suggest(cursorAt(document, position), ask, { manual, signal });
      if (!suggested || signal.aborted) return undefined;
      const items = this.items(suggested, document, position, context);
      record({ ...this.facts(suggested, items.length > 0), ...(onBattery ? { onBattery } : {}) });
      return items;
    } catch (error) {
      if (isCancelled(error)) return undefined;
      const { code, message, advice = '' } = toLodestoneError(error);
      record({ outcome: 'failed', problem: { code, message, advice } });
      this.parts.onFailure(target.root, error, manual);
      return undefined;
    } finally {
      dispose();
    }
  }

  dispose(): void {
    this.suggestions.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private ask(
    target: Target,
    document: vscode.TextDocument,
    position: vscode.Position,
    { manual, onBattery }: { manual: boolean; onBattery: boolean },
  ) {
    const question = { target, document, position, manual, withoutModel: onBattery };
    return askEngine(this.parts.engine, this.parts.recent, question, (report) => {
      this.reports.set(report.id, report);
      this.parts.onReport(target.root, report, manual);
    });
  }

  /** The next suggestion is wanted at once where one was accepted. */
  private accepted(id: string, document: string, characters: number): void {
    this.acceptance.accepted(id, document, characters);
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.uri.toString() !== document) return;
    const { document: open, selection } = editor;
    const target = servedTarget(open);
    if (typeof target === 'string') return;
    const asked = { document: open, position: selection.active, manual: false };
    if (gateOfRequest({ ...asked, engineStopped: this.parts.engine.state === 'stopped' })) return;
    const onBattery = this.parts.savesPower();
    this.suggestions.prefetch(
      cursorAt(open, selection.active),
      this.ask(target, open, selection.active, { manual: false, onBattery }),
    );
  }

  private cursorMoved(editor: vscode.TextEditor | undefined): void {
    if (editor !== vscode.window.activeTextEditor) return;
    // An output or the search box has the focus: nobody waits for code any more.
    if (editor?.document.uri.scheme !== 'file') {
      this.suggestions.moved(undefined);
      return;
    }
    const { document, selection } = editor;
    this.suggestions.moved(cursorAt(document, selection.active));
    this.acceptance.cursorAt(document.uri.toString(), document.offsetAt(selection.active));
  }

  private items(
    { offer }: Suggested,
    document: vscode.TextDocument,
    position: vscode.Position,
    { triggerKind, selectedCompletionInfo: widget }: vscode.InlineCompletionContext,
  ): vscode.InlineCompletionItem[] {
    // What is typed of the widget's item already: a suggestion is shown beside it only if it continues the item.
    const begun = widget ? document.getText(new vscode.Range(widget.range.start, position)) : '';
    const fitting = offer.texts.filter(({ text }) => !widget || (begun + text).startsWith(widget.text));
    const shown = triggerKind === vscode.InlineCompletionTriggerKind.Invoke ? fitting : fitting.slice(0, 1);
    const [first] = shown;
    const address = document.uri.toString();
    if (first)
      this.acceptance.shown({
        ...{ id: offer.id, document: address, offset: document.offsetAt(position), text: first.text },
      });
    return shown.map(({ text, replaces }: OfferedText) => {
      const range = new vscode.Range(widget?.range.start ?? position, position.translate(0, replaces));
      return new vscode.InlineCompletionItem(begun + text, range, {
        command: ACCEPTED_COMMAND,
        title: '',
        arguments: [offer.id, address, text.length],
      });
    });
  }

  private facts({ offer, origin }: Suggested, any: boolean): Told {
    const report = this.reports.get(offer.id);
    const [first] = offer.texts;
    const refused = first !== undefined && !any;
    return {
      outcome: refused ? 'gate' : any ? 'suggested' : 'nothing',
      ...(refused ? { gate: 'suggestWidget' } : {}),
      origin,
      ...(first ? { source: first.source, characters: first.text.length } : {}),
      ...(report
        ? {
            model: report.model,
            filters: report.rejected.map(({ filter }) => filter),
            timings: report.timings,
            ...(report.why === null ? {} : { why: report.why }),
            ...(report.notice ? { problem: report.notice } : {}),
          }
        : {}),
    };
  }
}
