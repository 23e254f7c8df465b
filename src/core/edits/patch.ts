/** A proposed edit as a value: what a host previews, applies, journals and undoes. */
import type { TextEdit } from '../../base/textEdit.ts';

export interface RiskComponent {
  readonly name:
    | 'syntax'
    | 'errorsLeft'
    | 'errorsAdded'
    | 'changedShare'
    | 'exportedSignature'
    | 'outsideTarget'
    | 'security'
    | 'tests'
    /** Doubt about the fix source itself: 1 - its confidence. */
    | 'source'
    /** Bodies that only throw, for somebody to fill in. */
    | 'stub';
  /** In [0, 1]; 0 is harmless. */
  readonly value: number;
  readonly weight: number;
  readonly explanation: string;
}

export interface Risk {
  /** In [0, 1]: the fitted probability that the patch is wrong. */
  readonly score: number;
  readonly components: readonly RiskComponent[];
}

export interface FilePatch {
  /** Repository-relative, '/'. */
  readonly path: string;
  /** SHA-256 (hex) of the bytes the edits were computed against: applying refuses anything else. */
  readonly beforeHash: string;
  /** The decoded text before and after; `edits` turn one into the other. */
  readonly before: string;
  readonly after: string;
  readonly edits: readonly TextEdit[];
}

export interface Patch {
  readonly id: string;
  /** One line for the user: what it does. */
  readonly title: string;
  readonly files: readonly FilePatch[];
  readonly risk: Risk;
  /** BD9: valid syntax and no validation error. */
  readonly canApply: boolean;
  /** What proposed it ("typescript: Add missing await") and what verified it ("tsc language service"). */
  readonly sources: readonly string[];
  readonly validatedBy: readonly string[];
  /** Keys under which healing remembers the fixes it is made of, for when it is applied. */
  readonly fixes?: readonly string[];
}
