/** What travels between a host and the engine process: RepositoryEngine's calls, each with the root it is about. */
import type { CallOptions } from '../base/progress.ts';
import type { RepositoryEngine } from '../core/engine.ts';
import type { SettingId } from '../core/settings.ts';

/** Everything the engine must be told about a repository before it may touch it. */
export interface OpenRequest {
  /** Absolute path of the repository (a workspace folder). */
  readonly root: string;
  /** False in Restricted Mode: then nothing of the repository is executed and git is not read. */
  readonly trusted: boolean;
  /** Folder of the stores; absent = the user's cache folder, shared with the CLI. */
  readonly cacheFolder?: string;
  /** Values of settings that differ from their defaults. */
  readonly settings: Readonly<Partial<Record<SettingId, unknown>>>;
  /** Globs of the host (`files.exclude`, `search.exclude`) that are passed over. */
  readonly excludes: readonly string[];
  /** Python interpreter selected in the editor; '' if none is. */
  readonly python: string;
  /** Key of an OpenAI-compatible server; never logged. */
  readonly apiKey?: string;
  /** VS Code's `env.remoteName`, for advice where no model server answers. */
  readonly remoteName?: string;
}

/** The calls about one repository; `close` has a message of its own. */
export type RepositoryMethod = Exclude<keyof RepositoryEngine, 'close'>;

/** A call's request wrapped with its root. */
export interface Addressed<T> {
  readonly root: string;
  readonly request: T;
}

export type EngineApi = {
  [M in RepositoryMethod]: (
    addressed: Addressed<Parameters<RepositoryEngine[M]>[0]>,
    options: CallOptions,
  ) => ReturnType<RepositoryEngine[M]>;
} & {
  /** Opens (or reopens with other options) a repository; every other call needs it first. */
  open(request: OpenRequest, options: CallOptions): Promise<void>;
  closeRepository(request: { root: string }, options: CallOptions): Promise<void>;
  /** Answers at once: tells a busy engine from a hung one. */
  ping(request: Record<string, never>, options: CallOptions): Promise<number>;
};

/** The event in which the engine process sends its log. */
export interface LogEvent {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

interface MethodPolicy {
  /** May be sent again to a restarted engine: doing it twice is the same as once. */
  readonly replay: boolean;
  /** Longest silence in ms (no progress, no answer) before the call is given up. */
  readonly quietMs: number;
  /** What was opened is of no use after it: calls under way end before it, later ones open the repository anew. */
  readonly last?: boolean;
}

/** Exhaustive by type: a new engine method does not compile until somebody decided how it is replayed. */
export const METHODS: { readonly [M in RepositoryMethod]: MethodPolicy } = {
  mine: { replay: true, quietMs: 180_000 },
  report: { replay: true, quietMs: 60_000 },
  filesChanged: { replay: true, quietMs: 180_000 },
  settle: { replay: true, quietMs: 180_000 },
  facts: { replay: true, quietMs: 60_000 },
  context: { replay: true, quietMs: 60_000 },
  // A large model is read from the disk before its first word.
  complete: { replay: true, quietMs: 180_000 },
  warm: { replay: true, quietMs: 180_000 },
  recordOutcome: { replay: false, quietMs: 30_000 },
  completionStats: { replay: true, quietMs: 30_000 },
  modelStatus: { replay: true, quietMs: 30_000 },
  pullModel: { replay: true, quietMs: 180_000 },
  power: { replay: true, quietMs: 30_000 },
  storage: { replay: true, quietMs: 30_000 },
  clearStorage: { replay: true, quietMs: 60_000, last: true },
  // A compiler may run between two attempts of a model.
  generate: { replay: true, quietMs: 300_000 },
  edit: { replay: true, quietMs: 300_000 },
  infill: { replay: true, quietMs: 300_000 },
  planIssue: { replay: true, quietMs: 120_000 },
  build: { replay: true, quietMs: 300_000 },
  // The project's tests may run twice.
  execute: { replay: false, quietMs: 900_000 },
  recordInfill: { replay: false, quietMs: 30_000 },
  comparePresets: { replay: true, quietMs: 30_000 },
  // A heal may sit in one slow compiler run; its own budget ends it long before this.
  heal: { replay: true, quietMs: 900_000 },
  checkGate: { replay: true, quietMs: 300_000 },
  recheck: { replay: true, quietMs: 900_000 },
  applyPatch: { replay: false, quietMs: 60_000 },
  recordApplied: { replay: false, quietMs: 60_000 },
  undoLast: { replay: false, quietMs: 60_000 },
  decide: { replay: true, quietMs: 30_000 },
  decisions: { replay: true, quietMs: 30_000 },
  doctor: { replay: true, quietMs: 120_000 },
};
