/** The host's end of the engine process: forks it when first needed, restarts it a bounded number of times, replays. */
import { type ChildProcess, fork } from 'node:child_process';
import { unlessAborted } from '../base/abort.ts';
import { cancelled, isCancelled, LodestoneError, toLodestoneError } from '../base/errors.ts';
import { Emitter } from '../base/events.ts';
import type { CallOptions } from '../base/progress.ts';
import type { RepositoryEngine } from '../core/engine.ts';
import { type EngineApi, type LogEvent, METHODS, type OpenRequest, type RepositoryMethod } from './engineApi.ts';
import { childChannel } from './rpc/channels.ts';
import { type Client, connect } from './rpc/rpc.ts';

export type EngineState = 'idle' | 'running' | 'restarting' | 'stopped';

export interface EngineClientOptions {
  /** Absolute path of the bundled engineProcess.js. */
  readonly entry: string;
  /** Asked each time a repository is opened, so that a restarted engine gets the present trust and settings. */
  readonly openRequest: (root: string) => OpenRequest | Promise<OpenRequest>;
  readonly onLog: (event: LogEvent) => void;
  /** Unexpected ends within `restartWindowMs` after which the engine stays stopped until `restart()`. */
  readonly maxRestarts?: number;
  readonly restartWindowMs?: number;
  readonly execPath?: string;
}

interface Connection {
  readonly child: ChildProcess;
  readonly client: Client<EngineApi>;
  /** Repositories opened (or being opened) in this process. */
  readonly opened: Map<string, Promise<void>>;
  alive: boolean;
}

/** Most times one call is sent again to a new process. */
const MAX_REPLAYS = 3;
const PING_MS = 5_000;

export class EngineClient {
  private connection: Connection | undefined;
  private readonly ends: number[] = [];
  private readonly repositories = new Map<string, RepositoryEngine>();
  private readonly stateEmitter = new Emitter<EngineState>();
  private current: EngineState = 'idle';
  private disposed = false;

  constructor(private readonly options: EngineClientOptions) {}

  readonly onState = this.stateEmitter.on;

  get state(): EngineState {
    return this.current;
  }

  /** Process id of the running engine; undefined while there is none. */
  get pid(): number | undefined {
    return this.connection?.alive ? this.connection.child.pid : undefined;
  }

  /** The engine of one repository; nothing starts before its first call. */
  repository(root: string): RepositoryEngine {
    const known = this.repositories.get(root);
    if (known) return known;
    const methods = Object.keys(METHODS) as RepositoryMethod[];
    const engine = {
      ...Object.fromEntries(
        methods.map((method) => [
          method,
          (request: unknown, options?: CallOptions) => this.call(root, method, request, options ?? {}),
        ]),
      ),
      close: () => this.closeRepository(root),
    } as unknown as RepositoryEngine;
    this.repositories.set(root, engine);
    return engine;
  }

  /** Makes the next call open the repository anew: after trust was granted or a setting changed. */
  reopen(root: string): void {
    this.connection?.opened.delete(root);
  }

  /** Starts afresh after the engine was given up, or to get rid of a sick one. */
  restart(): void {
    this.ends.length = 0;
    this.connection?.child.kill('SIGKILL');
    if (this.current === 'stopped') this.setState('idle');
  }

  /** Ends the process: asks by closing the channel, then kills. Resolves when it is gone. */
  async dispose(): Promise<void> {
    this.disposed = true;
    const connection = this.connection;
    if (!connection?.alive) return;
    const gone = new Promise<void>((resolve) => connection.child.once('exit', () => resolve()));
    connection.child.disconnect();
    const timer = setTimeout(() => connection.child.kill('SIGKILL'), 2_000);
    await gone;
    clearTimeout(timer);
  }

  private async call(root: string, method: RepositoryMethod, request: unknown, options: CallOptions): Promise<unknown> {
    const policy = METHODS[method];
    for (let ends = 0; ; ) {
      if (options.signal?.aborted) throw cancelled();
      const connection = this.connect();
      try {
        await unlessAborted(this.open(connection, root), options.signal);
        const answer = this.guarded(connection, method, { root, request }, policy.quietMs, options);
        if (policy.last) this.reopen(root);
        return await answer;
      } catch (error) {
        const { code } = toLodestoneError(error);
        const lost = code === 'engineStopped' && !this.disposed && this.repositories.has(root);
        if (!lost || !policy.replay || this.current === 'stopped') throw error;
        // A process that lives has only opened the repository anew.
        if (!connection.alive && ends++ >= MAX_REPLAYS) throw error;
      }
    }
  }

