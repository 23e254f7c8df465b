/** Reads and analyses many files: reading runs ahead of the workers, results come in the order of the paths. */
import { isCancelled, LodestoneError, throwIfAborted, toLodestoneError } from '../../base/errors.ts';
import { Breather, type CallOptions } from '../../base/progress.ts';
import type { Clock, FileStat, Log, SourceFile } from '../ports.ts';
import type { Analyser, FileAnalysis } from './contracts.ts';
import type { FileOutcome, IndexStore, StoredFile } from './indexStore.ts';
import { extensionOf } from './paths.ts';
import type { Brought } from './pendingBatch.ts';
import type { RepositoryTree } from './repositoryTree.ts';

interface FileReaderDeps {
  readonly tree: RepositoryTree;
  readonly store: IndexStore;
  readonly analyser: () => Analyser | Promise<Analyser>;
  readonly pack: (analysis: FileAnalysis) => Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
}

export type ReadResult = 'gone' | ({ readonly file: StoredFile } & Brought);

/** After this many analyses in one go the workers have grown, and mining needs the memory. */
const REST_AFTER = 200;

/** Texts in flight: enough that no worker waits for reading, few enough to stay small. */
const MAX_FILES_AHEAD = 96;
const MAX_BYTES_AHEAD = 4 * 1024 * 1024;
const PROGRESS_EVERY_MS = 100;

export class FileReader {
  private analyser: Promise<Analyser> | undefined;
  private analysed = 0;
  /** Bytes of the files that are being read. */
  private total = 0;

  constructor(private readonly deps: FileReaderDeps) {}

  /**
   * Calls `onResult` once a file, in the order given, so that what is built from the results does not depend on which
   * worker was faster. When it throws (cancelled, engine stopped) nothing of it runs on. `started` is awaited as soon
   * as the workers have something to do.
   */
  async readAll(
    files: readonly { readonly path: string; readonly stat: FileStat }[],
    onResult: (path: string, result: ReadResult) => void,
    options: CallOptions,
    started?: () => Promise<void> | undefined,
  ): Promise<void> {
    const breather = new Breather(this.deps.clock, () => throwIfAborted(options.signal));
    this.total = files.reduce((sum, { stat }) => sum + stat.size, 0);
    const ahead: { path: string; size: number; result: Promise<ReadResult> }[] = [];
    let bytes = 0;
    let next = 0;
    let told = Number.NEGATIVE_INFINITY;
    try {
      for (let done = 0; done < files.length; done++) {
        while (
          next < files.length &&
          ahead.length < MAX_FILES_AHEAD &&
          (bytes < MAX_BYTES_AHEAD || ahead.length === 0)
        ) {
          throwIfAborted(options.signal);
          const { path, stat } = files[next++] as (typeof files)[number];
          const result = this.readOne(path, stat, options);
          // Awaited below, in order; until then a rejection must not count as unhandled.
          result.catch(() => undefined);
          ahead.push({ path, size: stat.size, result });
          bytes += stat.size;
          if (breather.due) break;
        }
        if (done === 0) await started?.();
        if (breather.due) await breather.breathe();
        const first = ahead.shift() as (typeof ahead)[number];
        onResult(first.path, await first.result);
        bytes -= first.size;
        if (options.onProgress && this.deps.clock.now() - told >= PROGRESS_EVERY_MS) {
          told = this.deps.clock.now();
          options.onProgress({ step: 'Analysing files', done: done + 1, total: files.length });
        }
      }
    } finally {
      await Promise.allSettled(ahead.map(({ result }) => result));
      if (this.analysed >= REST_AFTER) await (await this.analyser)?.rest?.();
      this.analysed = 0;
    }
  }

  /** The file, or the row to keep for one that cannot be read; 'gone' if it is not there any more. */
  async tryRead(path: string, stat?: FileStat): Promise<SourceFile | StoredFile | 'gone'> {
    try {
      return await this.deps.tree.read(path);
    } catch (error) {
      const { code } = toLodestoneError(error);
      if (code === 'notFound' || code === 'notARepositoryFile') return 'gone';
      if (code === 'binaryFile') return unread(path, 'binary', stat);
      if (code === 'fileTooLarge') return unread(path, 'tooLarge', stat);
      if (code === 'fileChanged') return unread(path, 'changed');
      if (code === 'unreadable') return unread(path, 'unreadable');
      throw error;
    }
  }

  private async readOne(path: string, listed: FileStat, options: CallOptions): Promise<ReadResult> {
    const file = await this.tryRead(path, listed);
    if (file === 'gone') return 'gone';
    if ('outcome' in file) return { file };
    const row = (outcome: FileOutcome, stat = file.stat): StoredFile => ({ path, stat, hash: file.hash, outcome });
    if (this.deps.tree.roleOf(path) === 'manifest') return { file: row('manifest') };
    // Snippets are quoted byte for byte, which text with replacement characters cannot be.
    if (file.lossy) return { file: row('encoding') };
    const key = { hash: file.hash, extension: extensionOf(path) };
    const known = this.deps.store.outcome(key);
    if (known) return { file: row(known) };
    try {
      this.analyser ??= Promise.resolve(this.deps.analyser());
      this.analysed++;
      const analyser = await this.analyser;
      analyser.expect?.(this.total);
      const analysis = await analyser.analyse({ path, text: file.text }, options);
      if ('skipped' in analysis) return { file: row(analysis.skipped), fresh: { ...key, skipped: analysis.skipped } };
      const packed = analysis.packed ?? this.deps.pack(analysis);
      return { file: row('parsed'), fresh: { ...key, packed }, analysis };
    } catch (error) {
      if (isCancelled(error) || (error instanceof LodestoneError && error.code === 'engineStopped')) throw error;
      this.deps.log.error(`Analysing ${path} failed.`, error);
      // Not stored with the content: what failed once for an unknown reason may work next time.
      return { file: row('parserFailed', { ...file.stat, mtimeMs: -1 }) };
    }
  }
}

/** A row for what was not read; without a stat it is looked at again whenever it is listed. */
export function unread(
  path: string,
  outcome: FileOutcome,
  stat: FileStat = { size: 0, mtimeMs: -1, ino: 0 },
): StoredFile {
  return { path, stat, hash: '', outcome };
}
