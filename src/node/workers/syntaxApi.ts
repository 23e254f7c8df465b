/** What a syntax worker serves. */
import type { CallOptions } from '../../base/progress.ts';
import type { SkippedFile } from '../../core/mining/attractor.ts';
import type { FileSketch } from '../../core/mining/fileSketch.ts';
import type { AnalysisLimits } from '../treeSitter/fileAnalyser.ts';
import type { TreeSitterAssets } from '../treeSitter/treeSitterRuntime.ts';

/** The worker's `workerData`. */
export interface SyntaxWorkerData {
  readonly assets: TreeSitterAssets;
  readonly limits: AnalysisLimits;
  /** One shared number: how many requests the worker has begun, so that the parent knows which file stopped it. */
  readonly begun: Int32Array;
}

/** Waking the parent costs as much as analysing a small file, so answers travel together while there is more to do. */
export const ANSWERS_PER_POST = 4;

export type WorkerAnalysis =
  | {
      readonly packed: Uint8Array;
      readonly columns: FileSketch['columns'];
      readonly numbers: FileSketch['numbers'];
      /** What this file adds to the words of the worker's sketches. */
      readonly words: readonly string[];
    }
  | { readonly skipped: SkippedFile['reason'] };

/** A file to analyse. */
export interface SyntaxRequest {
  readonly path: string;
  readonly text: string;
  /** Somebody asks about this very file: it is analysed although it is generated or minified. */
  readonly named?: boolean;
}

// A type alias, since an interface has no index signature and so is no `Api`.
export type SyntaxApi = {
  /** See Analyser.analyse; the parent decodes with `decodeLater` and collects the words. */
  analyse(request: SyntaxRequest, options: CallOptions): Promise<WorkerAnalysis>;
};
