/** Requests and reports of generation and of edits by instruction: the engine's methods and the command line's JSON. */
import type { ErrorCode } from '../../base/errors.ts';
import type { Patch } from '../edits/patch.ts';
import type { LanguageId } from '../languages.ts';
import type { Diagnosis } from '../ports.ts';

/** What a tool reports of a file; a diagnostic of healing. */
export type Finding = Diagnosis['diagnostics'][number];

/** A function by its name (`total`, `Ledger.total`), of several that which begins on a line (from 1); or what is to be written at a line. */
export interface GenerateTarget {
  /** Absent: the one file that has a function of this name. */
  readonly path?: string;
  readonly name?: string;
  readonly line?: number;
}

export interface GenerateRequest {
  /** What is wanted, in words; or, instead, a target that says so by its signature and documentation. */
  readonly spec?: string;
  readonly target?: GenerateTarget;
  /** Of a specification without a file: absent, that of most files here. */
  readonly language?: LanguageId;
  /** The file that code for a specification will stand in; it need not exist. */
  readonly path?: string;
  /** The buffer's text where it differs from disk. */
  readonly text?: string;
  /** Further attempts after one that fails; default 2. */
  readonly retries?: number;
  /** As in a completion: by name it must answer, null asks none, absent asks the configured one and else the repository. */
  readonly model?: string | null;
  /** True if the repository's own configuration and tools may run. */
  readonly trusted: boolean;
}

export interface EditRequest {
  readonly path: string;
  readonly text?: string;
  /** Whole lines, from 1, inclusive: nothing else changes. */
  readonly startLine: number;
  readonly endLine: number;
  readonly instruction: string;
  readonly retries?: number;
  /** Name of a model; absent: the configured one. An edit needs one. */
  readonly model?: string;
  readonly trusted: boolean;
}

/** What the tools say of a change to one file. */
export interface Validation {
  /** With the change the file has no more syntax errors, and no tool reports an error that it did not before. */
  readonly passed: boolean;
  /** Syntax errors that the change adds. */
  readonly syntaxErrors: number;
  /** Tools that ran; none: the syntax alone was checked. */
  readonly tools: readonly string[];
  /** Errors that the change adds, those before, and all after. */
  readonly added: readonly Finding[];
  readonly before: readonly Finding[];
  readonly after: readonly Finding[];
  readonly notes: Diagnosis['notes'];
}

/** An attempt that was not taken, and why. */
export interface FailedAttempt {
  readonly text: string;
  readonly why: string;
}

export interface GenerateReport {
  /** The function with its new body, or the statements; '' where there is none. */
  readonly code: string;
  readonly language: LanguageId;
  /** The file that it belongs to; '' for a specification without one. */
  readonly path: string;
  readonly validation: Validation;
  /** Requests to the model, the repository's own answer included. */
  readonly attempts: number;
  readonly rejected: readonly FailedAttempt[];
  /** Share of the expected calls that it uses; null where none is expected. */
  readonly apiHitRate: number | null;
  /** What the prompt named. */
  readonly attractors: readonly { readonly id: string; readonly name: string }[];
  /** Who wrote it: "model qwen2.5-coder", or "repository: src/a.ts:12 loadOrder". */
  readonly sources: readonly string[];
  /** Why there is no code; null where there is. */
  readonly failure: string | null;
  readonly model: string | null;
  /** What went wrong although there is an answer. */
  readonly notice: { readonly code: ErrorCode; readonly message: string; readonly advice: string } | null;
  /** Only the target's body changes; absent for a specification without a file that exists, and where nothing would change. */
  readonly patch?: Patch;
}

export interface EditReport {
  readonly patch?: Patch;
  readonly validation: Validation;
  readonly attempts: number;
  readonly rejected: readonly FailedAttempt[];
  readonly failure: string | null;
  readonly model: string;
}
