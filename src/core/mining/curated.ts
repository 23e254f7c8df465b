/** Curated attractors by framework (AT1): they serve an empty repository and yield to what was mined. */
import type { LanguageId } from '../languages.ts';
import type { Attractor, Framework } from './attractor.ts';
import { stableId } from './candidate.ts';

/** One file of src/data/attractors (schema: src/data/schemas/catalog/attractors.json). */
export interface CuratedFile {
  /** Id in src/data/frameworks; '' for a language's own patterns (one file a language, TypeScript's for JavaScript too). */
  readonly framework: string;
  readonly language: LanguageId;
  readonly attractors: readonly CuratedAttractor[];
}

export interface CuratedAttractor {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly apis: readonly string[];
  readonly example: string;
  readonly antipatterns?: readonly string[];
}

/** From this many mined attractors on a repository speaks for itself. */
const ENOUGH_MINED = 10;
/** Most curated ones beside source files: they fill no page. */
const MOST_CURATED = 8;

/** The languages that read each other's code. */
const SIBLINGS: readonly LanguageId[] = ['typescript', 'tsx', 'javascript'];

/**
 * Curated attractors for the detected frameworks and languages (all of them for a repository without either), except those
 * whose APIs a mined attractor covers by half; none where enough was mined. The frameworks' come first, each one's best
 * before any one's second.
 */
export function curatedAttractors(
  files: readonly CuratedFile[],
  frameworks: readonly Framework[],
  languages: ReadonlySet<string>,
  mined: readonly Attractor[],
): Attractor[] {
  if (mined.length >= ENOUGH_MINED) return [];
  const detected = new Set(frameworks.map(({ id }) => id));
  const minedApis = mined.map(({ apis }) => new Set(apis.map(lastSegment)));
  const speaksTypescript = files.some(
    ({ framework, language }) => language === 'typescript' && framework !== '' && detected.has(framework),
  );
  const isEmpty = languages.size === 0 && detected.size === 0;
  const chosen: { attractor: Attractor; isGeneral: boolean; rank: number }[] = [];
  for (const file of files) {
    const language = spokenAs(file.language, languages);
    const isGeneral = file.framework === '';
    if (!(isEmpty || (isGeneral ? language !== undefined : detected.has(file.framework)))) continue;
    // A framework below another one (Express below Nest) is not what its users write.
    if (!isEmpty && file.language === 'javascript' && !languages.has('javascript') && speaksTypescript) continue;
    file.attractors.forEach((entry, rank) => {
      const wanted = entry.apis.map(lastSegment);
      const covered = minedApis.some((apis) => wanted.filter((api) => apis.has(api)).length * 2 >= wanted.length);
      if (covered) return;
      chosen.push({ attractor: attractorOf(file, entry, language ?? file.language), isGeneral, rank });
    });
  }
  if (isEmpty) return chosen.map(({ attractor }) => attractor);
  chosen.sort((a, b) => Number(a.isGeneral) - Number(b.isGeneral) || a.rank - b.rank);
  return chosen.slice(0, MOST_CURATED).map(({ attractor }) => attractor);
}

/** The language itself, or a sibling that the repository is written in; undefined where it speaks neither. */
function spokenAs(language: LanguageId, languages: ReadonlySet<string>): LanguageId | undefined {
  if (languages.has(language)) return language;
  return SIBLINGS.includes(language) ? SIBLINGS.find((sibling) => languages.has(sibling)) : undefined;
}

function attractorOf(file: CuratedFile, entry: CuratedAttractor, language: LanguageId): Attractor {
  return {
    id: stableId(`curated ${file.framework === '' ? file.language : file.framework} ${entry.id}`),
    name: entry.name,
    summary: entry.summary,
    language,
    kind: 'curated',
    apis: entry.apis,
    snippets: [],
    example: entry.example,
    antipatterns: (entry.antipatterns ?? []).map((summary, index) => ({ id: `${entry.id}-${index + 1}`, summary })),
    support: 0,
    files: 0,
    resonance: 0.1,
    components: [
      {
        name: 'evidence',
        value: 0.1,
        weight: 1,
        explanation: 'curated: shipped with Lodestone, not seen in this repository',
      },
    ],
    common: false,
    page: false,
    provenance: 'curated',
  };
}

export function lastSegment(api: string): string {
  return api.split(/[.:/]+/).pop() ?? api;
}
