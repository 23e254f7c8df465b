/** What is asked of a denoiser, whichever process it runs in: samples for a hole, and how likely given texts are there. */
import type { RowParts } from './row.ts';
import type { SamplingOptions } from './sampler.ts';

/** Whether a denoiser can be asked, and which; where it cannot, why, and what a person can do. */
export type DenoiserState =
  | { readonly available: true; readonly model: DenoiserModel }
  | { readonly available: false; readonly reason: string; readonly advice: string };

export interface DenoiserModel {
  readonly name: string;
  /** Of the model file, hex. */
  readonly sha256: string;
  readonly licence: string;
  /** 0 where the manifest does not say. */
  readonly parameters: number;
  /** '' where the manifest does not say. */
  readonly precision: string;
  /** Longest row in tokens. */
  readonly maxLength: number;
  readonly device: string;
  readonly folder: string;
}

/** A hole with what the model is told of it. */
export interface DenoiserPlace extends RowParts {
  /** Type of the masked node in its grammar, or 'line', 'body', '' (see the manifest's kinds). */
  readonly nodeType: string;
}

export interface FillRequest {
  readonly place: DenoiserPlace;
  /** In lexemes; `predict` asks the model's length head, or tries the usual lengths where it has none. */
  readonly length: number | 'predict';
  /** How many lengths are denoised, the likeliest ones. */
  readonly lengths: number;
  readonly sampling: SamplingOptions;
  /** Brackets and quotes that cannot match are passed over when a token is committed. */
  readonly automaton: boolean;
  /**
   * How often a region that does not parse is masked and denoised again; what does not parse then is left out, and where nothing is left
   * other lengths are tried. 0: samples are taken as they come.
   */
  readonly repairs: number;
  /**
   * A text that is masked where the denoiser doubts it (tokens less likely than this) instead of an empty canvas; with its score where
   * that is known.
   */
  readonly draft?: { readonly text: string; readonly doubt: number; readonly score?: NonNullable<TextScore> };
}

export interface FillSample {
  readonly text: string;
  /** Tokens of the model. */
  readonly tokens: number;
  /** Natural logarithm of the chance of this length; 0 where it was given. */
  readonly lengthLog: number;
  /** Mean natural logarithm of the chance that each token had when it was committed. */
  readonly meanLog: number;
  /** The file with it has no syntax errors but those that it has anyway. */
  readonly parses: boolean;
  /** Nothing else parsed: its brackets and keywords were given, its names are the denoiser's. */
  readonly framed: boolean;
  /** Forward passes that this sample needed, those of its repairs apart. */
  readonly passes: number;
  /** Times that a broken region was denoised again. */
  readonly repaired: number;
}

export interface FillReport {
  /** Likeliest first. */
  readonly samples: readonly FillSample[];
  /** Samples that were left out since they did not parse. */
  readonly dropped: number;
  /** Milliseconds in onnxruntime, and in everything else of the sampler. */
  readonly msModel: number;
  readonly msOwn: number;
  /** All forward passes. */
  readonly passes: number;
}

export interface ScoreRequest {
  readonly place: DenoiserPlace;
  readonly texts: readonly string[];
}

/** Of one text; null: it is longer than a row. */
export type TextScore = {
  readonly tokens: number;
  /** Natural logarithms of each token's chance, given the text's other half (complementary half-masks). */
  readonly logs: readonly number[];
  /** Natural logarithm of the chance of its length by the model's length head; undefined where it has none. */
  readonly lengthLog?: number;
} | null;

export interface ScoreReport {
  readonly scores: readonly TextScore[];
  readonly msModel: number;
  readonly msOwn: number;
}
