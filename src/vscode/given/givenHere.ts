/** What would be given to a model at the cursor: follows the editor while somebody looks, and asks the engine. */
import * as vscode from 'vscode';
import { isCancelled, toLodestoneError } from '../../base/errors.ts';
import { Emitter } from '../../base/events.ts';
import type { ContextReport } from '../../core/retrieval/context.ts';
import type { Refusal } from '../border.ts';
import type { EngineHost } from '../engineHost.ts';
import { adviceFor } from '../messages.ts';
import type { Repositories } from '../mining/repositories.ts';
import type { RepositorySession } from '../mining/repositorySession.ts';
import { type Place, placeAt, withText } from '../place.ts';
import { PATCH_SCHEME } from '../review/patchFileSystem.ts';
import { Latest } from './latest.ts';

/** Pause in typing or moving after which the engine is asked, in ms. */
const QUIET_MS = 200;

export const GIVEN_VIEW = 'lodestone.givenHere';
export const GIVEN_SCHEME = 'lodestone-given';

/** Documents that one looks at without leaving one's place in the code. */
const ASIDE = new Set([GIVEN_SCHEME, PATCH_SCHEME, 'output']);

/** `lodestone.given`: what the view shows, or which welcome text fits. */
export type GivenState =
  | 'off'
  | 'noEditor'
  | 'language'
  | 'elsewhere'
  | 'waiting'
  | 'mining'
  | 'asking'
  | 'stopped'
  | 'failed'
  | 'nothing'
  | 'ready';

export interface Given {
  /** The cursor. */
  readonly place: Place;
  /** What the engine was asked: the same place in the text that it was sent. */
  readonly asked: Place;
  readonly languageId: string;
  readonly report: ContextReport;
}

export class GivenHere implements vscode.Disposable {
  /** 'off' while nobody looks. */
  state: GivenState = 'off';
  /** Present while the state is 'ready'. */
  given: Given | undefined;
  /** What went wrong, in the state 'failed'. */
  failure = '';

  private readonly changed = new Emitter<void>();
  private readonly latest = new Latest(QUIET_MS);
  private subscriptions: (() => void)[] = [];
  private editor: vscode.TextEditor | undefined;
  /** What the last question was about: the same again has the same answer. */
  private subject: readonly unknown[] = [];

  constructor(
    private readonly engine: EngineHost,
    private readonly repositories: Repositories,
  ) {}

  readonly onChange = this.changed.on;

  /** Follows the editor, or stops and forgets: while nobody looks nothing is listened to and nothing asked. */
  watch(wanted: boolean): void {
    if (wanted === this.subscriptions.length > 0) return;
    if (!wanted) {
      this.stop();
      this.show('off');
      return;
    }
    const update = () => this.update();
    const events = [
      vscode.window.onDidChangeActiveTextEditor(update),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => textEditor === this.editor && this.update()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => document === this.editor?.document && this.update()),
    ];
    this.subscriptions = [
      ...events.map((event) => () => event.dispose()),
      this.repositories.onChange(update),
      this.engine.onState(update),
    ];
    this.update();
  }

  dispose(): void {
    this.stop();
  }

  private stop(): void {
    for (const unsubscribe of this.subscriptions) unsubscribe();
    this.subscriptions = [];
    this.latest.cancel();
    this.editor = undefined;
    this.subject = [];
  }

  private update(): void {
    const editor = this.followed();
    const place = placeAt(editor);
    const session = typeof place === 'string' ? undefined : this.repositories.session(place.root);
    if (typeof place === 'string' || !editor) this.refuse(stateOf(typeof place === 'string' ? place : 'noEditor'));
    else if (this.engine.state === 'stopped') this.refuse('stopped');
    else if (!session?.report) this.refuse(session?.busy ? 'mining' : 'waiting');
    else this.ask(place, editor.document, session);
  }

  private ask(place: Place, document: vscode.TextDocument, session: RepositorySession): void {
    const { line, column } = place.request;
    const subject = [document, document.version, line, column, session.report, session.decisions, this.engine.state];
    if (!this.isNew(subject)) return;
    if (this.state !== 'ready') this.show('asking');
    this.latest.put({
      ask: async (signal) => {
        const asked = withText(place, document);
        const context = () => session.engine.context(asked.request, { signal });
        // The first answer may take seconds in a large repository; those after it come at once.
        const report = await (this.state === 'asking'
          ? vscode.window.withProgress({ location: { viewId: GIVEN_VIEW } }, context)
          : context());
        return { place, asked, languageId: document.languageId, report };
      },
      answered: (given) => {
        const { considerBlock, apis } = given.report;
        if (considerBlock === '' && apis.length === 0) this.show('nothing');
        else this.show('ready', given);
      },
      failed: (error) => {
        if (isCancelled(error)) {
          this.subject = [];
          return;
        }
        this.failure = adviceFor(toLodestoneError(error)).text;
        this.show('failed');
      },
    });
  }

  /** Nothing to ask about. This waits its turn too: between two editors none is active for a moment. */
  private refuse(state: GivenState): void {
    if (!this.isNew([state])) return;
    this.latest.put({
      ask: async () => undefined,
      answered: () => this.show(state),
      failed: () => undefined,
    });
  }

  /** False for what is shown or under way already. */
  private isNew(subject: readonly unknown[]): boolean {
    const isSame = subject.length === this.subject.length && subject.every((value, i) => value === this.subject[i]);
    this.subject = subject;
    return !isSame;
  }

  /** The active editor, or the last one where that only shows something beside the code. */
  private followed(): vscode.TextEditor | undefined {
    const active = vscode.window.activeTextEditor;
    if (!active) return undefined;
    if (!ASIDE.has(active.document.uri.scheme)) this.editor = active;
    return this.editor?.document.isClosed ? undefined : this.editor;
  }

  private show(state: GivenState, given?: Given): void {
    if (state === this.state && given === undefined && state !== 'failed') return;
    this.state = state;
    this.given = given;
    this.changed.fire();
  }
}

function stateOf(refusal: Refusal): GivenState {
  return refusal === 'noEditor' || refusal === 'language' ? refusal : 'elsewhere';
}
