/** The denoiser inside its process: loads the model at its first use and answers one request after the other. */
import { throwIfAborted, toLodestoneError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import { fill } from '../../core/infill/fill.ts';
import { scoreTexts } from '../../core/infill/scoring.ts';
import type { Parser } from '../../core/ports.ts';
import type { DenoiserApi } from './denoiserApi.ts';
import type { LoadedDenoiser } from './loadDenoiser.ts';

export interface ServiceOptions {
  /** Throws LodestoneError denoiserUnavailable; tried again with the next request, since a folder can be mended. */
  readonly load: () => Promise<LoadedDenoiser>;
  readonly parser: Parser;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

export function denoiserHandlers({ load, parser, now }: ServiceOptions): DenoiserApi {
  let loading: Promise<LoadedDenoiser> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const loaded = (): Promise<LoadedDenoiser> => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  /** Forward passes share one processor: side by side they would all be late. */
  const inTurn = <T>({ signal }: CallOptions, work: () => Promise<T>): Promise<T> => {
    const turn = last.then(() => {
      throwIfAborted(signal);
      return work();
    });
    // Whoever asked is told of a failure; the next one in the row is not concerned.
    last = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  };

  return {
    state: async () => {
      try {
        return { available: true, model: (await loaded()).description };
      } catch (error) {
        const { message, advice = '' } = toLodestoneError(error);
        return { available: false, reason: message, advice };
      }
    },
    fill: (request, options) =>
      inTurn(options, async () => fill(request, (await loaded()).model, { parser, now }, options)),
    score: (request, { signal }) =>
      inTurn({ ...(signal ? { signal } : {}) }, async () =>
        scoreTexts(request, (await loaded()).model, { now, ...(signal ? { signal } : {}) }),
      ),
  };
}
