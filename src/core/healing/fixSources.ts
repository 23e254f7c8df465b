/** What the healer asks of its surroundings: fix sources beside the toolchains, memory, and the files. */
import type { CallOptions } from '../../base/progress.ts';
import type { MutationTable } from '../edits/mutations.ts';
import type { RiskModel } from '../edits/risk.ts';
import type { LanguageId } from '../languages.ts';
import type { Clock, Snapshot, SourceFile, Toolchain } from '../ports.ts';
import type { FileFacts } from '../syntax/facts.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Escape } from './guard.ts';
import type { FixCandidate } from './heal.ts';

export interface FixRequest {
  readonly snapshot: Snapshot;
  readonly path: string;
  /** The text that was diagnosed. */
  readonly text: string;
  readonly language: LanguageId;
  readonly diagnostics: readonly Diagnostic[];
  /** To be awaited now and then during long work: false once time is used up, and what was found so far is the answer. */
  readonly proceed: () => Promise<boolean>;
}

/** Something other than a toolchain that proposes fixes: rules as data, mined APIs, memory. */
export interface FixSource {
  readonly id: string;
  propose(request: FixRequest, options: CallOptions): Promise<readonly FixCandidate[]>;
}

export type RepairOutcome = 'verified' | 'kept' | 'rolledBack';

/** What worked here before (SH6). Keys come from `memoryKey`. */
export interface RepairMemory {
  /** Confidence in [0, 1] that fixes of this key are right, from their history; undefined without one. */
  confidence(key: string): number | undefined;
  /**
   * Told after verification: a candidate that was rolled back, or one that became part of the patch, which is no opinion
   * of the user's yet; `kept` is told when the patch is applied.
   */
  record(key: string, outcome: RepairOutcome): void;
}

/** Groups repairs of the same sort: which problem, and which kind of fix answered it. */
export function memoryKey(candidate: FixCandidate): string {
  const [tool, code] = candidate.answers.split(':');
  const kind = candidate.kind ?? candidate.title.replace(/(['"`]).*?\1/g, '…');
  return `${tool}:${code}>${candidate.source}:${kind}`;
}

export interface HealDeps {
  readonly root: string;
  /** Compilers and linters; those that need trust run only in trusted requests. */
  readonly toolchains: readonly Toolchain[];
  /** Slow witnesses that only judge the result (the project's own compiler): run once before and once after. */
  readonly judges?: readonly Toolchain[];
  /** The project's tests: asked only where the request wants `tests`. */
  readonly tests?: readonly Toolchain[];
  readonly sources: readonly FixSource[];
  /** Asked for what all others left broken: they take longer and are less sure. */
  readonly lastSources?: readonly FixSource[];
  readonly clock: Clock;
  languageOf(path: string): LanguageId | undefined;
  /** Text and hash of a file on disk; throws LodestoneError as `Files.read` does. */
  read(path: string): Promise<SourceFile>;
  /** Facts of a text, for the risk of a changed export; undefined where the text has none. */
  facts(path: string, text: string): Promise<FileFacts | undefined>;
  readonly escapes: readonly Escape[];
  /** What to try where tests fail; without it they only judge. */
  readonly mutations?: MutationTable;
  readonly riskModel: RiskModel;
  readonly memory?: RepairMemory;
}
