/** Curated attractors by framework (AT1): they serve an empty repository and yield to what was mined. */
import type { LanguageId } from '../languages.ts';
import type { Attractor, Framework } from './attractor.ts';
import { stableId } from './candidate.ts';

/** One file of src/data/attractors (schema: src/data/schemas/catalog/attractors.json). */
export interface CuratedFile {
  /** Id in src/data/frameworks; '' for a language's own patterns. */
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

/**
 * Curated attractors for the detected frameworks (all of them for a repository without source files), except those whose
 * APIs a mined attractor covers by half; none where enough was mined.
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
    ({ framework, language }) => language === 'typescript' && detected.has(framework),
  );
  const chosen: Attractor[] = [];
  for (const file of files) {
    const empty = languages.size === 0 && detected.size === 0;
    if (!(empty || detected.has(file.framework) || (file.framework === '' && languages.has(file.language)))) continue;
    // A framework below another one (Express below Nest) is not what its users write.
    if (!empty && file.language === 'javascript' && !languages.has('javascript') && speaksTypescript) continue;
    for (const entry of file.attractors) {
      const wanted = entry.apis.map(lastSegment);
      const covered = minedApis.some((apis) => wanted.filter((api) => apis.has(api)).length * 2 >= wanted.length);
      if (covered) continue;
      chosen.push({
        id: stableId(`curated ${file.framework} ${entry.id}`),
        name: entry.name,
        summary: entry.summary,
        language: file.language,
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
        provenance: 'curated',
      });
    }
  }
  return chosen;
}

export function lastSegment(api: string): string {
  return api.split(/[.:/]+/).pop() ?? api;
}
