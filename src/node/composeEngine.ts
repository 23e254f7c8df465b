/** The one composition: opens a repository's engine from adapters and core; only entry files (and tests) call it. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OverrideFile, openCatalog } from '../core/catalog/catalog.ts';
import { riskModelFrom } from '../core/catalog/loadedData.ts';
import { familiesFrom } from '../core/completion/prompt/modelFamily.ts';
import type { NameSource } from '../core/edits/fixRules.ts';
import type { RepositoryEngine } from '../core/engine.ts';
import { wordsFrom } from '../core/generation/words.ts';
import { Declarations } from '../core/indexing/declarations.ts';
import type { StoreNotice } from '../core/indexing/indexStore.ts';
import { extensionOf } from '../core/indexing/paths.ts';
import { pythonModules } from '../core/indexing/pythonModules.ts';
import { RepositoryIndex } from '../core/indexing/repositoryIndex.ts';
import { RepositoryMiner } from '../core/indexing/repositoryMiner.ts';
import { lexemesOf } from '../core/infill/place.ts';
import { choosePreset } from '../core/infill/presetChoice.ts';
import { resolveSampling } from '../core/infill/resolveSampling.ts';
import type { LanguageId } from '../core/languages.ts';
import type { AntipatternFile } from '../core/mining/antipatterns.ts';
import type { FrameworkEntry } from '../core/mining/frameworks.ts';
import { miningDepsFrom } from '../core/mining/miningData.ts';
import { createMiningReducer } from '../core/mining/miningReducer.ts';
import type { Log } from '../core/ports.ts';
import { createContextProvider } from '../core/retrieval/contextProvider.ts';
import { createRetrievalIndex } from '../core/retrieval/retrievalIndex.ts';
import { SETTINGS, type SettingId } from '../core/settings.ts';
import { Builds } from './builder/builds.ts';
import { nodeClock } from './clock.ts';
import { Completions } from './completions.ts';
import { NodeDataFiles, readWorkspaceOverrides } from './dataFiles.ts';
import { openDenoiser } from './denoiser/denoiser.ts';
import { DoctorChecks } from './doctor.ts';
import { RepositoryFiles } from './files/repositoryFiles.ts';
import { parseWalkRules } from './files/walkRules.ts';
import { Generations } from './generations.ts';
import { openGitHistory } from './git/gitHistory.ts';
import { HealingTools } from './healingTools.ts';
import { Infills } from './infill/infills.ts';
import { RepositorySources } from './infill/repositorySources.ts';
import { PatchJournal, type Recovery } from './journal/patchJournal.ts';
import { ModelService } from './models/modelService.ts';
import { surroundingsHere } from './models/surroundings.ts';
import { readPower } from './power.ts';
import { NodeProcesses } from './processes.ts';
import { Repository } from './repository.ts';
import { RepositoryFunctions } from './repositoryFunctions.ts';
import {
  readBackground,
  readCompletionWeights,
  readCorpus,
  readEmbedding,
  readScorer,
  readWeights,
} from './shippedTables.ts';
import { CompletionLog } from './store/completionLog.ts';
import { IndexDatabase } from './store/indexDatabase.ts';
import { defaultCacheFolder, storeLocation } from './store/location.ts';
import { packAnalysis, unpackAnalysis } from './store/packAnalysis.ts';
import { ProvenanceStore } from './store/provenanceStore.ts';
import { StoredRepairMemory } from './store/repairMemory.ts';
import { Storage } from './store/storage.ts';
import { UserDatabase } from './store/userDatabase.ts';
import { TreeSitterParser } from './treeSitter/treeSitterParser.ts';
import { assetsBelow, TreeSitterRuntime } from './treeSitter/treeSitterRuntime.ts';
import { AnalyserPool } from './workers/analyserPool.ts';

export interface OpenRepositoryOptions {
  /** Absolute path of the repository. */
  readonly root: string;
  /** Folder of all stores; default: the user's cache folder. */
  readonly cacheDir?: string;
  /** Holds the worker bundles, data/, grammars/ and typescript/: dist/. */
  readonly assetsDir: string;
  /** False: nothing of the repository is executed, its git and its `.lodestone/` are not read. */
  readonly trusted: boolean;
  readonly log: Log;
  /** Values of settings that differ from their defaults. */
  readonly settings?: Readonly<Partial<Record<SettingId, unknown>>>;
  /** The host's globs (`files.exclude`, `search.exclude`). */
  readonly excludes?: readonly string[];
  /** Whether git's history is read; default: `trusted`. The CLI reads it, since there a person named the folder. */
  readonly history?: boolean;
  /** Interpreter selected in the editor. */
  readonly python?: string;
  /** Where the model's server is, before the environment's OLLAMA_HOST and the setting; and the key it wants. */
  readonly endpoint?: string;
  readonly apiKey?: string;
  /** Folder of another denoiser, before the environment's LODESTONE_INFILL_DENOISER and the setting. */
  readonly denoiser?: string;
  /** VS Code's `env.remoteName`. */
  readonly remoteName?: string;
}

