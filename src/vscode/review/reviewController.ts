/** The review in progress: shows it, accepts or rejects what is left of it, and undoes the last accepted patch. */
import * as vscode from 'vscode';
import { LodestoneError } from '../../base/errors.ts';
import { Emitter } from '../../base/events.ts';
import { inShort } from '../../base/findings.ts';
import type { Hunk } from '../../core/edits/hunks.ts';
import type { FilePatch, Patch } from '../../core/edits/patch.ts';
import type { HealReport } from '../../core/healing/heal.ts';
import type { Regression } from '../../core/healing/recheck.ts';
import { dirtyDocuments, fileUri, plain } from '../border.ts';
import type { EngineHost } from '../engineHost.ts';
import type { EditorLog } from '../log.ts';
import type { Messages } from '../messages.ts';
import { applyTexts, filePatchOf, sameLineEndings, type TextChange } from './applyTexts.ts';
import { PATCH_SCHEME, PatchFileSystem } from './patchFileSystem.ts';
import { PatchReview, type Proposal } from './patchReview.ts';

/** Workspace memento: root in which a patch was accepted last. */
const LAST_ROOT = 'lodestone.lastPatchRoot';

/** What became of a review; `replaced`: another one began before anybody decided. */
export type Decision = 'accepted' | 'rejected' | 'replaced';

/** The same once what was accepted has been checked again; `regressed`: tools or tests then reported what they had not before. */
export type Settled = Decision | 'regressed';

export interface Proposed {
  readonly decided: Promise<Decision>;
  readonly settled: Promise<Settled>;
}

export class ReviewController implements vscode.Disposable {
  private readonly files = new PatchFileSystem();
  private readonly changed = new Emitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private nextId = 1;
  private accepting = false;
  private decide: (decision: Decision) => void = () => undefined;
  private settle: (settled: Settled) => void = () => undefined;
  /** Proposals for the same place, of which one is to be chosen; empty without a review. */
  alternatives: readonly PatchReview[] = [];
  current: PatchReview | undefined;
  /** The patch that was accepted or rejected last. */
  lastDecided: Patch | undefined;
  /** The last report without a patch, so that the view can say why. */
  lastReport: HealReport | undefined;

  constructor(
    private readonly engine: EngineHost,
    private readonly state: vscode.Memento,
    private readonly messages: Messages,
    private readonly log: EditorLog,
  ) {
    this.subscriptions = [
      vscode.workspace.registerFileSystemProvider(PATCH_SCHEME, this.files, { isCaseSensitive: true }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.onDocument(document)),
    ];
  }

  /** Fires when the review, one of its hunks or its staleness changed. */
  readonly onChange = this.changed.on;

  /** Puts a report on show; with a patch the diff opens, replacing a review that was open. */
  async start(root: string, report: HealReport): Promise<void> {
    await this.propose(root, [{ report }]);
  }

  /**
   * The same for several proposals for one place, the likeliest first: one is shown, the others are a key press away. `decided`
   * resolves when somebody has taken one, or none; `settled` when that has also been checked.
   */
  async propose(root: string, proposals: readonly [Proposal, ...Proposal[]]): Promise<Proposed> {
    await this.drop();
    this.decide('replaced');
    this.settle('replaced');
    const decided = Promise.withResolvers<Decision>();
    const settled = Promise.withResolvers<Settled>();
    this.decide = decided.resolve;
    this.settle = settled.resolve;
    this.lastReport = proposals[0].report;
    const id = `review${this.nextId++}`;
    const patches = proposals.flatMap((proposal) => {
      const { patch } = proposal.report;
      return patch ? [{ proposal, patch }] : [];
    });
    this.alternatives = patches.map(
      ({ proposal, patch }, i) =>
        new PatchReview(`${id}.${i + 1}`, root, patch, proposal, i + 1, patches.length, this.files),
    );
    this.current = this.alternatives[0];
    if (this.current) await this.setContexts();
    this.changed.fire();
    await this.current?.show();
    return { decided: decided.promise, settled: settled.promise };
  }

  /** Shows another of the proposals, by its number from 1; what was changed by hand in the one before is kept. */
  async choose(number: number): Promise<void> {
    const before = this.current;
    const chosen = this.alternatives.find((each) => each.number === number);
    if (!before) throw nothingToReview();
    if (!chosen || chosen === before || this.accepting) return;
    this.current = chosen;
    this.changed.fire();
    // The new one first: no other editor comes to the front in between.
    await chosen.show();
    await before.hide();
  }

