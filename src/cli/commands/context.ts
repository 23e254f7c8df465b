/** `lodestone context FILE --line N`: what a model should be told at that line. */
import { LodestoneError } from '../../base/errors.ts';
import { wholeNumber } from '../arguments.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { printContext } from '../printers/context.ts';
import { locateFile } from '../repositoryRoot.ts';
import { isTrusted, withRepository } from '../session.ts';

export const context: Command = {
  name: 'context',
  summary: 'Print the consider-block, the seed and the APIs in reach at a line of a file.',
  usage: 'context FILE --line N [--column C] [--bytes B] [--json]',
  arity: [1, 1],
  options: {
    line: { type: 'string', value: 'N', help: 'The line, from 1.' },
    column: { type: 'string', value: 'C', help: 'The column, from 1, in UTF-16 units.' },
    bytes: { type: 'string', value: 'B', help: 'Most bytes of the consider-block (default and maximum 1536).' },
  },
  async run(invocation) {
    const line = wholeNumber('line', invocation.options.line, 1);
    const column = wholeNumber('column', invocation.options.column, 1);
    const bytes = wholeNumber('bytes', invocation.options.bytes, 0);
    if (line === undefined)
      throw new LodestoneError('badArguments', 'The line is missing.', { advice: `Usage: lodestone ${this.usage}` });
    const { root, path } = locateFile(invocation.cwd, invocation.positionals[0] as string);
    const report = await withRepository(invocation, root, isTrusted(invocation, root), async (engine) => {
      await engine.mine({}, invocation.call);
      return engine.context(
        { path, line, ...(column === undefined ? {} : { column }), ...(bytes === undefined ? {} : { bytes }) },
        invocation.call,
      );
    });
    const { considerBlock, bytes: size, seed, apis, attractors } = report;
    return {
      exitCode: EXIT.fine,
      value: { considerBlock, bytes: size, seed, apis, attractors },
      text: printContext(report),
    };
  },
};
