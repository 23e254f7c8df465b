/** `lodestone hook install | uninstall | status | run`: a pre-commit hook that stops a commit which adds errors. */
import { join } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { extensionOf } from '../../core/indexing/paths.ts';
import type { LanguageId } from '../../core/languages.ts';
import { NodeDataFiles } from '../../node/dataFiles.ts';
import { git } from '../../node/hook/git.ts';
import { type HookState, PreCommitHook } from '../../node/hook/preCommitHook.ts';
import { stagedChanges } from '../../node/hook/stagedChanges.ts';
import { wholeNumber } from '../arguments.ts';
import type { Command, Invocation, Outcome } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { printGate, printHook } from '../printers/hook.ts';
import { locateFolder } from '../repositoryRoot.ts';
import { isTrusted, withRepository } from '../session.ts';

const ACTIONS = ['install', 'uninstall', 'status', 'run'] as const;
type Action = (typeof ACTIONS)[number];

const NOTHING = { added: [], left: 0, checked: [], tools: [], notes: [] };

export const hook: Command = {
  name: 'hook',
  summary: 'Check what is about to be committed: a pre-commit hook that stops new errors.',
  usage: 'hook install|uninstall|status|run [DIR] [--chain] [--budget SECONDS] [--json]',
  arity: [1, 2],
  options: {
    chain: { type: 'boolean', help: 'With install: keep a hook that is there already; it runs first.' },
    budget: {
      type: 'string',
      value: 'SECONDS',
      help: 'With run: longest wait for the tools of a language (default 30).',
    },
  },
  async run(invocation) {
    const { positionals, options, cwd, call, assetsDir, terminal } = invocation;
    const [given = '', folder = '.'] = positionals;
    const usage = `Usage: lodestone ${this.usage}`;
    const action = ACTIONS.find((each) => each === given);
    if (!action)
      throw new LodestoneError('badArguments', `"hook ${given}" is unknown; it is ${ACTIONS.join(', ')}.`, {
        advice: usage,
      });
    if (options.chain && action !== 'install')
      throw new LodestoneError('badArguments', '--chain belongs to "hook install".', { advice: usage });
    if (options.budget !== undefined && action !== 'run')
      throw new LodestoneError('badArguments', '--budget belongs to "hook run".', { advice: usage });
    const root = locateFolder(cwd, folder);
    if (action === 'run') return runGate(invocation, root);
    const hooks = await PreCommitHook.of(root, call);
    const state = {
      install: () => hooks.install({ node: process.execPath, cli: join(assetsDir, 'cli.js') }, options.chain === true),
      uninstall: () => hooks.uninstall(),
      status: () => hooks.state(),
    }[action]();
    return outcomeOf(action, state, terminal.colours);
  },
};

function outcomeOf(action: Action, state: HookState, colours: boolean): Outcome {
  const isBroken = state.state === 'installed' && !state.executable;
  return {
    exitCode: action === 'status' && (state.state !== 'installed' || isBroken) ? EXIT.findings : EXIT.fine,
    value: { action, hook: state, ...NOTHING, skipped: [] },
    text: printHook(action, state, colours),
  };
}

async function runGate(invocation: Invocation, folder: string): Promise<Outcome> {
  const { options, call, assetsDir, terminal } = invocation;
  const seconds = wholeNumber('budget', options.budget, 1);
  const top = (await git(folder, ['rev-parse', '--show-toplevel'], call)).replace(/\r?\n$/, '');
  const languages = await new NodeDataFiles(assetsDir).languages();
  const known = new Map(
    languages.flatMap(({ id, extensions }) => extensions.map((end): [string, LanguageId] => [end, id])),
  );
  const staged = await stagedChanges(top, (path) => known.has(extensionOf(path)), call);
  const trusted = isTrusted(invocation, top);
  // Without sources among what is staged nothing is opened: a commit of text waits for nobody.
  const report =
    staged.files.length === 0
      ? NOTHING
      : await withRepository(invocation, top, trusted, (engine) => {
          const { files, others } = staged;
          const budget = seconds === undefined ? {} : { budgetMs: seconds * 1000 };
          return engine.checkGate({ files, others, trusted, ...budget }, call);
        });
  const value = { action: 'run' as const, hook: null, ...report, skipped: staged.skipped };
  return {
    exitCode: report.added.length > 0 ? EXIT.findings : EXIT.fine,
    value,
    text: printGate(value, terminal.colours),
  };
}
