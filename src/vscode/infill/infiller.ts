/** Regenerate This Function, Fill Here and bodies for stubs: asks the engine, shows the denoising, opens the review; writes nothing itself. */
import * as vscode from 'vscode';
import { isCancelled, LodestoneError, toLodestoneError } from '../../base/errors.ts';
import type { Progress } from '../../base/progress.ts';
import { fullName } from '../../core/generation/targets.ts';
import type { InfillReport, InfillRequest } from '../../core/infill/infill.ts';
import type { FunctionFact } from '../../core/syntax/facts.ts';
import { plain, signalOf } from '../border.ts';
import type { EngineHost } from '../engineHost.ts';
import type { EditorLog } from '../log.ts';
import type { Messages } from '../messages.ts';
import { findDocument, type OpenTarget } from '../openTarget.ts';
import type { Proposal } from '../review/patchReview.ts';
import type { Decision, ReviewController, Settled } from '../review/reviewController.ts';
import { proposalsOf, silenceOf, troubleOf } from './infillWords.ts';
import { LivePreviews } from './livePreview.ts';
import { functionAt, stubsIn } from './routines.ts';

/** Of what was not sure enough, more than this is no choice. */
const MOST_WITHHELD = 3;

/** What is asked about a file whose text and trust the editor knows. */
type Asked = Pick<InfillRequest, 'target' | 'range' | 'unit'>;

/** A command at work. */
interface Work {
  readonly progress: vscode.Progress<{ message?: string }>;
  readonly signal: AbortSignal;
  /** Ends it as the progress' cancel button does. */
  readonly cancel: () => void;
}

interface Offer {
  readonly report: InfillReport;
  /** What the person made of it; absent where nothing is shown. */
  readonly decided?: Promise<Decision>;
}

export class Infiller implements vscode.Disposable {
  /** What is being written, as it is shown. */
  readonly live = new LivePreviews();
  /** Notices that were told: each once in a session. */
  private readonly told = new Set<string>();
  private withheld: { readonly root: string; readonly proposals: readonly Proposal[] } | undefined;
  /** Ends the command at work: a new one takes its place. */
  private cancelLast: () => void = () => undefined;

  constructor(
    private readonly engine: EngineHost,
    private readonly reviews: ReviewController,
    private readonly messages: Messages,
    private readonly log: EditorLog,
  ) {}

  /** The body of the function at a line, by default the cursor's, is written anew; signature and documentation stay. */
  async regenerate(uri?: vscode.Uri, line?: number): Promise<void> {
    const found = await findDocument(this.messages, uri);
    if (!found) return;
    const at = line ?? (found.editor ? found.editor.selection.active.line + 1 : 1);
    await this.work(vscode.l10n.t('Lodestone: writing {0}', found.target.path), async (work) => {
      const text = found.document.getText();
      const facts = await this.facts(found, text, work.signal);
      const fact = functionAt(facts, text, at);
      if (!fact) {
        this.messages.warn(vscode.l10n.t('No function stands there. Put the cursor into the one to write anew.'));
        return;
      }
      const { report, decided } = await this.offer(found, text, bodyOf(fact), work);
      if (!decided) this.silent(found, fullName(fact), report);
    });
  }

  /** What belongs at the cursor, or instead of the selection. */
  async fill(): Promise<void> {
    const found = await findDocument(this.messages);
    if (!found?.editor) return;
    const { document } = found;
    const { start, end } = found.editor.selection;
    const range = { start: document.offsetAt(start), end: document.offsetAt(end) };
    await this.work(vscode.l10n.t('Lodestone: filling in {0}', found.target.path), async (work) => {
      const { report, decided } = await this.offer(found, document.getText(), { range }, work);
      if (!decided) this.silent(found, vscode.l10n.t('line {0}', start.line + 1), report);
    });
  }

