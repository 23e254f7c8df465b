/** The Analyser on worker threads: queues files, bounds the time of each, and outlives a worker that one file kills. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { cancelled, LodestoneError, toLodestoneError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import { decodeLater } from '../../core/indexing/analysisCodec.ts';
import type { Analyser, FileAnalysis } from '../../core/indexing/contracts.ts';
import type { SkippedFile } from '../../core/mining/attractor.ts';
import type { Log } from '../../core/ports.ts';
import { workerChannel } from '../rpc/channels.ts';
import { type Client, connect } from '../rpc/rpc.ts';
import { unpackBytes } from '../store/packAnalysis.ts';
import { type AnalysisLimits, DEFAULT_LIMITS } from '../treeSitter/fileAnalyser.ts';
import { assetsBelow, type TreeSitterAssets } from '../treeSitter/treeSitterRuntime.ts';
import {
  ANSWERS_PER_POST,
  type SyntaxApi,
  type SyntaxRequest,
  type SyntaxWorkerData,
  type WorkerAnalysis,
} from './syntaxApi.ts';

export interface AnalyserPoolOptions {
  /** Folder of the bundles: syntaxWorker.js and the assets lie in it. */
  readonly dist: string;
  readonly log: Log;
  /** 0 or absent: one less than the processors (of two both where there is much to do), at most eight. */
  readonly threads?: number;
  /** Default: what this process may use. */
  readonly processors?: number;
  readonly limits?: AnalysisLimits;
  /** A file that takes longer is skipped as 'parserFailed' and its worker replaced. */
  readonly timeLimitMs?: number;
  readonly assets?: TreeSitterAssets;
  readonly workerScript?: string;
}

type Analysed = FileAnalysis | { skipped: SkippedFile['reason'] };

interface Job {
  readonly request: SyntaxRequest;
  readonly signal: AbortSignal | undefined;
  resolve(result: Analysed): void;
  reject(error: unknown): void;
  done: boolean;
}

/** Files a worker holds at once: while it posts some answers together, the next files have already travelled. */
const IN_FLIGHT = 3 * ANSWERS_PER_POST;
/**
 * Bytes of text from which a worker pays that has no processor of its own: the engine's thread and V8's compilers run beside it,
 * and it compiles everything anew. Of 4 MB it makes nothing faster, of 10 MB a fifth (bench/RESULTS.md).
 */
const WORTH_SHARING = 8 * 1024 * 1024;
/** Far above what any file within the size limit takes, so that a busy machine does not change what is mined. */
const TIME_LIMIT_MS = 30_000;

interface Slot {
  worker: Worker;
  client: Client<SyntaxApi>;
  /** Jobs in the order in which they were sent and are analysed; the first ones may be finished there already. */
  readonly jobs: Job[];
  /** How many jobs the worker has begun (written there), and how many answers have come: answers come in batches. */
  readonly begun: Int32Array;
  answered: number;
  /** Words of the sketches that came, in the worker's own order. */
  readonly words: string[];
  timer: NodeJS.Timeout | undefined;
  /** The worker has loaded what it needs; one that is lost before would be lost every time. */
  ready: boolean;
  dead: boolean;
}

export class AnalyserPool implements Analyser {
  readonly threads: number;
  private readonly queue: Job[] = [];
  private readonly slots: Slot[] = [];
  private closed = false;
  /** Workers that may run now. */
  private most: number;
  /** Workers for a few files. */
  private readonly few: number;

  constructor(private readonly options: AnalyserPoolOptions) {
    const processors = options.processors ?? availableParallelism();
    this.threads = options.threads || Math.min(8, processors > 2 ? processors - 1 : processors);
    this.few = options.threads || processors > 2 ? this.threads : 1;
    this.most = this.few;
  }

