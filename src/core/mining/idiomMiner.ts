/** From one language family's files to its idioms as candidates for the report. */
import type { Breather } from '../../base/progress.ts';
import type { Candidate } from './candidate.ts';
import { buildForest, type FileTrees } from './forest.ts';
import { type IdiomSetting, idiomCandidate } from './idiomCandidate.ts';
import { chooseIdioms } from './idiomLibrary.ts';
import { KnownIdioms } from './knownIdioms.ts';
import { SUBTREE_LIMITS, SubtreeMiner } from './subtreeMiner.ts';

const MOST_IDIOMS = 70;
const MOST_EXCLUSIVE = 30;

/** Candidates, the most telling first, and what keeps them current until the next mining. */
export interface MinedIdioms {
  readonly candidates: readonly Candidate[];
  readonly known: KnownIdioms | undefined;
}

/** Idioms of one family's files (by path, copies left out). */
export async function mineIdioms(
  files: readonly FileTrees[],
  setting: IdiomSetting,
  breather: Breather,
): Promise<MinedIdioms> {
  const { table, model } = setting;
  // In a large repository three files are an accident.
  const minFiles = SUBTREE_LIMITS.minFiles + Math.max(0, Math.floor(Math.sqrt(files.length) / 5) - 1);
  if (files.length < minFiles) return { candidates: [], known: undefined };
  const limits = { ...SUBTREE_LIMITS, minFiles };
  const { forest, frequent } = await buildForest(files, table, Math.min(minFiles, limits.rareFiles), breather);
  const patterns = await new SubtreeMiner(forest, table, limits, breather).mine();
  const chosen = await chooseIdioms(forest, patterns, table, model, {
    most: MOST_IDIOMS,
    mostExclusive: MOST_EXCLUSIVE,
    breather,
  });
  const candidates: Candidate[] = [];
  for (const idiom of chosen) {
    candidates.push(idiomCandidate(idiom, forest, setting));
    if (breather.due) await breather.breathe();
  }
  return { candidates, known: new KnownIdioms(forest, frequent, limits, chosen, candidates) };
}