  /** A body for every function that has none yet: one after the other is offered, and the next follows once that is decided on. */
  async fillStubs(uri?: vscode.Uri): Promise<void> {
    const found = await findDocument(this.messages, uri);
    if (!found) return;
    const { path } = found.target;
    await this.work(vscode.l10n.t('Lodestone: bodies for the stubs of {0}', path), async (work) => {
      const done = new Set<string>();
      const silent: string[] = [];
      for (;;) {
        const text = found.document.getText();
        const open = stubsIn(await this.facts(found, text, work.signal), text).filter(({ key }) => !done.has(key));
        const [next] = open;
        if (!next) break;
        done.add(next.key);
        const name = fullName(next.fact);
        const counted = vscode.l10n.t('{0} of {1}: {2}', done.size, done.size + open.length - 1, plain(name));
        const { decided, why } = await this.offerStub(found, text, next.fact, {
          ...work,
          progress: prefixed(work, counted),
        });
        if (!decided) {
          silent.push(name);
          this.log.info(`${path} ${name}: ${why}`);
          continue;
        }
        const review = this.reviews.current;
        work.progress.report({ message: vscode.l10n.t('{0}; accept or reject it', counted) });
        const decision = await Promise.race([decided, aborted(work.signal)]);
        if (decision === 'aborted' && review && this.reviews.current === review) await this.reviews.reject();
        if (decision === 'aborted' || decision === 'replaced') return;
      }
      this.concludeStubs(path, done.size, silent);
    });
  }

  /** Opens what the last answer did not show, for somebody who wants to see it all the same. */
  async showWithheld(): Promise<void> {
    const [first, ...rest] = this.withheld?.proposals ?? [];
    if (this.withheld && first) await this.reviews.propose(this.withheld.root, [first, ...rest]);
    else this.messages.inform(vscode.l10n.t('Nothing was withheld.'));
  }

  dispose(): void {
    this.cancelLast();
    this.live.dispose();
  }

  /** A stub for which nothing can be written must not end the series. */
  private async offerStub(
    found: OpenTarget,
    text: string,
    fact: FunctionFact,
    work: Work,
  ): Promise<{ decided?: Promise<Decision>; why?: string }> {
    try {
      const { report, ...offer } = await this.offer(found, text, bodyOf(fact), work);
      return { ...offer, why: report.why };
    } catch (error) {
      const { code, message } = toLodestoneError(error);
      if (code !== 'notFound' && code !== 'badArguments') throw error;
      return { why: message };
    }
  }

  private concludeStubs(path: string, count: number, silent: readonly string[]): void {
    if (count === 0) this.messages.inform(vscode.l10n.t('Every function of {0} has a body.', path));
    else if (silent.length)
      this.messages.warn(
        vscode.l10n.t(
          'Nothing is sure enough for {0} of {1} stubs in {2}: {3}',
          ...[silent.length, count, path, silent.join(', ')],
        ),
        { title: vscode.l10n.t('Show Log'), command: 'lodestone.showLog' },
      );
  }

  /** Asks about the document's `text` and shows what comes; throws `fileChanged` where the document moved on meanwhile. */
  private async offer({ target, document }: OpenTarget, text: string, asked: Asked, work: Work): Promise<Offer> {
    const { root, path } = target;
    const settings = vscode.workspace.getConfiguration('lodestone', target.uri);
    const isLive = settings.get<boolean>('infill.showDenoising', true);
    const request: InfillRequest = {
      ...{ ...asked, path, text, trusted: vscode.workspace.isTrusted },
      candidates: settings.get<number>('infill.candidates', 3),
    };
    const live = this.live.begin(target, text, work.cancel);
    try {
      const report = await this.engine.repository(root).infill(request, {
        signal: work.signal,
        onProgress: (progress) => {
          work.progress.report({ message: stepOf(progress) });
          if (isLive) live.show(progress);
        },
      });
      if (document.getText() !== text)
        throw new LodestoneError('fileChanged', `${path} changed while it was asked about.`, {
          advice: vscode.l10n.t('Ask again to get a patch for the present text of {0}.', path),
        });
      return { report, ...(await this.present(root, path, report)) };
    } finally {
      await live.end();
    }
  }