  /** The next proposal (1) or the one before (-1), round and round. */
  async step(by: 1 | -1): Promise<void> {
    const { alternatives, current } = this;
    if (!current) throw nothingToReview();
    const at = alternatives.indexOf(current) + by + alternatives.length;
    await this.choose(alternatives[at % alternatives.length]?.number ?? current.number);
  }

  /** Applies what is left of the patch. Nothing is written if a file changed since. */
  async accept(): Promise<void> {
    const review = this.current;
    if (!review) throw nothingToReview();
    // A second press of the key while the first is at work must not apply twice.
    if (this.accepting) return;
    this.accepting = true;
    let applied: TextChange[];
    let asProposed: boolean;
    try {
      const changes = review.changes();
      if (!changes.length) {
        await this.reject();
        return;
      }
      asProposed = review.patch.files.every(({ path, after }) =>
        changes.some((change) => change.path === path && sameLineEndings(after, change.after) === after),
      );
      applied = await applyTexts(review.root, changes);
      this.log.info(`Accepted "${review.patch.title}" in ${applied.map(({ path }) => path).join(', ')}.`);
      await this.drop();
      this.lastReport = undefined;
      this.changed.fire();
      // Which fix a hunk came from is not known: only a patch taken as it was speaks for its fixes.
      const { fixes, ...unnamed } = review.patch;
      await this.record(review.root, asProposed ? review.patch : unnamed, applied);
    } finally {
      this.accepting = false;
    }
    this.lastDecided = review.patch;
    this.decide('accepted');
    const { settle } = this;
    this.settle = () => undefined;
    this.messages.inform(vscode.l10n.t('Applied: {0}', review.patch.title), undoAction());
    // What the user took out or wrote in is theirs: nothing was promised for that.
    const regression = asProposed ? await this.regression(review.root, review.report, applied) : undefined;
    settle(regression ? 'regressed' : 'accepted');
    if (regression)
      this.messages.warn(
        vscode.l10n.t('Something is wrong since the patch was applied: {0}', plain(inShort(regression.errors))),
        undoAction(),
      );
  }

  async reject(): Promise<void> {
    if (!this.current) throw nothingToReview();
    this.log.info(`Rejected "${this.current.patch.title}".`);
    this.lastDecided = this.current.patch;
    await this.drop();
    this.lastReport = undefined;
    this.changed.fire();
    this.decide('rejected');
    this.settle('rejected');
  }

  /** Applies a patch unseen: only for those who opted in, and only where nothing changed since. */
  async applyUnseen(root: string, patch: Patch, report: HealReport): Promise<void> {
    const applied = await applyTexts(root, patch.files);
    await this.record(root, patch, applied);
    const regression = await this.regression(root, report, applied);
    if (regression) {
      await this.undoLast([root]);
      this.messages.warn(vscode.l10n.t('A patch was applied and taken back: {0}', plain(inShort(regression.errors))));
      return;
    }
    this.messages.inform(
      vscode.l10n.t('Applied without review (risk {0} %): {1}', Math.round(patch.risk.score * 100), patch.title),
      undoAction(),
    );
  }

  /** Restores what the last accepted patch replaced, from the engine's store; refused if a file changed since. */
  async undoLast(roots: readonly string[]): Promise<void> {
    const last = this.state.get<string>(LAST_ROOT);
    const root = last && roots.includes(last) ? last : roots[0];
    if (!root) throw new LodestoneError('notFound', vscode.l10n.t('No workspace folder is open.'));
    const engine = this.engine.repository(root);
    const inverse = await engine.undoLast({ write: false, unsaved: dirtyDocuments(root) }, {});
    if (!inverse) {
      this.messages.inform(vscode.l10n.t('There is no patch to undo.'));
      return;
    }
    await applyTexts(root, inverse.files);
    await engine.recordApplied({ patch: inverse }, {});
    this.log.info(`Undid "${inverse.title}".`);
    this.messages.inform(vscode.l10n.t('Undone: {0}', inverse.title));
  }

  /** Closes what a window that was reloaded during a review left open: its patch is gone, nothing was applied. */
  async closeLeftovers(): Promise<void> {
    const isOurs = ({ input }: vscode.Tab) =>
      (input instanceof vscode.TabInputTextDiff && input.modified.scheme === PATCH_SCHEME) ||
      (input instanceof vscode.TabInputText && input.uri.scheme === PATCH_SCHEME);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(isOurs);
    if (this.current || !tabs.length) return;
    this.log.info('Closed the review of a patch that was not accepted before the window was reloaded.');
    await vscode.window.tabGroups.close(tabs, true);
  }

