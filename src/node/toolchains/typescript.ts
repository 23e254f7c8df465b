/** TypeScript and JavaScript as a toolchain: the language service in a worker thread, over overlays. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { cancelled, LodestoneError } from '../../base/errors.ts';
import type { DoctorEntry } from '../../core/engine.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { FixCandidate } from '../../core/healing/heal.ts';
import type { DependentsToolchain } from '../../core/healing/verification.ts';
import type { Diagnosis, Snapshot, ToolOptions } from '../../core/ports.ts';
import { readRegularText } from '../files/regularText.ts';
import { workerChannel } from '../rpc/channels.ts';
import { type Client, connect } from '../rpc/rpc.ts';
import { CANCEL_SLOTS, type TypeScriptApi, type TypeScriptWorkerData } from './typescriptApi.ts';
import { workspaceTypeScript } from './typescriptConfig.ts';
import type { TypeScriptRequest } from './typescriptService.ts';

/** How long after a cancellation the worker may go on, in milliseconds. */
const OVERDUE_MS = 1500;

export interface TypeScriptToolchainOptions {
  /** Folder with typescript.js and its lib files: dist/typescript, or node_modules/typescript/lib in tests. */
  readonly libFolder: string;
  /** The bundled src/node/workers/typescriptWorker.ts. */
  readonly workerPath: string;
  /** A request that takes longer than this ends the worker; the next one starts a fresh one. */
  readonly timeoutMs?: number;
}

interface Running {
  readonly worker: Worker;
  readonly client: Client<TypeScriptApi>;
  readonly flags: Int32Array;
  readonly libFolder: string;
}

/** One per engine; the worker starts with the first request and stays warm. */
export class TypeScriptToolchain implements DependentsToolchain {
  readonly id = 'typescript';
  readonly title = 'TypeScript language service';
  readonly languages = ['typescript', 'tsx', 'javascript'] as const;
  /** The service reads configuration and runs none of it: no plugins, no transformers. */
  readonly needsTrust = false;
  private running: Running | undefined;
  private sequence = 0;
  private look = 0;
  private session: symbol | undefined;

  constructor(private readonly options: TypeScriptToolchainOptions) {}

  async probe(root: string, trusted: boolean, about: { path?: string } = {}): Promise<DoctorEntry> {
    const folder = this.libFolderFor(root, about.path, trusted);
    const path = join(folder, 'typescript.js');
    const entry = { tool: 'typescript', path, advice: '' };
    if (!existsSync(path)) {
      const advice = 'Build Lodestone again (npm run build): TypeScript belongs beside it.';
      return { ...entry, status: 'missing', version: '', detail: 'The bundled TypeScript is missing.', advice };
    }
    const used = workspaceTypeScript(root, folderOf(root, about.path));
    const detail =
      used && used.major >= 7
        ? `The project uses TypeScript ${used.version}; fixes come from the bundled one.`
        : folder === this.options.libFolder
          ? 'Bundled language service.'
          : "The workspace's own language service.";
    return { ...entry, status: 'ok', version: versionBeside(folder), detail };
  }

  async diagnose(snapshot: Snapshot, paths: readonly string[], options: ToolOptions): Promise<Diagnosis> {
    return this.call(snapshot.root, paths[0], options, (api, sequence) =>
      api.diagnose({ ...this.wire(snapshot, options), paths, sequence }, {}),
    );
  }

  async propose(
    snapshot: Snapshot,
    diagnostics: readonly Diagnostic[],
    options: ToolOptions,
  ): Promise<readonly FixCandidate[]> {
    return this.call(snapshot.root, diagnostics[0]?.path, options, (api, sequence) =>
      api.propose({ ...this.wire(snapshot, options), diagnostics, sequence }, {}),
    );
  }

  async dependents(before: Snapshot, after: Snapshot, changed: readonly string[], options: ToolOptions) {
    const texts = changed.map((path) => [path, after.overlay.get(path) ?? ''] as const);
    return this.call(before.root, changed[0], options, (api, sequence) =>
      api.dependents({ ...this.wire(before, options), changed: texts, except: changed, sequence }, {}),
    );
  }

  async close(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.worker.terminate();
  }