  private async present(root: string, path: string, report: InfillReport): Promise<{ decided?: Promise<Decision> }> {
    const { candidates, withheld, why, symbol } = report;
    const who = candidates.map(({ source, from }) => `${source}: ${from}`).join('; ');
    this.log.info(`Infill of ${symbol || 'a hole'} in ${path}: ${who || 'nothing shown'}. ${why}`);
    const hidden = proposalsOf(path, readable(withheld), { ...report, fallback: null });
    this.withheld = hidden.length ? { root, proposals: hidden } : undefined;
    await vscode.commands.executeCommand('setContext', 'lodestone.withheld', hidden.length > 0);
    const [first, ...rest] = proposalsOf(path, candidates, report);
    if (!first) return {};
    const offered = await this.reviews.propose(root, [first, ...rest]);
    void offered.decided.then(() => this.remember(root, path, report, offered.settled));
    const fresh = this.untold(report);
    if (fresh.length > 0) {
      const { text, action } = troubleOf(fresh);
      this.messages.warn(text, action);
    }
    return offered;
  }

  /** What was kept and what was not decides which preset is taken next; that it cannot be noted must not trouble anybody. */
  private async remember(root: string, path: string, report: InfillReport, settled: Promise<Settled>): Promise<void> {
    const candidate = report.candidates.find(({ patch }) => patch?.id === this.reviews.lastDecided?.id);
    const outcome = await settled;
    if (!candidate || outcome === 'replaced') return;
    try {
      await this.engine.repository(root).recordInfill({ path, report, candidate, outcome }, {});
    } catch (error) {
      this.log.info(`What became of the answer could not be noted: ${toLodestoneError(error).message}`);
    }
  }

  /** Nothing is shown: the person hears why. */
  private silent({ target }: OpenTarget, what: string, report: InfillReport): void {
    const model = vscode.workspace.getConfiguration('lodestone', target.uri).get<string>('model.name', '');
    const place = { what, path: target.path, hasModel: model !== '' };
    const { text, action } = silenceOf(place, report, this.untold(report));
    if (report.candidates.length > 0) this.messages.inform(text);
    else this.messages.warn(text, action);
  }

  private untold({ notices }: InfillReport): InfillReport['notices'] {
    const fresh = notices.filter(({ code, message }) => !this.told.has(`${code} ${message}`));
    for (const { code, message } of fresh) this.told.add(`${code} ${message}`);
    return fresh;
  }

  private facts({ target }: OpenTarget, text: string, signal: AbortSignal) {
    return this.engine.repository(target.root).facts({ path: target.path, text }, { signal });
  }

  /** Runs with progress and a cancel button; whoever cancels hears no more of it. */
  private async work(title: string, run: (work: Work) => Promise<void>): Promise<void> {
    this.cancelLast();
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: plain(title), cancellable: true },
      async (progress, token) => {
        const given = signalOf(token);
        const closed = new AbortController();
        const cancel = () => closed.abort();
        this.cancelLast = cancel;
        try {
          await run({ progress, signal: AbortSignal.any([given.signal, closed.signal]), cancel });
        } catch (error) {
          if (!isCancelled(error)) throw error;
        } finally {
          given.dispose();
        }
      },
    );
  }
}

/** Of what was withheld that which somebody may want to read: it parses, if anything of it does. */
function readable(withheld: InfillReport['withheld']): InfillReport['withheld'] {
  const parsing = withheld.filter(({ parses }) => parses);
  return (parsing.length > 0 ? parsing : withheld).slice(0, MOST_WITHHELD);
}

function bodyOf(fact: FunctionFact): Asked {
  return { target: { name: fullName(fact), line: fact.startLine }, unit: 'body' };
}

function prefixed({ progress }: Work, counted: string): Work['progress'] {
  return { report: ({ message }) => progress.report({ message: [counted, message].filter(Boolean).join(' · ') }) };
}

function stepOf({ step, done, total }: Progress): string {
  return total ? vscode.l10n.t('{0}, {1} of {2}', step, done, total) : step;
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}
