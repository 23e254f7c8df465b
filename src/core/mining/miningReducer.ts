/** The mining reducer: keeps every file's digest, and turns all of them into a deterministic report. */

import { isCancelled, throwIfAborted } from '../../base/errors.ts';
import { Breather, type CallOptions } from '../../base/progress.ts';
import type { Family } from '../languages.ts';
import type { Clock } from '../ports.ts';
import { type AntipatternFile, findAntipatterns, vetAntipatterns } from './antipatterns.ts';
import { BackgroundModel, type BackgroundTable, EMPTY_BACKGROUND, type FrameworkWord } from './background.ts';
import { type Candidate, compareText, isBuiltPath } from './candidate.ts';
import { Copies } from './copies.ts';
import type { CuratedFile } from './curated.ts';
import { type Rule, writeDeviants } from './deviants.ts';
import { digestFile } from './digestFile.ts';
import { type FamilyFiles, type KnownFamily, type MinedFamily, mineFamily } from './familyMiner.ts';
import type { FileDigest } from './fileDigest.ts';
import { HabitBook } from './fileHabits.ts';
import { detectFrameworks, type FrameworkEntry } from './frameworks.ts';
import { LabelTable } from './labelTable.ts';
import { PhraseBook } from './phrases.ts';
import type { Mined, MinedFile, MiningFiles, ReportContext } from './reducerContract.ts';
import { updateReport } from './reportUpdate.ts';
import { type WrittenReport, writeReport } from './reportWriter.ts';

export interface MiningReducerDeps {
  readonly clock: Clock;
  /** src/data/frameworks and src/data/attractors, through the catalog. */
  readonly frameworks: readonly FrameworkEntry[];
  readonly curated: readonly CuratedFile[];
  /** src/data/conventions, through the catalog. */
  readonly antipatterns: readonly AntipatternFile[];
  /** src/data/background/functions.tsv unpacked; without it specificity is guessed from the kind of label. */
  readonly background?: BackgroundTable;
}

/** The last report with what keeps it current. */
interface KnownReport {
  readonly written: WrittenReport;
  readonly families: ReadonlyMap<Family, KnownFamily>;
}

/** Longest stretch of mining between two looks at what else there is to do. */
const CHUNK_MS = 8;

const FAMILIES: readonly Family[] = ['ecmascript', 'go', 'python', 'rust'];

/** Builds the reducer; see `MiningReducer` in core/indexing/contracts.ts for the promises it keeps. */
export function createMiningReducer(deps: MiningReducerDeps): MiningFiles {
  return new Reducer(deps);
}

class Reducer implements MiningFiles {
  private readonly files = new Map<string, FileDigest>();
  /** Numbers in these tables depend on the order of arrival, so no result may: ties are broken by names. */
  private labels = new LabelTable();
  private names = new LabelTable();
  private habits = new HabitBook(this.names);
  private readonly models = new Map<Family, BackgroundModel>();
  private readonly phraseBooks = new Map<Family, PhraseBook>();
  private readonly cache = new Map<Family, { version: number; mined: MinedFamily }>();
  private readonly versions = new Map<Family, number>();
  private readonly copies = new Copies();
  private known: KnownReport | undefined;
  /** Families that are being mined before all files are here. */
  private foreseen: Promise<void> = Promise.resolve();
  /** Paths, and families of the files there, that changed since the known report. */
  private readonly changed = { paths: new Set<string>(), families: new Set<Family>() };

  constructor(private readonly deps: MiningReducerDeps) {}

  set(path: string, analysis: MinedFile): void {
    const digest = digestFile(path, analysis, this.labels, this.names);
    this.touch(path, this.files.get(path)?.family);
    this.files.set(path, digest);
    this.touch(path, digest.family);
    if (!isBuiltPath(path)) this.readAhead(digest);
  }

  /** What each mining asks of a file by itself, now, while the next ones are still being parsed. */
  private readAhead(digest: FileDigest): void {
    this.copies.sketchOf(digest.trees);
    this.habits.of(digest);
    this.model(digest.family);
    this.phrases(digest.family);
  }

  delete(path: string): void {
    this.touch(path, this.files.get(path)?.family);
    this.files.delete(path);
    if (this.files.size === 0) {
      this.labels = new LabelTable();
      this.names = new LabelTable();
      this.habits = new HabitBook(this.names);
      this.known = undefined;
    }
  }

  private touch(path: string, family: Family | undefined): void {
    if (family === undefined) return;
    this.versions.set(family, (this.versions.get(family) ?? 0) + 1);
    this.changed.paths.add(path);
    this.changed.families.add(family);
  }

  private phrases(family: Family): PhraseBook {
    let book = this.phraseBooks.get(family);
    if (book === undefined) {
      book = new PhraseBook(this.deps.frameworks, family);
      this.phraseBooks.set(family, book);
    }
    return book;
  }

  private model(family: Family): BackgroundModel {
    let model = this.models.get(family);
    if (model === undefined) {
      model = backgroundModel(this.deps, family);
      this.models.set(family, model);
    }
    return model;
  }

