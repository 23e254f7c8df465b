/** One opened repository: the engine's methods over its index, miner, retrieval, healer and journal. */
import { isCancelled, LodestoneError, throwIfAborted, toLodestoneError } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import type {
  CompletionOutcome,
  CompletionReport,
  CompletionRequest,
  CompletionStats,
  ContextLimits,
  WarmRequest,
} from '../core/completion/completion.ts';
import type { Patch } from '../core/edits/patch.ts';
import type {
  AppliedPatch,
  Decision,
  DoctorEntry,
  FileChange,
  ModelStatus,
  PowerState,
  RepositoryEngine,
  StorageReport,
  UndoRequest,
} from '../core/engine.ts';
import type { EditReport, EditRequest, GenerateReport, GenerateRequest } from '../core/generation/generation.ts';
import { type Change, ChangeChecker } from '../core/healing/checkChange.ts';
import type { HealDeps } from '../core/healing/fixSources.ts';
import { checkGate, type GateReport, type GateRequest } from '../core/healing/gate.ts';
import type { HealReport, HealRequest } from '../core/healing/heal.ts';
import { heal } from '../core/healing/healFiles.ts';
import { InfillFixes } from '../core/healing/infillFixes.ts';
import { type Recheck, type RecheckRequest, recheck } from '../core/healing/recheck.ts';
import type { ReducerFeed } from '../core/indexing/reducerFeed.ts';
import type { RepositoryIndex } from '../core/indexing/repositoryIndex.ts';
import type { RepositoryMiner } from '../core/indexing/repositoryMiner.ts';
import type { BuildReport, BuildRequest, ExecuteReport, ExecuteRequest } from '../core/infill/builder/build.ts';
import type { PresetComparison, RecordInfillRequest } from '../core/infill/builder/provenance.ts';
import type { InfillReport, InfillRequest } from '../core/infill/infill.ts';
import type { PlanReport, PlanRequest } from '../core/infill/reasoner/reasoner.ts';
import type { LanguageId } from '../core/languages.ts';
import type { AntipatternRule } from '../core/mining/antipatterns.ts';
import type { MiningReport } from '../core/mining/attractor.ts';
import type { FrameworkEntry } from '../core/mining/frameworks.ts';
import type { Log, Parser } from '../core/ports.ts';
import type { ContextReport, ContextRequest } from '../core/retrieval/context.ts';
import type { ContextInput, ContextProvider } from '../core/retrieval/contextProvider.ts';
import type { RetrievalIndex } from '../core/retrieval/retrievalIndex.ts';
import type { FileFacts } from '../core/syntax/facts.ts';
import type { BuildScope, Builds } from './builder/builds.ts';
import type { Buffer, Completions } from './completions.ts';
import type { DoctorChecks } from './doctor.ts';
import type { RepositoryFiles } from './files/repositoryFiles.ts';
import type { GenerationScope, Generations } from './generations.ts';
import type { HealingTools } from './healingTools.ts';
import { Fallback } from './infill/fallback.ts';
import type { Infills } from './infill/infills.ts';
import type { RepositorySources } from './infill/repositorySources.ts';
import type { PatchJournal } from './journal/patchJournal.ts';
import type { ModelService } from './models/modelService.ts';
import type { RepositoryFunctions } from './repositoryFunctions.ts';
import type { CompletionLog } from './store/completionLog.ts';
import type { Storage } from './store/storage.ts';
import type { UserDatabase } from './store/userDatabase.ts';
import { NOTHING_KNOWN, Surveyor } from './surveyor.ts';
import { TextFacts } from './textFacts.ts';
import type { AnalyserPool } from './workers/analyserPool.ts';

export interface RepositoryParts {
  readonly root: string;
  readonly log: Log;
  readonly files: RepositoryFiles;
  readonly index: RepositoryIndex;
  readonly miner: RepositoryMiner;
  readonly analyser: () => Pick<AnalyserPool, 'analyse'>;
  readonly languageOf: (path: string) => LanguageId | undefined;
  readonly retrieval: RetrievalIndex;
  readonly context: (attractors: () => MiningReport['attractors']) => Promise<ContextProvider>;
  readonly completions: () => Completions;
  /** The same where it was made. */
  readonly completionsMade: () => Completions | undefined;
  readonly generations: () => Generations;
  readonly functions: () => RepositoryFunctions;
  readonly parser: () => Parser;
  readonly infills: () => Infills;
  readonly builds: () => Builds;
  readonly trusted: boolean;
  readonly sources: () => RepositorySources;
  /** The same where it was made. */
  readonly sourcesMade: () => RepositorySources | undefined;
  readonly models: ModelService;
  readonly antipatterns: () => Promise<readonly AntipatternRule[]>;
  readonly frameworks: () => Promise<readonly FrameworkEntry[]>;
  readonly lineComment: (language: LanguageId) => string;
  /** What became of completions; opened at its first use. */
  readonly completionLog: () => CompletionLog;
  readonly tools: () => Promise<HealingTools>;
  /** Decisions, applied patches and repair memory; opened at their first use. */
  readonly user: () => UserDatabase;
  readonly journal: () => PatchJournal;
  readonly power: (options: CallOptions) => Promise<PowerState>;
  readonly storage: Storage;
  readonly doctor: DoctorChecks;
  /** Closes stores, workers and tools. */
  readonly close: () => Promise<void>;
}

