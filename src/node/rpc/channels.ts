/** The three transports of the RPC: worker threads, forked processes and an in-process pair for tests. */
import type { ChildProcess } from 'node:child_process';
import type { MessagePort, Worker } from 'node:worker_threads';
import type { Channel } from './rpc.ts';

/** The parent's end of a worker thread. */
export function workerChannel(worker: Worker): Channel {
  return {
    post: (message, transfer) => worker.postMessage(message, transfer ? [...transfer] : []),
    onMessage: (listener) =>
      void worker.on('message', (message: unknown) => {
        // What `batchingPortChannel` posted together; no message of its own is a list.
        if (Array.isArray(message)) for (const each of message) listener(each);
        else listener(message);
      }),
    onClose: (listener) => {
      let told = false;
      const once = (reason: string) => {
        if (told) return;
        told = true;
        listener(reason);
      };
      worker.on('error', (error) => once(error.message));
      worker.on('exit', (code) => once(`worker exited with code ${code}`));
    },
  };
}

/** The worker's own end (`parentPort`). */
export function portChannel(port: MessagePort): Channel {
  return {
    post: (message, transfer) => port.postMessage(message, transfer ? [...transfer] : []),
    onMessage: (listener) => void port.on('message', listener),
    onClose: (listener) => void port.on('close', () => listener('port closed')),
  };
}

/**
 * The worker's own end, for many small messages: they are posted `most` at a time, or when nothing else is to be done.
 * The parent's `workerChannel` takes them apart.
 */
export function batchingPortChannel(port: MessagePort, most: number): Channel {
  const messages: unknown[] = [];
  const transfers: ArrayBuffer[] = [];
  const flush = () => {
    if (messages.length > 0) port.postMessage(messages.splice(0), transfers.splice(0));
  };
  return {
    ...portChannel(port),
    post: (message, transfer = []) => {
      transfers.push(...transfer);
      if (messages.push(message) >= most) flush();
      else setImmediate(flush);
    },
  };
}

/** The parent's end of a process forked with `serialization: 'advanced'`. */
export function childChannel(child: ChildProcess): Channel {
  return {
    post: (message) => {
      // A closed pipe is reported by 'exit'; an error per message would only repeat it.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    onClose: (listener) => {
      let told = false;
      const once = (reason: string) => {
        if (told) return;
        told = true;
        listener(reason);
      };
      child.on('error', (error) => once(error.message));
      child.on('exit', (code, signal) => once(signal ? `killed by ${signal}` : `exited with code ${code}`));
    },
  };
}

/** A forked process's own end. */
export function processChannel(self: NodeJS.Process): Channel {
  return {
    post: (message) => {
      if (self.connected) self.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => void self.on('message', listener),
    onClose: (listener) => void self.on('disconnect', () => listener('parent disconnected')),
  };
}

/** Two connected ends in one thread that still clone what they carry, so that tests catch values that cannot travel. */
export function inProcessChannels(): [Channel, Channel] {
  const ends = [0, 1].map(() => ({ listeners: [] as ((message: unknown) => void)[] }));
  const end = (own: number): Channel => ({
    post: (message) => {
      const copy = structuredClone(message);
      queueMicrotask(() => {
        for (const listener of ends[1 - own]?.listeners ?? []) listener(copy);
      });
    },
    onMessage: (listener) => void ends[own]?.listeners.push(listener),
    onClose: () => undefined,
  });
  return [end(0), end(1)];
}
