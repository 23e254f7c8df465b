/** How facts travel: from the parser's workers through the store to the reducers that mine and retrieve. */
import type { CallOptions } from '../../base/progress.ts';
import type { LanguageId } from '../languages.ts';
import type { MiningReport, SkippedFile } from '../mining/attractor.ts';
import type { FileSketch } from '../mining/fileSketch.ts';
import type { FileFacts } from '../syntax/facts.ts';

/** What a syntax worker makes of one file: facts, and the compact encoding from which idioms are mined. */
export interface FileAnalysis {
  readonly language: LanguageId;
  readonly facts: FileFacts;
  /** Written and read by core/mining alone: normalised trees and sites (`encodeMiningTrees`). */
  readonly trees: Uint8Array;
  /** Facts and trees as the mining reducer keeps them; only from a syntax worker, whose answers share their words. */
  readonly sketch?: FileSketch | undefined;
  /**
   * The same as the store keeps it, made by the worker so that the engine's thread need not serialise: the worker calls
   * `packAnalysis` (node/store/packAnalysis.ts) and transfers its buffer; the pool answers `decodeLater(…)`
   * (analysisCodec.ts), whose facts and trees are unpacked at first use. Where it is absent the store packs by itself.
   */
  readonly packed?: Uint8Array | undefined;
}

/** Turns files into analyses in worker threads. `analyse` may run many at once; the pool queues them. */
export interface Analyser {
  readonly threads: number;
  /**
   * `path` chooses the language by extension and nothing else may depend on it: the answer is kept by the text's hash
   * and the extension, so that a renamed file or a branch switched back is never analysed again. Throws LodestoneError
   * unsupportedLanguage | internal (parser died on it).
   */
  analyse(
    file: { path: string; text: string },
    options: CallOptions,
  ): Promise<FileAnalysis | { skipped: SkippedFile['reason'] }>;
  /** Starts workers, for many files to come, while the caller finds out which. */
  prepare?(): void;
  /** How many bytes of text are to be analysed in one go, told before the first of them: few are not worth every worker. */
  expect?(bytes: number): void;
  /** Lets go of workers that have nothing to do, and of their memory; the next file starts new ones. */
  rest?(): Promise<void>;
  close(): Promise<void>;
}

/** Keeps something derived from all files current; every method is synchronous and cheap. */
export interface FactsReducer {
  set(path: string, analysis: FileAnalysis): void;
  delete(path: string): void;
}

/** The mining reducer: incremental in, deterministic out (the same set of files gives the same report in any order). */
export interface MiningReducer extends FactsReducer {
  /** Names, merges, ranks. Long work: breathes, and honours the signal. `history` is keyed by path. */
  report(
    context: MiningContext,
    options: CallOptions,
  ): Promise<Pick<MiningReport, 'attractors' | 'frameworks' | 'deviants'>>;
  /**
   * While files are being read: mines what needs only files that were given already, so that the report has less to do.
   * `awaited` says of a path whether files with its extension are still to come; it may be wrong, the report never is.
   */
  foresee(awaited: (path: string) => boolean, options: CallOptions): void;
  /**
   * The last report brought up to date for what was set and deleted since, in time that depends on these files: supports,
   * sites and snippets of its patterns. New patterns and everything else wait for `report`. Undefined before the first one.
   */
  update(
    context: Pick<MiningContext, 'text'>,
    options: CallOptions,
  ): Promise<Pick<MiningReport, 'attractors' | 'frameworks' | 'deviants'> | undefined>;
}

export interface MiningContext {
  /** Manifests' texts by path: package.json, pyproject.toml, requirements*.txt, Cargo.toml, go.mod. */
  readonly manifests: ReadonlyMap<string, string>;
  readonly history: ReadonlyMap<string, import('../ports.ts').FileHistory>;
  /** HEAD's committer date (seconds): "now" for recency. */
  readonly headDate: number | undefined;
  /** Verbatim text of a file, for snippets. */
  readonly text: (path: string) => Promise<string | undefined>;
}