export class Repository implements RepositoryEngine {
  private latest: MiningReport | undefined;
  private muted = new Set<string>();
  private provider: ContextProvider | undefined;
  private retrievalReady: Promise<void> | undefined;
  private retrievalFeed: ReducerFeed | undefined;
  private readonly texts: TextFacts;
  private readonly surveyor: Surveyor;

  constructor(private readonly parts: RepositoryParts) {
    this.texts = new TextFacts(parts);
    this.surveyor = new Surveyor({
      provider: () => this.contextProvider(),
      facts: (path, text, options) => this.texts.ofNamed(path, text, options),
      symbol: (id) => parts.retrieval.symbols.text(id),
      attractors: () => this.shown(),
      deviants: () => this.latest?.deviants ?? [],
      antipatterns: parts.antipatterns,
      frameworks: parts.frameworks,
      lineComment: parts.lineComment,
      log: parts.log,
    });
  }

  async mine(_request: Record<string, never>, options: CallOptions): Promise<MiningReport> {
    const report = this.remember(await this.parts.miner.mine(options));
    this.parts.completionsMade()?.forgetTexts();
    this.parts.sourcesMade()?.forget();
    return report;
  }

  async report(): Promise<MiningReport | undefined> {
    const stored = this.parts.miner.stored();
    return stored && this.remember(stored);
  }

  async filesChanged({ changes }: { changes: readonly FileChange[] }, options: CallOptions): Promise<MiningReport> {
    const report = this.remember(await this.parts.miner.filesChanged(changes, options));
    await this.parts.completionsMade()?.filesChanged(changes);
    await this.parts.sourcesMade()?.filesChanged(changes);
    return report;
  }

  async settle(_request: Record<string, never>, options: CallOptions): Promise<MiningReport> {
    return this.remember(await this.parts.miner.settle(options));
  }

  async facts({ path, text }: { path: string; text?: string }, options: CallOptions): Promise<FileFacts> {
    this.requireLanguage(path);
    return this.texts.ofNamed(path, text ?? (await this.parts.files.read(path)).text, options);
  }

  async context(request: ContextRequest, options: CallOptions): Promise<ContextReport> {
    const { provider, input } = await this.cursor(request, options);
    return provider.context(input);
  }

  async complete(request: CompletionRequest, options: CallOptions): Promise<CompletionReport> {
    const buffer = await this.buffer(request, request.hurried === true, options);
    const report = await this.parts.completions().complete(request, buffer, options);
    this.parts.completionLog().proposed(buffer.language, report);
    return report;
  }

  async warm(request: WarmRequest, options: CallOptions): Promise<void> {
    await this.surveyor.release(request.path);
    await this.parts.completions().warm(request, await this.buffer(request, false, options), options);
  }

  async recordOutcome(outcome: CompletionOutcome): Promise<void> {
    this.parts.completionLog().outcome(outcome);
  }

  async completionStats(): Promise<CompletionStats> {
    return this.parts.completionLog().stats();
  }

  modelStatus(_request: Record<string, never>, options: CallOptions): Promise<ModelStatus> {
    return this.parts.models.status(options);
  }

  pullModel({ model }: { model: string }, options: CallOptions): Promise<void> {
    return this.parts.models.pull(model, options);
  }

  power(_request: Record<string, never>, options: CallOptions): Promise<PowerState> {
    return this.parts.power(options);
  }

  async storage(): Promise<StorageReport> {
    return this.parts.storage.report();
  }

  async clearStorage(request: { decisions: boolean }): Promise<StorageReport> {
    return this.parts.storage.clear(request);
  }

  /** The text that completion is about, and the way to ask what is known of a place in it. */
  private async buffer(request: WarmRequest & ContextLimits, hurried: boolean, options: CallOptions): Promise<Buffer> {
    const { path } = request;
    const language = this.requireLanguage(path);
    // Somebody who types does not wait until the whole repository was read for the first time.
    const mined = !hurried || this.latest !== undefined || (await this.report()) !== undefined;
    if (mined) await this.prepareRetrieval(options);
    const text = await this.textOf(request);
    return {
      ...{ text, language },
      survey: async ({ offset }) =>
        mined
          ? this.surveyor.survey({ path, language, text, offset, limits: request }, hurried, options)
          : NOTHING_KNOWN,
    };
  }