  /** One call that is given up after `quietMs` without a sign of life; a hung process is then killed. */
  private async guarded(
    connection: Connection,
    method: RepositoryMethod,
    addressed: { root: string; request: unknown },
    quietMs: number,
    options: CallOptions,
  ): Promise<unknown> {
    const controller = new AbortController();
    let timedOut = false;
    let timer: NodeJS.Timeout | undefined;
    const rearm = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        timedOut = true;
        controller.abort();
      }, quietMs);
    };
    const abort = () => controller.abort();
    options.signal?.addEventListener('abort', abort, { once: true });
    rearm();
    try {
      const send = connection.client.api[method] as (request: unknown, options: CallOptions) => Promise<unknown>;
      return await send(addressed, {
        signal: controller.signal,
        onProgress: (progress) => {
          rearm();
          options.onProgress?.(progress);
        },
      });
    } catch (error) {
      if (!timedOut || !isCancelled(error)) throw error;
      void this.killIfHung(connection);
      throw new LodestoneError('toolTimedOut', `The engine gave no answer to '${method}' for ${quietMs / 1000} s.`, {
        advice: 'Try again; if it happens again, see the log and restart the engine.',
      });
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
    }
  }

  private async killIfHung(connection: Connection): Promise<void> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), PING_MS);
    try {
      await connection.client.api.ping({}, { signal: controller.signal });
    } catch (error) {
      this.options.onLog({ level: 'error', message: `The engine hangs and is restarted (${String(error)}).` });
      connection.child.kill('SIGKILL');
    } finally {
      clearTimeout(timer);
    }
  }

  private open(connection: Connection, root: string): Promise<void> {
    const known = connection.opened.get(root);
    if (known) return known;
    const opening = Promise.resolve(this.options.openRequest(root)).then((request) =>
      connection.client.api.open(request, {}),
    );
    connection.opened.set(root, opening);
    opening.catch(() => {
      if (connection.opened.get(root) === opening) connection.opened.delete(root);
    });
    return opening;
  }

  private async closeRepository(root: string): Promise<void> {
    this.repositories.delete(root);
    const connection = this.connection;
    if (!connection?.alive || !connection.opened.delete(root)) return;
    await connection.client.api.closeRepository({ root }, {});
  }

  private connect(): Connection {
    if (this.disposed) throw new LodestoneError('engineStopped', 'The engine was shut down.');
    if (this.connection?.alive) return this.connection;
    const now = performance.now();
    const recent = this.ends.filter((end) => now - end < (this.options.restartWindowMs ?? 180_000));
    if (recent.length > (this.options.maxRestarts ?? 4)) {
      this.setState('stopped');
      throw new LodestoneError('engineStopped', `The engine stopped ${recent.length} times in a row.`, {
        advice: 'See the log for the reason, then run "Lodestone: Restart Engine".',
      });
    }
    const child = fork(this.options.entry, [], {
      serialization: 'advanced',
      ...(this.options.execPath ? { execPath: this.options.execPath } : {}),
      execArgv: ['--enable-source-maps'],
      // Desktop VS Code's own executable is Electron: this makes it behave as Node.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.logLines('info', text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.logLines('warn', text));
    const channel = childChannel(child);
    const connection: Connection = { child, client: connect<EngineApi>(channel), opened: new Map(), alive: true };
    connection.client.onEvent((name, value) => {
      if (name === 'log') this.options.onLog(value as LogEvent);
    });
    channel.onClose((reason) => this.onEnd(connection, reason));
    this.connection = connection;
    this.setState('running');
    return connection;
  }

  private onEnd(connection: Connection, reason: string): void {
    connection.alive = false;
    if (this.connection === connection) this.connection = undefined;
    if (this.disposed) return;
    this.ends.push(performance.now());
    this.options.onLog({ level: 'warn', message: `The engine process ended (${reason}); it restarts when needed.` });
    this.setState('restarting');
  }

  private logLines(level: LogEvent['level'], text: string): void {
    for (const message of text.split('\n')) if (message.trim()) this.options.onLog({ level, message });
  }

  private setState(state: EngineState): void {
    if (state === this.current) return;
    this.current = state;
    this.stateEmitter.fire(state);
  }
}
