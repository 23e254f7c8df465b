/** `lodestone build PLANS.json`: one patch for each plan, written only with --apply and only together; `--compare` shows which preset was kept. */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { validatorOf } from '../../core/catalog/schemas.ts';
import type { RepositoryEngine } from '../../core/engine.ts';
import type { BuildRequest, BuiltPatch, ExecuteReport, Execution } from '../../core/infill/builder/build.ts';
import { type Plan, readPlans } from '../../core/infill/builder/plan.ts';
import type { PresetComparison } from '../../core/infill/builder/provenance.ts';
import { NodeDataFiles } from '../../node/dataFiles.ts';
import { chooseEndpoint } from '../../node/models/endpoint.ts';
import { fraction, wholeNumber } from '../arguments.ts';
import type { Command, Invocation, Outcome } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { printBuilt, printComparison } from '../printers/building.ts';
import { locateFolder, repositoryRootOf } from '../repositoryRoot.ts';
import { askTrust, isTrusted, withRepository } from '../session.ts';
import { infill, samplingFrom } from './infill.ts';

const { preset, schedule, sampler, guidance, steps, temperature, seed, model, endpoint } = infill.options;

export const build: Command = {
  name: 'build',
  summary: 'Carry out plans: regenerate what they name, validate it, and show one patch for each.',
  usage:
    'build PLANS.json|- [--apply] [--max-risk R] [--no-tests] [--no-fallback] [--context] [--deadline SECONDS] [--preset P] [--schedule S] [--sampler S] [--guidance S] [--steps N] [--temperature T] [--seed N] [--model NAME | --no-model] [--json]\n' +
    '       lodestone build --compare [--json]',
  arity: [0, 1],
  options: {
    apply: {
      type: 'boolean',
      help: 'Write the patches that can be applied, all together; where tools or tests then fare worse, all go back.',
    },
    'max-risk': { type: 'string', value: 'R', help: 'With --apply: only patches whose risk is at most R (0 to 1).' },
    'no-tests': {
      type: 'boolean',
      help: "With --apply: do not run the project's tests (they run where it is trusted).",
    },
    'no-fallback': { type: 'boolean', help: 'Nobody stands in where nothing is sure enough.' },
    context: {
      type: 'boolean',
      help: 'Tell the model what stands around the targets in the code’s graph (measured: no gain).',
    },
    deadline: {
      type: 'string',
      value: 'SECONDS',
      help: 'Time for one target: a cheaper preset is taken where none is named.',
    },
    compare: { type: 'boolean', help: 'Show how often the samples of each preset were kept here.' },
    ...({ preset, schedule, sampler, guidance, steps, temperature, seed, model, endpoint } as Command['options']),
    'no-model': { type: 'boolean', help: 'No language model stands in.' },
  },
  async run(invocation) {
    const { options, positionals, cwd, call, terminal } = invocation;
    const usage = `Usage: lodestone ${this.usage}`;
    const root = repositoryRootOf(locateFolder(cwd, '.'));
    const [file] = positionals;
    if (options.compare) {
      if (file !== undefined || options.apply)
        throw new LodestoneError('badArguments', '--compare takes no plans.', { advice: usage });
      return compare(invocation, root);
    }
    if (file === undefined)
      throw new LodestoneError('badArguments', 'The file of plans is missing.', { advice: usage });
    const plans = await plansFrom(invocation, file);
    const maxRisk = fraction('max-risk', options['max-risk']);
    const request = requestFrom(invocation, plans, usage);
    chooseEndpoint({ option: options.endpoint as string | undefined, environment: process.env.OLLAMA_HOST });
    const trusted = await askTrust(invocation, root);
    const { patches, executed } = await withRepository(invocation, root, trusted, async (engine) => {
      await engine.mine({}, call);
      const asked = { ...request, ...(await withoutModel(engine, request, invocation)), trusted };
      const { patches } = await engine.build(asked, call);
      const tests = !options['no-tests'];
      const limits = { trusted, tests, ...(maxRisk === undefined ? {} : { maxRisk }) };
      const executed = options.apply ? await engine.execute({ patches, ...limits }, call) : undefined;
      return { patches, executed };
    });
    const value = valueOf(patches, executed);
    const isDone = value.patches.every(({ error, canApply, diff, execution }) =>
      execution ? execution.outcome === 'applied' : error === null && (canApply || diff === ''),
    );
    return {
      exitCode: isDone ? EXIT.fine : EXIT.findings,
      value,
      text: printBuilt(value, terminal.colours),
    };
  },
};