  private async textOf({ path, text }: { path: string; text?: string }): Promise<string> {
    return text ?? (await this.parts.index.text(path)) ?? (await this.parts.files.read(path)).text;
  }

  private async contextProvider(): Promise<ContextProvider> {
    this.provider ??= await this.parts.context(() => this.shown());
    return this.provider;
  }

  /** The provider of contexts and what it is told of a cursor. */
  private async cursor(
    request: ContextRequest,
    options: CallOptions,
  ): Promise<{ provider: ContextProvider; input: ContextInput }> {
    const { path, line, column, bytes } = request;
    const language = this.requireLanguage(path);
    await this.prepareRetrieval(options);
    const text = await this.textOf(request);
    const facts = await this.texts.ofNamed(path, text, options);
    const provider = await this.contextProvider();
    const at = { ...(column === undefined ? {} : { column }), ...(bytes === undefined ? {} : { bytes }) };
    return { provider, input: { path, language, facts, text, line, ...at } };
  }

  /** Attractors without those that the user muted. */
  private shown(): MiningReport['attractors'] {
    return (this.latest?.attractors ?? []).filter(({ id }) => !this.muted.has(id));
  }

  async generate(request: GenerateRequest, options: CallOptions): Promise<GenerateReport> {
    await this.prepareRetrieval(options);
    return this.parts.generations().generate(request, this.generationScope(options), options);
  }

  async edit(request: EditRequest, options: CallOptions): Promise<EditReport> {
    await this.prepareRetrieval(options);
    return this.parts.generations().edit(request, this.generationScope(options), options);
  }

  async infill(request: InfillRequest, options: CallOptions): Promise<InfillReport> {
    await this.prepareRetrieval(options);
    const fallback = new Fallback({
      generate: (asked, call) => this.generate(asked, call),
      complete: (asked, call) => this.complete(asked, call),
      model: this.parts.models.configured,
    });
    const scope = { ...this.generationScope(options), sources: this.parts.sources(), fallback };
    return this.parts.infills().infill(request, scope, options);
  }

  async planIssue(request: PlanRequest, options: CallOptions): Promise<PlanReport> {
    await this.prepareRetrieval(options);
    return this.parts
      .builds()
      .plan(request, { attractors: this.shown(), deviants: this.latest?.deviants ?? [] }, options);
  }

  async build(request: BuildRequest, options: CallOptions): Promise<BuildReport> {
    await this.prepareRetrieval(options);
    return this.parts.builds().build(request, this.buildScope(options), options);
  }

  execute(request: ExecuteRequest, options: CallOptions): Promise<ExecuteReport> {
    return this.parts.builds().execute(request, this.buildScope(options));
  }

  recordInfill(request: RecordInfillRequest): Promise<void> {
    return this.parts.builds().record(request, this.parts.trusted);
  }

  async comparePresets(): Promise<PresetComparison> {
    return this.parts.builds().compare();
  }

  private buildScope(options: CallOptions): BuildScope {
    const { facts, check } = this.generationScope(options);
    return {
      ...{ facts, check },
      infill: (request, call) => this.infill(request, call),
      apply: async (request) => this.applyChecked(request, await this.compilerDeps(options), options),
    };
  }

  private generationScope(options: CallOptions): GenerationScope {
    let checker: Promise<ChangeChecker> | undefined;
    const check = async (change: Change) => {
      checker ??= this.compilerDeps(options).then((deps) => new ChangeChecker(deps, options));
      return (await checker).check(change);
    };
    return {
      functions: this.parts.functions(),
      disk: async (path) => {
        try {
          return await this.parts.files.read(path);
        } catch (error) {
          if (toLodestoneError(error).code === 'notFound') return undefined;
          throw error;
        }
      },
      facts: (path, text) => this.texts.ofNamed(path, text, options),
      survey: (path, language, text, offset, words) =>
        this.surveyor.survey({ path, language, text, offset, ...(words ? { words } : {}) }, false, options),
      check,
    };
  }

  async heal(request: HealRequest, options: CallOptions): Promise<HealReport> {
    const tools = await this.parts.tools();
    try {
      return await heal(request, await this.healDeps(options), options);
    } finally {
      tools.remember();
    }
  }

  async checkGate(request: GateRequest, options: CallOptions): Promise<GateReport> {
    return checkGate(request, await this.compilerDeps(options), this.parts.parser(), options);
  }

