/** The one list of everything Lodestone can do; hosts render what it returns. */
import type { ErrorCode } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import type {
  CompletionOutcome,
  CompletionReport,
  CompletionRequest,
  CompletionStats,
  WarmRequest,
} from './completion/completion.ts';
import type { Patch } from './edits/patch.ts';
import type { EditReport, EditRequest, GenerateReport, GenerateRequest } from './generation/generation.ts';
import type { GateReport, GateRequest } from './healing/gate.ts';
import type { HealReport, HealRequest } from './healing/heal.ts';
import type { Recheck, RecheckRequest } from './healing/recheck.ts';
import type { BuildReport, BuildRequest, ExecuteReport, ExecuteRequest } from './infill/builder/build.ts';
import type { PresetComparison, RecordInfillRequest } from './infill/builder/provenance.ts';
import type { InfillReport, InfillRequest } from './infill/infill.ts';
import type { PlanReport, PlanRequest } from './infill/reasoner/reasoner.ts';
import type { MiningReport } from './mining/attractor.ts';
import type { ContextReport, ContextRequest } from './retrieval/context.ts';
import type { FileFacts } from './syntax/facts.ts';

/** A change to one file as the host's watcher saw it; a rename is a deletion and a creation. */
export interface FileChange {
  readonly path: string;
  readonly kind: 'changed' | 'deleted';
}

export interface DoctorEntry {
  readonly tool: string;
  readonly status: 'ok' | 'missing' | 'failed' | 'notNeeded';
  readonly version: string;
  /** Where it was found, or ''. */
  readonly path: string;
  readonly detail: string;
  /** What to do if it is missing; '' otherwise. */
  readonly advice: string;
}

/** The user's decisions about a mined item; kept apart from what can be rebuilt. */
export type Decision = 'pinned' | 'muted';

export interface AppliedPatch {
  readonly id: string;
  readonly title: string;
  readonly appliedAt: string;
  readonly paths: readonly string[];
  readonly undone: boolean;
}

export interface UndoRequest {
  /** Write the old texts to disk; without it the host applies the returned patch and records it. */
  readonly write: boolean;
  /** Texts of open files with unsaved changes, by path: they count instead of what is on disk. Not with `write`. */
  readonly unsaved?: Readonly<Record<string, string>>;
}

/** Whether the configured model can be asked. */
export interface ModelStatus {
  /** Where its server was asked; '' where the address is none. */
  readonly endpoint: string;
  /** The configured model; null: none is wanted. */
  readonly model: string | null;
  /** Names of the models that the server has. */
  readonly installed: readonly string[];
  /** The configured model is among them. */
  readonly ready: boolean;
  /** Why the server could not be asked. */
  readonly problem?: { readonly code: ErrorCode; readonly message: string; readonly advice: string };
}

/** Whether the machine runs on battery; null where it does not say. */
export interface PowerState {
  readonly onBattery: boolean | null;
}

/** What the store of a repository holds, in bytes on disk. */
export interface StorageReport {
  /** Absolute path of its folder. */
  readonly folder: string;
  /** What can be rebuilt: the index and what was mined. */
  readonly index: number;
  /** Counts of completions. */
  readonly counts: number;
  /** Decisions, applied patches (for "undo") and what healing has learned: what cannot be rebuilt. */
  readonly decisions: number;
}

