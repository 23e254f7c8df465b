/** Where a completion is wanted, and what is proposed there. */
import type { LanguageId } from '../languages.ts';

/** A cursor in a file: windows of the buffer around it, cut nowhere near it, with the buffer's own line endings. */
export interface Place {
  /** Repository-relative path with '/'. */
  readonly path: string;
  readonly language: LanguageId;
  readonly prefix: string;
  readonly suffix: string;
}

/** Who proposed a text. */
export type ProposalSource = 'model' | 'copy' | 'idiom' | 'apiSequence' | 'ngram';

/** A text for the cursor. It replaces nothing: what stands after the cursor stays, unless `replaces` says otherwise. */
export interface Proposal {
  readonly text: string;
  readonly source: ProposalSource;
  /** UTF-16 units after the cursor, on its line, that the text stands for (a closing bracket that it repeats). */
  readonly replaces: number;
  /** In [0, 1]: chance that a person would keep it, where the source can tell. */
  readonly confidence?: number;
}
