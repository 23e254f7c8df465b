/** What is given as a read-only document beside the code, which follows the cursor as the view does. */
import * as vscode from 'vscode';
import { GIVEN_SCHEME, type GivenHere } from './givenHere.ts';

export class GivenDocument implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly uri = vscode.Uri.from({
    scheme: GIVEN_SCHEME,
    path: `/${vscode.l10n.t('Given to the model here')}`,
  });
  private readonly registration: vscode.Disposable;
  private readonly unsubscribe: () => void;

  constructor(private readonly here: GivenHere) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(GIVEN_SCHEME, this);
    this.unsubscribe = here.onChange(() => {
      this.changed.fire(this.uri);
      void this.colour(this.open());
    });
  }

  /** Byte for byte what is given: the block, and the seed after a blank line. */
  provideTextDocumentContent(): string {
    const { given } = this.here;
    return given ? [given.report.considerBlock, given.report.seed].filter(Boolean).join('\n\n') : '';
  }

  async show(): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.uri);
    await this.colour(document);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  }

  dispose(): void {
    this.unsubscribe();
    this.registration.dispose();
    this.changed.dispose();
  }

  private open(): vscode.TextDocument | undefined {
    return vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === this.uri.toString());
  }

  /** In the language of the code beside it, whose comments the lines are. */
  private async colour(document: vscode.TextDocument | undefined): Promise<void> {
    const language = this.here.given?.languageId;
    if (document && language && document.languageId !== language)
      await vscode.languages.setTextDocumentLanguage(document, language);
  }
}
