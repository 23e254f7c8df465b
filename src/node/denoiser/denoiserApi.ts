/** What the denoiser's process answers, and what it is started with. */
import type { CallOptions } from '../../base/progress.ts';
import type { DenoiserState, FillReport, FillRequest, ScoreReport, ScoreRequest } from '../../core/infill/denoiser.ts';

export type DenoiserApi = {
  state(request: Record<string, never>, options: CallOptions): Promise<DenoiserState>;
  /** Throws LodestoneError denoiserUnavailable | badArguments | cancelled. */
  fill(request: FillRequest, options: CallOptions): Promise<FillReport>;
  /** Throws LodestoneError denoiserUnavailable | cancelled. */
  score(request: ScoreRequest, options: CallOptions): Promise<ScoreReport>;
};

/** The process's one argument, as JSON. */
export interface DenoiserProcessOptions {
  /** Folder of the model. */
  readonly folder: string;
  /** Threads of one forward pass. */
  readonly threads: number;
}
