/** One proposed patch under review: its right-side documents, which hunks stand, and what accepting would write. */
import * as vscode from 'vscode';
import { applyEdits } from '../../base/textEdit.ts';
import type { Hunk } from '../../core/edits/hunks.ts';
import type { FilePatch, Patch } from '../../core/edits/patch.ts';
import type { HealReport } from '../../core/healing/heal.ts';
import { fileUri } from '../border.ts';
import { sameLineEndings, type TextChange } from './applyTexts.ts';
import { type FileState, fileState, removeOwnEdits, toggleEdits } from './hunkStates.ts';
import { PATCH_SCHEME, PatchFileSystem } from './patchFileSystem.ts';

/** A patch for a person to decide on, and what is told of it. */
export interface Proposal {
  readonly report: HealReport;
  /** Where it is from, in words; absent: as the patch's sources say. */
  readonly from?: string;
  /** Calibrated chance, in [0, 1], that it is just what belongs there; absent where nobody knows. */
  readonly confidence?: number;
}

export class PatchReview {
  private readonly states = new Map<string, { text: string; state: FileState }>();

  /**
   * `id` names the review's folder in the patch file system; `proposal.report.patch` is what is reviewed; `number` counts
   * from 1 among `of` proposals for the same place.
   */
  constructor(
    readonly id: string,
    readonly root: string,
    readonly patch: Patch,
    readonly proposal: Proposal,
    readonly number: number,
    private readonly of: number,
    private readonly files: PatchFileSystem,
  ) {
    for (const file of patch.files) files.put(this.rightUri(file.path), file.after);
  }

  get report(): HealReport {
    return this.proposal.report;
  }

  leftUri(path: string): vscode.Uri {
    return fileUri(this.root, path);
  }

  rightUri(path: string): vscode.Uri {
    return PatchFileSystem.uri(this.id, path);
  }

  owns(uri: vscode.Uri): boolean {
    return uri.scheme === PATCH_SCHEME && uri.path.startsWith(`/${this.id}/`);
  }

  /** The right side as it reads now, unsaved changes of the user included. */
  text(path: string): string {
    const uri = this.rightUri(path);
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    return open?.getText() ?? this.files.text(uri) ?? '';
  }

  /** Hunks of a file with their state; recomputed only when the right side changed. */
  state(file: FilePatch): FileState {
    const text = sameLineEndings(file.before, this.text(file.path));
    const known = this.states.get(file.path);
    if (known?.text === text) return known.state;
    const state = fileState(file, text);
    this.states.set(file.path, { text, state });
    return state;
  }

  /** True if a reviewed document no longer reads as it did when the patch was made. */
  get stale(): boolean {
    return this.patch.files.some((file) => {
      const uri = this.leftUri(file.path).toString();
      const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri);
      return open !== undefined && open.getText() !== file.before;
    });
  }

  /** Takes a proposed hunk in or out of the right side. */
  async toggle(file: FilePatch, hunk: Hunk, keep: boolean): Promise<void> {
    await this.edit(file, (current) => toggleEdits(file, current, hunk, keep));
  }

  /** Takes out a change that the user made on the right side. */
  async removeOwn(file: FilePatch, hunk: Hunk): Promise<void> {
    await this.edit(file, (current) => removeOwnEdits(file, current, hunk));
  }

  /** What accepting would write, file by file; files whose every hunk was taken out are not among them. */
  changes(): TextChange[] {
    return this.patch.files
      .map(({ path, before }) => ({ path, before, after: sameLineEndings(before, this.text(path)) }))
      .filter(({ before, after }) => before !== after);
  }

  /** Opens the diff of one file, or the overview of several. */
  async show(path?: string, line?: number): Promise<void> {
    const { files } = this.patch;
    const [only] = files;
    const wanted = path ?? (files.length === 1 ? only?.path : undefined);
    if (wanted === undefined) {
      await vscode.commands.executeCommand(
        'vscode.changes',
        this.title(),
        files.map((file) => [this.leftUri(file.path), this.leftUri(file.path), this.rightUri(file.path)]),
      );
      return;
    }
    const selection = line ? new vscode.Range(line - 1, 0, line - 1, 0) : undefined;
    const options: vscode.TextDocumentShowOptions = { preview: false, ...(selection ? { selection } : {}) };
    await vscode.commands.executeCommand(
      'vscode.diff',
      this.leftUri(wanted),
      this.rightUri(wanted),
      this.title(wanted),
      options,
    );
  }

  /** Closes the review's editors and forgets its documents. */
  async close(): Promise<void> {
    await this.hide();
    this.files.clear(this.id);
  }

  /** Closes the review's editors without asking: its documents are saved to memory first, so that it can be shown again. */
  async hide(): Promise<void> {
    for (const document of vscode.workspace.textDocuments)
      if (this.owns(document.uri) && document.isDirty) await document.save();
    const tabs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter((tab) => this.isOwnTab(tab));
    if (tabs.length) await vscode.window.tabGroups.close(tabs, true);
  }

  private isOwnTab({ input, label }: vscode.Tab): boolean {
    if (input instanceof vscode.TabInputTextDiff) return this.owns(input.modified);
    if (input instanceof vscode.TabInputText) return this.owns(input.uri);
    // The overview of several files has no stable tab input type; the editor adds the number of files to its label.
    return this.patch.files.length > 1 && label.startsWith(this.title());
  }

  private title(path?: string): string {
    const risk = Math.round(this.patch.risk.score * 100);
    const name = path?.slice(path.lastIndexOf('/') + 1);
    if (name && this.of > 1)
      return vscode.l10n.t('{0}: candidate {1} of {2} (risk {3} %)', name, this.number, this.of, risk);
    return name
      ? vscode.l10n.t('{0}: proposed (risk {1} %)', name, risk)
      : vscode.l10n.t('Lodestone patch (risk {0} %): {1}', risk, this.patch.title);
  }

  private async edit(file: FilePatch, edits: (current: string) => ReturnType<typeof toggleEdits>): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.rightUri(file.path));
    const raw = document.getText();
    // A right side that lost the file's line endings (a single line has none) has other offsets: it is replaced whole.
    const current = sameLineEndings(file.before, raw);
    const edit = new vscode.WorkspaceEdit();
    const rangeOf = (start: number, end: number) =>
      new vscode.Range(document.positionAt(start), document.positionAt(end));
    if (current === raw)
      for (const { start, end, newText } of edits(current)) edit.replace(document.uri, rangeOf(start, end), newText);
    else edit.replace(document.uri, rangeOf(0, raw.length), applyEdits(current, edits(current)));
    await vscode.workspace.applyEdit(edit);
  }
}
