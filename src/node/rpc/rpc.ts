/** Typed RPC that ignores its transport: a forked process, a worker thread, or in-process for tests. */
import { cancelled, type ErrorCode, LodestoneError, toLodestoneError } from '../../base/errors.ts';
import type { CallOptions, Progress } from '../../base/progress.ts';

/** One end of a transport. Messages are structured-clonable values. */
export interface Channel {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the other end is gone. */
  onClose(listener: (reason: string) => void): void;
}

/** An API is an object of async methods that each take one request value and `CallOptions`. */
// biome-ignore lint/suspicious/noExplicitAny: a constraint over arbitrary request types needs `any`
export type Api = { [name: string]: (request: any, options: CallOptions) => Promise<unknown> };

export type Handlers<T extends Api> = T;

interface RequestMessage {
  readonly type: 'request';
  readonly id: number;
  readonly method: string;
  readonly request: unknown;
  readonly progress: boolean;
}
interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly advice?: string | undefined;
  readonly args?: Record<string, string | number> | undefined;
}
type Message =
  | RequestMessage
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: WireError }
  | { readonly type: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly type: 'abort'; readonly id: number }
  | { readonly type: 'event'; readonly name: string; readonly value: unknown };

/** A value with buffers to move instead of copying: return it from a handler. */
export class Transferred<T> {
  constructor(
    readonly value: T,
    readonly transfer: readonly ArrayBuffer[],
  ) {}
}

/** Serves an API on a channel. Returns `emit` for events to the other end. */
export function serve<T extends Api>(
  channel: Channel,
  handlers: Handlers<T>,
): { emit(name: string, value: unknown): void } {
  const running = new Map<number, AbortController>();
  channel.onClose(() => {
    for (const controller of running.values()) controller.abort();
  });
  channel.onMessage(async (raw) => {
    const message = raw as Message;
    if (message.type === 'abort') running.get(message.id)?.abort();
    if (message.type !== 'request') return;
    const { id } = message;
    const controller = new AbortController();
    running.set(id, controller);
    const options: CallOptions = {
      signal: controller.signal,
      ...(message.progress
        ? { onProgress: (progress: Progress) => channel.post({ type: 'progress', id, progress }) }
        : {}),
    };
    try {
      const handler = Object.hasOwn(handlers, message.method) ? handlers[message.method] : undefined;
      if (!handler) throw new LodestoneError('internal', `Unknown method ${message.method}.`);
      const result = await handler.call(handlers, message.request, options);
      if (result instanceof Transferred) channel.post({ type: 'result', id, value: result.value }, result.transfer);
      else channel.post({ type: 'result', id, value: result });
    } catch (error) {
      const { code, message: text, options: details } = toLodestoneError(error);
      channel.post({ type: 'error', id, error: { code, message: text, advice: details.advice, args: details.args } });
    } finally {
      running.delete(id);
    }
  });
  return { emit: (name, value) => channel.post({ type: 'event', name, value }) };
}

export interface Client<T extends Api> {
  readonly api: T;
  onEvent(listener: (name: string, value: unknown) => void): void;
  /** Requests that have not been answered. */
  readonly pending: number;
}

/** The calling end. Pending calls reject with `engineStopped` when the channel closes. */
export function connect<T extends Api>(channel: Channel): Client<T> {
  interface Pending {
    resolve(value: unknown): void;
    reject(error: unknown): void;
    onProgress?: ((progress: Progress) => void) | undefined;
  }
  const pending = new Map<number, Pending>();
  const listeners: ((name: string, value: unknown) => void)[] = [];
  let nextId = 1;
  let closed: string | undefined;

  channel.onClose((reason) => {
    closed = reason;
    for (const call of pending.values())
      call.reject(new LodestoneError('engineStopped', `The engine stopped: ${reason}.`));
    pending.clear();
  });
  channel.onMessage((raw) => {
    const message = raw as Message;
    if (message.type === 'event') {
      for (const listener of listeners) listener(message.name, message.value);
      return;
    }
    if (message.type === 'request' || message.type === 'abort') return;
    const call = pending.get(message.id);
    if (!call) return;
    if (message.type === 'progress') {
      call.onProgress?.(message.progress);
      return;
    }
    pending.delete(message.id);
    if (message.type === 'result') call.resolve(message.value);
    else {
      const { code, message: text, advice, args } = message.error;
      call.reject(new LodestoneError(code, text, { ...(advice ? { advice } : {}), ...(args ? { args } : {}) }));
    }
  });

  const call = (method: string, request: unknown, options: CallOptions = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (closed !== undefined) return reject(new LodestoneError('engineStopped', `The engine stopped: ${closed}.`));
      if (options.signal?.aborted) return reject(cancelled());
      const id = nextId++;
      const onAbort = () => {
        channel.post({ type: 'abort', id });
        // The caller is released at once; a late answer is ignored.
        pending.delete(id);
        reject(cancelled());
      };
      const settle = () => options.signal?.removeEventListener('abort', onAbort);
      pending.set(id, {
        resolve: (value) => (settle(), resolve(value)),
        reject: (error) => (settle(), reject(error)),
        onProgress: options.onProgress,
      });
      options.signal?.addEventListener('abort', onAbort, { once: true });
      channel.post({
        type: 'request',
        id,
        method,
        request,
        progress: options.onProgress !== undefined,
      } satisfies RequestMessage);
    });

  const api = new Proxy({} as T, {
    get: (_target, method) =>
      // A proxy that answers `then` would look like a promise to `await`.
      method === 'then'
        ? undefined
        : (request: unknown, options?: CallOptions) => call(String(method), request, options),
  });
  return {
    api,
    onEvent: (listener) => listeners.push(listener),
    get pending() {
      return pending.size;
    },
  };
}
