/** The gates: which documents are served, and which requests are passed on. */
import { strict as assert } from 'node:assert';
import {
  type DocumentState,
  documentGate,
  isSecretFile,
  type RequestState,
  requestGate,
} from '../../../../src/core/completion/session/gates.ts';

const FILE: DocumentState = {
  ...{ scheme: 'file', editorLanguage: 'typescript', inFolder: true, knownLanguage: true, path: 'src/a.ts' },
};
const TYPING: RequestState = {
  ...{ manual: false, enabled: true, fileDisabled: false, manualOnly: false, cursors: 1, selected: false },
  ...{ tooLarge: false, lineLength: 40, engineStopped: false },
};

describe('gates', () => {
  for (const [gate, state] of [
    [undefined, {}],
    ['notebook', { scheme: 'vscode-notebook-cell' }],
    ['untitled', { scheme: 'untitled' }],
    ['sourceControlInput', { scheme: 'vscode-scm', editorLanguage: 'scminput' }],
    ['commitMessage', { editorLanguage: 'git-commit', path: '.git/COMMIT_EDITMSG', knownLanguage: false }],
    ['output', { scheme: 'output', editorLanguage: 'log' }],
    ['virtual', { scheme: 'git' }],
    ['secretFile', { path: 'config/.env.local', knownLanguage: false }],
    ['outside', { inFolder: false }],
    ['language', { editorLanguage: 'cobol', knownLanguage: false }],
  ] as const)
    it(`${gate ?? 'none'}: ${JSON.stringify(state)}`, () => assert.equal(documentGate({ ...FILE, ...state }), gate));

  for (const [gate, state] of [
    [undefined, {}],
    ['disabledLanguage', { enabled: false }],
    [undefined, { enabled: false, manual: true }],
    ['disabledFile', { fileDisabled: true, manual: true }],
    ['severalCursors', { cursors: 2 }],
    ['selection', { selected: true }],
    ['tooLarge', { tooLarge: true }],
    ['longLine', { lineLength: 100_000 }],
    ['engineStopped', { engineStopped: true }],
    ['manualOnly', { manualOnly: true }],
    [undefined, { manualOnly: true, manual: true }],
  ] as const)
    it(`${gate ?? 'none'}: ${JSON.stringify(state)}`, () => assert.equal(requestGate({ ...TYPING, ...state }), gate));

  it('knows files that hold secrets by their names', () => {
    for (const path of ['.env', 'a/.env.production', 'b/.npmrc', 'keys/id_rsa', 'x/server.pem', 'secrets.py', '.netrc'])
      assert.ok(isSecretFile(path), path);
    for (const path of ['src/env.ts', 'src/environment.py', 'secretService.ts', 'keys.go', 'pem.rs'])
      assert.ok(!isSecretFile(path), path);
  });
});
