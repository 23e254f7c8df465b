/** The languages Lodestone knows; everything else about a language is data in grammars/languages.json. */

export const LANGUAGE_IDS = ['typescript', 'tsx', 'javascript', 'python', 'rust', 'go'] as const;

export type LanguageId = (typeof LANGUAGE_IDS)[number];

/** Languages that are read alike. */
export const FAMILIES = ['ecmascript', 'python', 'rust', 'go'] as const;
export type Family = (typeof FAMILIES)[number];

export function familyOf(language: LanguageId): Family {
  return language === 'python' || language === 'rust' || language === 'go' ? language : 'ecmascript';
}

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
  readonly family: Family;
  readonly lineComment: string;
  /** Provenance of the grammar. */
  readonly source: { readonly package: string; readonly version: string; readonly licence: string };
}