  analyse(request: SyntaxRequest, { signal }: CallOptions): Promise<Analysed> {
    return new Promise<Analysed>((resolve, reject) => {
      if (this.closed) return reject(new LodestoneError('engineStopped', 'The analyser was closed.'));
      if (signal?.aborted) return reject(cancelled());
      const job: Job = {
        request,
        signal,
        done: false,
        resolve: (result) => settle(() => resolve(result)),
        reject: (error) => settle(() => reject(error)),
      };
      // A job already with a worker runs to its end there: it is short, and stopping it would cost a worker.
      const onAbort = () => job.reject(cancelled());
      const settle = (tell: () => void) => {
        if (job.done) return;
        job.done = true;
        signal?.removeEventListener('abort', onAbort);
        tell();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.queue.push(job);
      this.pump();
    });
  }

  prepare(): void {
    while (!this.closed && this.slots.length < this.most) this.start();
  }

  expect(bytes: number): void {
    this.most = bytes < WORTH_SHARING ? this.few : this.threads;
  }

  async rest(): Promise<void> {
    const idle = this.slots.filter(({ jobs }) => jobs.length === 0);
    await Promise.all(
      idle.map(async (slot) => {
        slot.dead = true;
        this.slots.splice(this.slots.indexOf(slot), 1);
        await slot.worker.terminate();
      }),
    );
  }

  async close(): Promise<void> {
    this.closed = true;
    const stopped = new LodestoneError('engineStopped', 'The analyser was closed.');
    for (const job of this.queue.splice(0)) job.reject(stopped);
    await Promise.all(
      this.slots.splice(0).map(async (slot) => {
        slot.dead = true;
        clearTimeout(slot.timer);
        for (const job of slot.jobs.splice(0)) job.reject(stopped);
        await slot.worker.terminate();
      }),
    );
  }

  /** Hands queued jobs to the least busy workers, starting workers while there are jobs for them. */
  private pump(): void {
    for (;;) {
      while (this.queue[0]?.done) this.queue.shift();
      if (!this.queue.length || this.closed) return;
      let slot = this.slots.reduce<Slot | undefined>(
        (best, one) => (best && best.jobs.length <= one.jobs.length ? best : one),
        undefined,
      );
      if ((!slot || slot.jobs.length > 0) && this.slots.length < this.most) slot = this.start();
      if (!slot || slot.jobs.length >= IN_FLIGHT) return;
      this.send(slot, this.queue.shift() as Job);
    }
  }

  private start(): Slot {
    const { dist, limits = DEFAULT_LIMITS, assets = assetsBelow(dist) } = this.options;
    const begun = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const data: SyntaxWorkerData = { assets, limits, begun };
    const worker = new Worker(this.options.workerScript ?? join(dist, 'syntaxWorker.js'), {
      workerData: data,
      name: 'lodestone-syntax',
      // Facts die young; a small nursery costs no time (measured) and 25 MB less a worker.
      resourceLimits: { maxYoungGenerationSizeMb: 16 },
    });
    // An idle worker must not keep the process alive; `send` takes it back.
    worker.unref();
    const slot: Slot = {
      worker,
      client: connect<SyntaxApi>(workerChannel(worker)),
      jobs: [],
      begun,
      answered: 0,
      words: [],
      timer: undefined,
      ready: false,
      dead: false,
    };
    slot.client.onEvent((name, value) => {
      if (name === 'ready') {
        slot.ready = true;
        this.watch(slot);
      }
      if (name === 'warning') this.options.log.warn(String(value));
    });
    worker.on('error', (error) => this.lose(slot, error.message));
    worker.on('exit', (code) => this.lose(slot, `exit code ${code}`));
    this.slots.push(slot);
    return slot;
  }

  private send(slot: Slot, job: Job): void {
    slot.jobs.push(job);
    if (slot.jobs.length === 1) {
      slot.worker.ref();
      this.watch(slot);
    }
    slot.client.api.analyse(job.request, {}).then(
      (result) => {
        const analysed = decode(result, slot.words);
        this.finish(slot, job, () => job.resolve(analysed));
      },
      (error: unknown) => {
        if (slot.dead) return;
        const known = toLodestoneError(error);
        // `lose` decides what becomes of the jobs of a worker that died.
        if (known.code === 'engineStopped') return;
        this.finish(slot, job, () => {
          if (known.code === 'unsupportedLanguage' || known.code === 'badData') return job.reject(known);
          // After an error inside the parser its memory cannot be trusted any more.
          this.options.log.warn(`The parser failed on ${job.request.path}: ${known.message}`);
          job.resolve({ skipped: 'parserFailed' });
          this.discard(slot);
        });
      },
    );
  }

  private finish(slot: Slot, job: Job, tell: () => void): void {
    slot.answered++;
    const at = slot.jobs.indexOf(job);
    if (at !== -1) slot.jobs.splice(at, 1);
    this.watch(slot);
    if (!slot.jobs.length) slot.worker.unref();
    tell();
    this.pump();
  }

  /** (Re)starts the clock for the job that is now being analysed. */
  private watch(slot: Slot): void {
    clearTimeout(slot.timer);
    if (!slot.jobs.length) return;
    const begun = Atomics.load(slot.begun, 0);
    const { answered } = slot;
    // Starting up is no fault of the file that happens to be first.
    const limit = slot.ready ? (this.options.timeLimitMs ?? TIME_LIMIT_MS) : TIME_LIMIT_MS;
    slot.timer = setTimeout(() => {
      // Where this thread itself was busy for so long, the answer may be waiting: it is read first.
      setImmediate(() => {
        if (slot.dead) return;
        // Where it moved on, the file now in work began later than this clock.
        if (Atomics.load(slot.begun, 0) !== begun || slot.answered !== answered) return this.watch(slot);
        this.lose(slot, `its analysis took longer than ${Math.round(limit / 1000)} s`);
      });
    }, limit);
  }

  /** Gives a worker up that stopped or hangs: the file it was at is skipped. */
  private lose(slot: Slot, reason: string): void {
    if (slot.dead) return;
    // Finished ones whose answers had not been posted are analysed again.
    const [first] = slot.jobs.splice(Math.max(0, Atomics.load(slot.begun, 0) - slot.answered - 1), 1);
    if (first && !slot.ready) {
      const advice = 'Install or build Lodestone again.';
      first.reject(new LodestoneError('internal', `The syntax worker does not start: ${reason}`, { advice }));
    } else if (first) {
      this.options.log.warn(`A syntax worker was lost at ${first.request.path}: ${reason}`);
      first.resolve({ skipped: 'parserFailed' });
    }
    this.discard(slot);
  }

  /** Ends a worker; what it had not begun is queued again. */
  private discard(slot: Slot): void {
    slot.dead = true;
    clearTimeout(slot.timer);
    const at = this.slots.indexOf(slot);
    if (at !== -1) this.slots.splice(at, 1);
    this.queue.unshift(...slot.jobs.splice(0));
    void slot.worker.terminate();
    this.pump();
  }
}

/** `words` are those that the worker's earlier answers brought. */
function decode(result: WorkerAnalysis, words: string[]): Analysed {
  if ('skipped' in result) return result;
  for (const word of result.words) words.push(word);
  const { packed, columns, numbers } = result;
  return decodeLater(() => unpackBytes(packed), { packed, sketch: { words, columns, numbers } });
}
