/** `lodestone trust [DIR]`: remembers, or forgets, that the user trusts a repository's authors. */

import { neutralise } from '../../base/neutralise.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { locateFolder, repositoryRootOf } from '../repositoryRoot.ts';
import { configFolder, TrustStore } from '../trust.ts';

export const trust: Command = {
  name: 'trust',
  summary: "Remember that this repository's own tools may run (stored in your configuration folder).",
  usage: 'trust [DIR] [--forget] [--json]',
  arity: [0, 1],
  options: { forget: { type: 'boolean', help: 'Forget the answer.' } },
  async run(invocation) {
    const root = repositoryRootOf(locateFolder(invocation.cwd, invocation.positionals[0] ?? '.'));
    const trusted = invocation.options.forget !== true;
    new TrustStore(configFolder(process.env)).remember(root, trusted ? true : undefined);
    return {
      exitCode: EXIT.fine,
      value: { root, trusted },
      text: `${neutralise(root, { oneLine: true })} is ${trusted ? 'trusted from now on' : 'no longer trusted'}.\n`,
    };
  },
};
