/** Requests and reports of completion: the engine's method and the command line's JSON. */
import type { ErrorCode } from '../../base/errors.ts';
import type { LanguageId } from '../languages.ts';
import type { CodeLift } from './codeLift.ts';
import type { FilterId } from './filters/filter.ts';
import type { ProposalSource } from './place.ts';
import type { PromptMode, RelatedFile } from './prompt/prompt.ts';

/** What a model is given besides the file: parts of the consider-block, the seed, requests with more pressure, other files, the repository's name. */
export const CONTEXT_SOURCES = [
  ...(['attractors', 'signatures', 'calls'] as const),
  ...(['seed', 'retries', 'related', 'repository'] as const),
] as const;
export type ContextSource = (typeof CONTEXT_SOURCES)[number];

/** Less than all that could be given: what benchmarks compare, and models want that were trained on short prompts. */
export interface ContextLimits {
  readonly leaveOut?: readonly ContextSource[];
  /** Most tokens of prompt and answer; the model's own limit counts too. */
  readonly contextTokens?: number;
  /** Most bytes (UTF-8) of the consider-block. */
  readonly blockBytes?: number;
}

export interface CompletionRequest extends ContextLimits {
  readonly path: string;
  /** Lines and columns from 1, in UTF-16 units; the cursor stands before that character. Without a column: at the line's end. */
  readonly line: number;
  readonly column?: number;
  /** The buffer's text where it differs from disk. */
  readonly text?: string;
  /**
   * Name of the model as its server knows it: where it does not answer, the call fails. null: none, the repository alone
   * answers. Absent: the configured one, and where it does not answer the repository, with a notice.
   */
  readonly model?: string | null;
  /** What may help besides the file: places that were edited or visited a moment ago, open editors; the most telling first. */
  readonly related?: readonly RelatedFile[];
  /** A person asked for it: a server that failed a moment ago is asked again. */
  readonly manual?: boolean;
  /** What is written there has to close what it opens and nothing else, as far as the model's server can be told. */
  readonly hole?: boolean;
  /** Somebody is typing: a context that is not ready is done without. */
  readonly hurried?: boolean;
}

/** A file in which completions will be wanted soon. */
export interface WarmRequest {
  readonly path: string;
  readonly line: number;
  readonly column?: number;
  readonly text?: string;
  readonly related?: readonly RelatedFile[];
}

/** What became of a completion that was shown. What is counted is an estimate: an editor tells only of whole acceptances. */
export interface CompletionOutcome {
  /** Of the report. */
  readonly id: string;
  readonly kept: 'whole' | 'part' | 'none';
  /** UTF-16 units of it that stayed. */
  readonly characters: number;
}

/** Counts since the store was made (AT7), by language and source; nothing of the code itself. */
export interface CompletionStats {
  readonly rows: readonly CompletionCounts[];
  /** Completions that a filter rejected, by filter. */
  readonly rejected: Readonly<Partial<Record<FilterId, number>>>;
}

export interface CompletionCounts {
  readonly language: LanguageId;
  readonly source: ProposalSource;
  /** Name of the model; null where none wrote it. */
  readonly model: string | null;
  readonly proposed: number;
  /** Kept whole, kept in part, and the characters that stayed: as far as the editor tells. */
  readonly kept: number;
  readonly keptInPart: number;
  readonly keptCharacters: number;
  /** Expected APIs, and those of them that were used. */
  readonly expected: number;
  readonly hits: number;
  /** Attractors that the prompt named, and those of them that were used. */
  readonly attractors: number;
  readonly attractorsUsed: number;
  readonly antipatternHits: number;
  readonly retries: number;
  /** Summed milliseconds from the request to the answer. */
  readonly totalMs: number;
}

/** A cursor or a stretch of the cursor's line, from 1. */
export interface TextRange {
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
}

export interface Completion {
  readonly text: string;
  /** What the text stands in place of: empty at the cursor, or the closers after it that the text repeats. */
  readonly range: TextRange;
  readonly source: ProposalSource;
}

/** Milliseconds. */
export interface CompletionTimings {
  /** Facts, consider-block and prompt. */
  readonly contextMs: number;
  /** From the request to the model's first piece, and to the last that was wanted; null without a model. */
  readonly firstMs: number | null;
  readonly modelMs: number | null;
  /** That the server spent on the prompt, as it says; null where it does not. */
  readonly promptMs: number | null;
  readonly totalMs: number;
}

export interface CompletionReport {
  /** Names this answer in its outcome. */
  readonly id: string;
  readonly completions: readonly Completion[];
  readonly model: string | null;
  /** What the model was asked; null without a model. */
  readonly prompt: {
    /** Id of the model's family; null for one that nobody knows. */
    readonly family: string | null;
    readonly mode: PromptMode;
    /** As the server counts them; null where it does not say, as when it was stopped because no more was wanted. */
    readonly tokens: number | null;
    readonly cachedTokens: number | null;
  } | null;
  readonly considerBlock: string;
  readonly seed: string;
  /** APIs that were expected here and that the completions use. */
  readonly apiHits: readonly string[];
  /** AT7, of the first completion; null where there is none. */
  readonly lift: CodeLift | null;
  /** Summaries of anti-patterns of this repository in what was rejected. */
  readonly antipatternHits: readonly string[];
  readonly retries: number;
  readonly rejected: readonly { readonly filter: FilterId; readonly text: string }[];
  readonly timings: CompletionTimings;
  /** Why there is none; null where there is one. */
  readonly why: string | null;
  /** What went wrong although there is an answer: the model was not there and the repository stood in. */
  readonly notice: { readonly code: ErrorCode; readonly message: string; readonly advice: string } | null;
}
