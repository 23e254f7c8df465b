/** Why a model or the repository is not even asked at a cursor: each reason by name, in the order in which they are told. */

export const GATES = [
  'noEditor',
  'notebook',
  'untitled',
  'sourceControlInput',
  'commitMessage',
  'output',
  'virtual',
  'outside',
  'language',
  'secretFile',
  'editorSetting',
  'disabledLanguage',
  'disabledFile',
  'severalCursors',
  'selection',
  'tooLarge',
  'longLine',
  'engineStopped',
  'manualOnly',
  'suggestWidget',
] as const;

export type Gate = (typeof GATES)[number];

/** What is known of a document that is asked about. */
export interface DocumentState {
  /** The scheme of its address: "file", "untitled", "output", … */
  readonly scheme: string;
  readonly editorLanguage: string;
  /** It lies in an open folder on disk. */
  readonly inFolder: boolean;
  readonly knownLanguage: boolean;
  /** Repository-relative with '/', or '' outside. */
  readonly path: string;
}

const SCHEMES: Readonly<Record<string, Gate>> = {
  'vscode-notebook-cell': 'notebook',
  'vscode-notebook': 'notebook',
  'vscode-interactive-input': 'notebook',
  untitled: 'untitled',
  'vscode-scm': 'sourceControlInput',
  output: 'output',
  'output:': 'output',
};
const LANGUAGES: Readonly<Record<string, Gate>> = {
  scminput: 'sourceControlInput',
  'git-commit': 'commitMessage',
  'git-rebase': 'commitMessage',
  log: 'output',
  Log: 'output',
};

/** Files whose content is secret as such, whatever their language: nothing of them goes into a prompt. */
const SECRET_FILE =
  /(^|\/)(\.env(\..*)?|.*\.env|\.envrc|\.npmrc|\.pypirc|\.netrc|\.htpasswd|id_(rsa|dsa|ecdsa|ed25519)(\.pub)?|.*\.(pem|key|p12|pfx|keystore|jks|kdbx)|(secrets?|credentials?)(\.[^/]*)?)$/i;

/** Why a document is not served at all; undefined: it is. */
export function documentGate({
  scheme,
  editorLanguage,
  inFolder,
  knownLanguage,
  path,
}: DocumentState): Gate | undefined {
  const named = SCHEMES[scheme] ?? LANGUAGES[editorLanguage];
  if (named) return named;
  if (scheme !== 'file') return 'virtual';
  if (isSecretFile(path)) return 'secretFile';
  if (!inFolder) return 'outside';
  return knownLanguage ? undefined : 'language';
}

export function isSecretFile(path: string): boolean {
  return SECRET_FILE.test(path);
}

/** What is known of a request for a document that is served. */
export interface RequestState {
  readonly manual: boolean;
  /** `lodestone.completion.enabled` for this language and folder. */
  readonly enabled: boolean;
  readonly fileDisabled: boolean;
  readonly manualOnly: boolean;
  readonly cursors: number;
  readonly selected: boolean;
  readonly tooLarge: boolean;
  /** Characters of the cursor's line. */
  readonly lineLength: number;
  readonly engineStopped: boolean;
}

/** Longer lines are data or generated, and no model was trained to continue them. */
const LONGEST_LINE = 10_000;

/** Why a request is not passed on; undefined: it is. Whoever asks by hand gets an answer even where typing gets none. */
export function requestGate(state: RequestState): Gate | undefined {
  if (!state.enabled && !state.manual) return 'disabledLanguage';
  if (state.fileDisabled) return 'disabledFile';
  if (state.cursors > 1) return 'severalCursors';
  if (state.selected) return 'selection';
  if (state.tooLarge) return 'tooLarge';
  if (state.lineLength > LONGEST_LINE) return 'longLine';
  if (state.engineStopped) return 'engineStopped';
  if (state.manualOnly && !state.manual) return 'manualOnly';
  return undefined;
}
