/** Requests and reports of completion: the engine's method and the command line's JSON. */
import type { FilterId } from './filters/filter.ts';
import type { ProposalSource } from './place.ts';
import type { PromptMode } from './prompt/prompt.ts';

export interface CompletionRequest {
  readonly path: string;
  /** Lines and columns from 1, in UTF-16 units; the cursor stands before that character. Without a column: at the line's end. */
  readonly line: number;
  readonly column?: number;
  /** The buffer's text where it differs from disk. */
  readonly text?: string;
  /** Name of the model as its server knows it; null: none, the repository alone answers. */
  readonly model: string | null;
  /** Where its server is asked, in any form that OLLAMA_HOST has; '' for Ollama's own address. */
  readonly endpoint: string;
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
  /** Summaries of anti-patterns of this repository in what was rejected. */
  readonly antipatternHits: readonly string[];
  readonly retries: number;
  readonly rejected: readonly { readonly filter: FilterId; readonly text: string }[];
  readonly timings: CompletionTimings;
  /** Why there is none; null where there is one. */
  readonly why: string | null;
}
