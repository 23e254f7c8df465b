/** What a command of the CLI is: its options, and a run that returns one value and one text. */

import type { CallOptions } from '../base/progress.ts';
import type { RepositoryEngine } from '../core/engine.ts';
import type { Log } from '../core/ports.ts';
import type { ExitCode } from './exitCodes.ts';
import type { Terminal } from './terminal.ts';

/** What the entry file's composition takes; `assetsDir` holds data/, grammars/ and the worker bundles. */
export interface OpenOptions {
  readonly root: string;
  readonly cacheDir?: string;
  readonly assetsDir: string;
  readonly trusted: boolean;
  readonly log: Log;
  /** Absolute path of another denoiser's folder. */
  readonly denoiser?: string;
}

export type OpenRepository = (options: OpenOptions) => Promise<RepositoryEngine>;

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** Placeholder of the value in the help, e.g. "DIR". */
  readonly value?: string;
  readonly help: string;
}

/** Everything a command may use; commands touch neither `process` nor the streams. */
export interface Invocation {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly json: boolean;
  /** Directory that relative arguments start from. */
  readonly cwd: string;
  readonly version: string;
  readonly assetsDir: string;
  readonly open: OpenRepository;
  readonly terminal: Terminal;
  /** All of standard input, as UTF-8. */
  readonly input: () => Promise<string>;
  readonly call: CallOptions & { readonly signal: AbortSignal };
}

export interface Outcome {
  readonly exitCode: ExitCode;
  /** The command's JSON value; the printer adds `schemaVersion`. */
  readonly value: Readonly<Record<string, unknown>>;
  /** The same for a person, with lines ended by '\n'; what comes from files is already neutralised. */
  readonly text: string;
  /** Everything was written while the command ran: nothing is printed after it. */
  readonly isWritten?: boolean;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Arguments as in "mine DIR". */
  readonly usage: string;
  /** Positional arguments: least and most. */
  readonly arity: readonly [least: number, most: number];
  readonly options: Readonly<Record<string, OptionSpec>>;
  run(invocation: Invocation): Promise<Outcome>;
}
