/** The attractor and everything a mining report is made of; these shapes are the CLI's JSON too. */
import type { LanguageId } from '../languages.ts';

export type AttractorKind =
  | 'idiom'
  | 'apiSequence'
  | 'naming'
  | 'errorHandling'
  | 'async'
  | 'imports'
  | 'tests'
  | 'decorator'
  /** Small choices that a linter or a formatter could demand: quotes, commas, widths, `===`. */
  | 'style'
  /** What the repository's own code does and should not: its snippets are the places to look at. */
  | 'antipattern'
  | 'curated';

/** A place in a file: repository-relative path with '/', lines from 1. `text` stands verbatim in the file at `line`. */
export interface Snippet {
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  readonly text: string;
}

export interface AntiPattern {
  readonly id: string;
  readonly summary: string;
  readonly snippet?: Snippet;
}

/** Components of the resonance, each in [0, 1], with the sentence shown to the user. */
export interface ResonanceComponent {
  readonly name:
    | 'frequency'
    | 'spread'
    | 'folders'
    | 'authors'
    | 'recency'
    | 'survival'
    | 'specificity'
    | 'exclusive'
    | 'tests'
    | 'evidence';
  readonly value: number;
  readonly weight: number;
  readonly explanation: string;
}

/** A recurring way this repository does something (seed 004's CodePattern). */
export interface Attractor {
  /** Stable while the pattern is the same: a hash of kind, language family and canonical pattern. */
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly language: LanguageId;
  readonly kind: AttractorKind;
  /** APIs the pattern uses, most specific first, as in CallFact.resolved or callee. */
  readonly apis: readonly string[];
  readonly snippets: readonly Snippet[];
  /** Code of a curated attractor: it lies in no file of the repository, so it is no snippet. */
  readonly example?: string;
  readonly antipatterns: readonly AntiPattern[];
  /** Sites and the files they lie in. */
  readonly support: number;
  readonly files: number;
  readonly resonance: number;
  readonly components: readonly ResonanceComponent[];
  /** Common in every repository of this language or framework: kept off the first page. */
  readonly common: boolean;
  /** On the first page: at most twenty, the first of those that are not common. */
  readonly page: boolean;
  readonly provenance: 'mined' | 'curated';
}

/** Sites that break what at least ten others keep. */
export interface Deviant {
  readonly id: string;
  /** What the others keep, e.g. "the result of `fetchJson` is awaited". */
  readonly rule: string;
  /** APIs that the rule is about, as in an attractor's. */
  readonly apis: readonly string[];
  readonly language: LanguageId;
  readonly kept: number;
  readonly broken: number;
  /** Wilson lower bound of kept / (kept + broken) at 95 %. */
  readonly confidence: number;
  readonly sites: readonly Snippet[];
  readonly example: Snippet;
}

export interface Framework {
  readonly id: string;
  readonly title: string;
  readonly language: LanguageId;
  /** Where it was seen: manifest path or importing file. */
  readonly evidence: readonly string[];
  readonly files: number;
  readonly vocabulary: readonly string[];
}

export interface SkippedFile {
  readonly path: string;
  readonly reason:
    | 'tooLarge'
    | 'generated'
    | 'minified'
    | 'binary'
    | 'unreadable'
    | 'encoding'
    | 'tooDeep'
    | 'parserFailed'
    | 'changed';
}

export interface MiningReport {
  /** Source files seen, and how many of them were parsed into facts. */
  readonly files: number;
  readonly parsed: number;
  readonly skipped: readonly SkippedFile[];
  readonly durationMs: number;
  readonly attractors: readonly Attractor[];
  readonly frameworks: readonly Framework[];
  readonly deviants: readonly Deviant[];
}
