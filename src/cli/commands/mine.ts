/** `lodestone mine DIR`: how this folder's code is written. */
import type { MiningReport } from '../../core/mining/attractor.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { printMiningReport } from '../printers/miningReport.ts';
import { locateFolder } from '../repositoryRoot.ts';
import { isTrusted, withRepository } from '../session.ts';

export const mine: Command = {
  name: 'mine',
  summary: 'Mine a folder: idioms, API sequences, conventions, deviants, frameworks.',
  usage: 'mine DIR [--all] [--json]',
  arity: [1, 1],
  options: {
    all: { type: 'boolean', help: 'Show every attractor, not only the first page (text output).' },
  },
  async run(invocation) {
    const root = locateFolder(invocation.cwd, invocation.positionals[0] as string);
    const report = await withRepository(invocation, root, isTrusted(invocation, root), (engine) =>
      engine.mine({}, invocation.call),
    );
    return {
      exitCode: EXIT.fine,
      value: miningValue(report),
      text: printMiningReport(report, { all: invocation.options.all === true, colours: invocation.terminal.colours }),
    };
  },
};

/** The published value, key by key, so that a field added inside the engine does not slip out unpublished. */
function miningValue(report: MiningReport): Record<string, unknown> {
  const { files, parsed, durationMs, attractors, frameworks, deviants } = report;
  return {
    files,
    parsed,
    skipped: report.skipped.map(({ path, reason }) => ({ path, reason })),
    durationMs,
    attractors,
    frameworks,
    deviants,
  };
}