  foresee(awaited: (path: string) => boolean, options: CallOptions): void {
    const before = this.foreseen;
    this.foreseen = this.mineWhatIsComplete(before, awaited, options);
    // `report` waits for it, and tells of what went wrong.
    this.foreseen.catch(() => undefined);
  }

  private async mineWhatIsComplete(
    before: Promise<void>,
    awaited: (path: string) => boolean,
    { signal }: CallOptions,
  ): Promise<void> {
    try {
      await before;
      const breather = new Breather(this.deps.clock, () => throwIfAborted(signal), CHUNK_MS);
      for (const family of FAMILIES) {
        const input = this.familyFiles(family, this.minedFiles());
        if (input.files.length > 0 && !input.files.some(({ path }) => awaited(path)))
          await this.family(input, breather);
      }
    } catch (error) {
      if (!isCancelled(error)) throw error;
    }
  }

  async report(context: ReportContext, options: CallOptions): Promise<Mined> {
    const { signal, onProgress } = options;
    const { foreseen } = this;
    this.foreseen = Promise.resolve();
    await foreseen;
    const check = () => throwIfAborted(signal);
    const breather = new Breather(this.deps.clock, check, CHUNK_MS);
    const files = this.minedFiles();
    // A file that leaves while this runs may take the tables along.
    const { names, labels } = this;
    const frameworks = await breather.run(detectFrameworks(this.deps.frameworks, files, context.manifests));
    const candidates: Candidate[] = [];
    const rules: Rule[] = [];
    const families = new Map<Family, KnownFamily>();
    for (const [done, family] of FAMILIES.entries()) {
      check();
      onProgress?.({ step: 'Mining', done, total: FAMILIES.length });
      const input = this.familyFiles(family, files);
      if (input.files.length === 0) continue;
      const mined = await this.family(input, breather);
      candidates.push(...mined.candidates);
      rules.push(...mined.rules);
      families.set(family, mined.known);
    }
    const deviants = await writeDeviants(rules, context.text);
    check();
    const antipatternRules = this.deps.antipatterns.flatMap(({ antipatterns }) => antipatterns);
    const suspicions = await breather.run(findAntipatterns(files, names, labels, antipatternRules));
    const written = await writeReport({
      ...{ files, candidates, frameworks, deviants, context, breather },
      antipatterns: await vetAntipatterns(suspicions, context.text),
      curated: this.deps.curated,
    });
    this.remember({ written, families });
    return written.mined;
  }

  async update({ text }: Pick<ReportContext, 'text'>, options: CallOptions): Promise<Mined | undefined> {
    const { known } = this;
    if (known === undefined) return undefined;
    // Half updated is of no use: after a failure everything is mined again.
    this.known = undefined;
    const files = this.minedFiles();
    const candidates: Candidate[] = [];
    for (const [family, members] of known.families) {
      if (!this.changed.families.has(family)) continue;
      throwIfAborted(options.signal);
      candidates.push(...members.update(this.familyFiles(family, files)));
    }
    const written = await updateReport(known.written, { files, candidates, changed: this.changed.paths, text });
    this.remember({ ...known, written });
    return written.mined;
  }

  private remember(known: KnownReport): void {
    this.known = known;
    this.changed.paths.clear();
    this.changed.families.clear();
  }

  /** By path. */
  private minedFiles(): FileDigest[] {
    return [...this.files.values()]
      .filter(({ path }) => !isBuiltPath(path))
      .sort((a, b) => compareText(a.path, b.path));
  }

  private familyFiles(family: Family, files: readonly FileDigest[]): FamilyFiles {
    const { labels, names, copies, habits } = this;
    const members = files.filter((file) => file.family === family);
    return {
      family,
      files: members,
      labels,
      names,
      model: this.model(family),
      copies,
      habits,
      phrases: this.phrases(family),
    };
  }

  /** What one family's files show; mined again only if one of them changed. */
  private async family(input: FamilyFiles, breather: Breather): Promise<MinedFamily> {
    const { family } = input;
    const version = this.versions.get(family) ?? 0;
    const cached = this.cache.get(family);
    if (cached?.version === version) return cached.mined;
    const mined = await mineFamily(input, breather);
    this.cache.set(family, { version, mined });
    return mined;
  }
}

/** What is common in the code of a family at large, frameworks' words known by name. */
export function backgroundModel(
  { background = EMPTY_BACKGROUND, frameworks }: Pick<MiningReducerDeps, 'background' | 'frameworks'>,
  family: Family,
): BackgroundModel {
  return new BackgroundModel(background, family, frameworkWords(frameworks, family));
}

/** Bits of frameworks' words; the background holds few tests. */
const FRAMEWORK_BITS = 7;
const TEST_BITS = 2.5;

function frameworkWords(frameworks: readonly FrameworkEntry[], family: Family): Map<string, FrameworkWord> {
  const words = new Map<string, FrameworkWord>();
  for (const entry of frameworks) {
    if (entry.family !== family) continue;
    for (const word of entry.vocabulary) {
      const last = (word.split(/[.:]+/).pop() ?? word).replace(/!$/, '');
      const tests = entry.tests === true || words.get(last)?.tests === true;
      words.set(last, { most: tests ? TEST_BITS : FRAMEWORK_BITS, tests });
    }
  }
  return words;
}