  /** The workspace's own TypeScript where it is at most 6 and its code may run, else the bundled one. */
  private libFolderFor(root: string, path: string | undefined, trusted: boolean): string {
    if (!trusted) return this.options.libFolder;
    const used = workspaceTypeScript(root, folderOf(root, path));
    // Versions before 4.7 lack parts of the service that the fixes rely on.
    if (!used?.path || used.major > 6 || used.major < 5) return this.options.libFolder;
    const folder = join(used.path, 'lib');
    return existsSync(join(folder, 'typescript.js')) ? realpathSync(folder) : this.options.libFolder;
  }

  private wire(snapshot: Snapshot, { session }: ToolOptions): TypeScriptRequest {
    if (session === undefined || session !== this.session) this.look++;
    this.session = session;
    return { root: snapshot.root, overlay: [...snapshot.overlay], look: this.look };
  }

  private async call<T>(
    root: string,
    path: string | undefined,
    options: ToolOptions,
    send: (api: TypeScriptApi, sequence: number) => Promise<T>,
  ): Promise<T> {
    const running = await this.start(this.libFolderFor(root, path, options.trusted));
    const sequence = this.sequence++;
    const slot = sequence % CANCEL_SLOTS;
    Atomics.store(running.flags, slot, 0);
    // The worker is busy in TypeScript and reads no messages: the flag reaches it. Where TypeScript does not look at the
    // flag (its parser), the worker is ended, so that nobody waits behind it.
    let overdue: NodeJS.Timeout | undefined;
    let onAbort = () => undefined as void;
    const aborted = new Promise<never>((_resolve, reject) => {
      onAbort = () => {
        Atomics.store(running.flags, slot, 1);
        overdue = setTimeout(() => {
          reject(cancelled());
          void this.stop(running);
        }, OVERDUE_MS);
      };
    });
    if (options.signal?.aborted) throw cancelled();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const limit = this.options.timeoutMs ?? 120_000;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const advice = 'Heal a smaller part, or exclude generated files from the project.';
        reject(new LodestoneError('toolTimedOut', `TypeScript gave no answer in ${limit / 1000} s.`, { advice }));
        void this.stop(running);
      }, limit);
    });
    try {
      return await Promise.race([send(running.client.api, sequence), late, aborted]);
    } catch (error) {
      if (error instanceof LodestoneError && error.code === 'engineStopped') {
        throw new LodestoneError('toolFailed', 'The TypeScript worker stopped.', {
          advice: 'It may have run out of memory; it starts afresh with the next request.',
          cause: error,
        });
      }
      throw error;
    } finally {
      clearTimeout(timer);
      clearTimeout(overdue);
      options.signal?.removeEventListener('abort', onAbort);
    }
  }

  private async start(libFolder: string): Promise<Running> {
    if (this.running && this.running.libFolder === libFolder) return this.running;
    if (this.running) await this.stop(this.running);
    const cancelFlags = new SharedArrayBuffer(CANCEL_SLOTS * 4);
    const workerData: TypeScriptWorkerData = { typescriptPath: join(libFolder, 'typescript.js'), cancelFlags };
    const worker = new Worker(this.options.workerPath, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: 2048 },
    });
    const running: Running = {
      worker,
      client: connect<TypeScriptApi>(workerChannel(worker)),
      flags: new Int32Array(cancelFlags),
      libFolder,
    };
    worker.once('exit', () => {
      if (this.running === running) this.running = undefined;
    });
    // An idle worker keeps nobody's process alive (listening refers to it again, so this comes last); a pending request
    // is kept alive by its timer.
    worker.unref();
    this.running = running;
    return running;
  }

  private async stop(running: Running): Promise<void> {
    if (this.running === running) this.running = undefined;
    await running.worker.terminate();
  }
}

function folderOf(root: string, path: string | undefined): string {
  return path === undefined ? root : dirname(join(root, path));
}

/** Version from the package that the folder belongs to, or from the head of the bundle. */
function versionBeside(libFolder: string): string {
  const manifest = join(dirname(libFolder), 'package.json');
  const text = libFolder.endsWith('lib') ? readRegularText(manifest) : undefined;
  if (text !== undefined) {
    const { version } = JSON.parse(text) as { version?: string };
    if (version) return version;
  }
  const source = readFileSync(join(libFolder, 'typescript.js'), 'utf8');
  return /\bversion = "(\d+\.\d+\.\d+[^"]*)"/.exec(source)?.[1] ?? '';
}
