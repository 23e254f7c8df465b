/** Every command id with its handler: an exhaustive map, so that a forgotten command does not compile. */
import * as vscode from 'vscode';
import type { Messages } from './messages.ts';

/** The commands of package.json, in its order; a test compares the two. */
export const COMMAND_IDS = [
  'lodestone.healFile',
  'lodestone.healProblem',
  'lodestone.acceptPatch',
  'lodestone.rejectPatch',
  'lodestone.undoLastPatch',
  'lodestone.showReview',
  'lodestone.mine',
  'lodestone.cancelMining',
  'lodestone.showAttractors',
  'lodestone.searchAttractors',
  'lodestone.filterAttractors',
  'lodestone.clearFilter',
  'lodestone.showMoreAttractors',
  'lodestone.openSnippet',
  'lodestone.copyConsiderBlock',
  'lodestone.copySnippet',
  'lodestone.copyGivenHere',
  'lodestone.openGivenHere',
  'lodestone.openDeclaration',
  'lodestone.pinAttractor',
  'lodestone.muteAttractor',
  'lodestone.clearDecision',
  'lodestone.triggerCompletion',
  'lodestone.whyNoCompletion',
  'lodestone.toggleCompletionLanguage',
  'lodestone.toggleCompletionFile',
  'lodestone.toggleCompletionWorkspace',
  'lodestone.chooseModel',
  'lodestone.downloadModel',
  'lodestone.setApiKey',
  'lodestone.removeApiKey',
  'lodestone.showCompletionStatistics',
  'lodestone.copyDiagnostics',
  'lodestone.clearRepositoryData',
  'lodestone.doctor',
  'lodestone.showLog',
  'lodestone.restartEngine',
  'lodestone.openSettings',
  'lodestone.openWalkthrough',
  'lodestone.statusMenu',
  'lodestone.implementThis',
  'lodestone.editSelection',
  'lodestone.regenerateFunction',
  'lodestone.fillHere',
  'lodestone.fillStubs',
  'lodestone.nextCandidate',
  'lodestone.previousCandidate',
  'lodestone.showCandidate',
  'lodestone.showWithheld',
  'lodestone.enableTools',
  'lodestone.enableMcp',
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];

// biome-ignore lint/suspicious/noExplicitAny: VS Code passes each command what its menu gives it
export type CommandHandlers = { readonly [K in CommandId]: (...args: any[]) => unknown };

/** Registers all of them; whatever a handler throws becomes one message with one action. */
export function registerCommands(handlers: CommandHandlers, messages: Messages): vscode.Disposable {
  return vscode.Disposable.from(
    ...COMMAND_IDS.map((id) =>
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        try {
          return await handlers[id](...args);
        } catch (error) {
          messages.failure(error);
          return undefined;
        }
      }),
    ),
  );
}
