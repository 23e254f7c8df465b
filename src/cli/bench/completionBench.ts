/** `lodestone bench completion`: a model with the file alone against what the repository adds, on functions it has not seen. */
import { basename } from 'node:path';
import { openCatalog } from '../../core/catalog/catalog.ts';
import { riskModelFrom } from '../../core/catalog/loadedData.ts';
import type { AntipatternFile } from '../../core/mining/antipatterns.ts';
import { NodeDataFiles } from '../../node/dataFiles.ts';
import { TreeSitterParser } from '../../node/treeSitter/treeSitterParser.ts';
import { assetsBelow, TreeSitterRuntime } from '../../node/treeSitter/treeSitterRuntime.ts';
import { wholeNumber } from '../arguments.ts';
import type { Invocation, Outcome } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { printCompletionBench } from '../printers/completionBench.ts';
import { isTrusted } from '../session.ts';
import type { JudgeParts } from './answerJudge.ts';
import { ABLATIONS, MODEL_ARMS, REPOSITORY_ARM } from './completionArms.ts';
import { ablationOf, claimsOf, tablesOf } from './completionReport.ts';
import { benchRepository, type CompletionSettings, type Row, runTasks } from './completionRun.ts';
import { contextLimits } from './contextLimits.ts';
import { ProjectTools } from './projectTools.ts';
import { readPromptSet } from './promptSet.ts';
import { chosenModel, ranOn } from './ranOn.ts';
import { readSources } from './sources.ts';
import { WorkCopy } from './workCopy.ts';

/** Held-out functions of a repository. */
const FUNCTIONS = 30;

export async function benchCompletion(invocation: Invocation, folders: readonly string[]): Promise<Outcome> {
  const { options, assetsDir, call, terminal } = invocation;
  const model = chosenModel(invocation);
  const ablate = options.ablate === true;
  const settings: CompletionSettings = {
    functions: wholeNumber('functions', options.functions, 1) ?? FUNCTIONS,
    seed: wholeNumber('seed', options.seed, 0) ?? 1,
    model,
    arms: [REPOSITORY_ARM, ...(model === null ? [] : [...MODEL_ARMS, ...(ablate ? ABLATIONS : [])])],
    toolArms: new Set(['repository', 'none', 'block', 'asa']),
    limits: contextLimits(options),
  };
  const dataFiles = new NodeDataFiles(assetsDir);
  const languages = await dataFiles.languages();
  const prompts = typeof options.prompts === 'string' ? readPromptSet(options.prompts, languages) : undefined;
  const about = await ranOn(invocation, model, call);
  const catalog = await openCatalog(dataFiles, []);
  const judging: Omit<JudgeParts, 'engine' | 'deviants' | 'tools'> = {
    parser: new TreeSitterParser(new TreeSitterRuntime(assetsBelow(assetsDir)), terminal.log),
    smells: riskModelFrom(catalog).smells,
    antipatterns: catalog.of<AntipatternFile>('conventions').flatMap(({ value }) => value.antipatterns),
  };
  const rows: Row[] = [];
  const repositories: { name: string; functions: number; tasks: number }[] = [];
  const asked = new Set<string>();
  const runTests = options['run-tests'] === true;
  for (const folder of folders) {
    const trusted = isTrusted(invocation, folder);
    if (runTests && !trusted)
      terminal.log.warn(
        `The tests of ${basename(folder)} are not run: it is not trusted. Use --trust, or "lodestone trust".`,
      );
    const tools = options['no-tools']
      ? undefined
      : await ProjectTools.open({
          root: folder,
          assetsDir,
          dataFiles,
          languages,
          trusted,
          runTests,
          signal: call.signal,
        });
    try {
      const parts = { ...judging, tools };
      const own = prompts
        ? await runPrompts(invocation, folder, prompts, settings, parts, languages)
        : await benchRepository(invocation, folder, languages, settings, parts);
      rows.push(...own);
      const name = basename(folder);
      repositories.push({ name, functions: new Set(own.map(({ group }) => group)).size, tasks: own.length });
      terminal.log.info(`${name}: ${own.length} tasks`);
    } finally {
      await tools?.close();
      for (const title of tools?.asked ?? []) asked.add(title);
    }
  }
  const { functions, seed, arms, limits } = settings;
  const value = {
    benchmark: 'completion',
    ranOn: about,
    settings: { functions, seed, prompts: prompts?.length ?? null, ablate, runTests, ...limits },
    tools: [...asked].sort(),
    arms: arms.map(({ id, title }) => ({ id, title })),
    repositories,
    tables: tablesOf(rows, arms),
    claims: claimsOf(rows, arms),
    ablation: ablationOf(rows, arms),
  };
  return { exitCode: EXIT.fine, value, text: printCompletionBench(value) };
}

/** Nothing is held out: the repository is mined as it lies there. */
async function runPrompts(
  invocation: Invocation,
  folder: string,
  tasks: ReturnType<typeof readPromptSet>,
  settings: CompletionSettings,
  judging: Omit<JudgeParts, 'engine' | 'deviants'>,
  languages: Parameters<typeof readPromptSet>[1],
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
