/** Errors in the user's words: one message with at most one action; everything else goes to the log. */
import * as vscode from 'vscode';
import { type ErrorCode, LodestoneError, toLodestoneError } from '../base/errors.ts';
import { plain } from './border.ts';
import type { CommandId } from './commands.ts';
import type { EditorLog } from './log.ts';

/** A button of a message. */
export interface MessageAction {
  readonly title: string;
  readonly command: CommandId;
}

interface Advice {
  readonly text: string;
  readonly action?: MessageAction;
}

export class Messages {
  constructor(private readonly log: EditorLog) {}

  /** Shows a failure once; a cancellation is no failure. Returns at once: a message may stand for hours. */
  failure(error: unknown): void {
    const failed = toLodestoneError(error);
    if (failed.code === 'cancelled') return;
    this.log.error(failed.message, error);
    const { text, action } = adviceFor(failed);
    this.show(vscode.window.showErrorMessage, text, action);
  }

  /** What is wrong with a model although there is an answer; as a failure, but nothing failed. */
  problem({ code, message, advice }: { code: ErrorCode; message: string; advice: string }): void {
    const { text, action } = adviceFor(new LodestoneError(code, message, { advice }));
    this.warn(text, action);
  }

  /** An information with one optional command behind a button. */
  inform(text: string, action?: MessageAction): void {
    this.log.info(text);
    this.show(vscode.window.showInformationMessage, text, action);
  }

  warn(text: string, action?: MessageAction): void {
    this.log.warn(text);
    this.show(vscode.window.showWarningMessage, text, action);
  }

  private show(
    message: (text: string, ...items: string[]) => Thenable<string | undefined>,
    text: string,
    action: MessageAction | undefined,
  ): void {
    void message(plain(text), ...(action ? [action.title] : [])).then((chosen) =>
      action && chosen === action.title ? vscode.commands.executeCommand(action.command) : undefined,
    );
  }
}

/** The text for an error code; the engine's own English stands in where a code needs its details. */
export function adviceFor(error: LodestoneError): Advice {
  const showLog = { title: vscode.l10n.t('Show Log'), command: 'lodestone.showLog' } as const;
  const doctor = { title: vscode.l10n.t('Check Tools'), command: 'lodestone.doctor' } as const;
  const chooseModel = { title: vscode.l10n.t('Choose a Model'), command: 'lodestone.chooseModel' } as const;
  const detail = error.advice ? `${error.message} ${error.advice}` : error.message;
  const texts: Partial<Record<ErrorCode, Advice>> = {
    fileChanged: {
      text: vscode.l10n.t('The file changed since. Nothing was written. {0}', error.advice ?? ''),
    },
    storeReadOnly: {
      text: vscode.l10n.t('The cache folder cannot be written, so nothing will be remembered: {0}', detail),
    },
    storeFull: { text: vscode.l10n.t('The disk is full; Lodestone could not store its results. {0}', detail) },
    storeBusy: { text: vscode.l10n.t('Another window is mining this folder. Try again when it is done.') },
    toolMissing: { text: detail, action: doctor },
    toolFailed: { text: detail, action: showLog },
    toolTimedOut: { text: detail, action: showLog },
    untrusted: {
      text: vscode.l10n.t('This needs a trusted workspace, because it runs tools of the project. {0}', detail),
    },
    modelServerDown: {
      text: detail,
      action: { title: vscode.l10n.t('How to Add a Model'), command: 'lodestone.openWalkthrough' },
    },
    modelMissing: { text: detail, action: { title: vscode.l10n.t('Download It'), command: 'lodestone.downloadModel' } },
    modelServerTooOld: { text: detail, action: showLog },
    modelOutOfMemory: { text: detail, action: chooseModel },
    modelStalled: { text: detail, action: chooseModel },
    modelFailed: /API key/.test(detail)
      ? { text: detail, action: { title: vscode.l10n.t('Set the API Key'), command: 'lodestone.setApiKey' } }
      : { text: detail, action: showLog },
    engineStopped: {
      text: vscode.l10n.t('The Lodestone engine stopped. {0}', detail),
      action: { title: vscode.l10n.t('Restart Engine'), command: 'lodestone.restartEngine' },
    },
  };
  return texts[error.code] ?? { text: detail, action: showLog };
}
