/** What a host must supply: the engine's only doors to the outside world. */
import type { CallOptions } from '../base/progress.ts';
import type { DoctorEntry } from './engine.ts';
import type { Diagnostic } from './healing/diagnostic.ts';
import type { FixCandidate } from './healing/heal.ts';
import type { DenoiserState, FillReport, FillRequest, ScoreReport, ScoreRequest } from './infill/denoiser.ts';
import type { LanguageEntry, LanguageId } from './languages.ts';
import type { FlatTree, Grammar } from './syntax/flatTree.ts';

/** Time, and a way to end a turn of the event loop so that requests are served during long work. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  yieldNow(): Promise<void>;
}

/** The readable log: one line an event; hosts neutralise control characters. Secrets are never passed here. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
}

export interface FileStat {
  readonly size: number;
  readonly mtimeMs: number;
  /** Inode or equivalent; with size and time it tells a replaced file. 0 where the system has none. */
  readonly ino: number;
}

/** Bytes decoded: BOM stripped, UTF-16 recognised by BOM, line endings kept as they are. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: 'utf8' | 'utf16le' | 'utf16be';
  readonly bom: boolean;
  /** True where bytes were not valid in the encoding (they show as U+FFFD; such a file is never written). */
  readonly lossy: boolean;
}

export interface SourceFile extends DecodedText {
  /** SHA-256 of the bytes, hex. */
  readonly hash: string;
  readonly stat: FileStat;
}

/**
 * The repository's files, read-only. Paths are repository-relative with '/', and never leave the root.
 * `list` honours .gitignore, .lodestoneignore, the host's excludes and never follows a link twice.
 */
export interface Files {
  readonly root: string;
  /** Source and manifest files in a deterministic order with what was passed over and why. */
  list(options: {
    signal?: AbortSignal;
  }): Promise<{ files: { path: string; stat: FileStat }[]; skipped: { path: string; reason: string }[] }>;
  stat(path: string): Promise<FileStat | undefined>;
  /** Throws LodestoneError notFound | unreadable | fileTooLarge | binaryFile. */
  read(path: string): Promise<SourceFile>;
}

/** Unsaved buffers: what the user sees is what is mined, healed and completed. */
export interface Documents {
  /** The buffer's text if the file is open and dirty. */
  text(path: string): string | undefined;
}

/** A child process with a bounded run and output; never through a shell. Time-outs and kills take its whole tree. */
export interface Processes {
  run(request: {
    readonly command: string;
    readonly args: readonly string[];
    readonly cwd: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly stdin?: string;
    readonly timeoutMs: number;
    readonly maxOutputBytes?: number;
    readonly signal?: AbortSignal;
  }): Promise<{ exitCode: number | null; stdout: string; stderr: string; timedOut: boolean; truncated: boolean }>;
}

/** Turns text into a flat tree; synchronous and single-threaded, so it is used inside workers. */
export interface Parser {
  grammar(language: LanguageId): Promise<Grammar>;
  /**
   * `base`: a text that differs from this one in one stretch. Its own tree is kept for the next call with the same base, and
   * the text's is made from it, which takes a fraction of the time; what comes out depends on the two texts alone.
   */
  parse(language: LanguageId, text: string, base?: string): Promise<FlatTree>;
}

/** History, read with hooks, fsmonitor, external diff and textconv off. Absent for a folder without git or without trust. */
export interface Git {
  /** Committer date of HEAD in seconds since 1970: "now" for recency; undefined without commits. */
  headDate(): Promise<number | undefined>;
  head(): Promise<string | undefined>;
  /** For each path: last commit's date (seconds), number of commits, pseudonymous author ids, first date. One pass, bounded. */
  fileHistory(options: { signal?: AbortSignal }): Promise<ReadonlyMap<string, FileHistory>>;
}

export interface FileHistory {
  readonly firstDate: number;
  readonly lastDate: number;
  readonly commits: number;
  /** Stable small integers, one per author. */
  readonly authors: readonly number[];
}

/** Read-only data files shipped with the product and, in trusted workspaces, the repository's `.lodestone/`. */
export interface DataFiles {
  /** Names under a folder of src/data, e.g. list('frameworks') → ['express.yml', …], sorted. */
  list(folder: string): Promise<string[]>;
  read(path: string): Promise<string>;
  languages(): Promise<readonly LanguageEntry[]>;
}

/** What is diagnosed: the repository with some files' texts replaced. Nothing is ever written into the user's tree. */
export interface Snapshot {
  readonly root: string;
  /** Repository-relative path → text that stands for the file (an unsaved buffer or a candidate fix). */
  readonly overlay: ReadonlyMap<string, string>;
}

export interface Diagnosis {
  readonly diagnostics: readonly Diagnostic[];
  /** What kept the tool from a full answer (missing, timed out, broken configuration), with advice. */
  readonly notes: readonly { readonly tool: string; readonly message: string; readonly advice?: string }[];
}

export interface ToolOptions {
  readonly signal?: AbortSignal;
  /** True if the repository's own configuration and tools may run. */
  readonly trusted: boolean;
  /**
   * Names the work that the request is a part of: within it a tool may believe what it has seen of the disk. Another
   * session, or none, makes it look again, so that no change made before it is missed.
   */
  readonly session?: symbol;
}