/** As published: the patch's own texts and edits stand in it already. */
export type BuiltValue = ReturnType<typeof valueOf>;

function valueOf(patches: readonly BuiltPatch[], executed: ExecuteReport | undefined) {
  return {
    patches: patches.map(({ patch: _patch, promised: _promised, unifiedDiff, ...rest }, at) => {
      const execution: Pick<Execution, 'outcome' | 'reason'> | undefined = executed?.executions[at];
      const told = execution ? { outcome: execution.outcome, reason: execution.reason } : null;
      return { ...rest, diff: unifiedDiff, execution: told };
    }),
    appliedId: executed?.appliedId ?? null,
    tests: executed?.tests ?? null,
    notes: executed?.notes ?? [],
    comparison: null,
  };
}

async function plansFrom({ cwd, assetsDir, input }: Invocation, file: string): Promise<Plan[]> {
  const text = file === '-' ? await input() : read(cwd, file);
  const schema = JSON.parse(await new NodeDataFiles(assetsDir).read('schemas/plans.schema.json')) as object;
  return readPlans(file === '-' ? 'standard input' : basename(file), text, validatorOf({ ...schema }));
}

function read(cwd: string, file: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw new LodestoneError('notFound', `"${file}" cannot be read: ${(cause as NodeJS.ErrnoException).code}.`, {
      advice:
        'Name a JSON file with plans, or "-" for standard input; "lodestone plan --issue TEXT --json" writes some.',
      cause,
    });
  }
}

function requestFrom({ options }: Invocation, plans: readonly Plan[], usage: string): Omit<BuildRequest, 'trusted'> {
  const wrong = (message: string) => new LodestoneError('badArguments', message, { advice: usage });
  if (options.model !== undefined && options['no-model']) throw wrong('--model and --no-model exclude each other.');
  const seconds = wholeNumber('deadline', options.deadline, 1);
  const chosen = options['no-model'] ? null : (options.model as string | undefined);
  return {
    plans,
    sampling: samplingFrom(options, wrong),
    ...(chosen === undefined ? {} : { model: chosen }),
    ...(options['no-fallback'] ? { fallback: false } : {}),
    ...(options.context ? { context: true } : {}),
    ...(seconds === undefined ? {} : { deadlineMs: seconds * 1000 }),
  };
}

/** A model that nobody named and that does not answer is told of once, and not asked for every target again. */
async function withoutModel(
  engine: RepositoryEngine,
  request: Omit<BuildRequest, 'trusted'>,
  { call, terminal }: Invocation,
): Promise<{ model?: null }> {
  if (request.model !== undefined || request.fallback === false) return {};
  const { ready, problem } = await engine.modelStatus({}, call);
  if (ready) return {};
  if (problem) terminal.log.info(`${problem.message} ${problem.advice}`);
  return { model: null };
}

async function compare(invocation: Invocation, root: string): Promise<Outcome> {
  const { call, terminal } = invocation;
  const comparison: PresetComparison = await withRepository(invocation, root, isTrusted(invocation, root), (engine) =>
    engine.comparePresets({}, call),
  );
  return {
    exitCode: EXIT.fine,
    value: { patches: [], appliedId: null, tests: null, notes: [], comparison },
    text: printComparison(comparison, terminal.colours),
  };
}