/** dist/versions.json, written by the build: hashes of everything that decides what an analysis or a report holds. */
interface Versions {
  readonly extractor: string;
  readonly miner: string;
}

/** Opens a repository. Cheap: stores, workers and tools start at their first use. Throws LodestoneError notFound. */
export async function openRepository(options: OpenRepositoryOptions): Promise<RepositoryEngine> {
  const { assetsDir, trusted, log } = options;
  const setting = settingsOf(options.settings ?? {});
  const dataFiles = new NodeDataFiles(assetsDir);
  const languages = await dataFiles.languages();
  const languageByExtension = new Map(languages.flatMap(({ id, extensions }) => extensions.map((end) => [end, id])));
  const languageOf = (path: string) => languageByExtension.get(extensionOf(path)) as LanguageId | undefined;
  const maxFileBytes = setting.number('lodestone.mining.maxFileKilobytes') * 1024;

  const files = new RepositoryFiles({
    root: options.root,
    extensions: [...languageByExtension.keys()],
    maxFileBytes,
    rules: parseWalkRules(await dataFiles.read('files/walk.json')),
    clock: nodeClock,
    ...(options.excludes ? { excludes: options.excludes } : {}),
  });
  const { root } = files;
  const overrides: OverrideFile[] = trusted ? await readWorkspaceOverrides(root) : [];
  const versions = JSON.parse(await readFile(join(assetsDir, 'versions.json'), 'utf8')) as Versions;

  const location = storeLocation(root, options.cacheDir ?? defaultCacheFolder());
  const onNotice = ({ message, advice }: StoreNotice) => log.warn(`${message} ${advice}`);
  const store = new IndexDatabase({ path: location.index, extractor: versions.extractor, onNotice });

  const once = lazily();
  // Reading all data costs more than reopening a small repository, so it waits for who needs it.
  const catalog = once(async () => {
    const loaded = await openCatalog(dataFiles, overrides);
    for (const { path, line, message, advice } of loaded.problems) log.warn(`${path}:${line}: ${message} ${advice}`);
    return loaded;
  });
  const analyser = once(
    () =>
      new AnalyserPool({
        dist: assetsDir,
        log,
        threads: setting.number('lodestone.mining.threads'),
        limits: { maxLength: maxFileBytes },
      }),
  );
  const user = once(() => new UserDatabase(location.user, onNotice));
  const index = new RepositoryIndex({
    tree: files,
    store,
    analyser: () => analyser(),
    pack: packAnalysis,
    unpack: unpackAnalysis,
    clock: nodeClock,
    log,
  });
  const git = (options.history ?? trusted) ? openGitHistory({ root, log }) : undefined;
  const miner = new RepositoryMiner({
    index,
    store,
    tree: files,
    git,
    reducer: async () =>
      createMiningReducer(miningDepsFrom(await catalog(), await readBackground(dataFiles, log), nodeClock)),
    version: `${versions.miner}:${hashOf(overrides)}`,
    clock: nodeClock,
  });
  const declarations = once(() => {
    const reducer = new Declarations();
    return { reducer, feed: miner.attach(reducer) };
  });
  const journal = once(() => new PatchJournal({ root, store: user(), now: () => new Date() }));
  // A patch that a crash cut in two is completed or rolled back before anything else looks at the files.
  if (existsSync(location.user)) report(journal().recover(), log);
  const memory = once(() => new StoredRepairMemory(user()));
  const tools = once(async () =>
    HealingTools.create({
      root,
      assetsDir,
      dataFiles,
      catalog: await catalog(),
      python: { selected: options.python ?? '', setting: setting.text('lodestone.healing.python') },
      languageOf,
      read: (path) => files.read(path),
      names: async (call) => {
        const { reducer, feed } = declarations();
        await miner.catchUp(feed, call);
        return (path): NameSource => ({
          exporters: (name) => pythonModules(reducer, path, name, (file) => index.entry(file) !== undefined),
        });
      },
      memory,
      riskModel: riskModelFrom(await catalog()),
    }),
  );
  const retrieval = createRetrievalIndex();
  const lineComments = new Map(languages.map(({ id, lineComment }) => [id, lineComment]));
  const lineComment = (language: LanguageId) => lineComments.get(language) ?? '//';
  const models = new ModelService({
    endpoint: {
      option: options.endpoint,
      environment: process.env.OLLAMA_HOST,
      setting: setting.text('lodestone.model.endpoint'),
    },
    model: setting.text('lodestone.model.name'),
    surroundings: surroundingsHere(options.remoteName),
    families: async () => familiesFrom(await catalog()),
    clock: nodeClock,
    ...(options.apiKey ? { apiKey: options.apiKey } : {}),
  });
  const antipatterns = once(async () =>
    (await catalog()).of<AntipatternFile>('conventions').flatMap(({ value }) => value.antipatterns),
  );
  const frameworks = once(async () => (await catalog()).of<FrameworkEntry>('frameworks').map(({ value }) => value));
  const parser = once(() => new TreeSitterParser(new TreeSitterRuntime(assetsBelow(assetsDir)), log));
  const completionLog = once(() => new CompletionLog(location.completions, onNotice));
  const completions = once(
    () =>
      new Completions({
        root,
        clock: nodeClock,
        models,
        parser,
        asa: {
          threshold: setting.number('lodestone.completion.apiHitRate'),
          budgetMs: setting.number('lodestone.completion.latencyBudget'),
        },
        showUnsure: setting.boolean('lodestone.completion.showUnsure'),
        weights: once(() => readCompletionWeights(dataFiles)),
        lineComment,
        paths: () => index.paths(),
        source: async (path) => {
          const [language, text] = [languageOf(path), await index.text(path)];
          return language === undefined || text === undefined ? undefined : { language, text };
        },
      }),
  );
  const generations = once(
    () =>
      new Generations({
        ...{ root, models, parser, lineComment },
        words: async (id) => wordsFrom(await catalog(), id),
        riskModel: async () => riskModelFrom(await catalog()),
        threshold: setting.number('lodestone.completion.apiHitRate'),
      }),
  );
  const functions = once(
    () =>
      new RepositoryFunctions({
        paths: () => index.paths(),
        facts: (path) => index.facts(path),
        text: (path) => index.text(path),
        languageOf,
        extensionOf: (language) => languages.find(({ id }) => id === language)?.extensions[0] ?? '',
        declares: (name, language) => {
          const id = retrieval.symbols.find(name);
          return id >= 0 && retrieval.family(language).declarations(id) > 0;
        },
      }),
  );

  const denoiser = once(() =>
    openDenoiser({
      assetsDir,
      log,
      folder: options.denoiser ?? process.env.LODESTONE_INFILL_DENOISER ?? setting.text('lodestone.infill.denoiser'),
    }),
  );
  const provenance = once(() => new ProvenanceStore(user(), () => new Date()));
  const infills = once(
    () =>
      new Infills({
        parser,
        denoiser,
        scorer: once(() => readScorer(dataFiles)),
        riskModel: async () => riskModelFrom(await catalog()),
        sampling: async ({ sampling, length, target, deadlineMs }, masked) => {
          const state = await denoiser().state({});
          const device = state.available && GPU.test(state.model.device) ? 'gpu' : 'cpu';
          // What stands in a stub says nothing of the body that belongs there.
          const size = Math.max(lexemesOf(masked).length, target ? USUAL_BODY : 0);
          const lexemes = typeof length === 'number' ? length : size;
          return resolveSampling(...([sampling, process.env, options.settings] as const), () =>
            choosePreset({
              ...{ device, acceptance: provenance().acceptance() },
              ...(lexemes > 0 ? { lexemes } : {}),
              ...(deadlineMs === undefined ? {} : { deadlineMs }),
            }),
          );
        },
      }),
  );
  const sources = once(
    () =>
      new RepositorySources({
        clock: nodeClock,
        paths: () => index.paths(),
        facts: (path) => index.facts(path),
        text: (path) => index.text(path),
        languageOf,
        corpus: (family) => readCorpus(dataFiles, family, log),
      }),
  );

  const builds = once(
    () =>
      new Builds({
        ...{ root, parser, languageOf, lineComment, provenance, versions: { ...versions } },
        riskModel: async () => riskModelFrom(await catalog()),
        read: (path) => files.read(path),
        paths: () => index.paths(),
        facts: (path) => index.facts(path),
        text: (path) => index.text(path),
        toolchains: async () => {
          const { toolchains, compilers } = await tools();
          return [...toolchains, ...compilers];
        },
      }),
  );

  return new Repository({
    root,
    log,
    files,
    index,
    miner,
    analyser,
    languageOf,
    retrieval,
    context: async (attractors) =>
      createContextProvider({
        index: retrieval,
        attractors,
        weights: await readWeights(dataFiles, log),
        embedding: await readEmbedding(dataFiles, log),
        lineComment,
      }),
    completions,
    completionsMade: () => completions.made,
    generations,
    functions,
    parser,
    infills,
    builds,
    trusted,
    sources,
    sourcesMade: () => sources.made,
    models,
    antipatterns,
    frameworks,
    lineComment,
    completionLog,
    tools,
    user,
    journal,
    power: (call) => readPower({ platform: process.platform, processes: new NodeProcesses() }, call),
    storage: new Storage({
      location,
      close: ({ decisions }) => {
        completionLog.made?.close();
        store.close();
        if (decisions) user.made?.close();
      },
    }),
    doctor: new DoctorChecks({
      root,
      trusted,
      storeFolder: location.folder,
      storeNotices: () => store.notices,
      dataProblems: async () => (await catalog()).problems,
    }),
    close: async () => {
      await denoiser.made?.close();
      await analyser.made?.close();
      await (await tools.made)?.close();
      user.made?.close();
      completionLog.made?.close();
      store.close();
    },
  });
}

