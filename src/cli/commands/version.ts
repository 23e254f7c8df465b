/** `lodestone version`: which Lodestone, on which Node. */
import type { Command } from '../command.ts';
import { EXIT } from '../exitCodes.ts';

export const version: Command = {
  name: 'version',
  summary: 'Print the version.',
  usage: 'version [--json]',
  arity: [0, 0],
  options: {},
  async run(invocation) {
    const { version: number } = invocation;
    return {
      exitCode: EXIT.fine,
      value: { version: number, node: process.versions.node },
      text: `lodestone ${number}\n`,
    };
  },
};
