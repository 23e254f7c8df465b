/** `lodestone plan --issue TEXT`: which functions an issue is likely about, with the reasons, as plans that `lodestone build` carries out. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { wholeNumber } from '../arguments.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { printPlans } from '../printers/planning.ts';
import { locateFolder, repositoryRootOf } from '../repositoryRoot.ts';
import { isTrusted, withRepository } from '../session.ts';

const MOST_PLANS = 50;

export const plan: Command = {
  name: 'plan',
  summary: 'Find the functions that an issue is likely about, and say why.',
  usage: 'plan (--issue TEXT | --file FILE|-) [--limit N] [--json]',
  arity: [0, 0],
  options: {
    issue: {
      type: 'string',
      value: 'TEXT',
      help: 'What goes wrong or is wanted: words, names, messages, a stack trace.',
    },
    file: { type: 'string', value: 'FILE', help: 'The same from a file, or from standard input with "-".' },
    limit: { type: 'string', value: 'N', help: `Most plans, up to ${MOST_PLANS} (default 5).` },
  },
  async run(invocation) {
    const { options, cwd, call, terminal } = invocation;
    const usage = `Usage: lodestone ${this.usage}`;
    const limit = wholeNumber('limit', options.limit, 1);
    if (limit !== undefined && limit > MOST_PLANS)
      throw new LodestoneError('badArguments', `--limit takes at most ${MOST_PLANS}.`, { advice: usage });
    if ((options.issue === undefined) === (options.file === undefined))
      throw new LodestoneError('badArguments', 'Give either --issue or --file.', { advice: usage });
    const issue = (options.issue as string | undefined) ?? (await textOf(invocation, options.file as string));
    const root = repositoryRootOf(locateFolder(cwd, '.'));
    const report = await withRepository(invocation, root, isTrusted(invocation, root), async (engine) => {
      await engine.mine({}, call);
      return engine.planIssue({ issue, ...(limit === undefined ? {} : { limit }) }, call);
    });
    return {
      exitCode: report.plans.length > 0 ? EXIT.fine : EXIT.findings,
      value: { plans: report.plans },
      text: printPlans(report, terminal.colours),
    };
  },
};

async function textOf({ cwd, input }: Invocation, file: string): Promise<string> {
  if (file === '-') return input();
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw new LodestoneError('notFound', `"${file}" cannot be read: ${(cause as NodeJS.ErrnoException).code}.`, {
      advice: 'Name a text file, or "-" for standard input.',
      cause,
    });
  }
}