/**
 * One compiler or linter. `diagnose` runs the real tool over an overlay or a shadow copy; the same call verifies
 * candidates. Positions are converted to lines and columns from 1 in UTF-16 units.
 */
export interface Toolchain {
  readonly id: string;
  readonly title: string;
  readonly languages: readonly LanguageId[];
  /** True if it executes the repository's own code or configuration: then it runs only when `trusted`. */
  readonly needsTrust: boolean;
  /**
   * Whether it is there and applies: to the repository, or to the file `path` (relative), whose package may have tools
   * of its own. Cheap; cached by the adapter.
   */
  probe(root: string, trusted: boolean, about?: { path?: string; signal?: AbortSignal }): Promise<DoctorEntry>;
  /** Diagnostics of `paths` (and of files that depend on them where the tool sees them). */
  diagnose(snapshot: Snapshot, paths: readonly string[], options: ToolOptions): Promise<Diagnosis>;
  /** The tool's own machine-applicable fixes for diagnostics it just reported. */
  propose(
    snapshot: Snapshot,
    diagnostics: readonly Diagnostic[],
    options: ToolOptions,
  ): Promise<readonly FixCandidate[]>;
  close(): Promise<void>;
}

/** What a server says of a model. */
export interface ModelDescription {
  readonly name: string;
  /** Architecture as the server names it ("qwen2"), '' where it says nothing. */
  readonly architecture: string;
  /** Longest context in tokens; undefined where the server does not say. */
  readonly contextLength?: number;
  /** The model's prompt template in the server's own notation; '' where it says nothing. */
  readonly template: string;
  /** The server can put a suffix into that template. */
  readonly takesSuffix: boolean;
  /** Name and version of the server; parameters and quantisation as it writes them ("1.5B", "Q4_K_M"). Absent where it does not say. */
  readonly server?: string;
  readonly parameters?: string;
  readonly quantisation?: string;
}

/** One request for a continuation. Every sampling option is sent: servers' defaults differ and bite. */
export interface ModelRequest {
  readonly model: string;
  /** With `suffix` the server's template joins the two; without it the prompt is raw, with the family's own tokens in it. */
  readonly prompt: string;
  readonly suffix?: string;
  readonly stop: readonly string[];
  /** Most tokens of the answer; 0 evaluates the prompt into the server's cache and answers nothing. */
  readonly maxTokens: number;
  /** Tokens of context that the server allots: one number per model, else it loads the model anew. */
  readonly contextTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly repeatPenalty: number;
  readonly seed: number;
  /** What the answer may be, in GBNF; a server that cannot be told does without. */
  readonly grammar?: string;
  /** The answer's tokens are wanted with the chance that the model gave each, if the server can tell. */
  readonly chances?: boolean;
}

/** A piece of the answer; the last one has `end`. */
export interface ModelPiece {
  readonly text: string;
  /** What the text is made of, where chances were asked for and the server tells them. */
  readonly tokens?: readonly TokenChance[];
  readonly end?: ModelEnd;
}

export interface TokenChance {
  readonly text: string;
  /** Natural logarithm of the chance that the model gave this token, before any sampling option. */
  readonly logprob: number;
}

export interface ModelEnd {
  /** Why it stopped: at a stop text or the model's own end, or at `maxTokens`. */
  readonly reason: 'stop' | 'length';
  /** Tokens of the prompt, and those of them that came from the server's cache; undefined where it does not say. */
  readonly promptTokens?: number;
  readonly cachedTokens?: number;
  readonly answerTokens?: number;
  /** Milliseconds that the server spent on the prompt. */
  readonly promptMs?: number;
}

/**
 * A server of code models. Aborting closes the connection at once, before the first token too, so that the server stops
 * working. Throws LodestoneError modelServerDown | modelServerTooOld | modelMissing | modelOutOfMemory | modelStalled |
 * modelPromptTooLong | modelFailed | cancelled, each with the action that mends it.
 */
export interface LanguageModel {
  /** Where it was asked, without credentials: what messages name. */
  readonly endpoint: string;
  /** Names of the models it has. */
  list(options: CallOptions): Promise<readonly string[]>;
  describe(model: string, options: CallOptions): Promise<ModelDescription>;
  complete(request: ModelRequest, options: CallOptions): AsyncIterable<ModelPiece>;
  /** Downloads a model, with progress in bytes; throws `modelFailed` where the server cannot. */
  pull(model: string, options: CallOptions): Promise<void>;
}

/**
 * A masked-diffusion model of code, in a process of its own, loaded at its first use. Its native runtime is optional: without it, and
 * with a broken model folder, `state` says why. The other calls throw LodestoneError denoiserUnavailable | cancelled | engineStopped.
 */
export interface Denoiser {
  state(options: CallOptions): Promise<DenoiserState>;
  /** Progress carries the text so far, masks as `▢`. */
  fill(request: FillRequest, options: CallOptions): Promise<FillReport>;
  score(request: ScoreRequest, options: CallOptions): Promise<ScoreReport>;
  close(): Promise<void>;
}
