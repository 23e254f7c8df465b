/** The denoising as it goes on, in a diff's read-only right side; closing that diff cancels it, and its end leaves nothing behind. */
import * as vscode from 'vscode';
import type { Progress } from '../../base/progress.ts';
import { MASK_SIGN } from '../../core/infill/infill.ts';
import type { Target } from '../border.ts';
import { laidOut } from './layOut.ts';
import { Pace } from './pace.ts';

export const DENOISING_SCHEME = 'lodestone-denoising';
/** At most ten updates a second. */
const EVERY_MS = 100;
/** What is written sooner needs no preview: one that comes and goes tells nobody anything. */
const OPEN_AFTER_MS = 250;

/** The right sides of all that is being written. */
export class LivePreviews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly texts = new Map<string, string>();
  private readonly masked = vscode.window.createTextEditorDecorationType({
    // Not a colour of the theme: high contrast has none for ghost text, and the signs would vanish.
    opacity: '0.6',
  });
  private readonly subscriptions: vscode.Disposable[];
  private nextId = 1;

  constructor() {
    this.subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(DENOISING_SCHEME, this),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.fade(document)),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const { document } of editors) this.fade(document);
      }),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Nothing opens before the first text comes. `onClosed`: somebody closed the diff. */
  begin(target: Target, before: string, onClosed: () => void): LivePreview {
    const uri = vscode.Uri.from({ scheme: DENOISING_SCHEME, path: `/${this.nextId++}/${target.path}` });
    const put = (text: string | undefined) => {
      if (text === undefined) this.texts.delete(uri.toString());
      else {
        this.texts.set(uri.toString(), text);
        this.changed.fire(uri);
      }
    };
    return new LivePreview(target, uri, before, put, onClosed);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.masked.dispose();
    this.changed.dispose();
  }

  /** What is still masked stands back behind what is written. */
  private fade(document: vscode.TextDocument): void {
    if (document.uri.scheme !== DENOISING_SCHEME) return;
    const ranges = Array.from(document.getText().matchAll(new RegExp(`${MASK_SIGN}+`, 'g')), ({ 0: run, index }) => {
      return new vscode.Range(document.positionAt(index), document.positionAt(index + run.length));
    });
    for (const editor of vscode.window.visibleTextEditors)
      if (editor.document === document) editor.setDecorations(this.masked, ranges);
  }
}

/** One hole while it is filled. */
export class LivePreview {
  private readonly pace = new Pace<string>((text) => this.put(text), EVERY_MS);
  private opening: Thenable<unknown> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: vscode.Disposable | undefined;

  constructor(
    private readonly target: Target,
    readonly uri: vscode.Uri,
    private readonly before: string,
    private readonly put: (text: string | undefined) => void,
    private readonly onClosed: () => void,
  ) {}

  show({ partial, span }: Progress): void {
    if (partial === undefined || !span) return;
    const { before } = this;
    this.pace.give(laidOut(before, span, partial));
    this.timer ??= setTimeout(() => {
      this.opening = this.open(before.slice(0, span.start).split('\n').length - 1);
    }, OPEN_AFTER_MS);
  }

  /** Closes the diff, if there is one. */
  async end(): Promise<void> {
    this.pace.dispose();
    clearTimeout(this.timer);
    this.watch?.dispose();
    await this.opening;
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => this.isOwn(tab));
    if (tabs.length) await vscode.window.tabGroups.close(tabs, true);
    this.put(undefined);
  }

  private open(line: number): Thenable<unknown> {
    this.watch = vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      if (closed.some((tab) => this.isOwn(tab))) this.onClosed();
    });
    const name = this.target.path.slice(this.target.path.lastIndexOf('/') + 1);
    const options: vscode.TextDocumentShowOptions = {
      preview: false,
      selection: new vscode.Range(line, 0, line, 0),
    };
    return vscode.commands.executeCommand(
      'vscode.diff',
      this.target.uri,
      this.uri,
      vscode.l10n.t('{0}: being written', name),
      options,
    );
  }

  private isOwn({ input }: vscode.Tab): boolean {
    return input instanceof vscode.TabInputTextDiff && input.modified.toString() === this.uri.toString();
  }
}
