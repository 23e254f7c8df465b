/** What a person is told of each gate and each filter, with the one action that helps. */
import * as vscode from 'vscode';
import type { FilterId } from '../../core/completion/filters/filter.ts';
import type { Gate } from '../../core/completion/session/gates.ts';

export interface Explanation {
  readonly text: string;
  /** A command of Lodestone's or of the editor's. */
  readonly action?: { readonly title: string; readonly command: string; readonly arguments?: readonly unknown[] };
}

/** `language` is the document's, `path` its name within the folder. */
export function explainGate(gate: Gate, { language, path }: { language: string; path: string }): Explanation {
  const settings = (id: string) => ({
    title: vscode.l10n.t('Open the Setting'),
    command: 'workbench.action.openSettings',
    arguments: [id],
  });
  switch (gate) {
    case 'noEditor':
      return { text: vscode.l10n.t('No editor is open: suggestions appear where you write code.') };
    case 'notebook':
      return {
        text: vscode.l10n.t(
          'Notebook cells get no suggestions: what stands before a cell depends on the order in which cells ran.',
        ),
      };
    case 'untitled':
      return {
        text: vscode.l10n.t(
          'Untitled files get no suggestions: what is suggested follows the repository that a file lies in. Save it into a folder of the workspace.',
        ),
        action: { title: vscode.l10n.t('Save As'), command: 'workbench.action.files.saveAs' },
      };
    case 'sourceControlInput':
      return { text: vscode.l10n.t('The message of a commit is prose: Lodestone suggests code only.') };
    case 'commitMessage':
      return { text: vscode.l10n.t('Commit messages and rebase plans are no code: Lodestone suggests code only.') };
    case 'output':
      return { text: vscode.l10n.t('Output is not written by hand: it gets no suggestions.') };
    case 'virtual':
      return { text: vscode.l10n.t('Lodestone works on files on disk; this document is not one.') };
    case 'outside':
      return {
        text: vscode.l10n.t(
          'This file is in no open workspace folder. Open its folder, so that Lodestone knows its project.',
        ),
      };
    case 'language':
      return {
        text: vscode.l10n.t(
          'Lodestone does not know this language yet. It knows TypeScript, JavaScript, Python, Rust and Go.',
        ),
      };
    case 'secretFile':
      return { text: vscode.l10n.t('Files like this one hold secrets: nothing of them is put into a prompt.') };
    case 'editorSetting':
      return {
        text: vscode.l10n.t('Inline suggestions are switched off in the editor itself (editor.inlineSuggest.enabled).'),
        action: settings('editor.inlineSuggest.enabled'),
      };
    case 'disabledLanguage':
      return {
        text: vscode.l10n.t('Suggestions are switched off here for {0} (lodestone.completion.enabled).', language),
        action: settings('lodestone.completion.enabled'),
      };
    case 'disabledFile':
      return {
        text: vscode.l10n.t('Suggestions are switched off for {0} (lodestone.completion.disabledFiles).', path),
        action: settings('lodestone.completion.disabledFiles'),
      };
    case 'severalCursors':
      return {
        text: vscode.l10n.t('With several cursors nothing is suggested: one text would have to fit all of them.'),
      };
    case 'selection':
      return { text: vscode.l10n.t('Something is selected: what would be suggested would replace it.') };
    case 'tooLarge':
      return {
        text: vscode.l10n.t('This file is larger than Lodestone reads (lodestone.mining.maxFileKilobytes).'),
        action: settings('lodestone.mining.maxFileKilobytes'),
      };
    case 'longLine':
      return { text: vscode.l10n.t('This line is longer than anything that is written by hand.') };
    case 'engineStopped':
      return {
        text: vscode.l10n.t('The Lodestone engine stopped.'),
        action: { title: vscode.l10n.t('Restart Engine'), command: 'lodestone.restartEngine' },
      };
    case 'manualOnly':
      return {
        text: vscode.l10n.t('Suggestions come only when you ask for them (lodestone.completion.trigger).'),
        action: { title: vscode.l10n.t('Suggest Now'), command: 'lodestone.triggerCompletion' },
      };
    case 'suggestWidget':
      return {
        text: vscode.l10n.t(
          'The list of suggestions was open, and what was found does not continue the entry that is selected in it.',
        ),
      };
  }
}

/** Why a filter rejected what was proposed. */
export function explainFilter(filter: FilterId): string {
  switch (filter) {
    case 'empty':
      return vscode.l10n.t('it was empty');
    case 'chatter':
      return vscode.l10n.t('it talked about code instead of writing it');
    case 'secret':
      return vscode.l10n.t('it looked like a key or a password');
    case 'antipattern':
      return vscode.l10n.t('it did what this repository avoids');
    case 'repetition':
      return vscode.l10n.t('it repeated itself');
    case 'commentLoop':
      return vscode.l10n.t('it wrote comment after comment');
    case 'repeatsSuffix':
      return vscode.l10n.t('it repeated what stands behind the cursor');
    case 'repeatsNextLines':
      return vscode.l10n.t('it repeated the next lines');
    case 'repeatsPrefix':
      return vscode.l10n.t('it repeated the lines above');
    case 'unbalancedBrackets':
      return vscode.l10n.t('its brackets did not match');
    case 'brokenIndentation':
      return vscode.l10n.t('its indentation did not fit');
    case 'syntax':
      return vscode.l10n.t('it would have broken the syntax');
    case 'unsure':
      return vscode.l10n.t('the model was not sure of it');
  }
}
