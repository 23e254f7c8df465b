/** Requests and reports of healing: what hosts send and render. */

import type { TextEdit } from '../../base/textEdit.ts';
import type { Patch, Risk } from '../edits/patch.ts';
import type { Diagnostic } from './diagnostic.ts';

export interface HealRequest {
  /** Repository-relative files to heal, '/'. */
  readonly files: readonly string[];
  /** Unsaved buffers by path: these stand for the files on disk. */
  readonly overlays?: Readonly<Record<string, string>>;
  /** Only this problem (a code action), else the whole file. */
  readonly only?: { readonly path: string; readonly line: number; readonly column: number; readonly code: string };
  /** True if the repository's own configuration and tools may run. */
  readonly trusted: boolean;
  /** Run the project's tests before and after as further evidence. */
  readonly tests?: boolean;
  /** Wall-clock budget in milliseconds for the search, tools included. */
  readonly budgetMs?: number;
}

/** One fix some source proposes: a value that has not been verified yet. */
export interface FixCandidate {
  readonly id: string;
  readonly title: string;
  /** 'typescript', 'eslint', 'ruff', 'rule:<id>', 'mined:<attractor>' … */
  readonly source: string;
  /** Edits by repository-relative path, against the text that was diagnosed. */
  readonly edits: Readonly<Record<string, readonly TextEdit[]>>;
  /** Prior belief in [0, 1] that this is right. */
  readonly confidence: number;
  /** The diagnostic it answers: `${tool}:${code}:${line}:${column}`. */
  readonly answers: string;
  /** True if the tool itself proposes exactly this for this error (SH5's only excuse for a deletion or suppression). */
  readonly fromTool: boolean;
  /** What sort of fix this is ('spelling', 'addMissingAwait', a rule's id): fixes of one kind are remembered together. */
  readonly kind?: string;
  /** Where history speaks: what `confidence` counts as in the order of trying. The risk goes by `confidence`. */
  readonly rank?: number;
  /** True if it repairs every problem of its kind in the file at once. */
  readonly wholeFile?: boolean;
}

export interface HealedFile {
  readonly path: string;
  readonly before: readonly Diagnostic[];
  readonly after: readonly Diagnostic[];
  /** Unified diff; '' if nothing better was found. */
  readonly diff: string;
  readonly risk: Risk;
  readonly attempts: number;
  readonly sources: readonly string[];
  readonly durationMs: number;
  /** Why nothing (more) was healed, in words for the user; '' if all errors are gone. */
  readonly reason: string;
}

export interface HealReport {
  readonly files: readonly HealedFile[];
  /** The verified patch over all files; undefined if nothing got better. */
  readonly patch?: Patch;
  /** Tools that were missing or failed, with advice. */
  readonly notes: readonly { readonly tool: string; readonly message: string; readonly advice?: string }[];
}