/** One repository opened in the engine. All paths are relative to its root with '/'. */
export interface RepositoryEngine {
  /** Reconciles the store with the disk and mines what changed; the first call is the cold mine. */
  mine(request: Record<string, never>, options: CallOptions): Promise<MiningReport>;
  /** The stored report without touching the disk; undefined before the first mine. */
  report(request: Record<string, never>, options: CallOptions): Promise<MiningReport | undefined>;
  /**
   * Applies a batch of changes; returns, at once, the report with supports, sites and snippets of the known patterns as they
   * are now. `settle` follows it.
   */
  filesChanged(request: { changes: readonly FileChange[] }, options: CallOptions): Promise<MiningReport>;
  /** The report that a cold mine of what is known of the files would give, new patterns included; yields to other calls. */
  settle(request: Record<string, never>, options: CallOptions): Promise<MiningReport>;
  facts(request: { path: string; text?: string }, options: CallOptions): Promise<FileFacts>;
  context(request: ContextRequest, options: CallOptions): Promise<ContextReport>;
  /**
   * What to write at a cursor; progress carries what the model has written so far. Throws model… errors where a model that
   * was asked for by name does not answer.
   */
  complete(request: CompletionRequest, options: CallOptions): Promise<CompletionReport>;
  /**
   * Gets ready for completions at a place: facts, consider-block, and the stable part of the prompt in the server's cache.
   * For idle moments; a completion ends it. A model that does not answer is no error here.
   */
  warm(request: WarmRequest, options: CallOptions): Promise<void>;
  recordOutcome(request: CompletionOutcome, options: CallOptions): Promise<void>;
  completionStats(request: Record<string, never>, options: CallOptions): Promise<CompletionStats>;
  /** Asks the server which models it has. Throws for a cancellation only. */
  modelStatus(request: Record<string, never>, options: CallOptions): Promise<ModelStatus>;
  /** Downloads a model to the configured server, with progress in bytes. */
  pullModel(request: { model: string }, options: CallOptions): Promise<void>;
  power(request: Record<string, never>, options: CallOptions): Promise<PowerState>;
  storage(request: Record<string, never>, options: CallOptions): Promise<StorageReport>;
  /**
   * Deletes what can be rebuilt and the counts, and with `decisions` what cannot be rebuilt; open the repository anew after
   * it. Returns what is left.
   */
  clearStorage(request: { decisions: boolean }, options: CallOptions): Promise<StorageReport>;
  /**
   * Code for a specification, a signature or a comment: by a model, else by the repository's own nearest function. Writes
   * nothing. Throws model… errors where a model that was asked for by name does not answer.
   */
  generate(request: GenerateRequest, options: CallOptions): Promise<GenerateReport>;
  /** Rewrites whole lines as an instruction says, as a patch that changes nothing else. Throws model… errors. */
  edit(request: EditRequest, options: CallOptions): Promise<EditReport>;
  /**
   * What belongs into a hole, or a function's body written anew: proposed by the repository and the denoiser, shown where it is likely
   * to be right. Writes nothing. Progress carries the text while it is denoised. Throws model… errors where a model that was asked for
   * by name does not answer.
   */
  infill(request: InfillRequest, options: CallOptions): Promise<InfillReport>;
  /** Which functions an issue is likely about, the likeliest first, with the reasons; throws badArguments for one that says nothing. */
  planIssue(request: PlanRequest, options: CallOptions): Promise<PlanReport>;
  /** Patches for plans, one for each, the highest priority first; writes nothing, and records where each sample came from. */
  build(request: BuildRequest, options: CallOptions): Promise<BuildReport>;
  /**
   * Writes those patches that can be applied, as one transaction; where tools or tests then fare worse every file goes back, and it is
   * recorded (BD12).
   */
  execute(request: ExecuteRequest, options: CallOptions): Promise<ExecuteReport>;
  /** What a person made of a candidate, for the comparison of presets. */
  recordInfill(request: RecordInfillRequest, options: CallOptions): Promise<void>;
  /** How often each preset's samples were kept here. */
  comparePresets(request: Record<string, never>, options: CallOptions): Promise<PresetComparison>;
  heal(request: HealRequest, options: CallOptions): Promise<HealReport>;
  /** What the tools report of files changed together and did not report before; needs no mining, and writes nothing. */
  checkGate(request: GateRequest, options: CallOptions): Promise<GateReport>;
  /** Asks the tools again, and the tests where wanted, after the host applied a patch; no regression if all is as promised (BD12). */
  recheck(request: RecheckRequest, options: CallOptions): Promise<Recheck>;
  /** Writes a patch to disk, all or nothing, through the journal, and takes it back where it turns out to break something (CLI). */
  applyPatch(request: RecheckRequest, options: CallOptions): Promise<AppliedPatch & Recheck>;
  /** Records a patch that the host applied itself (editor), so that it can be undone after a reload. */
  recordApplied(request: { patch: Patch }, options: CallOptions): Promise<AppliedPatch>;
  /** The inverse of the last applied patch, or undefined if there is none; throws `fileChanged` where a file moved on. */
  undoLast(request: UndoRequest, options: CallOptions): Promise<Patch | undefined>;
  decide(request: { id: string; decision: Decision | undefined }, options: CallOptions): Promise<void>;
  decisions(request: Record<string, never>, options: CallOptions): Promise<Record<string, Decision>>;
  doctor(request: Record<string, never>, options: CallOptions): Promise<readonly DoctorEntry[]>;
  close(): Promise<void>;
}
