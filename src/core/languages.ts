/** The languages Lodestone knows; everything else about a language is data in grammars/languages.json. */

export const LANGUAGE_IDS = ['typescript', 'tsx', 'javascript', 'python', 'rust', 'go'] as const;

export type LanguageId = (typeof LANGUAGE_IDS)[number];

/** One entry of grammars/languages.json. */
export interface LanguageEntry {
  readonly id: LanguageId;
  /** Human name, e.g. "TypeScript JSX". */
  readonly title: string;
  /** File of the grammar inside grammars/, e.g. "tsx.wasm". */
  readonly grammar: string;
  /** Folder of query files (facts.scm …) inside grammars/. */
  readonly queries: string;
  /** Extensions with their dot; JSX goes to javascript. */
  readonly extensions: readonly string[];
  /** Languages that share idioms, naming and vocabularies: "ecmascript" for the first three. */
  readonly family: 'ecmascript' | 'python' | 'rust' | 'go';
  readonly lineComment: string;
  /** Provenance of the grammar. */
  readonly source: { readonly package: string; readonly version: string; readonly licence: string };
}
