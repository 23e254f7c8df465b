/** Keeps a tool that hangs from outliving a heal's time budget. */
import { isCancelled, LodestoneError } from '../../base/errors.ts';

/** What one tool may use up of the time that is left when it is first asked: the rest is for healing without it. */
const SHARE = 0.75;
/** A tool always gets this long (milliseconds) to answer. */
const LEAST_MS = 1000;

/** Milliseconds for a tool's answer, of the time that is left. */
export function answerMs(leftMs: number, isFirst: boolean): number {
  return Math.max(LEAST_MS, isFirst ? leftMs * SHARE : leftMs);
}

/**
 * Runs `work` with a signal that fires after `limitMs` or with `signal`. Throws toolTimedOut where the limit was at
 * fault, so that nobody takes it for the user's cancelling.
 */
export async function withinLimit<T>(
  tool: string,
  limitMs: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(Math.ceil(Math.max(0, limitMs)));
  try {
    return await work(signal ? AbortSignal.any([signal, limit]) : limit);
  } catch (error) {
    if (!isCancelled(error) || !limit.aborted || signal?.aborted) throw error;
    throw new LodestoneError(
      'toolTimedOut',
      `${tool} gave no answer in ${(limitMs / 1000).toFixed(1)} s and was stopped.`,
      {
        advice: 'Give healing more time, or see whether the tool hangs; "lodestone doctor" shows where it was found.',
      },
    );
  }
}
