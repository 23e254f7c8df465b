/** `lodestone bench completion`: a model with the file alone against what the repository adds, on functions it has not seen. */
import { basename } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { openCatalog } from '../../core/catalog/catalog.ts';
import { riskModelFrom } from '../../core/catalog/loadedData.ts';
import type { LanguageEntry } from '../../core/languages.ts';
import type { AntipatternFile } from '../../core/mining/antipatterns.ts';
import { NodeDataFiles } from '../../node/dataFiles.ts';
import { TreeSitterParser } from '../../node/treeSitter/treeSitterParser.ts';
import { assetsBelow, TreeSitterRuntime } from '../../node/treeSitter/treeSitterRuntime.ts';
import { wholeNumber } from '../arguments.ts';
import type { Invocation, Outcome } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { printCompletionBench } from '../printers/completionBench.ts';
import { repositoryRootOf } from '../repositoryRoot.ts';
import { isTrusted } from '../session.ts';
import type { JudgeParts } from './answerJudge.ts';
import { ABLATIONS, MODEL_ARMS, REPOSITORY_ARM } from './completionArms.ts';
import { ablationOf, claimsOf, tablesOf } from './completionReport.ts';
import { benchRepository, type CompletionSettings, type Row, runTasks } from './completionRun.ts';
import type { Task } from './completionTasks.ts';
import { contextLimits } from './contextLimits.ts';
import type { TestCounts } from './executedTests.ts';
import { ProjectTools } from './projectTools.ts';
import { readPromptSet } from './promptSet.ts';
import { chosenModel, commitOf, ranOn } from './ranOn.ts';
import { readSources } from './sources.ts';
import { WorkCopy } from './workCopy.ts';

/** Held-out functions of a repository. */
const FUNCTIONS = 30;

export interface BenchedRepository {
  readonly name: string;
  /** HEAD's; null outside git. The files are those that lie there. */
  readonly commit: string | null;
  readonly functions: number;
  readonly tasks: number;
  /** Of its tests; null where they were not run. */
  readonly tests: TestCounts | null;
}

export async function benchCompletion(invocation: Invocation, folders: readonly string[]): Promise<Outcome> {
  const { options, assetsDir, call, terminal } = invocation;
  const model = chosenModel(invocation);
  const [ablate, runTests, check] = [options.ablate === true, options['run-tests'] === true, !options['no-tools']];
  const settings: CompletionSettings = {
    functions: wholeNumber('functions', options.functions, 1) ?? FUNCTIONS,
    seed: wholeNumber('seed', options.seed, 0) ?? 1,
    model,
    arms: [REPOSITORY_ARM, ...(model === null ? [] : [...MODEL_ARMS, ...(ablate ? ABLATIONS : [])])],
    limits: contextLimits(options),
  };
  const dataFiles = new NodeDataFiles(assetsDir);
  const languages = await dataFiles.languages();
  const prompts = typeof options.prompts === 'string' ? readPromptSet(options.prompts, languages) : undefined;
  const trusts = (folder: string) => isTrusted(invocation, repositoryRootOf(folder));
  if (runTests) for (const folder of folders) if (!trusts(folder)) throw untrusted(folder);
  const about = await ranOn(invocation, model, call);
  const catalog = await openCatalog(dataFiles, []);
  const judging: Omit<JudgeParts, 'engine' | 'deviants' | 'tools'> = {
    parser: new TreeSitterParser(new TreeSitterRuntime(assetsBelow(assetsDir)), terminal.log),
    smells: riskModelFrom(catalog).smells,
    antipatterns: catalog.of<AntipatternFile>('conventions').flatMap(({ value }) => value.antipatterns),
  };
  const rows: Row[] = [];
  const repositories: BenchedRepository[] = [];
  const asked = new Set<string>();
  for (const folder of folders) {
    const name = basename(folder);
    const tools = await ProjectTools.open({
      ...{ root: folder, assetsDir, dataFiles, languages, trusted: trusts(folder), check, runTests },
      ...{ warn: (message) => terminal.log.warn(`${name}: ${message}`), signal: call.signal },
    });
    try {
      const parts = { ...judging, tools };
      const own = prompts
        ? await runPrompts(invocation, folder, prompts, settings, parts, languages)
        : await benchRepository(invocation, folder, languages, settings, parts);
      rows.push(...own);
      const functions = new Set(own.map(({ group }) => group)).size;
      const tests = tools.tests?.counts ?? null;
      repositories.push({ name, commit: commitOf(folder), functions, tasks: own.length, tests });
      terminal.log.info(`${name}: ${own.length} tasks`);
    } finally {
      await tools.close();
      for (const title of tools.asked) asked.add(title);
    }
  }
  if (rows.length === 0) throw nothingToMeasure();
  const { functions, seed, arms, limits } = settings;
  const value = {
    benchmark: 'completion',
    ranOn: about,
    settings: { functions, seed, prompts: prompts?.length ?? null, ablate, check, runTests, ...limits },
    tools: [...asked].sort(),
    arms: arms.map(({ id, title }) => ({ id, title })),
    repositories,
    tables: tablesOf(rows, arms),
    claims: claimsOf(rows, arms),
    ablation: ablationOf(rows, arms),
  };
  return { exitCode: EXIT.fine, value, text: printCompletionBench(value) };
}

/** Before hours are spent on what will not be measured. */
function untrusted(folder: string): LodestoneError {
  return new LodestoneError('untrusted', `The tests of ${folder} are its own code, and it is not trusted.`, {
    advice: 'Use --trust, or "lodestone trust DIR", or leave out --run-tests.',
  });
}

function nothingToMeasure(): LodestoneError {
  return new LodestoneError('notFound', 'There is nothing to measure: no function can be held out.', {
    advice: 'Name repositories with more sources, or write --prompts.',
  });
}

/** Nothing is held out: the repository is mined as it lies there. */
async function runPrompts(
  invocation: Invocation,
  folder: string,
  tasks: readonly Task[],
  settings: CompletionSettings,
  judging: Omit<JudgeParts, 'engine' | 'deviants'>,
  languages: readonly LanguageEntry[],
): Promise<Row[]> {
  const copy = new WorkCopy(basename(folder));
  try {
    for (const { path, text } of await readSources(folder, invocation, languages)) copy.write(path, text);
    return await copy.open(invocation, (engine) =>
      runTasks(invocation, engine, tasks, settings, judging, basename(folder)),
    );
  } finally {
    copy.dispose();
  }
}
