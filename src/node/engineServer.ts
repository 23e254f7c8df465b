/** Serves repositories over the RPC: one engine per root, opened with what the host says, closed with the channel. */
import { LodestoneError } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import type { RepositoryEngine } from '../core/engine.ts';
import type { Log } from '../core/ports.ts';
import { type Addressed, type EngineApi, METHODS, type OpenRequest, type RepositoryMethod } from './engineApi.ts';
import { OpenedEngine } from './openedEngine.ts';
import { type Channel, serve } from './rpc/rpc.ts';

/** How the entry file composes the engine of one repository. */
export type OpenEngine = (request: OpenRequest, log: Log) => Promise<RepositoryEngine>;

/** Answers on `channel` until it closes; then every engine is closed and `onEnd` called. */
export function serveEngines(channel: Channel, openEngine: OpenEngine, onEnd: () => void): void {
  const engines = new Map<string, OpenedEngine>();

  const forward = (method: RepositoryMethod, { root, request }: Addressed<unknown>, options: CallOptions) => {
    const engine = engines.get(root);
    if (!engine) throw new LodestoneError('internal', `The repository ${root} has not been opened.`);
    return engine.call(method, request, options);
  };

  const close = async (root: string): Promise<void> => {
    const engine = engines.get(root);
    engines.delete(root);
    await engine?.close();
  };

  const methods = Object.keys(METHODS) as RepositoryMethod[];
  const { emit } = serve(channel, {
    ...Object.fromEntries(
      methods.map((method) => [
        method,
        async (addressed: Addressed<unknown>, options: CallOptions) => forward(method, addressed, options),
      ]),
    ),
    open: async (request: OpenRequest) => {
      // Reopening with other settings: the store has one writer, so the old engine goes first.
      const opening = close(request.root).then(() => openEngine(request, log));
      const engine = new OpenedEngine(opening, log);
      engines.set(request.root, engine);
      try {
        await opening;
      } catch (error) {
        if (engines.get(request.root) === engine) engines.delete(request.root);
        throw error;
      }
    },
    closeRepository: ({ root }: { root: string }) => close(root),
    ping: async () => process.pid,
  } as unknown as EngineApi);

  const log: Log = {
    debug: (message) => emit('log', { level: 'debug', message }),
    info: (message) => emit('log', { level: 'info', message }),
    warn: (message) => emit('log', { level: 'warn', message }),
    error: (message, cause) =>
      emit('log', { level: 'error', message: cause instanceof Error ? `${message}\n${cause.stack}` : message }),
  };

  channel.onClose(() => {
    void Promise.allSettled([...engines.keys()].map(close)).then(onEnd);
  });
}
