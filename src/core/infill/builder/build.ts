/** Requests and reports of the Builder: the engine's methods and the command line's JSON. */
import type { ErrorCode } from '../../../base/errors.ts';
import type { Patch, Risk } from '../../edits/patch.ts';
import type { Finding } from '../../generation/generation.ts';
import type { Diagnosis } from '../../ports.ts';
import type { InfillCandidate, InfillMeta, InfillSampling } from '../infill.ts';
import type { MaskedSpan } from '../masker.ts';
import type { Plan } from './plan.ts';
import type { Provenance } from './provenance.ts';

export interface BuildRequest {
  readonly plans: readonly Plan[];
  readonly sampling?: InfillSampling;
  /** As in an infill request. */
  readonly model?: string | null;
  readonly fallback?: boolean;
  /** Milliseconds that one target may take: a cheaper preset is chosen where none is named. */
  readonly deadlineMs?: number;
  /**
   * True: the model is told what the compressor says of the targets' surroundings (BD15). Default false, since the denoiser gained nothing
   * by it (bench/infill/RESULTS.md); a context that a plan itself brings is always told.
   */
  readonly context?: boolean;
  /** True if the repository's own configuration and tools may run. */
  readonly trusted: boolean;
}

/** What was put into one masked span. */
export interface BuiltSample extends Pick<InfillCandidate, 'text' | 'source' | 'from' | 'confidence' | 'evidence'> {
  readonly meta: InfillMeta;
}

/** Why a plan gave no code: the step that failed says what to do. */
export interface BuildError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly advice: string;
}

/** One plan's outcome (BD8); one that failed has the same fields, with its code as it was and `error`. */
export interface BuiltPatch {
  readonly plan: Plan;
  readonly filePath: string;
  /** The whole file before and after; the same where nothing was generated. */
  readonly originalCode: string;
  readonly generatedCode: string;
  /** '' where nothing would change. */
  readonly unifiedDiff: string;
  /** In the order of the file; each has its sample at the same place. */
  readonly maskedSpans: readonly MaskedSpan[];
  readonly samples: readonly BuiltSample[];
  /** The targets' surroundings in the code's graph, and whether the model was told of them. */
  readonly compressedContext: string;
  readonly contextTold: boolean;
  /** The whole file parses, and the language's stricter rules refuse no sample. */
  readonly isValidSyntax: boolean;
  /** Errors that the tools report with the change and not without; what made the plan fail. */
  readonly validationErrors: readonly string[];
  /** Ids of the tools that looked at it, and what kept others from it. */
  readonly validatedBy: readonly string[];
  readonly notes: Diagnosis['notes'];
  /** BD9: valid syntax, no validation error, and something that validated it. */
  readonly canApply: boolean;
  readonly riskScore: number;
  readonly risk: Risk;
  readonly provenance: readonly Provenance[];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly generatedAt: string;
  readonly error: BuildError | null;
  /** What can be applied; absent where nothing would change. */
  readonly patch?: Patch;
  /** All errors that the tools report with the change: what a check after applying is held against. */
  readonly promised: readonly Finding[];
}

export interface BuildReport {
  /** One for each plan, the highest priority first; those of one priority in the order in which they were given. */
  readonly patches: readonly BuiltPatch[];
}

export interface ExecuteRequest {
  readonly patches: readonly BuiltPatch[];
  readonly trusted: boolean;
  /** Run the project's tests before and after; only in a trusted repository. */
  readonly tests: boolean;
  /** In [0, 1]: a patch with more risk is not applied. */
  readonly maxRisk?: number;
}

/** What became of a patch. */
export interface Execution {
  readonly filePath: string;
  readonly outcome: 'applied' | 'rolledBack' | 'notApplied';
  /** '' where it was applied. */
  readonly reason: string;
}

export interface ExecuteReport {
  /** For each patch of the request, in its order. */
  readonly executions: readonly Execution[];
  /** Of the one transaction, for "undo"; null where nothing stands. */
  readonly appliedId: string | null;
  /** The project's tests with what was written; `failed` where it stands: they failed before, too. */
  readonly tests: 'passed' | 'failed' | 'notRun';
  /** Why a judge gave no answer, and which tests fail as before. */
  readonly notes: Diagnosis['notes'];
}