  async recheck(request: RecheckRequest, options: CallOptions): Promise<Recheck> {
    return recheck(request, await this.healDeps(options), options);
  }

  async applyPatch(request: RecheckRequest, options: CallOptions): Promise<AppliedPatch & Recheck> {
    return this.applyChecked(request, await this.healDeps(options), options);
  }

  private async applyChecked(
    request: RecheckRequest,
    deps: HealDeps,
    options: CallOptions,
  ): Promise<AppliedPatch & Recheck> {
    const journal = this.parts.journal();
    const applied = journal.apply(request.patch);
    let checked: Recheck;
    try {
      checked = await recheck(request, deps, options);
      if (checked.regression) {
        journal.undoLast({ write: true });
        return { ...applied, ...checked, undone: true };
      }
    } catch (error) {
      // Cancelled before anybody could say that it holds.
      journal.undoLast({ write: true });
      throw error;
    }
    await this.learnFrom(request.patch);
    return { ...applied, ...checked };
  }

  async recordApplied({ patch }: { patch: Patch }): Promise<AppliedPatch> {
    const applied = this.parts.journal().record(patch);
    await this.learnFrom(patch);
    return applied;
  }

  async undoLast(request: UndoRequest): Promise<Patch | undefined> {
    return this.parts.journal().undoLast(request);
  }

  async decide({ id, decision }: { id: string; decision: Decision | undefined }): Promise<void> {
    this.parts.user().decide(id, decision);
    this.readDecisions();
  }

  async decisions(): Promise<Record<string, Decision>> {
    return this.parts.user().decisions();
  }

  async doctor(_request: Record<string, never>, options: CallOptions): Promise<readonly DoctorEntry[]> {
    return this.parts.doctor.entries(await this.parts.tools(), options);
  }

  close(): Promise<void> {
    return this.parts.close();
  }

  /** The patch is applied whatever becomes of this. */
  private async learnFrom(patch: Patch): Promise<void> {
    if (!patch.fixes?.length) return;
    try {
      (await this.parts.tools()).applied(patch);
    } catch (error) {
      this.parts.log.debug(`What was applied could not be remembered: ${toLodestoneError(error).message}`);
    }
  }

  private async healDeps(options: CallOptions): Promise<HealDeps> {
    const tools = await this.parts.tools();
    const facts = (path: string, text: string) => this.texts.ifKnown(path, text, options);
    const written = new InfillFixes({
      facts,
      parser: this.parts.parser,
      available: (call) => this.parts.infills().hasDenoiser(call),
      infill: (request, call) => this.infill(request, call),
    });
    return { ...(await tools.deps(facts, options)), lastSources: [written] };
  }

  /** With the compilers of languages that are not healed: they judge what was generated. */
  private async compilerDeps(options: CallOptions): Promise<HealDeps> {
    const { compilers } = await this.parts.tools();
    const deps = await this.healDeps(options);
    return { ...deps, toolchains: [...deps.toolchains, ...compilers] };
  }

  private remember(report: MiningReport): MiningReport {
    this.latest = report;
    return report;
  }

  private requireLanguage(path: string): LanguageId {
    const language = this.parts.languageOf(path);
    if (language) return language;
    throw new LodestoneError('unsupportedLanguage', `Lodestone does not know the language of ${path}.`, {
      advice: 'It reads TypeScript, JavaScript, Python, Rust and Go.',
      args: { path },
    });
  }

  /** Fills the retrieval index from the store once; from then on the index itself keeps it current. */
  private async prepareRetrieval(options: CallOptions): Promise<void> {
    const begun = this.retrievalReady;
    this.retrievalReady ??= this.loadRetrieval(options).catch((error) => {
      this.retrievalReady = undefined;
      throw error;
    });
    try {
      await this.retrievalReady;
    } catch (error) {
      // Whoever began it gave up: that ends their call, not this one.
      if (!begun || !isCancelled(error)) throw error;
      throwIfAborted(options.signal);
      await this.prepareRetrieval(options);
    }
  }

  private async loadRetrieval(options: CallOptions): Promise<void> {
    if (!this.latest) await this.report();
    if (!this.latest) await this.mine({}, options);
    this.readDecisions();
    // Attached once, so that what was given before somebody gave up is not given again.
    this.retrievalFeed ??= this.parts.miner.attach(this.parts.retrieval);
    await this.parts.miner.catchUp(this.retrievalFeed, options);
  }

  private readDecisions(): void {
    const decisions = Object.entries(this.parts.user().decisions());
    this.muted = new Set(decisions.filter(([, decision]) => decision === 'muted').map(([id]) => id));
  }
}