/** Lexemes of a body. */
const USUAL_BODY = 40;
/** Execution providers of onnxruntime that compute on a GPU. */
const GPU = /cuda|dml|directml|coreml|webgpu|rocm|tensorrt/i;

/** Makes a value at its first use; `made` is the value if there was one, for whoever has to close it. */
function lazily() {
  return <T>(make: () => T): (() => T) & { made: T | undefined } => {
    const get = Object.assign(
      () => {
        get.made ??= make();
        return get.made;
      },
      { made: undefined as T | undefined },
    );
    return get;
  };
}

function settingsOf(values: Readonly<Partial<Record<SettingId, unknown>>>) {
  const value = (id: SettingId) => values[id] ?? SETTINGS.find((setting) => setting.id === id)?.default;
  return {
    number: (id: SettingId) => Number(value(id)),
    text: (id: SettingId) => String(value(id)),
    boolean: (id: SettingId) => value(id) === true,
  };
}

function report({ completed, rolledBack, leftAlone }: Recovery, log: Log): void {
  for (const id of completed) log.warn(`The patch ${id}, which a crash interrupted, was completed.`);
  for (const id of rolledBack) log.warn(`The patch ${id}, which a crash interrupted, was rolled back.`);
  for (const path of leftAlone)
    log.warn(`${path} was changed after a crash interrupted a patch; it was left as it is.`);
}

/** The workspace's own data decides the report as much as the shipped one does. */
function hashOf(overrides: readonly OverrideFile[]): string {
  return overrides.length ? createHash('sha256').update(JSON.stringify(overrides)).digest('hex').slice(0, 16) : '';
}
