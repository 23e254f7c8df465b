/** Errors in the user's words: one message with at most one action; everything else goes to the log. */
import * as vscode from 'vscode';
import { type ErrorCode, type LodestoneError, toLodestoneError } from '../base/errors.ts';
import { plain } from './border.ts';
import type { CommandId } from './commands.ts';
import type { EditorLog } from './log.ts';

interface Advice {
  readonly text: string;
  readonly action?: { readonly title: string; readonly command: CommandId };
}

export class Messages {
  constructor(private readonly log: EditorLog) {}

  /** Shows a failure once; a cancellation is no failure. Never rejects. */
  async failure(error: unknown): Promise<void> {
    const failed = toLodestoneError(error);
    if (failed.code === 'cancelled') return;
    this.log.error(failed.message, error);
    const { text, action } = adviceFor(failed);
    const chosen = action
      ? await vscode.window.showErrorMessage(plain(text), action.title)
      : await vscode.window.showErrorMessage(plain(text));
    if (action && chosen === action.title) await vscode.commands.executeCommand(action.command);
  }

  /** An information with one optional command behind a button; resolves when it is answered or closed. */
  async inform(text: string, action?: { title: string; command: CommandId }): Promise<void> {
    this.log.info(text);
    const chosen = action
      ? await vscode.window.showInformationMessage(plain(text), action.title)
      : await vscode.window.showInformationMessage(plain(text));
    if (action && chosen === action.title) await vscode.commands.executeCommand(action.command);
  }

  async warn(text: string, action?: { title: string; command: CommandId }): Promise<void> {
    this.log.warn(text);
    const chosen = action
      ? await vscode.window.showWarningMessage(plain(text), action.title)
      : await vscode.window.showWarningMessage(plain(text));
    if (action && chosen === action.title) await vscode.commands.executeCommand(action.command);
  }
}

/** The text for an error code; the engine's own English stands in where a code needs its details. */
export function adviceFor(error: LodestoneError): Advice {
  const showLog = { title: vscode.l10n.t('Show Log'), command: 'lodestone.showLog' } as const;
  const doctor = { title: vscode.l10n.t('Check Tools'), command: 'lodestone.doctor' } as const;
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
    engineStopped: {
      text: vscode.l10n.t('The Lodestone engine stopped. {0}', detail),
      action: { title: vscode.l10n.t('Restart Engine'), command: 'lodestone.restartEngine' },
    },
  };
  return texts[error.code] ?? { text: detail, action: showLog };
}
