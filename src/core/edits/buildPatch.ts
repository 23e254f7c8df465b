/** Builds the patch value that hosts preview, apply, journal and undo. */
import { minimalEdits } from './minimalEdits.ts';
import type { FilePatch, Patch, Risk } from './patch.ts';
import { addedStubs } from './stubs.ts';

export interface PatchInput {
  readonly title: string;
  /** `beforeHash` is the SHA-256 (hex) of the file's bytes on disk; unchanged files are left out. */
  readonly files: readonly {
    readonly path: string;
    readonly beforeHash: string;
    readonly before: string;
    readonly after: string;
  }[];
  readonly risk: Risk;
  /** Syntax errors and validation errors (of any tool that ran) in the result. */
  readonly syntaxErrors: number;
  readonly validationErrors: number;
  readonly sources: readonly string[];
  readonly validatedBy: readonly string[];
  /** Memory keys of the fixes it is made of. */
  readonly fixes?: readonly string[];
}

/**
 * BD9: a patch can be applied unattended only with valid syntax, no validation error, and something that validated it.
 * What writes a stub is for somebody to see: it type-checks and fails when it runs.
 */
export function canApply(
  input: Pick<PatchInput, 'files' | 'syntaxErrors' | 'validationErrors' | 'validatedBy'>,
): boolean {
  const stubs = input.files.some(({ before, after }) => addedStubs(before, after) > 0);
  return input.syntaxErrors === 0 && input.validationErrors === 0 && input.validatedBy.length > 0 && !stubs;
}

/** The patch with minimal edits, files by path, and an id that depends on its content alone. */
export function buildPatch(input: PatchInput): Patch {
  const files: FilePatch[] = input.files
    .filter(({ before, after }) => before !== after)
    .map(({ path, beforeHash, before, after: wanted }) => {
      const after = likeLineEndings(before, wanted);
      return { path, beforeHash, before, after, edits: minimalEdits(before, after) };
    })
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return {
    id: contentId(files.map(({ path, beforeHash, after }) => `${path}\0${beforeHash}\0${after}`).join('\0\0')),
    title: input.title,
    files,
    risk: input.risk,
    canApply: canApply(input),
    sources: input.sources,
    validatedBy: input.validatedBy,
    ...(input.fixes?.length ? { fixes: input.fixes } : {}),
  };
}

/** Fix sources write '\n'; in a file whose every line ends in '\r\n' what they add does too. */
export function likeLineEndings(before: string, after: string): string {
  if (!before.includes('\r\n') || /(?<!\r)\n/.test(before)) return after;
  return after.replace(/(?<!\r)\n/g, '\r\n');
}

/** 64 bits as 16 hex digits: two FNV-1a hashes with different seeds; an identifier, not a safeguard. */
function contentId(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x01000193) ^ (high >>> 13);
  }
  return [low, high].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
