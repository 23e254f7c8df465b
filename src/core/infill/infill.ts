/** Requests and reports of infilling: the engine's method, the editor's commands and the command line's JSON. */
import type { ErrorCode } from '../../base/errors.ts';
import type { Patch } from '../edits/patch.ts';
import type { Validation } from '../generation/generation.ts';
import type { Span } from '../syntax/facts.ts';
import type { MaskUnit } from './masker.ts';
import type { PresetName } from './presets.ts';
import type { InfillPart, ProposalEvidence, ProposalSource } from './proposal.ts';
import type { SamplerName } from './sampler.ts';
import type { ScheduleName } from './schedule.ts';

export interface InfillRequest {
  readonly path: string;
  /** The buffer's text where it differs from disk. */
  readonly text?: string;
  /** A function or class by its name (`total`, `Ledger.total`), of several that which begins on a line (from 1). */
  readonly target?: { readonly name: string; readonly line?: number };
  /** UTF-16 offsets; an empty one is a hole. Either this or a target. */
  readonly range?: Span;
  /** Absent: the body of what is named, the nodes that a range covers. */
  readonly unit?: MaskUnit;
  /** What is wanted, in words; absent: what the documentation says, else the name. */
  readonly intent?: string;
  /** Further text for the model, from a plan. */
  readonly context?: string;
  /** In lexemes. Default: predicted. */
  readonly length?: number | 'predict';
  readonly sampling?: InfillSampling;
  /** Milliseconds that sampling may take: where nobody names a preset, one is chosen that is expected to keep to it. */
  readonly deadlineMs?: number;
  /** Confidence, in [0, 1], from which on a candidate is shown; absent: as measured for such places. */
  readonly threshold?: number;
  /** Most candidates that are shown; default 1. */
  readonly candidates?: number;
  /** Most of those that are not sure enough to be shown that are told; default 8. */
  readonly withheld?: number;
  /** Language model that stands in where nothing is sure enough; null asks none. Absent: the configured one. */
  readonly model?: string | null;
  /** False: no language model and no nearest body stand in. Default true. */
  readonly fallback?: boolean;
  /** True if the repository's own configuration and tools may run; then the patch is validated by them. */
  readonly trusted: boolean;
  /** What is done without: for measuring what each is worth. */
  readonly leaveOut?: readonly InfillPart[];
  /** Ask the tools about the change and make patches; default true. A batch of measurements needs none. */
  readonly validate?: boolean;
}

/** What a person chose of the sampler; the rest is the preset's. */
export interface InfillSampling {
  readonly preset?: PresetName;
  readonly schedule?: ScheduleName;
  readonly sampler?: SamplerName;
  readonly guidance?: number;
  readonly steps?: number;
  readonly temperature?: number;
  readonly seed?: number;
}

/** Enough to draw the same sample again. */
export interface InfillMeta {
  /** Name and hash of the denoiser that sampled or scored it; null where none could be asked. */
  readonly model: string | null;
  readonly sha256: string | null;
  readonly seed: number;
  readonly preset: PresetName;
  readonly schedule: ScheduleName;
  readonly sampler: SamplerName;
  readonly guidance: number;
  readonly steps: number;
  readonly temperature: number;
  /** SHA-256 of everything that the model was told. */
  readonly promptHash: string;
  /** Milliseconds of the request in onnxruntime, and in everything else of the sampler. */
  readonly msModel: number;
  readonly msOwn: number;
}

export interface InfillCandidate {
  readonly text: string;
  readonly parses: boolean;
  /** Calibrated chance, in [0, 1], that it is exactly what belongs there. */
  readonly confidence: number;
  /** In [0, 1]. */
  readonly risk: number;
  readonly source: ProposalSource;
  /** Where it comes from, for a person. */
  readonly from: string;
  /** Unified diff of the file. */
  readonly diff: string;
  readonly evidence: ProposalEvidence;
  readonly meta: InfillMeta;
  /** Absent where nothing would change, and where no validation was asked for. */
  readonly patch?: Patch;
  /** What the tools say of it; absent where they were not asked. */
  readonly validation?: Validation;
}

export interface InfillReport {
  /** The span that was masked. */
  readonly span: Span;
  readonly unit: MaskUnit;
  readonly symbol: string;
  /** What is worth showing, surest first. */
  readonly candidates: readonly InfillCandidate[];
  /** What was not sure enough to be shown. */
  readonly withheld: readonly InfillCandidate[];
  /** Who stood in for the denoiser's and the repository's own candidates; null: nobody. */
  readonly fallback: 'model' | 'nearest' | null;
  /** Why there is nothing to show, or why somebody stood in; '' where neither. */
  readonly why: string;
  /** Confidence from which on a candidate is shown. */
  readonly threshold: number;
  /** What went wrong although there is an answer: no native module, a broken model folder, a server that is down. */
  readonly notices: readonly { readonly code: ErrorCode; readonly message: string; readonly advice: string }[];
}

/** What is told while a hole is filled: the text so far, with `▢` for what is still masked, as progress' `partial` in its `span`. */
export const MASK_SIGN = '▢';
