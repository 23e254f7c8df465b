/** What a syntax worker serves. */
import type { CallOptions } from '../../base/progress.ts';
import type { SkippedFile } from '../../core/mining/attractor.ts';
import type { AnalysisLimits } from '../treeSitter/fileAnalyser.ts';
import type { TreeSitterAssets } from '../treeSitter/treeSitterRuntime.ts';

/** The worker's `workerData`. */
export interface SyntaxWorkerData {
  readonly assets: TreeSitterAssets;
  readonly limits: AnalysisLimits;
}

export type WorkerAnalysis = { encoded: Uint8Array; packed: Uint8Array } | { skipped: SkippedFile['reason'] };

// A type alias, since an interface has no index signature and so is no `Api`.
export type SyntaxApi = {
  /** See Analyser.analyse; the parent decodes with `decodeAnalysis(encoded, packed)`. */
  analyse(request: { path: string; text: string }, options: CallOptions): Promise<WorkerAnalysis>;
};
