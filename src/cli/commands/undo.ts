/** `lodestone undo [DIR]`: takes back the last patch that was written in a repository. */

import { neutralise } from '../../base/neutralise.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { locateFolder, repositoryRootOf } from '../repositoryRoot.ts';
import { isTrusted, withRepository } from '../session.ts';

export const undo: Command = {
  name: 'undo',
  summary: 'Take back the last written patch, unless one of its files changed since.',
  usage: 'undo [DIR] [--json]',
  arity: [0, 1],
  options: {},
  async run(invocation) {
    const root = repositoryRootOf(locateFolder(invocation.cwd, invocation.positionals[0] ?? '.'));
    const patch = await withRepository(invocation, root, isTrusted(invocation, root), (engine) =>
      engine.undoLast({ write: true }, invocation.call),
    );
    if (!patch)
      return {
        exitCode: EXIT.fine,
        value: { undone: false, title: '', paths: [] },
        text: 'There is no patch to undo.\n',
      };
    const paths = patch.files.map(({ path }) => path);
    return {
      exitCode: EXIT.fine,
      value: { undone: true, title: patch.title, paths },
      text: `Undone: ${neutralise(patch.title, { oneLine: true })} (${neutralise(paths.join(', '), { oneLine: true })})\n`,
    };
  },
};