  async toggle(file: FilePatch, hunk: Hunk, keep: boolean): Promise<void> {
    await this.current?.toggle(file, hunk, keep);
    this.changed.fire();
  }

  async removeOwn(file: FilePatch, hunk: Hunk): Promise<void> {
    await this.current?.removeOwn(file, hunk);
    this.changed.fire();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async record(root: string, patch: Patch, applied: readonly TextChange[]): Promise<void> {
    const hashes = new Map(patch.files.map(({ path, beforeHash }) => [path, beforeHash]));
    const files = applied.map((change) => filePatchOf(change, hashes.get(change.path) ?? ''));
    try {
      await this.engine.repository(root).recordApplied({ patch: { ...patch, files } }, {});
      await this.state.update(LAST_ROOT, root);
    } catch (error) {
      // The text is applied; only the memory of it failed, so the editor's own undo remains.
      this.log.error('The patch was applied but could not be recorded.', error);
      this.messages.warn(
        vscode.l10n.t(
          'The patch was applied, but Lodestone could not record it. Use the editor’s Undo to take it back.',
        ),
      );
    }
  }

  /** Asks the tools once more now that the patch stands in the documents, and the tests where they are asked about patches (BD12). */
  private async regression(
    root: string,
    report: HealReport,
    applied: readonly TextChange[],
  ): Promise<Regression | undefined> {
    const { files, patch } = report;
    if (!patch) return undefined;
    const texts = Object.fromEntries(applied.map(({ path, after }) => [path, after]));
    const overlays = { ...dirtyDocuments(root), ...texts };
    const trusted = vscode.workspace.isTrusted;
    const tests = testsAreAsked(fileUri(root, files[0]?.path ?? ''));
    let regression: Regression | undefined;
    try {
      const checked = await this.engine.repository(root).recheck({ patch, files, overlays, trusted, tests }, {});
      ({ regression } = checked);
      if (tests) this.log.info(`The project's tests with "${patch.title}": ${checked.tests}.`);
      for (const { tool, message } of checked.notes) this.log.warn(`${tool}: ${message}`);
    } catch (error) {
      // The patch stands, verified before; only this second look failed.
      this.log.error('The applied patch could not be checked again.', error);
    }
    for (const { path, line, message } of regression?.errors ?? []) this.log.warn(`${path}:${line} ${message}`);
    // Who has undone it or typed on since need not be told.
    for (const { path, after } of regression ? applied : [])
      if ((await textOf(fileUri(root, path))) !== after) return undefined;
    return regression;
  }

  private onDocument(document: vscode.TextDocument): void {
    const review = this.current;
    if (!review) return;
    const concerned =
      review.owns(document.uri) ||
      review.patch.files.some(({ path }) => review.leftUri(path).toString() === document.uri.toString());
    if (concerned) this.changed.fire();
  }

  private async drop(): Promise<void> {
    const reviews = this.alternatives;
    this.alternatives = [];
    this.current = undefined;
    await this.setContexts();
    for (const review of reviews) await review.close();
  }

  private async setContexts(): Promise<void> {
    const values = { reviewing: this.current !== undefined, choosing: this.alternatives.length > 1 };
    for (const [key, value] of Object.entries(values))
      await vscode.commands.executeCommand('setContext', `lodestone.${key}`, value);
  }
}

/** The button that takes the last patch back. */
function undoAction() {
  return { title: vscode.l10n.t('Undo'), command: 'lodestone.undoLastPatch' } as const;
}

/** Of the buffer, also where no editor shows it; undefined where the file is gone. */
async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return (await vscode.workspace.openTextDocument(uri)).getText();
  } catch {
    return undefined;
  }
}

/** Whether the project's tests are run for a patch: the user wants it, and trusts the workspace. */
export function testsAreAsked(uri: vscode.Uri): boolean {
  const settings = vscode.workspace.getConfiguration('lodestone', uri);
  return settings.get<boolean>('healing.runTests', false) && vscode.workspace.isTrusted;
}

/** Buffers of the files a heal is about: given even when saved, so that offsets are those of the editor's text. */
export async function overlaysFor(root: string, uris: readonly { path: string; uri: vscode.Uri }[]) {
  const overlays = dirtyDocuments(root);
  for (const { path, uri } of uris) overlays[path] = (await vscode.workspace.openTextDocument(uri)).getText();
  return overlays;
}

function nothingToReview(): LodestoneError {
  return new LodestoneError(
    'notFound',
    vscode.l10n.t('There is no patch to review. Heal a file or have a function written first.'),
  );
}
