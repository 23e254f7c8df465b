/** What the sampler needs of a loaded denoiser, whatever runs it: looks at rows, whole or with most of the row remembered. */
import type { Distribution } from './distribution.ts';
import type { RowLayout, Tokenizer } from './row.ts';

/** One row that is looked at. */
export interface Look {
  /** Tokens of the row, without padding. */
  readonly ids: Int32Array;
  /** Positions that are asked about, ascending; with a memory all within its span. */
  readonly asked: readonly number[];
  /** For each asked position a token whose chance is wanted. */
  readonly wanted?: readonly number[];
  /** Number of the node's kind: the chances of lengths are wanted at the first asked position. */
  readonly kind?: number;
  /** What an earlier look at the row left. Its other tokens must be the same; inside the span they may have changed. */
  readonly memory?: Memory;
  /** Positions `[from, to)` that later looks will ask about: the answer brings a memory of all the others. */
  readonly span?: { readonly from: number; readonly to: number };
}

/** Keys and values of a row outside a span: exact until a token changes, close afterwards (dual cache; arXiv 2505.22618). */
export interface Memory {
  /** The span, `[from, to)`; at least as wide as was asked. */
  readonly from: number;
  readonly to: number;
}

export interface Seen {
  /** Of each asked position: the likeliest tokens of text, without special ones. Empty where tokens were `wanted`. */
  readonly distributions: readonly Distribution[];
  /** Natural logarithms of the wanted tokens' chances. */
  readonly wanted: Float64Array;
  /** Natural logarithms of the chances of 1, 2, … tokens, the last for more too; empty where no kind was given. */
  readonly lengths: Float64Array;
  readonly memory?: Memory;
}

export interface LoadedModel {
  readonly layout: RowLayout;
  readonly tokenizer: Tokenizer;
  /** The text of one token; bytes that are no whole character become U+FFFD. */
  textOf(id: number): string;
  /** Most closing brackets in one token of the vocabulary. */
  readonly bracketsPerToken: number;
  /** Absent where the model has no length head. */
  readonly head?: { readonly bins: number; kindOf(nodeType: string): number };
  /** Whether looks can have a `span` and a `memory`. */
  readonly remembers: boolean;
  /** Milliseconds spent in the runtime so far, and forward passes. */
  readonly spent: { readonly ms: number; readonly passes: number };
  /**
   * One forward pass over rows that may differ in length; either all of them have a memory, or none. The signal is checked before
   * the pass, which itself cannot be stopped. Throws LodestoneError denoiserUnavailable | cancelled.
   */
  look(looks: readonly Look[], signal?: AbortSignal): Promise<Seen[]>;
}
