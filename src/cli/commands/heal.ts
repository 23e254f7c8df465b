/** `lodestone heal FILE…`: verified, risk-scored fixes; written only with --write. */
import { LodestoneError, toLodestoneError } from '../../base/errors.ts';
import { inShort } from '../../base/findings.ts';
import type { Patch } from '../../core/edits/patch.ts';
import type { RepositoryEngine } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { HealedFile, HealReport, HealRequest } from '../../core/healing/heal.ts';
import { fraction, wholeNumber } from '../arguments.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { printHealing } from '../printers/healing.ts';
import { locateFile } from '../repositoryRoot.ts';
import { askTrust, withRepository } from '../session.ts';

/** One file's result as published; `reason` says why something was not healed or not written. */
export interface HealedFileValue {
  readonly path: string;
  readonly before: readonly ErrorValue[];
  readonly after: readonly ErrorValue[];
  readonly diff: string;
  readonly risk: HealedFile['risk'];
  readonly canApply: boolean;
  readonly applied: boolean;
  readonly attempts: number;
  readonly sources: readonly string[];
  readonly validatedBy: readonly string[];
  readonly reason: string;
  readonly notes: HealReport['notes'];
  readonly durationMs: number;
}

type ErrorValue = Pick<Diagnostic, 'line' | 'column' | 'code' | 'category' | 'message' | 'tool'>;

export const heal: Command = {
  name: 'heal',
  summary: 'Diagnose files with the real tools, and propose fixes that were verified.',
  usage: 'heal FILE… [--write] [--max-risk R] [--tests] [--json]',
  arity: [1, Number.POSITIVE_INFINITY],
  options: {
    write: { type: 'boolean', help: 'Write the patches; without it no file changes.' },
    'max-risk': {
      type: 'string',
      value: 'R',
      help: 'With --write: only patches that leave no error and whose risk is at most R (0 to 1).',
    },
    tests: {
      type: 'boolean',
      help: "Run the project's tests as further evidence, and where they fail let them choose small changes (trusted repositories).",
    },
    budget: { type: 'string', value: 'SECONDS', help: 'Longest search for one file.' },
  },
  async run(invocation) {
    const maxRisk = fraction('max-risk', invocation.options['max-risk']);
    const budget = wholeNumber('budget', invocation.options.budget, 1);
    const located = invocation.positionals.map((argument) => locateFile(invocation.cwd, argument));
    const byRoot = Map.groupBy(located, ({ root }) => root);
    const healed = new Map<string, HealedFileValue>();
    for (const [root, files] of byRoot) {
      const trusted = await askTrust(invocation, root);
      await withRepository(invocation, root, trusted, async (engine) => {
        await engine.mine({}, invocation.call);
        for (const path of new Set(files.map((file) => file.path))) {
          const request: HealRequest = {
            files: [path],
            trusted,
            ...(invocation.options.tests === true ? { tests: true } : {}),
            ...(budget === undefined ? {} : { budgetMs: budget * 1000 }),
          };
          healed.set(`${root}\n${path}`, await settle(invocation, engine, request, maxRisk));
        }
      });
    }
    const values = [...new Set(located.map(({ root, path }) => `${root}\n${path}`))].map(
      (key) => healed.get(key) as HealedFileValue,
    );
    return {
      exitCode: exitCodeFor(values),
      value: { files: values },
      text: printHealing(values, { colours: invocation.terminal.colours }),
    };
  },
};

/** 3 only where nothing but missing tools is to be told. */
function exitCodeFor(files: readonly HealedFileValue[]): ExitCode {
  const open = files.filter(isOpen);
  if (open.length === 0) return EXIT.fine;
  return open.every(wasNotChecked) ? EXIT.environment : EXIT.findings;
}

/** No tool said anything about the file, and the notes say why: they were missing or failed. */
function wasNotChecked({ before, diff, notes }: HealedFileValue): boolean {
  return before.length === 0 && diff === '' && notes.length > 0;
}

/** Something is left to do about the file: errors, an unwritten patch, or a reason why it could not be checked. */
function isOpen({ before, after, diff, applied, reason }: HealedFileValue): boolean {
  return applied ? after.length > 0 : before.length > 0 || diff !== '' || reason !== '';
}

/** Heals one file, writes the patch where the user asked for it and it qualifies, and makes the published value of it. */
async function settle(
  invocation: Invocation,
  engine: RepositoryEngine,
  request: HealRequest,
  maxRisk: number | undefined,
): Promise<HealedFileValue> {
  const [path = ''] = request.files;
  const report = await engine.heal(request, invocation.call);
  const file = report.files.find((candidate) => candidate.path === path);
  if (!file) throw new LodestoneError('internal', `Healing "${path}" returned nothing.`);
  const { patch } = report;
  let applied = false;
  let reason = file.reason;
  if (patch && invocation.options.write === true) {
    const refusal =
      refusalOf(patch, file.after.length > 0, maxRisk) ?? (await apply(invocation, engine, report, patch, request));
    applied = refusal === undefined;
    if (refusal !== undefined) reason = reason ? `${reason} ${refusal}` : refusal;
  }
  return {
    path,
    before: file.before.filter(isError).map(errorValue),
    after: file.after.filter(isError).map(errorValue),
    diff: file.diff,
    risk: file.risk,
    canApply: patch?.canApply ?? false,
    applied,
    attempts: file.attempts,
    sources: file.sources,
    validatedBy: patch?.validatedBy ?? [],
    reason,
    notes: report.notes,
    durationMs: file.durationMs,
  };
}

/**
 * A limit on the risk says that nobody will look: then only a patch that leaves no error is written (ED6). Without one
 * the user asked for what makes the file better, and gets it.
 */
function refusalOf(patch: Patch, leavesErrors: boolean, maxRisk: number | undefined): string | undefined {
  if (maxRisk === undefined) return undefined;
  if (!patch.canApply)
    return leavesErrors
      ? 'Not written: the patch leaves errors, and --max-risk writes only what leaves none.'
      : 'Not written: the patch holds stubs for somebody to fill in, and --max-risk writes only what is finished.';
  if (patch.risk.score > maxRisk)
    return `Not written: its risk ${patch.risk.score.toFixed(2)} is above the limit of ${maxRisk}.`;
  return undefined;
}

/** Why the patch does not stand on disk; undefined if it does. A full disk or a lost store is no verdict on the patch: thrown. */
async function apply(
  invocation: Invocation,
  engine: RepositoryEngine,
  { files }: HealReport,
  patch: Patch,
  { trusted, tests = false }: HealRequest,
): Promise<string | undefined> {
  try {
    const { regression } = await engine.applyPatch({ patch, files, trusted, tests }, invocation.call);
    return regression && `Written and taken back: ${inShort(regression.errors)}`;
  } catch (error) {
    const failure = toLodestoneError(error);
    if (failure.code !== 'fileChanged' && failure.code !== 'unreadable' && failure.code !== 'notARepositoryFile')
      throw failure;
    return `Not written: ${failure.message}`;
  }
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

function errorValue({ line, column, code, category, message, tool }: Diagnostic): ErrorValue {
  return { line, column, code, category, message, tool };
}
