/** Everything that the files of one language family show, and how it is brought up to date after a save. */

import type { Breather } from '../../base/progress.ts';
import type { Family } from '../languages.ts';
import type { BackgroundModel } from './background.ts';
import type { Candidate } from './candidate.ts';
import { mineConventions } from './conventions.ts';
import type { Copies } from './copies.ts';
import { collectRules } from './deviantRules.ts';
import { isDeviance, type Rule } from './deviants.ts';
import type { FileDigest } from './fileDigest.ts';
import type { HabitBook } from './fileHabits.ts';
import { countUnits, type IdiomSetting } from './idiomCandidate.ts';
import { mineIdioms } from './idiomMiner.ts';
import type { KnownIdioms } from './knownIdioms.ts';
import type { KnownSequences } from './knownSequences.ts';
import type { LabelTable } from './labelTable.ts';
import type { PhraseBook } from './phrases.ts';
import { mineSequences } from './sequenceMiner.ts';
import { SiteCalls } from './siteCalls.ts';
import { styleDeviances } from './styleConventions.ts';

export interface FamilyFiles {
  readonly family: Family;
  /** By path. */
  readonly files: readonly FileDigest[];
  readonly labels: LabelTable;
  readonly names: LabelTable;
  readonly model: BackgroundModel;
  readonly copies: Copies;
  readonly habits: HabitBook;
  readonly phrases: PhraseBook;
}

export interface MinedFamily {
  readonly candidates: readonly Candidate[];
  readonly rules: readonly Rule[];
  readonly known: KnownFamily;
}

/** Long work: breathes. */
export async function mineFamily(all: FamilyFiles, breather: Breather): Promise<MinedFamily> {
  const breathe = async () => {
    if (breather.due) await breather.breathe();
  };
  for (const { trees } of all.files) {
    all.copies.sketchOf(trees);
    await breathe();
  }
  const input = withoutCopies(all);
  const { family, files, labels, names, model, habits } = input;
  await breathe();
  const setting = idiomSetting(input);
  await breathe();
  const idioms = await mineIdioms(treesOf(input), setting, breather);
  await breathe();
  const sequences = await mineSequences(family, files, names, model, breather);
  await breathe();
  // Files that are new have theirs read here, where there is time to breathe.
  for (const file of files) {
    habits.of(file);
    await breathe();
  }
  const conventions = mineConventions(family, files, habits);
  await breathe();
  const collected = await collectRules(files, labels, names, breather);
  const rules = [...collected, ...styleDeviances(family, files)].filter(isDeviance);
  await breathe();
  return {
    candidates: [...idioms.candidates, ...sequences.candidates, ...conventions],
    rules,
    known: new KnownFamily(files, idioms.known, sequences.known, conventions),
  };
}

/** One of several copies speaks for all, whoever mines. */
function withoutCopies(input: FamilyFiles): FamilyFiles {
  return { ...input, files: input.copies.without(input.files) };
}

function treesOf({ files }: FamilyFiles) {
  return files.map(({ trees }) => trees);
}

function idiomSetting({ family, files, labels, names, model, phrases }: FamilyFiles): IdiomSetting {
  const calls = new SiteCalls(files, names, phrases);
  return { family, table: labels, model, calls, units: countUnits(files.map(({ trees }) => trees)) };
}

/** What was mined of a family, with the sites of each pattern as they are now. */
export class KnownFamily {
  constructor(
    private members: readonly FileDigest[],
    private readonly idioms: KnownIdioms | undefined,
    private readonly sequences: KnownSequences,
    private conventions: readonly Candidate[],
  ) {}

  /** Candidates whose sites changed with the files of the family; one without sites is one that a cold mine would not find. */
  update(all: FamilyFiles): Candidate[] {
    const input = withoutCopies(all);
    const { family, files, habits } = input;
    // A file that changes may have had copies that now speak for themselves, or become a copy.
    const before = new Set(this.members);
    const fresh = files.filter((file) => !before.has(file));
    const now = new Set(files);
    const changed = new Set([...fresh, ...this.members.filter((file) => !now.has(file))].map(({ path }) => path));
    this.members = files;
    return [
      ...(this.idioms?.update(treesOf(input), idiomSetting(input)) ?? []),
      ...this.sequences.update(family, changed, fresh),
      ...this.updateConventions(mineConventions(family, files, habits), changed),
    ];
  }

  /** Counting conventions again costs less than remembering who contributed what. */
  private updateConventions(now: readonly Candidate[], changed: ReadonlySet<string>): Candidate[] {
    const touched = (candidate: Candidate) => candidate.sites.some(({ path }) => changed.has(path));
    const key = ({ kind, pattern }: Candidate) => `${kind} ${pattern}`;
    const before = new Map(this.conventions.map((candidate) => [key(candidate), candidate]));
    this.conventions = now;
    const updated = now.filter((candidate) => {
      const known = before.get(key(candidate));
      before.delete(key(candidate));
      // Its summary may count what others have, too.
      return known !== undefined && (known.summary !== candidate.summary || touched(known) || touched(candidate));
    });
    return [...updated, ...[...before.values()].map((candidate) => ({ ...candidate, sites: [] }))];
  }
}
