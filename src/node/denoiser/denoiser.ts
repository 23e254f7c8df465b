/** The Denoiser port: forks the model's process when it is first needed, starts it anew after a crash, lets it go when idle. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { isCancelled, LodestoneError, toLodestoneError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { DenoiserState, FillReport, FillRequest, ScoreReport, ScoreRequest } from '../../core/infill/denoiser.ts';
import type { Denoiser, Log } from '../../core/ports.ts';
import { childChannel } from '../rpc/channels.ts';
import { type Client, connect } from '../rpc/rpc.ts';
import type { DenoiserApi, DenoiserProcessOptions } from './denoiserApi.ts';
import { physicalCores } from './physicalCores.ts';

export interface OpenDenoiserOptions {
  /** dist/: holds modelProcess.js, models/, data/ and grammars/. */
  readonly assetsDir: string;
  /** A model's folder instead of the shipped one; '' is the shipped one. */
  readonly folder?: string;
  /** Threads of one forward pass; 0 or absent: one a physical core, four at most. */
  readonly threads?: number;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Milliseconds without a request after which the process ends; default five minutes. */
  readonly idleMs?: number;
  /** Unexpected ends within `restartWindowMs` (three minutes) after which it is not started any more until they are past; default 4. */
  readonly maxRestarts?: number;
  readonly restartWindowMs?: number;
  readonly execPath?: string;
}

const IDLE_MS = 300_000;
const RESTART_WINDOW_MS = 180_000;
const MOST_THREADS = 4;
/** Time in ms that the process has to end by itself. */
const CLOSING_MS = 2_000;

interface Connection {
  readonly child: ChildProcess;
  readonly client: Client<DenoiserApi>;
  alive: boolean;
  /** Why it ended. */
  reason: string;
}

/** Nothing starts before the first call. */
export function openDenoiser(options: OpenDenoiserOptions): Denoiser & {
  /** Process id; undefined while there is none. */
  readonly pid: number | undefined;
} {
  return new ForkedDenoiser(options);
}

class ForkedDenoiser implements Denoiser {
  private connection: Connection | undefined;
  private readonly ends: number[] = [];
  private idle: NodeJS.Timeout | undefined;
  private running = 0;
  private closed = false;

  constructor(private readonly options: OpenDenoiserOptions) {}

  get pid(): number | undefined {
    return this.connection?.alive ? this.connection.child.pid : undefined;
  }

  async state(options: CallOptions): Promise<DenoiserState> {
    try {
      return await this.call((api) => api.state({}, options));
    } catch (error) {
      if (isCancelled(error)) throw error;
      const { message, advice = '' } = toLodestoneError(error);
      return { available: false, reason: message, advice };
    }
  }

  fill(request: FillRequest, options: CallOptions): Promise<FillReport> {
    return this.call((api) => api.fill(request, options));
  }

  score(request: ScoreRequest, options: CallOptions): Promise<ScoreReport> {
    return this.call((api) => api.score(request, options));
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.idle);
    const connection = this.connection;
    if (connection?.alive) await end(connection);
  }

  private async call<T>(ask: (api: DenoiserApi) => Promise<T>): Promise<T> {
    clearTimeout(this.idle);
    const connection = this.connect();
    this.running++;
    try {
      return await ask(connection.client.api);
    } catch (error) {
      if (toLodestoneError(error).code !== 'engineStopped') throw error;
      throw lost(connection.reason, error);
    } finally {
      if (--this.running === 0) this.restLater();
    }
  }

  /** Lets the process go when nobody has asked for a while. */
  private restLater(): void {
    const { connection } = this;
    if (!connection?.alive || this.closed) return;
    this.idle = setTimeout(() => {
      this.connection = undefined;
      this.options.log.info('The denoiser rests: its process ends until it is needed again.');
      void end(connection);
    }, this.options.idleMs ?? IDLE_MS).unref();
  }

  private connect(): Connection {
    if (this.closed)
      throw new LodestoneError('engineStopped', 'The denoiser was shut down.', { advice: 'Open the folder again.' });
    if (this.connection?.alive) return this.connection;
    const { restartWindowMs = RESTART_WINDOW_MS, maxRestarts = 4, assetsDir, log, execPath } = this.options;
    const now = performance.now();
    const recent = this.ends.filter((each) => now - each < restartWindowMs);
    if (recent.length > maxRestarts)
      throw new LodestoneError('denoiserUnavailable', `The denoiser's process ended ${recent.length} times in a row.`, {
        advice: `See the log for the reason, and ask again in ${Math.ceil(restartWindowMs / 60_000)} minutes, or use another model.`,
      });
    const { folder = '', threads = 0 } = this.options;
    const started: DenoiserProcessOptions = {
      folder: folder === '' ? join(assetsDir, 'models/denoiser') : folder,
      threads: threads > 0 ? threads : Math.min(physicalCores(), MOST_THREADS),
    };
    const child = fork(join(assetsDir, 'modelProcess.js'), [JSON.stringify(started)], {
      serialization: 'advanced',
      ...(execPath ? { execPath } : {}),
      execArgv: ['--enable-source-maps'],
      // Desktop VS Code's own executable is Electron: this makes it behave as Node.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line.trim()) log.warn(`Denoiser: ${line}`);
    });
    const channel = childChannel(child);
    const connection: Connection = { child, client: connect<DenoiserApi>(channel), alive: true, reason: '' };
    channel.onClose((reason) => {
      connection.alive = false;
      connection.reason = reason;
      if (this.connection !== connection || this.closed) return;
      this.connection = undefined;
      this.ends.push(performance.now());
      log.warn(`The denoiser's process ended (${reason}); it starts again when it is needed.`);
    });
    this.connection = connection;
    return connection;
  }
}

/** Asks a process to end by closing the channel, then kills it. */
async function end({ child }: Connection): Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), CLOSING_MS);
  await gone;
  clearTimeout(timer);
}

/** What whoever asked is told: this request is lost, the next one starts the process again. */
function lost(reason: string, cause: unknown): LodestoneError {
  const isMemory = /SIGKILL|SIGABRT|code (?:134|137)\b/.test(reason);
  const why = isMemory ? ': most likely the machine ran out of memory' : '';
  return new LodestoneError('denoiserUnavailable', `The denoiser's process ended${why} (${reason}).`, {
    cause,
    advice: isMemory
      ? 'Close programs, or use a smaller model; the next request starts it again.'
      : 'Ask again: the next request starts it again. If it happens again, see the log.',
  });
}
