/** One opened engine and its calls under way: whoever opens the repository anew cuts no work in two. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isCancelled, LodestoneError } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import type { RepositoryEngine } from '../core/engine.ts';
import type { Log } from '../core/ports.ts';
import { METHODS, type RepositoryMethod } from './engineApi.ts';

/** Longest wait in ms for calls that must not be cut: the engine is then closed behind the caller's back, after them. */
const PATIENCE_MS = 2_000;

interface Call {
  readonly method: RepositoryMethod;
  readonly cut: AbortController;
  readonly ended: Promise<unknown>;
}

export class OpenedEngine {
  private readonly calls = new Set<Call>();
  private retired = false;

  constructor(
    private readonly engine: Promise<RepositoryEngine>,
    private readonly log: Log,
  ) {}

  /** Rejects with `engineStopped` where it was cut because the repository is opened anew: it can then be repeated. */
  async call(method: RepositoryMethod, request: unknown, options: CallOptions): Promise<unknown> {
    if (this.retired) throw openedAnew();
    const before = METHODS[method].last ? this.retire() : undefined;
    const cut = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, cut.signal]) : cut.signal;
    const work = this.run(method, request, { ...options, signal }, before);
    const call: Call = { method, cut, ended: work.catch(() => undefined) };
    this.calls.add(call);
    try {
      return await work;
    } catch (error) {
      throw cut.signal.aborted && isCancelled(error) ? openedAnew() : error;
    } finally {
      this.calls.delete(call);
    }
  }

  /** Closes the engine after its calls, of which those that can be repeated are cut. Returns when another may be opened. */
  async close(): Promise<void> {
    const clears = [...this.calls].some(({ method }) => METHODS[method].last);
    const closed = this.retire()
      .then(async () => (await this.engine).close())
      .catch((error) => this.log.warn(`A repository could not be closed: ${String(error)}`));
    await (clears ? closed : Promise.race([closed, sleep(PATIENCE_MS, undefined, { ref: false })]));
  }

  private async run(
    method: RepositoryMethod,
    request: unknown,
    options: CallOptions,
    before: Promise<void> | undefined,
  ): Promise<unknown> {
    await before;
    const engine = await this.engine;
    return (engine[method] as (request: unknown, options: CallOptions) => Promise<unknown>)(request, options);
  }

  /** No call begins any more. Resolves when those under way have ended. */
  private async retire(): Promise<void> {
    this.retired = true;
    const calls = [...this.calls];
    for (const { method, cut } of calls) if (METHODS[method].replay) cut.abort();
    await Promise.all(calls.map(({ ended }) => ended));
  }
}

function openedAnew(): LodestoneError {
  return new LodestoneError('engineStopped', 'The repository is being opened anew.', { advice: 'Try again.' });
}
