/** Gets the engine and the model's server ready while nobody types: when a file was opened, and in every pause. */
import * as vscode from 'vscode';
import { cancelled, isCancelled, toLodestoneError } from '../../base/errors.ts';
import type { EngineHost } from '../engineHost.ts';
import type { EditorLog } from '../log.ts';
import { sentText } from './buffer.ts';
import { gateOfRequest, servedTarget } from './gatesHere.ts';
import type { RecentFiles } from './recentFiles.ts';

/** A pause in typing, and the moment after an editor came to the front. */
const IDLE_MS = 1_500;
const OPENED_MS = 250;
/** A cursor that moved by fewer lines is in the same function, as far as the prompt's beginning goes. */
const SAME_PLACE_LINES = 12;

export interface WarmerParts {
  readonly engine: EngineHost;
  readonly recent: RecentFiles;
  readonly log: EditorLog;
  /** Nothing is asked ahead: the machine runs on battery, or the folder is not read yet. */
  readonly rests: (root: string) => boolean;
  readonly busy: () => boolean;
}

export class Warmer implements vscode.Disposable {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | undefined;
  private last: { document: vscode.TextDocument; version: number; line: number } | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly parts: WarmerParts) {
    this.subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(() => this.soon(OPENED_MS)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === vscode.window.activeTextEditor) this.soon(IDLE_MS);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0 || document !== vscode.window.activeTextEditor?.document) return;
        this.stop();
        this.soon(IDLE_MS);
      }),
    ];
    this.soon(OPENED_MS);
  }

  /** Ends what is warmed: somebody types, or wants an answer. */
  stop(): void {
    this.running?.abort(cancelled());
    this.running = undefined;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.stop();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private soon(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.warm(), ms);
  }

  private async warm(): Promise<void> {
    const { engine, recent, rests, busy, log } = this.parts;
    const editor = vscode.window.activeTextEditor;
    const target = servedTarget(editor?.document);
    if (!editor || typeof target === 'string' || rests(target.root) || busy()) return;
    const { document, selection } = editor;
    const position = selection.active;
    if (gateOfRequest({ document, position, manual: false, engineStopped: engine.state === 'stopped' })) return;
    const { last } = this;
    const known = last?.document === document && last.version === document.version;
    if (known && Math.abs(last.line - position.line) < SAME_PLACE_LINES) return;
    this.last = { document, version: document.version, line: position.line };
    this.stop();
    const running = new AbortController();
    this.running = running;
    const related = recent.around(target, { anew: true });
    try {
      await engine
        .repository(target.root)
        .warm({ path: target.path, ...sentText(document, position), related }, { signal: running.signal });
    } catch (error) {
      this.last = undefined;
      if (!isCancelled(error)) log.debug(`Getting ready failed: ${toLodestoneError(error).message}`);
    } finally {
      if (this.running === running) this.running = undefined;
    }
  }
}
